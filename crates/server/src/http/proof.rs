//! DPoP proofs of requests (RFC 9449), and the nonces that they need.

use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use vestibule_protocol::{ErrorCode, TokenError};

use super::asked::Asked;
use super::retry_later;
use crate::config::{Issuer, PublicAddresses};
use crate::dpop::{self, Proof, ProofError, Subject};
use crate::state::{Server, Shared};
use crate::store::StoreError;

/// Carries the proof of a request.
pub(super) const PROOF: HeaderName = HeaderName::from_static("dpop");
/// Names the nonce of an answer.
pub(super) const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Why the proof of a request does not count.
#[derive(Debug)]
pub(super) enum ProofRefusal {
    /// It does not hold.
    Proof(ProofError),
    /// Whether it was seen before cannot be told.
    Store(StoreError),
}

impl From<ProofError> for ProofRefusal {
    fn from(error: ProofError) -> Self {
        Self::Proof(error)
    }
}

/// The proof that a request brings, checked but not [remembered](remember) yet. `None` where it brings none.
///
/// The address in it is compared with the public addresses that are configured, never with what the client calls us.
///
/// # Errors
/// [`ProofError`].
pub(super) fn check(
    server: &Server,
    asked: &Issuer,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Option<Proof>, ProofError> {
    let mut proofs = headers.get_all(PROOF).iter();
    let Some(proof) = proofs.next() else { return Ok(None) };
    if proofs.next().is_some() {
        return Err(ProofError::Invalid("there must be one proof"));
    }
    let proof = proof.to_str().map_err(|_| ProofError::Invalid("the proof is no text"))?;
    let targets: Vec<String> = match &server.config.public_addresses {
        PublicAddresses::List(issuers) => issuers.iter().map(|issuer| format!("{issuer}{}", uri.path())).collect(),
        PublicAddresses::Any => vec![format!("{asked}{}", uri.path())],
    };
    let subject = Subject { method: method.as_str(), targets: &targets };
    dpop::verify(&server.keys, proof, subject, server.clock.now()).map(Some)
}

/// Lets a proof count: it does so once. That is written, so whatever else can refuse the request comes before.
///
/// # Errors
/// [`ProofRefusal`].
pub(super) async fn remember(server: &Server, proof: &Proof) -> Result<(), ProofRefusal> {
    if server.store.remember_proof(&proof.id, proof.expires_at).await.map_err(ProofRefusal::Store)? {
        Ok(())
    } else {
        Err(dpop::USED.into())
    }
}

/// The proof that a request to an OAuth endpoint brings, checked but not remembered yet.
#[derive(Clone, Debug)]
pub(super) struct Checked(pub(super) Option<Proof>);

impl FromRequestParts<Shared> for Checked {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Response> {
        let Ok(Asked(issuer)) = Asked::from_request_parts(parts, server).await;
        match check(server, &issuer, &parts.method, &parts.uri, &parts.headers) {
            Ok(proof) => Ok(Self(proof)),
            Err(error) => Err(ProofRefusal::Proof(error).into_response()),
        }
    }
}

impl IntoResponse for ProofRefusal {
    /// The answer of an OAuth endpoint (RFC 9449 §5, §8).
    fn into_response(self) -> Response {
        let (error, error_description) = match self {
            Self::Proof(error @ ProofError::Invalid(_)) => (ErrorCode::InvalidDpopProof, Some(error.to_string())),
            Self::Proof(error @ ProofError::Nonce) => (ErrorCode::UseDpopNonce, Some(error.to_string())),
            Self::Store(error) => {
                tracing::error!(%error, "the store did not answer");
                (ErrorCode::TemporarilyUnavailable, None)
            }
        };
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, Json(TokenError { error, error_description })).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_later()));
        }
        response
    }
}

/// Gives every answer a nonce, so that the next proof can carry it (RFC 9449 §8.2).
pub(super) async fn offer_nonce(State(server): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(nonce) = HeaderValue::from_str(&dpop::nonce(&server.keys, server.clock.now())) {
        response.headers_mut().insert(NONCE, nonce);
    }
    response
}
