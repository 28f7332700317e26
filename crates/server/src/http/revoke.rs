//! Revocation (RFC 7009).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use vestibule_protocol::{ErrorCode, TokenError};

use super::asked::{Asked, Asker};
use super::body::Whole;
use super::token::{Refusal, demanded, read, tell_foreign};
use crate::config::Issuer;
use crate::state::{Server, Shared};
use crate::store::audit::{Caller, Event};
use crate::store::in_transaction;
use crate::{keys, redemption, tokens};

/// Gives a token back: its session ends (sign out). A token that is none is answered the same (RFC 7009 §2.2).
#[utoipa::path(
    post,
    path = "/oauth/revoke",
    tag = "tokens",
    request_body(content = super::openapi::RevokeForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token counts no more"),
        (status = 400, description = "An error (RFC 6749 §5.2)", body = TokenError),
        (status = 403, description = "An origin that may not sign in", body = TokenError),
        (status = 503, description = "Not now", body = TokenError),
    )
)]
pub(super) async fn post(
    State(server): State<Shared>,
    Asked(issuer): Asked,
    Asker(caller): Asker,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    match give_back(&server, &issuer, &caller, &headers, &body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn give_back(
    server: &Server,
    issuer: &Issuer,
    caller: &Caller,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(), Refusal> {
    let (form, client_id) = read(headers, body, server)?;
    let token = demanded(&form, "token")?;
    let now = server.clock.now();
    let session = match tokens::verify(server, token, issuer.as_str(), now) {
        Some(claims) => server.store.session(&claims.common.sid, now).await?,
        None => server.store.session_by_refresh_token(&keys::sha256(token), now).await?,
    };
    match session {
        Some(session) if session.client_id == client_id => {
            in_transaction!(server.store, |tx| redemption::end(server, &mut tx, &session, caller).await?);
            Ok(())
        }
        Some(session) => {
            in_transaction!(server.store, |tx| tell_foreign(server, &mut tx, Event::SessionEnded, &session, caller)
                .await?);
            Err(Refusal::Error(ErrorCode::UnauthorizedClient))
        }
        None => Ok(()),
    }
}
