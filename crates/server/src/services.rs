//! The UC services behind, and how they prove who they are.

use vestibule_protocol::Secret;

use crate::config::{Config, Invalid};
use crate::keys;

/// The services that may ask about tokens.
#[derive(Clone, Debug, Default)]
pub struct Services(Vec<Service>);

#[derive(Clone, Debug)]
struct Service {
    id: String,
    /// SHA-256 of the secret: only that is compared, in constant time.
    secret_hash: String,
}

impl Services {
    /// The services of a configuration, their secrets read.
    ///
    /// # Errors
    /// [`Invalid`] where a secret cannot be read, or is too short.
    pub fn from_config(config: &Config) -> Result<Self, Invalid> {
        let service = |service: &crate::config::ServiceConfig| {
            Ok(Service { id: service.id.clone(), secret_hash: keys::sha256(service.secret()?.expose()) })
        };
        Ok(Self(config.services.iter().map(service).collect::<Result<_, _>>()?))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a service of this id has this secret.
    #[must_use]
    pub fn authenticate(&self, id: &str, secret: &Secret) -> bool {
        let hash = keys::sha256(secret.expose());
        self.0.iter().any(|service| service.id == id && keys::same(&service.secret_hash, &hash))
    }
}
