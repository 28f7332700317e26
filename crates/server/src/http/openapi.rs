//! The OpenAPI document, made from the code.

mod every;
mod forms;

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};
use utoipa::OpenApi;
use vestibule_protocol::{ChallengeError, Problem, TokenError};

pub(super) use forms::{ChallengeForm, IntrospectForm, RevokeForm, TokenForm};

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vestibule",
        description = "The sign-in of a unified-communications service. Another method than the ones named here is \
            405, with `Allow`."
    ),
    paths(
        super::discovery::metadata,
        super::discovery::jwks,
        super::challenge::post,
        super::token::token,
        super::revoke::post,
        super::introspect::post,
        super::session::post,
        super::session::delete,
        super::me::get,
        super::sessions::get,
        super::sessions::delete,
        super::password::put,
        super::me::put_preferred_device,
        super::me::put_route_calls_to_cell,
    ),
    components(schemas(ChallengeError, TokenError, Problem))
)]
struct Document;

/// The OpenAPI document of this build.
#[must_use]
pub fn document() -> Value {
    let mut document = json!(Document::openapi());
    document["components"]["securitySchemes"] = json!({
        "service": {"type": "http", "scheme": "basic", "description": "Id and secret of a service behind"},
        "bearer": {"type": "http", "scheme": "bearer", "description": "An access token that is not bound to a key"},
        "dpop": {
            "type": "http",
            "scheme": "DPoP",
            "description": "An access token that is bound to a key, with a proof in `DPoP` (RFC 9449 §7.1)",
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-vestibule",
            "description": "A session of the server's own page; counts with `X-Vestibule: 1`, and where something \
                changes with the page's `Origin`. Without the prefix where plain http is allowed, and with a hash \
                of the path behind it where the public address has one",
        },
    });
    document["components"]["headers"] = every::headers();
    every::complete(&mut document);
    document
}

pub(super) async fn get() -> impl IntoResponse {
    // Nothing that is configured is in it, and anybody may ask: it is made once.
    static TEXT: LazyLock<Bytes> = LazyLock::new(|| document().to_string().into());
    ([(header::CONTENT_TYPE, "application/json")], TEXT.clone())
}
