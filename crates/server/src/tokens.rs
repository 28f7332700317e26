//! Access tokens: JWTs of the profile of RFC 9068, signed with ES256.
//!
//! Its default, RS256, is left for keys and signatures a tenth as long.

mod for_service;

use jsonwebtoken::{Algorithm, Header, TokenData, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vestibule_protocol::{Confirmation, Secret};

use crate::clock::{UnixMillis, millis};
use crate::state::Server;
use crate::store::sessions::Session;

pub use for_service::{Issued, ServiceClaims, issue as issue_for_service};

/// What every token says (RFC 9068 §2.2), and the session that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Common {
    /// Public address that was signed in to.
    pub iss: String,
    /// Account id.
    pub sub: String,
    /// Whom it is for.
    pub aud: String,
    /// Client.
    pub client_id: String,
    /// Session.
    pub sid: String,
    /// Unique.
    pub jti: String,
    /// When it was issued, in seconds since 1970-01-01 UTC.
    pub iat: i64,
    /// When it ends, in seconds since 1970-01-01 UTC.
    pub exp: i64,
}

impl Common {
    /// Of a token that is issued now.
    fn of(server: &Server, session: &Session, aud: &str, ends: UnixMillis) -> Self {
        Self {
            iss: session.issuer.clone(),
            sub: session.account_id.clone(),
            aud: aud.to_owned(),
            client_id: session.client_id.clone(),
            sid: session.id.clone(),
            jti: server.random.id(),
            iat: server.clock.now() / 1000,
            exp: ends / 1000,
        }
    }

    fn counts(&self, now: UnixMillis) -> bool {
        self.exp > now / 1000
    }
}

/// The claims of an access token, which is for our own API: its `aud` is where that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Those that every token has.
    #[serde(flatten)]
    pub common: Common,
    /// Space-separated scopes.
    pub scope: String,
    /// Key that the token is bound to; absent where whoever brings it may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
}

/// Makes an access token for a session.
///
/// # Errors
/// Where the key cannot sign, which is a fault of the server.
pub fn issue(server: &Server, session: &Session) -> Result<Secret, jsonwebtoken::errors::Error> {
    let ends = server.clock.now().saturating_add(millis(server.config.token.access_life));
    let claims = Claims {
        common: Common::of(server, session, &session.issuer, ends),
        scope: session.scope.clone(),
        cnf: session.dpop_jkt.clone().map(|jkt| Confirmation { jkt }),
    };
    sign(server, &claims)
}

fn sign(server: &Server, claims: &impl Serialize) -> Result<Secret, jsonwebtoken::errors::Error> {
    let key = server.keys.signing(server.clock.now());
    let header = Header { typ: Some("at+jwt".to_owned()), kid: Some(key.id.clone()), ..Header::new(Algorithm::ES256) };
    let token = key.sign(&header, claims)?;
    server.keys.genuine.remember(&key.id, &token);
    Ok(token.into())
}

/// The claims of an access token that we signed for this address and that has not ended.
#[must_use]
pub fn verify(server: &Server, token: &str, issuer: &str, now: UnixMillis) -> Option<Claims> {
    read(server, token, now).filter(|Claims { common, .. }| common.iss == issuer && common.aud == issuer)
}

/// The claims of an access token that we signed, for whichever of our addresses, and that has not ended.
#[must_use]
pub fn read(server: &Server, token: &str, now: UnixMillis) -> Option<Claims> {
    decode(server, token, now).filter(|claims: &Claims| claims.common.counts(now))
}

/// The claims of a token that we signed for this service, and that has not ended.
#[must_use]
pub fn read_for_service(server: &Server, token: &str, service: &str, now: UnixMillis) -> Option<ServiceClaims> {
    let is_for_it = |claims: &ServiceClaims| claims.common.aud == service && claims.common.counts(now);
    decode(server, token, now).filter(is_for_it)
}

/// The claims of a token that we signed, whether it has ended or not.
fn decode<C: DeserializeOwned>(server: &Server, token: &str, now: UnixMillis) -> Option<C> {
    let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
    let keys = server.keys.published(now, server.config.token.access_life);
    let key = keys.iter().find(|key| key.id == kid)?;
    if server.keys.genuine.knows(&kid, token) {
        return access_token(jsonwebtoken::dangerous::insecure_decode(token).ok()?);
    }
    let mut validation = Validation::new(Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_aud = false;
    // The library asks the system's clock; ours is asked above.
    validation.validate_exp = false;
    let decoded = jsonwebtoken::decode(token, &key.decoding, &validation).ok()?;
    server.keys.genuine.remember(&kid, token);
    access_token(decoded)
}

/// The claims, where it is an access token.
fn access_token<C>(token: TokenData<C>) -> Option<C> {
    let is_access_token = token.header.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case("at+jwt"));
    is_access_token.then_some(token.claims)
}
