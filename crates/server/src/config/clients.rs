//! `[[clients]]` and `[[services]]`: who may sign people in, and who may ask about their tokens and get some.

use std::collections::HashSet;
use std::path::PathBuf;

use serde::Deserialize;
use vestibule_protocol::{BUILT_IN_CLIENT, Secret};

use super::{Invalid, Issuer, Origin, PublicAddresses, invalid};

/// The shortest secret of a service, in characters: nobody can guess one that a generator made.
const MIN_SECRET_CHARS: usize = 24;

/// A first-party client (RFC 6749 §2).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientConfig {
    /// `client_id`.
    pub id: String,
    /// Where its pages come from.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// What it may ask for.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// A UC service behind. With a secret it may ask whether a token counts (RFC 7662); with claims, whoever is signed in
/// gets tokens for it (RFC 8693).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig {
    /// Its `client_id`, and the audience of tokens for it.
    pub id: String,
    /// Its `client_secret`.
    pub secret: Option<Secret>,
    /// File that holds the secret.
    pub secret_file: Option<PathBuf>,
    /// What tokens for it say besides the user name.
    pub claims: Option<Vec<ServiceClaim>>,
}

/// What a service may be told about whoever is signed in, by the name of the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ServiceClaim {
    /// The name to show.
    Name,
    /// Which products stand behind the server.
    UcConfiguration,
    /// The cell number of the sign-in.
    PhoneNumber,
    /// The device that the person prefers.
    PreferredDevice,
    /// Whether calls go to the cell number.
    RouteCallsToCell,
}

/// No claim of this name.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no claim; there are name, uc_configuration, phone_number, preferred_device and route_calls_to_cell, and the \
     user name is always there"
)]
pub struct UnknownClaim(String);

impl TryFrom<String> for ServiceClaim {
    type Error = UnknownClaim;

    fn try_from(name: String) -> Result<Self, UnknownClaim> {
        match name.as_str() {
            "name" => Ok(Self::Name),
            "uc_configuration" => Ok(Self::UcConfiguration),
            "phone_number" => Ok(Self::PhoneNumber),
            "preferred_device" => Ok(Self::PreferredDevice),
            "route_calls_to_cell" => Ok(Self::RouteCallsToCell),
            _ => Err(UnknownClaim(name)),
        }
    }
}

pub(super) fn validate(
    clients: &[ClientConfig],
    services: &[ServiceConfig],
    addresses: &PublicAddresses,
) -> Result<(), Invalid> {
    let mut ids = HashSet::new();
    for client in clients {
        let id = &client.id;
        check_id("clients", id, &mut ids)?;
        if let Some(scope) = client.scopes.iter().find(|scope| !is_scope(scope)) {
            return Err(invalid("clients", format!("{id}: `{scope}` is no scope: one word without \" or \\")));
        }
        if client.scopes.is_empty() && id != BUILT_IN_CLIENT {
            return Err(invalid(
                "clients",
                format!("{id}: scopes is missing; write what it may ask for, like profile"),
            ));
        }
    }
    for service in services {
        let id = &service.id;
        check_id("services", id, &mut ids)?;
        match (&service.secret, &service.secret_file) {
            (Some(_), Some(_)) => {
                return Err(invalid("services", format!("{id}: set secret or secret_file, not both")));
            }
            (None, None) if service.claims.is_none() => {
                let problem = "set secret or secret_file if it asks about tokens, and claims if it gets tokens";
                return Err(invalid("services", format!("{id}: {problem}")));
            }
            (Some(secret), None) => ServiceConfig::check_secret(id, secret.expose())?,
            (None, _) => {}
        }
        // A token for such a service would look like one for this server.
        let own = |issuers: &[Issuer]| issuers.iter().any(|issuer| issuer.as_str() == id);
        if matches!(addresses, PublicAddresses::List(issuers) if own(issuers)) {
            return Err(invalid("services", format!("{id} is an address of this server; give the service another id")));
        }
    }
    Ok(())
}

impl ServiceConfig {
    /// The secret, read from its file where that holds it. `None` where the service has none.
    ///
    /// # Errors
    /// [`Invalid`] where the file cannot be read, or the secret is too short.
    pub fn secret(&self) -> Result<Option<Secret>, Invalid> {
        let id = &self.id;
        let secret = match (&self.secret, &self.secret_file) {
            (None, None) => return Ok(None),
            (Some(secret), _) => secret.clone(),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|error| invalid("services", format!("{id}: {}: {error}", file.display())))?;
                text.trim_end_matches(['\r', '\n']).into()
            }
        };
        Self::check_secret(id, secret.expose())?;
        Ok(Some(secret))
    }

    fn check_secret(id: &str, secret: &str) -> Result<(), Invalid> {
        if secret.chars().count() < MIN_SECRET_CHARS {
            return Err(invalid(
                "services",
                format!(
                    "{id}: the secret must have at least {MIN_SECRET_CHARS} characters; make one with `openssl rand -hex 24`"
                ),
            ));
        }
        Ok(())
    }
}

fn check_id<'a>(key: &'static str, id: &'a str, ids: &mut HashSet<&'a str>) -> Result<(), Invalid> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid(key, format!("`{id}` is no id: letters, digits and signs without blanks")));
    }
    if !ids.insert(id) {
        return Err(invalid(key, format!("{id} stands there twice; every client and service has an id of its own")));
    }
    Ok(())
}

/// A scope token (RFC 6749 §3.3).
fn is_scope(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}
