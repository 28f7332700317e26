//! The token endpoint (RFC 6749 §3.2).

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use vestibule_protocol::{ErrorCode, ExchangeResponse, Secret, TOKEN_EXCHANGE, TokenError, TokenResponse};

use super::asked::{Asked, Asker};
use super::body::Whole;
use super::devices;
use super::exchange::Exchange;
use super::form::Form;
use super::proof::{self, Checked, ProofRefusal};
use super::retry_later;
use crate::clients;
use crate::clock::millis;
use crate::config::Issuer;
use crate::dpop::Proof;
use crate::keys;
use crate::redemption::{self, Claim, Holder, Redeemed, redeem};
use crate::state::{Server, Shared};
use crate::store::accounts::Account;
use crate::store::audit::{Caller, Event, Outcome};
use crate::store::refresh_tokens::{Exchange as Rotation, add_refresh_token};
use crate::store::sessions::Session;
use crate::store::{StoreError, Transaction, in_transaction};
use crate::tokens;

/// How long after a bound refresh token was spent it may come again, its successor being unused: the answer was lost.
const LOST_ANSWER_GRACE: Duration = Duration::from_secs(30);

/// Why there is no token.
#[derive(Debug)]
pub(super) enum Refusal {
    Error(ErrorCode),
    Described(ErrorCode, &'static str),
    Missing(&'static str),
    Malformed(String),
    Proof(ProofRefusal),
    Fault(String),
}

/// What the endpoint gives.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
enum Answer {
    /// For a code or a refresh token.
    Tokens(TokenResponse),
    /// For a session.
    Exchanged(ExchangeResponse),
}

impl From<ProofRefusal> for Refusal {
    fn from(refusal: ProofRefusal) -> Self {
        Self::Proof(refusal)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<jsonwebtoken::errors::Error> for Refusal {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        Self::Fault(error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (error, error_description) = match self {
            Self::Error(error) => (error, None),
            Self::Described(error, description) => (error, Some(description.to_owned())),
            Self::Missing(member) => (ErrorCode::InvalidRequest, Some(format!("{member} is missing"))),
            Self::Malformed(description) => (ErrorCode::InvalidRequest, Some(description)),
            Self::Proof(refusal) => return refusal.into_response(),
            Self::Fault(fault) => {
                tracing::error!(fault, "no token could be made");
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

pub(super) fn demanded<'a>(form: &'a Form, member: &'static str) -> Result<&'a str, Refusal> {
    form.text(member).ok_or(Refusal::Missing(member))
}

/// The members of a request, and the client that it names.
pub(super) fn read(headers: &HeaderMap, body: &Bytes, server: &Server) -> Result<(Form, String), Refusal> {
    let form = Form::read(headers, body).map_err(|error| Refusal::Malformed(error.to_string()))?;
    let client_id = demanded(&form, "client_id")?.to_owned();
    if clients::is_known(&server.config, &client_id) {
        Ok((form, client_id))
    } else {
        Err(Refusal::Error(ErrorCode::InvalidClient))
    }
}

/// A code or a refresh token for tokens, or a session for a token for a service behind (RFC 8693). `redirect_uri` is ignored: some libraries always send one.
#[utoipa::path(
    post,
    path = "/oauth/token",
    tag = "tokens",
    request_body(content = super::openapi::TokenForm, content_type = "application/x-www-form-urlencoded"),
    params((
        "DPoP" = Option<String>, Header, pattern = "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$",
        description = "A proof (RFC 9449) that binds, or that a binding demands",
    )),
    responses(
        (status = 200, description = "Tokens", body = Answer),
        (status = 400, description = "An error (RFC 6749 §5.2)", body = TokenError),
        (status = 403, description = "An origin that may not sign in, or a cookie that does not come from our page", body = TokenError),
        (status = 503, description = "Not now", body = TokenError),
    )
)]
pub(super) async fn token(
    State(server): State<Shared>,
    Asked(issuer): Asked,
    Asker(caller): Asker,
    Checked(proof): Checked,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    let steps = server.steps.clone();
    // What has begun is finished, whether its client still listens or not: the owner may have to be told of it.
    let tokens = steps.finish(async move {
        let (form, client_id) = read(&headers, &body, &server)?;
        let dpop_jkt = proof.as_ref().map(|proof| proof.jkt.as_str());
        match demanded(&form, "grant_type")? {
            "authorization_code" => {
                let (code, verifier) = (demanded(&form, "code")?.into(), demanded(&form, "code_verifier")?.into());
                let claim = Claim {
                    code_verifier: &verifier,
                    client_id: &client_id,
                    issuer: &issuer,
                    dpop_jkt,
                    devices: &devices::shown(&issuer, &headers, dpop_jkt),
                    holder: Holder::Tokens,
                    caller: &caller,
                };
                begin(&server, &code, &claim, proof.as_ref()).await.map(Answer::Tokens)
            }
            "refresh_token" => {
                let token = demanded(&form, "refresh_token")?;
                let brought = Refresh { token, client_id: &client_id, issuer: &issuer, dpop_jkt, caller: &caller };
                refresh(&server, &brought, proof.as_ref()).await.map(Answer::Tokens)
            }
            TOKEN_EXCHANGE if server.services.get_tokens() => {
                let asked = Exchange { form: &form, client_id: &client_id, issuer: &issuer, headers: &headers };
                asked.make(&server, proof.as_ref(), &caller).await.map(Answer::Exchanged)
            }
            _ => Err(Refusal::Error(ErrorCode::UnsupportedGrantType)),
        }
    });
    match tokens.await {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(broken) => Refusal::Fault(broken.to_string()).into_response(),
    }
}

async fn begin(
    server: &Shared,
    code: &Secret,
    claim: &Claim<'_>,
    proof: Option<&Proof>,
) -> Result<TokenResponse, Refusal> {
    // Only for a code of ours: else anybody could make us write.
    if proof.is_some() && !server.store.has_authorization_code(&keys::sha256(code.expose())).await? {
        return Err(Refusal::Error(ErrorCode::InvalidGrant));
    }
    spend(server, proof).await?;
    // A refusal is committed, too: it may have left an entry in the audit trail.
    let begun = in_transaction!(server.store, |tx| {
        if let Some(Redeemed { session, incident, .. }) = redeem(server, &mut tx, code, claim).await? {
            let refresh_token = server.random.secret();
            let token_hash = keys::sha256(refresh_token.expose());
            add_refresh_token(&mut tx, &token_hash, &session.id, server.clock.now()).await?;
            Some((answer(server, &session, refresh_token)?, incident))
        } else {
            None
        }
    });
    let Some((tokens, incident)) = begun else { return Err(Refusal::Error(ErrorCode::InvalidGrant)) };
    if let Some(incident) = incident {
        incident.tell_owner(server);
    }
    Ok(tokens)
}

/// Lets the proof of a request count, where there is one.
pub(super) async fn spend(server: &Server, proof: Option<&Proof>) -> Result<(), ProofRefusal> {
    match proof {
        Some(proof) => proof::remember(server, proof).await,
        None => Ok(()),
    }
}

/// A refresh token, and who brings it.
struct Refresh<'a> {
    token: &'a str,
    client_id: &'a str,
    issuer: &'a Issuer,
    dpop_jkt: Option<&'a str>,
    caller: &'a Caller,
}

impl Refresh<'_> {
    /// Another client, another address, or another key than the one that the token is bound to. Whoever has only the
    /// token can neither use nor spoil it.
    fn is_theirs(&self, session: &Session) -> bool {
        session.client_id == self.client_id
            && session.issuer == self.issuer.as_str()
            && session.dpop_jkt.as_deref().is_none_or(|jkt| self.dpop_jkt == Some(jkt))
    }
}

/// Rotates a refresh token. One that was spent ends its whole family: either side may be a thief.
async fn refresh(server: &Server, refresh: &Refresh<'_>, proof: Option<&Proof>) -> Result<TokenResponse, Refusal> {
    let token_hash = keys::sha256(refresh.token);
    let now = server.clock.now();
    let found = server.store.session_by_refresh_token(&token_hash, now).await?;
    let Some(session) = found else { return Err(Refusal::Error(ErrorCode::InvalidGrant)) };
    if !refresh.is_theirs(&session) {
        let caller = refresh.caller;
        in_transaction!(server.store, |tx| tell_foreign(server, &mut tx, Event::Refresh, &session, caller).await?);
        return Err(Refusal::Error(ErrorCode::InvalidGrant));
    }
    spend(server, proof).await?;
    let tokens = in_transaction!(server.store, |tx| {
        let idle_expires_at = now + millis(server.config.session.idle);
        let found = Session::lock_and_use(&mut tx, &session.id, now, idle_expires_at).await?;
        let Some((session, account)) = found else { return Err(Refusal::Error(ErrorCode::InvalidGrant)) };
        let successor = server.random.secret();
        // A bound token that comes again by its key, because the answer was lost, is exchanged again.
        let grace = if session.dpop_jkt.is_some() { LOST_ANSWER_GRACE } else { Duration::ZERO };
        let rotation = Rotation { token_hash: &token_hash, successor_hash: &keys::sha256(successor.expose()), grace };
        if rotation.make(&mut tx, &session.id, now).await? {
            Some(answer(server, &session, successor)?)
        } else {
            Session::end(&mut tx, &session.id).await?;
            let event = (Event::SessionEnded, Outcome::Reused);
            redemption::audit(server, &mut tx, event.0, event.1, &account, refresh.caller).await?;
            None
        }
    });
    tokens.ok_or(Refusal::Error(ErrorCode::InvalidGrant))
}

/// Leaves a trace of a token that somebody brought whose it is not.
pub(super) async fn tell_foreign(
    server: &Server,
    tx: &mut Transaction,
    event: Event,
    session: &Session,
    caller: &Caller,
) -> Result<(), StoreError> {
    if let Some(account) = Account::load(tx, &session.account_id).await? {
        redemption::audit(server, tx, event, Outcome::Foreign, &account, caller).await?;
    }
    Ok(())
}

/// The tokens of a session.
fn answer(server: &Server, session: &Session, refresh_token: Secret) -> Result<TokenResponse, Refusal> {
    let token_type = if session.dpop_jkt.is_some() { "DPoP" } else { "Bearer" };
    Ok(TokenResponse {
        access_token: tokens::issue(server, session)?,
        token_type: token_type.to_owned(),
        expires_in: server.config.token.access_life.as_secs(),
        refresh_token,
        scope: session.scope.clone(),
    })
}
