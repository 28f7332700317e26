//! Bodies, read whole and within the limit. One that is not is answered like any other wrong request.

use std::error::Error;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tower_http::timeout::TimeoutError;
use vestibule_protocol::{ErrorCode, ProblemKind, TokenError};

use super::problem::ProblemResponse;

/// A whole body.
#[derive(Clone, Debug)]
pub(super) struct Whole(pub(super) Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let is_api = request.uri().path().starts_with("/api");
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| refuse(is_api, &rejection))
    }
}

fn refuse(is_api: bool, rejection: &BytesRejection) -> Response {
    let mut causes = std::iter::successors(rejection.source(), |&cause| cause.source());
    let (kind, status, description) = match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            (ProblemKind::BodyTooLarge, StatusCode::PAYLOAD_TOO_LARGE, "the body is too large")
        }
        _ if causes.any(<dyn Error>::is::<TimeoutError>) => {
            (ProblemKind::BodyTooSlow, StatusCode::REQUEST_TIMEOUT, "the body came too slowly")
        }
        _ => (ProblemKind::InvalidBody, StatusCode::BAD_REQUEST, "the body did not come whole"),
    };
    if is_api {
        return ProblemResponse::from(kind).into_response();
    }
    let error = TokenError { error: ErrorCode::InvalidRequest, error_description: Some(description.to_owned()) };
    (status, Json(error)).into_response()
}
