//! Who a request under `/api` comes from: by access token, else by cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use vestibule_protocol::{PROFILE_SCOPE, ProblemKind};

use super::asked::Asked;
use super::problem::{ProblemResponse, Scheme};
use super::proof::{self, ProofRefusal};
use super::session::{Demand, comes_from_our_page, of_cookie};
use crate::clients;
use crate::clock::millis;
use crate::config::Issuer;
use crate::keys;
use crate::state::{Server, Shared};
use crate::store::Transaction;
use crate::store::accounts::Account;
use crate::store::sessions::Session;
use crate::tokens::{self, Claims};

/// The session that a request belongs to. It may have ended.
#[derive(Clone, Debug)]
pub(super) struct SignedIn {
    /// Its id.
    pub(super) session_id: String,
    /// How the token came; by cookie without.
    scheme: Option<Scheme>,
}

impl SignedIn {
    /// Whether a cookie holds the session.
    pub(super) fn is_by_cookie(&self) -> bool {
        self.scheme.is_none()
    }

    /// Takes the session for the rest of the transaction and notes its use; with it its account.
    ///
    /// # Errors
    /// The answer where it has ended, or lacks the scope.
    pub(super) async fn lock(
        &self,
        server: &Server,
        tx: &mut Transaction,
    ) -> Result<(Session, Account), ProblemResponse> {
        let now = server.clock.now();
        let idle_expires_at = now.saturating_add(millis(server.config.session.idle));
        let found = Session::lock_and_use(tx, &self.session_id, now, idle_expires_at).await?;
        let (session, account) = found.ok_or_else(|| self.has_ended())?;
        if !clients::allows(&session.scope, PROFILE_SCOPE) {
            return Err(ProblemResponse::insufficient_scope(self.scheme));
        }
        Ok((session, account))
    }

    /// The answer where the session has ended.
    pub(super) fn has_ended(&self) -> ProblemResponse {
        self.scheme.map_or_else(|| ProblemKind::NotSignedIn.into(), ProblemResponse::invalid_token)
    }
}

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, ProblemResponse> {
        let Ok(Asked(issuer)) = Asked::from_request_parts(parts, server).await;
        if let Some(authorization) = parts.headers.get(header::AUTHORIZATION) {
            let authorization = authorization.to_str().ok().and_then(|value| value.split_once(' '));
            let (scheme, token) = authorization.ok_or(ProblemKind::NotSignedIn)?;
            return by_token(server, &issuer, parts, scheme, token.trim()).await;
        }
        let session = of_cookie(server, &issuer, &parts.headers).await?.ok_or(ProblemKind::NotSignedIn)?;
        let demand = if parts.method == Method::GET { Demand::Nothing } else { Demand::Origin };
        if comes_from_our_page(server, &issuer, &parts.headers, demand) {
            Ok(Self { session_id: session.id, scheme: None })
        } else {
            Err(ProblemKind::OriginNotAllowed.into())
        }
    }
}

/// A bound token counts only with a proof of its key, and one that is not bound only without (RFC 9449 §7).
async fn by_token(
    server: &Server,
    issuer: &Issuer,
    parts: &Parts,
    scheme: &str,
    token: &str,
) -> Result<SignedIn, ProblemResponse> {
    let scheme = match scheme {
        scheme if scheme.eq_ignore_ascii_case("Bearer") => Scheme::Bearer,
        scheme if scheme.eq_ignore_ascii_case("DPoP") => Scheme::Dpop,
        _ => return Err(ProblemKind::NotSignedIn.into()),
    };
    let claims = tokens::verify(server, token, issuer.as_str(), server.clock.now());
    let jkt = |claims: &Claims| claims.cnf.as_ref().map(|cnf| cnf.jkt.clone());
    let claims = match scheme {
        Scheme::Bearer => claims.filter(|claims| jkt(claims).is_none()),
        Scheme::Dpop => {
            let proof = proof::check(server, issuer, &parts.method, &parts.uri, &parts.headers)
                .map_err(ProofRefusal::from)?
                .ok_or(ProblemKind::InvalidDpopProof)?;
            if proof.ath.as_ref().is_none_or(|ath| !keys::same(ath, &keys::sha256(token))) {
                return Err(ProblemKind::InvalidDpopProof.into());
            }
            let claims = claims.filter(|claims| jkt(claims).is_some_and(|jkt| jkt == proof.jkt));
            // Only for a token of ours: else anybody could make us write.
            if claims.is_some() {
                proof::remember(server, &proof).await?;
            }
            claims
        }
    };
    let signed_in = claims.map(|claims| SignedIn { session_id: claims.common.sid, scheme: Some(scheme) });
    signed_in.ok_or(ProblemResponse::invalid_token(scheme))
}
