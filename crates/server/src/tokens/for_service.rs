//! Tokens for one service behind (RFC 8693): short-lived, and bound to no key, so that a proxy can check them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use vestibule_protocol::{Me, PreferredDevice, Secret, UcConfiguration};

use super::Common;
use crate::clock::millis;
use crate::config::ServiceClaim;
use crate::state::Server;
use crate::store::sessions::Session;

/// How long they count at the most. Whoever checks them does not hear of the end of a session before.
const LIFE: Duration = Duration::from_mins(2);

/// The claims of a token for a service. They lack the scope that [the claims](super::Claims) of a token for our own API
/// have, so that neither can be read as the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceClaims {
    /// Those that every token has. It is for the one service, and the client asked for it.
    #[serde(flatten)]
    pub common: Common,
    /// User name.
    pub preferred_username: String,
    /// Name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which products stand behind the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uc_configuration: Option<UcConfiguration>,
    /// The cell number of the sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// The device that the person prefers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_device: Option<PreferredDevice>,
    /// Whether calls go to the cell number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route_calls_to_cell: Option<bool>,
}

/// A token, and for how many seconds it counts.
#[derive(Debug)]
pub struct Issued {
    /// The token.
    pub token: Secret,
    /// Seconds.
    pub expires_in: u64,
}

/// Makes a token for a service, which says these things of whom the User tab shows. It does not outlive the session, nor
/// the key that signs it.
///
/// # Errors
/// Where the key cannot sign, which is a fault of the server.
pub fn issue(
    server: &Server,
    session: &Session,
    me: &Me,
    audience: &str,
    said: &[ServiceClaim],
) -> Result<Issued, jsonwebtoken::errors::Error> {
    let now = server.clock.now();
    let life = millis(LIFE.min(server.config.token.access_life));
    let ends = now.saturating_add(life).min(session.expires_at).min(session.idle_expires_at);
    let says = |claim| said.contains(&claim);
    let claims = ServiceClaims {
        common: Common::of(server, session, audience, ends),
        preferred_username: me.username.clone(),
        name: says(ServiceClaim::Name).then(|| me.name.clone()),
        uc_configuration: says(ServiceClaim::UcConfiguration).then_some(me.configuration),
        phone_number: me.cell_number.clone().filter(|_| says(ServiceClaim::PhoneNumber)),
        preferred_device: me.preferred_device.filter(|_| says(ServiceClaim::PreferredDevice)),
        route_calls_to_cell: me.route_calls_to_cell.filter(|_| says(ServiceClaim::RouteCallsToCell)),
    };
    let token = super::sign(server, &claims)?;
    let Common { iat, exp, .. } = claims.common;
    Ok(Issued { token, expires_in: u64::try_from(exp.saturating_sub(iat)).unwrap_or_default() })
}
