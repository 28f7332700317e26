//! The members of form bodies, as the document describes them. What is optional may be left away, or be empty.
#![expect(dead_code, reason = "only described, never built")]

use utoipa::ToSchema;

/// The members of every step of a sign-in; which ones come decides the step. Each at most once; others are ignored.
#[derive(ToSchema)]
pub(in crate::http) struct ChallengeForm {
    /// With `username` begins a sign-in.
    #[schema(pattern = "^code$")]
    response_type: Option<String>,
    /// Demanded where a sign-in begins; later it must be the same.
    client_id: Option<String>,
    /// Space-separated scopes; the client's own without.
    scope: Option<String>,
    /// SHA-256 of the verifier, in base64url (RFC 7636 §4.2).
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$")]
    code_challenge: Option<String>,
    #[schema(pattern = "^S256$")]
    code_challenge_method: Option<String>,
    /// User name or e-mail address.
    #[schema(max_length = 254)]
    username: Option<String>,
    /// Cell number for the Mobile Phone device, in whatever way people write them.
    phone_number: Option<String>,
    /// Thumbprint of the DPoP key to bind to; a proof binds without it.
    #[schema(pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    dpop_jkt: Option<String>,
    /// Languages for the mail, best first.
    ui_locales: Option<String>,
    /// The running sign-in.
    auth_session: Option<String>,
    /// User name or e-mail address.
    #[schema(max_length = 254)]
    uc_username: Option<String>,
    /// Taken whole.
    #[schema(max_length = 1024)]
    password: Option<String>,
    /// The access code.
    otp: Option<String>,
    /// Of the server's own page, with `X-Vestibule: 1`: asks for a session by cookie, in the place of an authorization
    /// code, where this step ends the sign-in.
    code_verifier: Option<String>,
    /// Asks for a new access code.
    #[schema(pattern = "^true$")]
    otp_resend: Option<String>,
}

/// The members of a token request.
#[derive(ToSchema)]
pub(in crate::http) struct TokenForm {
    #[schema(pattern = "^(authorization_code|refresh_token|urn:ietf:params:oauth:grant-type:token-exchange)$")]
    grant_type: String,
    #[schema(min_length = 1)]
    client_id: String,
    /// Demanded with `authorization_code`.
    code: Option<String>,
    /// Demanded with `authorization_code`.
    code_verifier: Option<String>,
    /// Demanded with `refresh_token`.
    refresh_token: Option<String>,
    /// Demanded with a token exchange: the service that the token is for.
    audience: Option<String>,
    /// With a token exchange, a bound access token; without it, the cookie counts, with `X-Vestibule: 1`.
    subject_token: Option<String>,
    /// Demanded with `subject_token`.
    #[schema(pattern = "^urn:ietf:params:oauth:token-type:access_token$")]
    subject_token_type: Option<String>,
    /// With a token exchange.
    #[schema(pattern = "^urn:ietf:params:oauth:token-type:access_token$")]
    requested_token_type: Option<String>,
}

/// The members of a revocation request.
#[derive(ToSchema)]
pub(in crate::http) struct RevokeForm {
    /// An access or a refresh token.
    #[schema(min_length = 1)]
    token: String,
    #[schema(min_length = 1)]
    client_id: String,
}

/// The members of an introspection request; the service may prove who it is by `Authorization: Basic` instead.
#[derive(ToSchema)]
pub(in crate::http) struct IntrospectForm {
    /// An access token.
    #[schema(min_length = 1)]
    token: String,
    /// Id of the service.
    client_id: Option<String>,
    /// Secret of the service.
    client_secret: Option<String>,
}
