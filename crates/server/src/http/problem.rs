//! Errors under `/api` (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use vestibule_protocol::{Problem, ProblemKind};

use super::retry_later;
use crate::store::StoreError;

/// An answer that is a problem.
#[derive(Debug)]
pub(super) struct ProblemResponse(ProblemKind);

impl From<ProblemKind> for ProblemResponse {
    fn from(kind: ProblemKind) -> Self {
        Self(kind)
    }
}

impl From<StoreError> for ProblemResponse {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store did not answer");
        Self(ProblemKind::TemporarilyUnavailable)
    }
}

impl IntoResponse for ProblemResponse {
    fn into_response(self) -> Response {
        let (status, title) = match self.0 {
            ProblemKind::NotSignedIn => (StatusCode::UNAUTHORIZED, "not signed in"),
            ProblemKind::InvalidCode => (StatusCode::BAD_REQUEST, "the code does not count"),
            ProblemKind::OriginNotAllowed => (StatusCode::FORBIDDEN, "not from this page"),
            ProblemKind::InsufficientScope => (StatusCode::FORBIDDEN, "the scope profile is missing"),
            ProblemKind::NotAvailable => (StatusCode::CONFLICT, "not available here"),
            ProblemKind::TemporarilyUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "not now"),
            _ => (StatusCode::BAD_REQUEST, "the body is not what it should be"),
        };
        let problem = Problem { kind: self.0.clone(), title: title.to_owned(), status: status.as_u16() };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.0 == ProblemKind::InsufficientScope {
            let challenge = "Bearer error=\"insufficient_scope\", scope=\"profile\"";
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_later()));
        }
        response
    }
}
