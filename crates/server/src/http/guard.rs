//! Which pages may talk to this server: its own, and those of listed clients.

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};
use vestibule_protocol::{ChallengeError, ErrorCode, ProblemKind, endpoint};

use super::asked::{Asked, is_own_origin};
use super::problem::ProblemResponse;
use super::proof;
use crate::clients::is_listed_origin;
use crate::state::Shared;

/// How long a browser may keep the answer to a preflight.
const PREFLIGHT_LIFE: Duration = Duration::from_hours(2);

/// For what everybody may read.
pub(super) fn open_cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET])
        .expose_headers([proof::NONCE])
        .max_age(PREFLIGHT_LIFE)
}

/// For what only listed origins may ask; the answer names the one origin, and never allows credentials.
pub(super) fn listed_cors(server: &Shared) -> CorsLayer {
    let server = server.clone();
    let is_listed = move |origin: &HeaderValue, parts: &Parts| {
        let is_known = |origin| origin != "null" && (is_listed_origin(&server.config, origin) || asks_to_prove(parts));
        origin.to_str().is_ok_and(is_known)
    };
    let intent = HeaderName::from_static(endpoint::INTENT_HEADER);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_listed))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, proof::PROOF, intent])
        .expose_headers([header::RETRY_AFTER, header::WWW_AUTHENTICATE, proof::NONCE])
        .max_age(PREFLIGHT_LIFE)
}

/// Whether this asks for no more than to send a form with a proof beside it. A form comes from everywhere without asking;
/// a foreign origin is let ask, so that it can read its refusal.
fn asks_to_prove(parts: &Parts) -> bool {
    let headers = parts.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).and_then(|names| names.to_str().ok());
    parts.method == Method::OPTIONS
        && [endpoint::AUTHORIZE_CHALLENGE, endpoint::TOKEN].contains(&parts.uri.path())
        && headers.is_some_and(|names| names.trim().eq_ignore_ascii_case(proof::PROOF.as_str()))
}

/// Refuses requests of foreign pages before any work is done for them.
pub(super) async fn refuse_foreign_origins(
    State(server): State<Shared>,
    Asked(issuer): Asked,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.headers().get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    let is_welcome = origin.is_none_or(|origin| {
        is_own_origin(&server.config, &issuer, origin) || is_listed_origin(&server.config, origin)
    });
    if is_welcome {
        return next.run(request).await;
    }
    let mut refusal = if request.uri().path().starts_with("/api") {
        ProblemResponse::from(ProblemKind::OriginNotAllowed).into_response()
    } else {
        (StatusCode::FORBIDDEN, Json(ChallengeError::new(ErrorCode::AccessDenied))).into_response()
    };
    // The refusal itself may be read: else the page could not tell its person from a lost network.
    if let Some(origin) = request.headers().get(header::ORIGIN).filter(|origin| *origin != "null") {
        refusal.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        refusal.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    }
    refusal
}
