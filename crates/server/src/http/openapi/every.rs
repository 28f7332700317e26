//! What is the same for every operation, said once: the answers to bodies that are not read, the headers of answers, the
//! media type of problems, and that what does not apply is absent, never null.

use serde_json::{Map, Value, json};
use vestibule_protocol::endpoint;

/// What is below is for whoever is signed in; but for signing in itself.
const SIGNED_IN: &str = "/api/";

/// Completes the document.
pub(super) fn complete(document: &mut Value) {
    for (path, operations) in members(&mut document["paths"]) {
        for (method, operation) in members(operations) {
            operation["operationId"] = format!("{method}{}", path.replace('/', "-").replace(['}', '.'], "")).into();
            if path.starts_with(SIGNED_IN) && path != endpoint::SESSION {
                demand_sign_in(operation);
            }
            if operation["requestBody"].is_object() {
                describe_refused_bodies(&mut operation["responses"]);
            }
            for (status, answer) in members(&mut operation["responses"]) {
                answer["headers"] = headers_of(path, status);
                name_problems(answer);
            }
        }
    }
    without_null(document);
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

/// A body that is refused before it is looked at gets what a malformed one gets.
fn describe_refused_bodies(responses: &mut Value) {
    let content = responses["400"]["content"].clone();
    for (status, description) in [("408", "A body that came too slowly"), ("413", "A body of more than 64 KiB")] {
        responses[status] = json!({"description": description, "content": content});
    }
}

/// By cookie, or by a token of either kind.
fn demand_sign_in(operation: &mut Value) {
    operation["security"] = json!([{"bearer": []}, {"dpop": []}, {"cookie": []}]);
    let header = |name: &str, description: &str| {
        json!({
            "name": name, "in": "header", "required": false, "description": description, "schema": {"type": "string"},
        })
    };
    // Neither is looked at where the other way is gone.
    let headers = [
        header("X-Vestibule", "`1` is demanded with a cookie"),
        header("DPoP", "A proof with `ath` is demanded with a bound token"),
    ];
    match operation.get_mut("parameters") {
        Some(Value::Array(parameters)) => parameters.extend(headers),
        _ => operation["parameters"] = headers.into_iter().collect(),
    }
}

/// The headers that a client can rely on, by the name that answers refer to them with.
pub(super) fn headers() -> Value {
    let header = |is_required: bool, description: &str, schema: Value| json!({"description": description, "required": is_required, "schema": schema});
    let text = || json!({"type": "string", "minLength": 1});
    let seconds = |minimum: u32| json!({"type": "integer", "minimum": minimum});
    json!({
        "Fresh": header(true, "May be kept for a while", json!({"type": "string", "pattern": "^public, max-age="})),
        "AskAgain": header(true, "To be asked for again", json!({"type": "string", "enum": ["no-cache"]})),
        "NoStore": header(true, "Not to be kept", json!({"type": "string", "enum": ["no-store"]})),
        "Nonce": header(true, "For the next proof (RFC 9449 §8.2)", text()),
        "Challenge": header(true, "What the client is asked to bring", text()),
        "Wait": header(true, "Seconds to wait", seconds(1)),
        "WaitIfAny": header(false, "Seconds to wait; at once without", seconds(0)),
    })
}

/// Those of an answer.
fn headers_of(path: &str, status: &str) -> Value {
    let mut headers = Map::new();
    let mut refer = |name: &str, to: &str| {
        headers.insert(name.to_owned(), json!({"$ref": format!("#/components/headers/{to}")}));
    };
    if path == endpoint::JWKS {
        refer("Cache-Control", "Fresh");
        return headers.into();
    }
    refer("Cache-Control", if path == endpoint::METADATA { "AskAgain" } else { "NoStore" });
    refer("DPoP-Nonce", "Nonce");
    match status {
        "401" => refer("WWW-Authenticate", "Challenge"),
        // A mail that was refused can be asked for again at once.
        "503" if path == endpoint::AUTHORIZE_CHALLENGE => refer("Retry-After", "WaitIfAny"),
        "429" | "503" => refer("Retry-After", "Wait"),
        _ => {}
    }
    headers.into()
}

/// Problems have a media type of their own (RFC 9457 §3).
fn name_problems(answer: &mut Value) {
    let Some(Value::Object(content)) = answer.get_mut("content") else { return };
    let is_problem = |media: &Value| media["schema"]["$ref"] == "#/components/schemas/Problem";
    if let Some(problem) = content.get("application/json").filter(|media| is_problem(media)).cloned() {
        content.remove("application/json");
        content.insert("application/problem+json".to_owned(), problem);
    }
}

/// Optional members are left away; `utoipa` calls them nullable. Beside the values of an enumeration it describes what
/// a newer server might say, which is only read.
fn without_null(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(without_null),
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = members.get_mut("oneOf") {
                choices.retain(|choice| choice["type"] != "null");
                if choices.iter().any(|choice| choice["enum"].is_array()) {
                    choices.retain(|choice| choice["enum"].is_array());
                }
                if let [Value::Object(only)] = choices.as_mut_slice() {
                    let only = std::mem::take(only);
                    members.remove("oneOf");
                    members.extend(only);
                }
            }
            members.values_mut().for_each(without_null);
        }
        _ => {}
    }
}
