//! Access tokens: JWTs of the profile of RFC 9068, signed with ES256.
//!
//! Its default, RS256, is left for keys and signatures a tenth as long.

mod for_service;

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vestibule_protocol::{Confirmation, Secret};

use crate::clock::UnixMillis;
use crate::state::Server;
use crate::store::sessions::Session;

pub use for_service::{Issued, ServiceClaims, issue as issue_for_service};

/// The claims of an access token (RFC 9068 §2.2), and the session that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Public address that was signed in to.
    pub iss: String,
    /// Account id.
    pub sub: String,
    /// Our own API, which is where the address is.
    pub aud: String,
    /// Client.
    pub client_id: String,
    /// Space-separated scopes.
    pub scope: String,
    /// Session.
    pub sid: String,
    /// Key that the token is bound to; absent where whoever brings it may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// Unique.
    pub jti: String,
    /// When it was issued, in seconds since 1970-01-01 UTC.
    pub iat: i64,
    /// When it ends, in seconds since 1970-01-01 UTC.
    pub exp: i64,
}

/// Makes an access token for a session.
///
/// # Errors
/// Where the key cannot sign, which is a fault of the server.
pub fn issue(server: &Server, session: &Session) -> Result<Secret, jsonwebtoken::errors::Error> {
    let now = server.clock.now() / 1000;
    let life = i64::try_from(server.config.token.access_life.as_secs()).unwrap_or(i64::MAX);
    let claims = Claims {
        iss: session.issuer.clone(),
        sub: session.account_id.clone(),
        aud: session.issuer.clone(),
        client_id: session.client_id.clone(),
        scope: session.scope.clone(),
        sid: session.id.clone(),
        cnf: session.dpop_jkt.clone().map(|jkt| Confirmation { jkt }),
        jti: server.random.id(),
        iat: now,
        exp: now.saturating_add(life),
    };
    sign(server, &claims)
}

fn sign(server: &Server, claims: &impl Serialize) -> Result<Secret, jsonwebtoken::errors::Error> {
    let key = server.keys.signing(server.clock.now());
    let header = Header { typ: Some("at+jwt".to_owned()), kid: Some(key.id.clone()), ..Header::new(Algorithm::ES256) };
    key.sign(&header, claims).map(Secret::from)
}

/// The claims of an access token that we signed for this address and that has not ended.
#[must_use]
pub fn verify(server: &Server, token: &str, issuer: &str, now: UnixMillis) -> Option<Claims> {
    read(server, token, now).filter(|claims| claims.iss == issuer && claims.aud == issuer)
}

/// The claims of an access token that we signed, for whichever of our addresses, and that has not ended.
#[must_use]
pub fn read(server: &Server, token: &str, now: UnixMillis) -> Option<Claims> {
    decode(server, token, now).filter(|claims: &Claims| claims.exp > now / 1000)
}

/// The claims of a token that we signed for this service, and that has not ended.
#[must_use]
pub fn read_for_service(server: &Server, token: &str, service: &str, now: UnixMillis) -> Option<ServiceClaims> {
    decode(server, token, now).filter(|claims: &ServiceClaims| claims.aud == service && claims.exp > now / 1000)
}

/// The claims of a token that we signed, whether it has ended or not.
fn decode<C: DeserializeOwned>(server: &Server, token: &str, now: UnixMillis) -> Option<C> {
    let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
    let keys = server.keys.published(now, server.config.token.access_life);
    let key = keys.iter().find(|key| key.id == kid)?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_aud = false;
    // The library asks the system's clock; ours is asked above.
    validation.validate_exp = false;
    let token = jsonwebtoken::decode::<C>(token, &key.decoding, &validation).ok()?;
    let is_access_token = token.header.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case("at+jwt"));
    is_access_token.then_some(token.claims)
}
