//! Where one is signed in, and signing out there.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use vestibule_protocol::{Problem, ProblemKind, SessionInfo, Sessions};

use super::asked::{Asked, Asker};
use super::cookies::Cookie;
use super::problem::ProblemResponse;
use super::signed_in::SignedIn;
use crate::clock::{UnixMillis, seconds_since};
use crate::mail::browser;
use crate::redemption;
use crate::state::Shared;
use crate::store::in_transaction;
use crate::store::sessions::Session;

/// Where the account is signed in, newest first.
#[utoipa::path(
    get,
    path = "/api/sessions",
    tag = "user",
    responses(
        (status = 200, description = "The sessions", body = Sessions),
        (status = 401, description = "Not signed in", body = Problem),
        (status = 403, description = "A cookie without `X-Vestibule: 1`, or without the scope `profile`", body = Problem),
        (status = 503, description = "Not now", body = Problem),
    )
)]
pub(super) async fn get(State(server): State<Shared>, signed_in: SignedIn) -> Result<Json<Sessions>, ProblemResponse> {
    let now = server.clock.now();
    let (_, account) = in_transaction!(server.store, |tx| signed_in.lock(&server, &mut tx).await?);
    let sessions = server.store.sessions_of(&account.id, now).await?;
    let sessions = sessions.iter().map(|session| describe(session, &signed_in, now)).collect();
    Ok(Json(Sessions { sessions }))
}

/// Browsers are named from a table: what a stranger's browser calls itself is not shown to the owner.
fn describe(session: &Session, signed_in: &SignedIn, now: UnixMillis) -> SessionInfo {
    let browser = session.user_agent.as_deref().and_then(browser::recognise);
    SessionInfo {
        id: session.id.clone(),
        current: session.id == signed_in.session_id,
        signed_in_ago: seconds_since(session.created_at, now),
        last_used_ago: seconds_since(session.used_at, now),
        client_address: session.client_address.clone(),
        browser: browser.map(|browser| browser.name.to_owned()),
        system: browser.and_then(|browser| browser.system).map(str::to_owned),
    }
}

/// Signs out in one place: one of the own account's sessions ends, with its tokens, and the device that it was on is not
/// known any more.
#[utoipa::path(
    delete,
    path = "/api/sessions/{id}",
    tag = "user",
    params(("id" = String, Path, description = "As `GET /api/sessions` names it")),
    responses(
        (status = 204, description = "Ended"),
        (status = 401, description = "Not signed in", body = Problem),
        (status = 403, description = "Not from the server's own page, or without the scope `profile`", body = Problem),
        (status = 404, description = "No such session, or ended before", body = Problem),
        (status = 503, description = "Not now", body = Problem),
    )
)]
pub(super) async fn delete(
    State(server): State<Shared>,
    Asked(issuer): Asked,
    Asker(caller): Asker,
    signed_in: SignedIn,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, ProblemResponse> {
    // Ids are base64url; anything else is kept from the database, which need not take every character.
    let id = id.ok().filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()));
    let Path(id) = id.ok_or(ProblemKind::NoSuchSession)?;
    let now = server.clock.now();
    in_transaction!(server.store, |tx| {
        let (own, account) = signed_in.lock(&server, &mut tx).await?;
        let session = Session::find(&mut tx, &id, now).await?;
        let Some(session) = session.filter(|session| session.account_id == account.id) else {
            return Err(ProblemKind::NoSuchSession.into());
        };
        redemption::end(&server, &mut tx, &session, &caller).await?;
        // Whoever ends it from elsewhere may have lost the device: it has no tries of its own any more.
        if let Some(device) = session.device.filter(|device| own.device.as_ref() != Some(device)) {
            device.forget(&mut tx, &account.id).await?;
        }
    });
    if id == signed_in.session_id && signed_in.is_by_cookie() {
        return Ok((StatusCode::NO_CONTENT, Cookie::Session.remove(&issuer)).into_response());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
