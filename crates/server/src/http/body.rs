//! Bodies, read whole and within the limit. One that is not is answered like any other wrong request.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
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
    let is_too_large = matches!(rejection, BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)));
    if is_api {
        let kind = if is_too_large { ProblemKind::BodyTooLarge } else { ProblemKind::InvalidBody };
        return ProblemResponse::from(kind).into_response();
    }
    let (status, description) = if is_too_large {
        (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large")
    } else {
        (StatusCode::BAD_REQUEST, "the body did not come whole")
    };
    let error = TokenError { error: ErrorCode::InvalidRequest, error_description: Some(description.to_owned()) };
    (status, Json(error)).into_response()
}
