//! The token endpoint (RFC 6749 §4.1.3, §6).

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, Json, Secret};

/// The grant that changes a session, or its access token, for a token for a service behind (RFC 8693 §2.1).
pub const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// What kind of token an access token is (RFC 8693 §3).
pub const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";

/// A request to the token endpoint, as form members.
#[derive(Clone, Debug)]
pub enum TokenRequest {
    /// A code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
    AuthorizationCode {
        /// Who asks.
        client_id: String,
        /// The code.
        code: Secret,
        /// The PKCE verifier, 43 to 128 characters.
        code_verifier: Secret,
    },
    /// A refresh token for new tokens (RFC 6749 §6).
    RefreshToken {
        /// Who asks.
        client_id: String,
        /// The refresh token, which is spent by this.
        refresh_token: Secret,
    },
}

impl TokenRequest {
    /// Writes the request as form members, in a fixed order.
    #[must_use]
    pub fn members(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::AuthorizationCode { client_id, code, code_verifier } => vec![
                ("grant_type", "authorization_code"),
                ("client_id", client_id),
                ("code", code.expose()),
                ("code_verifier", code_verifier.expose()),
            ],
            Self::RefreshToken { client_id, refresh_token } => vec![
                ("grant_type", "refresh_token"),
                ("client_id", client_id),
                ("refresh_token", refresh_token.expose()),
            ],
        }
    }
}

/// Tokens (RFC 6749 §5.1).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenResponse {
    /// A JWT (RFC 9068).
    pub access_token: Secret,
    /// `Bearer`, or `DPoP` where the token is bound to a key (RFC 9449 §5).
    pub token_type: String,
    /// Life of the access token, in seconds.
    pub expires_in: u64,
    /// Good once.
    pub refresh_token: Secret,
    /// Space-separated scopes.
    pub scope: String,
}

impl TokenResponse {
    /// Reads an answer.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                access_token: members.text("access_token").into(),
                token_type: members.text("token_type"),
                expires_in: members.number("expires_in"),
                refresh_token: members.text("refresh_token").into(),
                scope: members.text("scope"),
            })
        })
    }
}

/// A token for a service behind (RFC 8693 §2.2.1).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExchangeResponse {
    /// A JWT (RFC 9068) whose `aud` is the service.
    pub access_token: Secret,
    /// That it is an access token.
    pub issued_token_type: String,
    /// `Bearer`: whoever has it may use it.
    pub token_type: String,
    /// Its life, in seconds.
    pub expires_in: u64,
}

/// An error of the token or the revocation endpoint (RFC 6749 §5.2).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenError {
    /// What happened.
    pub error: ErrorCode,
    /// For developers, in English; never shown to a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

impl TokenError {
    /// Reads an answer.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                error: members.required("error", ErrorCode::read)?,
                error_description: members.optional_text("error_description"),
            })
        })
    }
}

/// What a token is (RFC 7662 §2.2). Of one that does not count only that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Introspection {
    /// Whether it counts.
    pub active: bool,
    /// Space-separated scopes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Client that it was given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// User name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `Bearer` or `DPoP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// When it ends, in seconds since 1970-01-01 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was issued, in seconds since 1970-01-01 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Account id; never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Public address that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    /// Public address that was signed in to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// Key that it is bound to: whoever brings it must prove to hold that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
}

/// How the holder of a token proves to be its owner (RFC 7800).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Confirmation {
    /// Thumbprint of the DPoP key (RFC 9449 §6.1).
    pub jkt: String,
}
