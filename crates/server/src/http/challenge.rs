//! The Authorization Challenge Endpoint (draft-ietf-oauth-first-party-apps-04 §5).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use vestibule_protocol::{
    AuthorizationCode, ChallengeError, ChallengeRequest, ChallengeStep, ErrorCode, MalformedRequest, Me,
};

use super::asked::{Asked, Asker};
use super::body::Whole;
use super::devices;
use super::form::Form;
use super::proof::{Checked, ProofRefusal};
use super::retry_later;
use super::session::{Demand, comes_from_our_page, cookie_hash, opened};
use crate::dpop;
use crate::state::{Broken, Shared};
use crate::steps::{self, Answer, Context, Opening, StepError};

/// What ends a sign-in.
#[derive(utoipa::ToSchema)]
#[schema(as = Verified)]
#[serde(untagged)]
#[expect(dead_code, reason = "only described, never built")]
enum Verified {
    /// For all.
    Code(AuthorizationCode),
    /// For our own page that asks for it: the User tab of its session.
    Session(Me),
}

/// Takes one step of a sign-in.
#[utoipa::path(
    post,
    path = "/oauth/authorize-challenge",
    tag = "sign-in",
    request_body(content = super::openapi::ChallengeForm, content_type = "application/x-www-form-urlencoded"),
    params((
        "DPoP" = Option<String>, Header, pattern = "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$",
        description = "A proof (RFC 9449) that binds, or that a binding demands",
    ), (
        "X-Vestibule" = Option<String>, Header, pattern = "^1$",
        description = "With `code_verifier`, from the server's own page: asks for the session itself",
    )),
    responses(
        (status = 200, description = "Verified; the cookie is set where the session was asked for", body = Verified),
        (status = 400, description = "An error; switch on `error`", body = ChallengeError),
        (status = 403, description = "One more step, or an origin that may not sign in", body = ChallengeError),
        (status = 429, description = "Too soon", body = ChallengeError),
        (status = 503, description = "Not now", body = ChallengeError),
    )
)]
pub(super) async fn post(
    State(server): State<Shared>,
    Asked(issuer): Asked,
    Asker(caller): Asker,
    Checked(proof): Checked,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    let (mut request, demanded_jkt) = match read(&headers, &body) {
        Ok(request) => request,
        Err(error) => return error_response(&error, None),
    };
    let proven_jkt = proof.as_ref().map(|proof| proof.jkt.clone());
    let devices = devices::shown(&issuer, &headers, proven_jkt.as_deref());
    let dpop_jkt = match (proven_jkt, demanded_jkt) {
        (Some(proven), Some(demanded)) if proven != demanded => {
            return error_response(&ChallengeError::new(ErrorCode::InvalidDpopProof), None);
        }
        (proven, demanded) => proven.or(demanded),
    };
    let (steps, store) = (server.steps.clone(), server.store.clone());
    // As at `/api/session`: nobody else has a browser signed in. Whoever proves a key is no page that a cookie is for.
    let is_our_page = proof.is_none() && comes_from_our_page(&server, &issuer, &headers, Demand::Origin);
    let opening = request
        .code_verifier
        .take()
        .filter(|_| is_our_page)
        .map(|code_verifier| Opening { code_verifier, replaced: cookie_hash(&issuer, &headers) });
    let (asked, shared) = (issuer.clone(), server.clone());
    let context = Context { server, store, issuer, proof, dpop_jkt, devices, opening, caller };
    // A step that has begun is finished, whether its client still listens or not: a mail may be on its way.
    match steps.finish(steps::take(context, request)).await {
        Ok(Ok(Answer::AuthorizationCode(authorization_code))) => {
            Json(AuthorizationCode { authorization_code }).into_response()
        }
        Ok(Ok(Answer::Session(redeemed))) => opened(&shared, &asked, &headers, &redeemed),
        Ok(Ok(Answer::Challenge { body, retry_after })) => error_response(&body, retry_after),
        Ok(Err(StepError::Proof(error))) => ProofRefusal::Proof(error).into_response(),
        Ok(Err(error)) => unavailable(&error),
        Err(Broken) => error_response(&ChallengeError::new(ErrorCode::ServerError), None),
    }
}

/// The request, and the key that the account step names for the code to be bound to (`dpop_jkt`, RFC 9449 §10).
fn read(headers: &HeaderMap, body: &Bytes) -> Result<(ChallengeRequest, Option<String>), Box<ChallengeError>> {
    let form = Form::read(headers, body).map_err(|error| described(ErrorCode::InvalidRequest, error.to_string()))?;
    let request = ChallengeRequest::from_members(|name| form.get(name)).map_err(|malformed| match malformed {
        MalformedRequest::Missing(member) => described(ErrorCode::InvalidRequest, format!("{member} is missing")),
        MalformedRequest::Invalid(member) => described(ErrorCode::InvalidRequest, format!("{member} is malformed")),
        MalformedRequest::ResponseType => Box::new(ChallengeError::new(ErrorCode::UnsupportedResponseType)),
    })?;
    let named = form.text("dpop_jkt").filter(|_| matches!(request.step, ChallengeStep::Account(_)));
    if named.is_some_and(|jkt| !dpop::is_256_bits(jkt)) {
        return Err(described(ErrorCode::InvalidRequest, "dpop_jkt is malformed".to_owned()));
    }
    Ok((request, named.map(str::to_owned)))
}

fn described(error: ErrorCode, description: String) -> Box<ChallengeError> {
    Box::new(ChallengeError { error_description: Some(description), ..ChallengeError::new(error) })
}

fn unavailable(error: &StepError) -> Response {
    if let StepError::Store(error) = error {
        tracing::error!(%error, "the store did not answer");
    }
    error_response(&ChallengeError::new(ErrorCode::TemporarilyUnavailable), Some(retry_later()))
}

fn error_response(body: &ChallengeError, retry_after: Option<u64>) -> Response {
    let status = StatusCode::from_u16(body.error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, Json(body)).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
