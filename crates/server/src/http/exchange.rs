//! Token exchange (RFC 8693): whoever is signed in gets a token for one service behind.

use axum::http::HeaderMap;
use vestibule_protocol::{ACCESS_TOKEN_TYPE, ErrorCode, ExchangeResponse, PROFILE_SCOPE};

use super::form::Form;
use super::me;
use super::session::{Demand, comes_from_our_page, of_cookie};
use super::token::{Refusal, demanded, spend, tell_foreign};
use crate::clients;
use crate::clock::millis;
use crate::config::Issuer;
use crate::dpop::Proof;
use crate::keys;
use crate::state::Server;
use crate::store::audit::{Caller, Event};
use crate::store::in_transaction;
use crate::store::sessions::Session;
use crate::tokens;

/// Of a subject token that does not count, RFC 8693 §2.2.2 wants no more said.
const NOT_COUNTED: Refusal = Refusal::Described(ErrorCode::InvalidRequest, "the subject token does not count");

/// Who wants a token, and for which service.
pub(super) struct Exchange<'a> {
    pub(super) form: &'a Form,
    pub(super) client_id: &'a str,
    pub(super) issuer: &'a Issuer,
    pub(super) headers: &'a HeaderMap,
}

impl Exchange<'_> {
    /// Makes the token. Nothing is written before everything else is known to be right.
    pub(super) async fn make(
        &self,
        server: &Server,
        proof: Option<&Proof>,
        caller: &Caller,
    ) -> Result<ExchangeResponse, Refusal> {
        self.refuse_what_there_is_not()?;
        let audience = demanded(self.form, "audience")?;
        let session_id = match self.form.text("subject_token") {
            Some(token) => self.by_token(server, token, proof, caller).await?,
            None => self.by_cookie(server).await?,
        };
        let Some(said) = server.services.claims_for(audience) else {
            return Err(Refusal::Error(ErrorCode::InvalidTarget));
        };
        spend(server, proof).await?;
        let now = server.clock.now();
        let idle_expires_at = now.saturating_add(millis(server.config.session.idle));
        let issued = in_transaction!(server.store, |tx| {
            let found = Session::lock_and_use(&mut tx, &session_id, now, idle_expires_at).await?;
            let Some((session, account)) = found else { return Err(self.has_ended()) };
            if !clients::allows(&session.scope, PROFILE_SCOPE) {
                return Err(Refusal::Error(ErrorCode::InvalidScope));
            }
            tokens::issue_for_service(server, &session, &me::of(server, &session, &account), audience, said)?
        });
        Ok(ExchangeResponse {
            access_token: issued.token,
            issued_token_type: ACCESS_TOKEN_TYPE.to_owned(),
            token_type: "Bearer".to_owned(),
            expires_in: issued.expires_in,
        })
    }

    /// What a client may ask for by the standard, and would not get: it is told, rather than given something else.
    fn refuse_what_there_is_not(&self) -> Result<(), Refusal> {
        let refuse = |error, description| Err(Refusal::Described(error, description));
        if self.form.text("resource").is_some() {
            return refuse(ErrorCode::InvalidTarget, "services are named by audience alone");
        }
        if self.form.text("scope").is_some() {
            return refuse(ErrorCode::InvalidScope, "tokens for services have no scope");
        }
        if self.form.text("actor_token").is_some() || self.form.text("actor_token_type").is_some() {
            return refuse(ErrorCode::InvalidRequest, "nobody acts for somebody else");
        }
        if self.form.text("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN_TYPE) {
            return refuse(ErrorCode::InvalidRequest, "there are access tokens only");
        }
        Ok(())
    }

    /// The session of a bound access token, for whoever has its key. One that is not bound would be worth a token for
    /// every service to whoever gets hold of it, and one that was exchanged is not for us.
    async fn by_token(
        &self,
        server: &Server,
        token: &str,
        proof: Option<&Proof>,
        caller: &Caller,
    ) -> Result<String, Refusal> {
        if demanded(self.form, "subject_token_type")? != ACCESS_TOKEN_TYPE {
            return Err(Refusal::Described(ErrorCode::InvalidRequest, "the subject token must be an access token"));
        }
        let now = server.clock.now();
        let claims = tokens::verify(server, token, self.issuer.as_str(), now).ok_or(NOT_COUNTED)?;
        let Some(cnf) = claims.cnf else {
            let why = "the subject token must be bound to a key (RFC 9449)";
            return Err(Refusal::Described(ErrorCode::InvalidRequest, why));
        };
        let is_theirs = claims.common.client_id == self.client_id
            && proof.is_some_and(|proof| {
                // RFC 9449 §7 demands `ath` of a request that a token opens; here the token is what is asked about.
                let is_about_it = proof.ath.as_ref().is_none_or(|ath| keys::same(ath, &keys::sha256(token)));
                proof.jkt == cnf.jkt && is_about_it
            });
        if is_theirs {
            return Ok(claims.common.sid);
        }
        let session = server.store.session(&claims.common.sid, now).await?;
        if let Some(session) = session {
            in_transaction!(server.store, |tx| tell_foreign(server, &mut tx, Event::TokenExchange, &session, caller)
                .await?);
        }
        Err(NOT_COUNTED)
    }

    /// The session of our own page's cookie.
    async fn by_cookie(&self, server: &Server) -> Result<String, Refusal> {
        let session = of_cookie(server, self.issuer, self.headers).await?;
        let session = session.filter(|session| session.client_id == self.client_id);
        let session = session.ok_or_else(|| self.has_ended())?;
        if comes_from_our_page(server, self.issuer, self.headers, Demand::Origin) {
            Ok(session.id)
        } else {
            Err(Refusal::Error(ErrorCode::AccessDenied))
        }
    }

    /// The answer where nobody is signed in.
    fn has_ended(&self) -> Refusal {
        if self.form.text("subject_token").is_some() {
            NOT_COUNTED
        } else {
            Refusal::Described(ErrorCode::InvalidGrant, "neither a subject token nor a session by cookie")
        }
    }
}
