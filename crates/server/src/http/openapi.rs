//! The OpenAPI document, made from the code.
#![expect(dead_code, reason = "the form schemas are only described, never built")]

use axum::Json;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};
use vestibule_protocol::{ChallengeError, Problem, TokenError};

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Vestibule", description = "The sign-in of a unified-communications service"),
    paths(
        super::discovery::metadata,
        super::discovery::jwks,
        super::challenge::post,
        super::token::token,
        super::token::revoke,
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
    components(schemas(ChallengeError, TokenError, Problem)),
    modifiers(&Authentication)
)]
struct Document;

struct Authentication;

impl Modify for Authentication {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let basic = SecurityScheme::Http(Http::new(HttpAuthScheme::Basic));
        document.components.get_or_insert_default().add_security_scheme("service", basic);
    }
}

/// The OpenAPI document of this build.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

pub(super) async fn get() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}

/// The members of every step of a sign-in; which ones come decides the step.
#[derive(ToSchema)]
pub(super) struct ChallengeForm {
    /// `code`; with `username` begins a sign-in.
    response_type: Option<String>,
    client_id: Option<String>,
    scope: Option<String>,
    code_challenge: Option<String>,
    /// `S256`
    code_challenge_method: Option<String>,
    username: Option<String>,
    phone_number: Option<String>,
    /// Thumbprint of the DPoP key to bind to; a proof binds without it.
    dpop_jkt: Option<String>,
    ui_locales: Option<String>,
    auth_session: Option<String>,
    uc_username: Option<String>,
    password: Option<String>,
    otp: Option<String>,
    /// `true`
    otp_resend: Option<String>,
}

/// The members of a token request.
#[derive(ToSchema)]
pub(super) struct TokenForm {
    /// `authorization_code` or `refresh_token`
    grant_type: String,
    client_id: String,
    code: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
}

/// The members of a revocation request.
#[derive(ToSchema)]
pub(super) struct RevokeForm {
    token: String,
    client_id: String,
}

/// The members of an introspection request; the service may prove who it is by `Authorization: Basic` instead.
#[derive(ToSchema)]
pub(super) struct IntrospectForm {
    token: String,
    client_id: Option<String>,
    client_secret: Option<String>,
}
