//! `[[clients]]` and `[[services]]`: who may sign people in, and who may ask about their tokens.

use std::collections::HashSet;
use std::path::PathBuf;

use serde::Deserialize;
use vestibule_protocol::{BUILT_IN_CLIENT, Secret};

use super::{Invalid, Origin, invalid};

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

/// A UC service behind, which asks whether a token counts (RFC 7662).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig {
    /// Its `client_id`.
    pub id: String,
    /// Its `client_secret`.
    pub secret: Option<Secret>,
    /// File that holds the secret.
    pub secret_file: Option<PathBuf>,
}

pub(super) fn validate(clients: &[ClientConfig], services: &[ServiceConfig]) -> Result<(), Invalid> {
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
            (None, None) => return Err(invalid("services", format!("{id}: set secret or secret_file"))),
            (Some(secret), None) => ServiceConfig::check_secret(id, secret.expose())?,
            (None, Some(_)) => {}
        }
    }
    Ok(())
}

impl ServiceConfig {
    /// The secret, read from its file where it has one.
    ///
    /// # Errors
    /// [`Invalid`] where the file cannot be read, or the secret is too short.
    pub fn secret(&self) -> Result<Secret, Invalid> {
        let id = &self.id;
        let secret = match (&self.secret, &self.secret_file) {
            (Some(secret), _) => secret.clone(),
            (None, file) => {
                let file = file.clone().unwrap_or_default();
                let text = std::fs::read_to_string(&file)
                    .map_err(|error| invalid("services", format!("{id}: {}: {error}", file.display())))?;
                text.trim_end_matches(['\r', '\n']).into()
            }
        };
        Self::check_secret(id, secret.expose())?;
        Ok(secret)
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
