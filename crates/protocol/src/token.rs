//! The token endpoint (RFC 6749 §4.1.3, §6).

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, Secret};

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
