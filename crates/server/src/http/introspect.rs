//! Introspection (RFC 7662): services behind ask whether an access token counts.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use vestibule_protocol::{ErrorCode, Introspection, Secret, TokenError};

use super::body::Whole;
use super::form::Form;
use super::retry_later;
use crate::state::{Server, Shared};
use crate::store::StoreError;
use crate::tokens::{self, Claims, Common};

/// Says whether an access token counts, and whose it is. A session that has ended is told from the same moment on.
#[utoipa::path(
    post,
    path = "/oauth/introspect",
    tag = "tokens",
    request_body(content = super::openapi::IntrospectForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What the token is; only `active: false` where it does not count", body = Introspection),
        (status = 400, description = "An error (RFC 6749 §5.2)", body = TokenError),
        (status = 401, description = "Not a service, or another secret", body = TokenError),
        (status = 403, description = "An origin that may not sign in", body = TokenError),
        (status = 503, description = "Not now", body = TokenError),
    ),
    security(("service" = []))
)]
pub(super) async fn post(State(server): State<Shared>, headers: HeaderMap, Whole(body): Whole) -> Response {
    match introspect(&server, &headers, &body).await {
        Ok(introspection) => Json(introspection).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// Why a service gets no answer.
#[derive(Debug)]
enum Refusal {
    Malformed(String),
    Unauthenticated,
    Fault(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Fault(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, error_description) = match self {
            Self::Malformed(why) => (StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, Some(why)),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, ErrorCode::InvalidClient, None),
            Self::Fault(error) => {
                tracing::error!(%error, "the store did not answer");
                (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TemporarilyUnavailable, None)
            }
        };
        let mut response = (status, Json(TokenError { error, error_description })).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"introspection\""));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_later()));
        }
        response
    }
}

async fn introspect(server: &Server, headers: &HeaderMap, body: &Bytes) -> Result<Introspection, Refusal> {
    let form = Form::read(headers, body).map_err(|error| Refusal::Malformed(error.to_string()))?;
    let (id, secret) = credentials(headers, &form)?;
    if !server.services.authenticate(&id, &secret) {
        tracing::warn!("somebody who is no service asked about a token");
        return Err(Refusal::Unauthenticated);
    }
    let token = form.text("token").ok_or_else(|| Refusal::Malformed("token is missing".to_owned()))?;
    let now = server.clock.now();
    let (session_id, told) = match tokens::read(server, token, now) {
        Some(claims) => (claims.common.sid.clone(), tell(claims)),
        // Of a token for another service nothing is said (RFC 7662 §4).
        None => match tokens::read_for_service(server, token, &id, now) {
            // Which is never bound.
            Some(claims) => (claims.common.sid.clone(), tell_common(claims.common, "Bearer")),
            None => return Ok(Introspection::default()),
        },
    };
    let Some(session) = server.store.session(&session_id, now).await? else { return Ok(Introspection::default()) };
    let account = server.store.account(&session.account_id).await?;
    Ok(Introspection { active: true, username: account.map(|account| account.username), ..told })
}

fn tell(claims: Claims) -> Introspection {
    let token_type = if claims.cnf.is_some() { "DPoP" } else { "Bearer" };
    Introspection { scope: Some(claims.scope), cnf: claims.cnf, ..tell_common(claims.common, token_type) }
}

fn tell_common(claims: Common, token_type: &str) -> Introspection {
    Introspection {
        client_id: Some(claims.client_id),
        token_type: Some(token_type.to_owned()),
        exp: Some(claims.exp),
        iat: Some(claims.iat),
        sub: Some(claims.sub),
        aud: Some(claims.aud),
        iss: Some(claims.iss),
        jti: Some(claims.jti),
        ..Introspection::default()
    }
}

/// How the service proves who it is: by header or in the body, not both (RFC 6749 §2.3).
fn credentials(headers: &HeaderMap, form: &Form) -> Result<(String, Secret), Refusal> {
    let in_body = form.get("client_secret");
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        let id = form.text("client_id").ok_or(Refusal::Unauthenticated)?;
        return Ok((id.to_owned(), in_body.ok_or(Refusal::Unauthenticated)?.into()));
    };
    if in_body.is_some() {
        return Err(Refusal::Malformed("the secret stands in the header and in the body".to_owned()));
    }
    basic(authorization).ok_or(Refusal::Unauthenticated)
}

/// Both parts are form-encoded within the header (RFC 6749 §2.3.1).
fn basic(authorization: &HeaderValue) -> Option<(String, Secret)> {
    let (scheme, encoded) = authorization.to_str().ok()?.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("Basic"))?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    let part = |bytes| super::form::decode(bytes).ok();
    Some((part(&decoded[..colon])?, part(&decoded[colon + 1..])?.into()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(decoded: &[u8], scheme: &str) -> HeaderValue {
        HeaderValue::from_str(&format!("{scheme} {}", BASE64_STANDARD.encode(decoded))).unwrap()
    }

    proptest! {
        #[test]
        fn id_and_secret_are_read_back_as_they_were_written(id in any::<String>(), secret in any::<String>()) {
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let written = format!("{}:{}", encode(&id), encode(&secret));
            for scheme in ["Basic", "basic", "BASIC"] {
                let read = basic(&header(written.as_bytes(), scheme)).unwrap();
                prop_assert_eq!((read.0, read.1.expose()), (id.clone(), secret.as_str()));
            }
            prop_assert!(basic(&header(written.as_bytes(), "Bearer")).is_none());
        }

        #[test]
        fn no_bytes_in_the_header_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let has_colon = bytes.contains(&b':');
            prop_assert!(has_colon || basic(&header(&bytes, "Basic")).is_none());
            if let Ok(raw) = HeaderValue::from_bytes(&bytes) {
                prop_assert!(basic(&raw).is_none() || raw.to_str().unwrap().to_ascii_lowercase().starts_with("basic "));
            }
        }
    }
}
