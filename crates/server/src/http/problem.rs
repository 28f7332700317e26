//! Errors under `/api` (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use vestibule_protocol::{Problem, ProblemKind};

use super::proof::ProofRefusal;
use super::retry_later;
use crate::dpop::ProofError;
use crate::state::Broken;
use crate::store::StoreError;

/// An answer that is a problem.
#[derive(Debug)]
pub(super) struct ProblemResponse {
    kind: ProblemKind,
    /// Seconds to wait before asking again.
    retry_after: Option<u64>,
    /// How the token came that is refused.
    scheme: Option<Scheme>,
}

/// How an access token comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// By whoever has it (RFC 6750).
    Bearer,
    /// With a proof (RFC 9449 §7.1).
    Dpop,
}

impl ProblemResponse {
    /// A token that does not count: ended, not ours, or bound to another key.
    pub(super) fn invalid_token(scheme: Scheme) -> Self {
        Self { scheme: Some(scheme), ..ProblemKind::NotSignedIn.into() }
    }

    /// A session without the scope that is needed.
    pub(super) fn insufficient_scope(scheme: Option<Scheme>) -> Self {
        Self { scheme, ..ProblemKind::InsufficientScope.into() }
    }

    /// Too soon: again after so many seconds.
    pub(super) fn rate_limited(seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..ProblemKind::RateLimited.into() }
    }

    /// What the client is asked to bring (RFC 6750 §3, RFC 9449 §7.1).
    fn challenge(&self) -> Option<&'static str> {
        match (&self.kind, self.scheme) {
            (ProblemKind::NotSignedIn, None) => Some(r#"Bearer, DPoP algs="ES256""#),
            (ProblemKind::NotSignedIn, Some(Scheme::Bearer)) => Some(r#"Bearer error="invalid_token""#),
            (ProblemKind::NotSignedIn, Some(Scheme::Dpop)) => Some(r#"DPoP error="invalid_token", algs="ES256""#),
            (ProblemKind::InsufficientScope, Some(Scheme::Bearer)) => {
                Some(r#"Bearer error="insufficient_scope", scope="profile""#)
            }
            (ProblemKind::InsufficientScope, Some(Scheme::Dpop)) => {
                Some(r#"DPoP error="insufficient_scope", scope="profile", algs="ES256""#)
            }
            (ProblemKind::InvalidDpopProof, _) => Some(r#"DPoP error="invalid_dpop_proof", algs="ES256""#),
            (ProblemKind::UseDpopNonce, _) => Some(r#"DPoP error="use_dpop_nonce", algs="ES256""#),
            _ => None,
        }
    }
}

impl From<ProblemKind> for ProblemResponse {
    fn from(kind: ProblemKind) -> Self {
        let retry_after = (kind == ProblemKind::TemporarilyUnavailable).then(retry_later);
        Self { kind, retry_after, scheme: None }
    }
}

impl From<StoreError> for ProblemResponse {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store did not answer");
        ProblemKind::TemporarilyUnavailable.into()
    }
}

impl From<Broken> for ProblemResponse {
    fn from(_: Broken) -> Self {
        ProblemKind::TemporarilyUnavailable.into()
    }
}

impl From<ProofRefusal> for ProblemResponse {
    fn from(refusal: ProofRefusal) -> Self {
        match refusal {
            ProofRefusal::Proof(ProofError::Invalid(_)) => ProblemKind::InvalidDpopProof.into(),
            ProofRefusal::Proof(ProofError::Nonce) => ProblemKind::UseDpopNonce.into(),
            ProofRefusal::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for ProblemResponse {
    fn into_response(self) -> Response {
        let (status, title) = match self.kind {
            ProblemKind::NotSignedIn => (StatusCode::UNAUTHORIZED, "not signed in"),
            ProblemKind::InvalidDpopProof => (StatusCode::UNAUTHORIZED, "the DPoP proof does not hold"),
            ProblemKind::UseDpopNonce => (StatusCode::UNAUTHORIZED, "the DPoP proof needs the nonce of this answer"),
            ProblemKind::InvalidCode => (StatusCode::BAD_REQUEST, "the code does not count"),
            ProblemKind::OriginNotAllowed => (StatusCode::FORBIDDEN, "not from this page"),
            ProblemKind::InsufficientScope => (StatusCode::FORBIDDEN, "the scope profile is missing"),
            ProblemKind::WrongPassword => (StatusCode::FORBIDDEN, "the current password is another one"),
            ProblemKind::NoSuchSession => (StatusCode::NOT_FOUND, "no such session"),
            ProblemKind::NotAvailable => (StatusCode::CONFLICT, "not available here"),
            ProblemKind::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "the body came too slowly"),
            ProblemKind::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
            ProblemKind::PasswordTooShort => (StatusCode::UNPROCESSABLE_ENTITY, "the new password is too short"),
            ProblemKind::PasswordTooCommon => (StatusCode::UNPROCESSABLE_ENTITY, "the new password is a common one"),
            ProblemKind::PasswordNotPossible => {
                (StatusCode::UNPROCESSABLE_ENTITY, "the new password cannot be a password")
            }
            ProblemKind::PasswordUnchanged => (StatusCode::UNPROCESSABLE_ENTITY, "the new password is the current one"),
            ProblemKind::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "too soon"),
            ProblemKind::TemporarilyUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "not now"),
            _ => (StatusCode::BAD_REQUEST, "the body is not what it should be"),
        };
        let challenge = self.challenge();
        let problem = Problem { kind: self.kind, title: title.to_owned(), status: status.as_u16() };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
