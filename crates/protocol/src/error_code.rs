use std::fmt;

use crate::names::named;

named! {
    /// The `error` member of an OAuth answer. Clients switch on this, never on the status or the description.
    #[cfg_attr(feature = "openapi", schema(as = ErrorCode))]
    #[non_exhaustive]
    pub enum ErrorCode {
        /// A member is missing, repeated or malformed (RFC 6749 §4.1.2.1).
        InvalidRequest = "invalid_request",
        /// Client authentication failed, or no such client (RFC 6749 §5.2).
        InvalidClient = "invalid_client",
        /// The authorization code or the refresh token does not count (RFC 6749 §5.2).
        InvalidGrant = "invalid_grant",
        /// The client may not do this (RFC 6749 §5.2).
        UnauthorizedClient = "unauthorized_client",
        /// The token endpoint does not know this grant (RFC 6749 §5.2).
        UnsupportedGrantType = "unsupported_grant_type",
        /// Only `code` is answered (RFC 6749 §4.1.2.1).
        UnsupportedResponseType = "unsupported_response_type",
        /// A scope that the client does not have (RFC 6749 §5.2).
        InvalidScope = "invalid_scope",
        /// There are no tokens for such a service (RFC 8693 §2.2.2).
        InvalidTarget = "invalid_target",
        /// A DPoP proof does not hold (RFC 9449 §5).
        InvalidDpopProof = "invalid_dpop_proof",
        /// The same again, with a proof that carries the nonce of this answer's `DPoP-Nonce` (RFC 9449 §8).
        UseDpopNonce = "use_dpop_nonce",
        /// The origin of the page is not one that may sign in here.
        AccessDenied = "access_denied",
        /// One more step is needed (first-party apps §5.2.2).
        InsufficientAuthorization = "insufficient_authorization",
        /// The sign-in is unknown, finished or expired (first-party apps §5.2.2).
        InvalidSession = "invalid_session",
        /// A cell number that cannot be dialled.
        InvalidPhoneNumber = "invalid_phone_number",
        /// No such account, another account, wrong password, disabled: one answer for all.
        InvalidCredentials = "invalid_credentials",
        /// No more mails in this sign-in; the last code still counts.
        OtpSendsExhausted = "otp_sends_exhausted",
        /// A wrong access code.
        InvalidOtp = "invalid_otp",
        /// The access code was right once, too late.
        ExpiredOtp = "expired_otp",
        /// The access code was replaced by a newer one.
        SupersededOtp = "superseded_otp",
        /// The sign-in is over: start again at account.
        OtpAttemptsExhausted = "otp_attempts_exhausted",
        /// The mail server refused the mail or did not answer; nothing is pending.
        OtpDeliveryFailed = "otp_delivery_failed",
        /// Too soon: wait for `Retry-After` (RFC 6585 §4).
        RateLimited = "rate_limited",
        /// The server cannot answer now (RFC 6749 §4.1.2.1).
        TemporarilyUnavailable = "temporarily_unavailable",
        /// A fault of the server (RFC 6749 §4.1.2.1).
        ServerError = "server_error",
        _ =>
        /// A code of a newer server.
        Unknown(String),
    }
}

impl ErrorCode {
    /// The HTTP status that our server answers with.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::AccessDenied | Self::InsufficientAuthorization => 403,
            Self::RateLimited => 429,
            Self::OtpDeliveryFailed | Self::TemporarilyUnavailable => 503,
            Self::ServerError => 500,
            _ => 400,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_over_the_wire_by_their_standard_name() {
        for (code, name) in [
            (ErrorCode::InsufficientAuthorization, "insufficient_authorization"),
            (ErrorCode::InvalidOtp, "invalid_otp"),
            (ErrorCode::OtpAttemptsExhausted, "otp_attempts_exhausted"),
            (ErrorCode::UseDpopNonce, "use_dpop_nonce"),
            (ErrorCode::Unknown("made_up".into()), "made_up"),
        ] {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{name}\""));
            assert_eq!(serde_json::from_str::<ErrorCode>(&json).unwrap(), code);
            assert_eq!(code.to_string(), name);
        }
    }
}
