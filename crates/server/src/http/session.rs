//! The cookie session of a page on the server's own origin. Its scripts never hold a token.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use vestibule_protocol::{BUILT_IN_CLIENT, Me, Problem, ProblemKind, SessionRequest, endpoint};

use super::asked::{Asked, Asker, is_own_origin};
use super::body::Whole;
use super::cookies::Cookie;
use super::devices::DeviceCookie;
use super::me;
use super::problem::ProblemResponse;
use crate::config::Issuer;
use crate::keys;
use crate::redemption::{Claim, Holder, Redeemed, end, redeem};
use crate::state::{Server, Shared};
use crate::store::audit::Caller;
use crate::store::sessions::Session;
use crate::store::{StoreError, in_transaction};

/// Turns a code into a cookie, and answers with the User tab at once.
#[utoipa::path(
    post,
    path = "/api/session",
    tag = "session",
    request_body = SessionRequest,
    params(("X-Vestibule" = String, Header, pattern = "^1$")),
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = Me),
        (status = 400, description = "The code does not count, or the body is malformed", body = Problem),
        (status = 403, description = "Not from the server's own page", body = Problem),
        (status = 503, description = "Not now", body = Problem),
    )
)]
pub(super) async fn post(
    State(server): State<Shared>,
    Asked(issuer): Asked,
    Asker(caller): Asker,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, ProblemResponse> {
    if !comes_from_our_page(&server, &issuer, &headers, Demand::Origin) {
        return Err(ProblemKind::OriginNotAllowed.into());
    }
    let request: SessionRequest = read_json(&headers, &body)?;
    let steps = server.steps.clone();
    // What has begun is finished, whether its client still listens or not: the owner may have to be told of it.
    steps.finish(async move { begin(&server, &issuer, &caller, &headers, &request).await }).await?
}

async fn begin(
    server: &Shared,
    issuer: &Issuer,
    caller: &Caller,
    headers: &HeaderMap,
    request: &SessionRequest,
) -> Result<Response, ProblemResponse> {
    let replaced = cookie_hash(issuer, headers);
    let claim = Claim {
        code_verifier: &request.code_verifier,
        client_id: BUILT_IN_CLIENT,
        issuer,
        dpop_jkt: None,
        devices: &DeviceCookie::of(issuer, headers).devices(),
        holder: Holder::Cookie { replaced: replaced.as_deref() },
        caller,
    };
    // A refusal is committed, too: it may have left an entry in the audit trail.
    let redeemed = in_transaction!(server.store, |tx| redeem(server, &mut tx, &request.code, &claim).await?);
    let Some(mut redeemed) = redeemed else { return Err(ProblemKind::InvalidCode.into()) };
    if let Some(incident) = redeemed.incident.take() {
        incident.tell_owner(server);
    }
    Ok(opened(server, issuer, headers, &redeemed))
}

/// The answer to whoever has a session by cookie from now on.
pub(super) fn opened(server: &Server, issuer: &Issuer, headers: &HeaderMap, redeemed: &Redeemed) -> Response {
    let session_life = server.config.session.life.as_secs();
    let device_life = server.config.throttle.device_life.as_secs();
    let set = redeemed.cookies.iter().flat_map(|cookies| {
        let device_cookie = DeviceCookie::of(issuer, headers);
        let device = redeemed.device.as_ref();
        [
            Cookie::Session.set(issuer, cookies.session.expose(), session_life),
            device.and_then(|device| device_cookie.set(issuer, device, &cookies.device, device_life)),
        ]
    });
    (AppendHeaders(set.flatten()), Json(me::of(server, &redeemed.session, &redeemed.account))).into_response()
}

/// Signs out.
#[utoipa::path(
    delete,
    path = "/api/session",
    tag = "session",
    params(("X-Vestibule" = String, Header, pattern = "^1$")),
    responses(
        (status = 204, description = "Signed out; also where nobody was signed in"),
        (status = 403, description = "Not from the server's own page", body = Problem),
        (status = 503, description = "Not now", body = Problem),
    )
)]
pub(super) async fn delete(
    State(server): State<Shared>,
    Asked(issuer): Asked,
    Asker(caller): Asker,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    if !comes_from_our_page(&server, &issuer, &headers, Demand::Origin) {
        return Err(ProblemKind::OriginNotAllowed.into());
    }
    if let Some(session) = of_cookie(&server, &issuer, &headers).await? {
        in_transaction!(server.store, |tx| end(&server, &mut tx, &session, &caller).await?);
    }
    Ok((StatusCode::NO_CONTENT, Cookie::Session.remove(&issuer)).into_response())
}

/// What is demanded besides our header: browsers leave `Origin` away where nothing can be changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    Origin,
    Nothing,
}

/// Whether a request with a cookie was made by our own page: no form and no foreign page can send the header.
pub(super) fn comes_from_our_page(server: &Server, asked: &Issuer, headers: &HeaderMap, demand: Demand) -> bool {
    let has_intent = headers.get(endpoint::INTENT_HEADER).is_some_and(|value| value == endpoint::INTENT_VALUE);
    let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    has_intent && origin.map_or(demand == Demand::Nothing, |origin| is_own_origin(&server.config, asked, origin))
}

/// Reads a JSON body, which is an object: `serde` would take a list of its values, too.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<T, ProblemResponse> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = content_type.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ProblemKind::InvalidBody.into());
    }
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(ProblemKind::InvalidBody.into());
    }
    serde_json::from_slice(body).map_err(|_| ProblemKind::InvalidBody.into())
}

/// The live session of the request's cookie.
pub(super) async fn of_cookie(
    server: &Server,
    issuer: &Issuer,
    headers: &HeaderMap,
) -> Result<Option<Session>, StoreError> {
    let Some(hash) = cookie_hash(issuer, headers) else { return Ok(None) };
    let session = server.store.session_by_cookie(&hash, server.clock.now()).await?;
    Ok(session.filter(|session| session.issuer == issuer.as_str()))
}

/// SHA-256 of what the request's cookie says.
pub(super) fn cookie_hash(issuer: &Issuer, headers: &HeaderMap) -> Option<String> {
    Cookie::Session.of(issuer, headers).map(keys::sha256)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use vestibule_protocol::{SetPreferredDevice, SetRouteCallsToCell};

    use super::*;

    fn read<T: serde::de::DeserializeOwned>(body: &str) -> Option<T> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        read_json(&headers, &Bytes::copy_from_slice(body.as_bytes())).ok()
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            prop::sample::select(vec!["desk-phone", "auto-pilot", "other"]).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        let name = || {
            prop::sample::select(vec!["code", "code_verifier", "preferred_device", "route_calls_to_cell", "desk-phone"])
        };
        leaf.prop_recursive(3, 12, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name().prop_map(str::to_owned), inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_body_is_read_where_its_members_have_their_type(value in value()) {
            let text = value.to_string();
            let device = read::<SetPreferredDevice>(&text).map(|body| json!(body.preferred_device));
            prop_assert_eq!(device.as_ref(), value.get("preferred_device").filter(|v| *v == "desk-phone" || *v == "auto-pilot"));
            let routed = read::<SetRouteCallsToCell>(&text).map(|body| body.route_calls_to_cell);
            prop_assert_eq!(routed, value.get("route_calls_to_cell").and_then(Value::as_bool));
            let request = read::<SessionRequest>(&text).map(|body| (body.code, body.code_verifier));
            let request = request.as_ref().map(|(code, verifier)| (code.expose(), verifier.expose()));
            let text_of = |name| value.get(name).and_then(Value::as_str);
            prop_assert_eq!(request, text_of("code").zip(text_of("code_verifier")));
        }

        #[test]
        fn no_text_makes_reading_a_body_panic(text in any::<String>()) {
            prop_assert!(read::<SessionRequest>(&text).is_none());
        }
    }
}
