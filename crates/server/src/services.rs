//! The UC services behind: how they prove who they are, and which of them there are tokens for.

use vestibule_protocol::Secret;

use crate::config::{Config, Invalid, ServiceClaim};
use crate::keys;

/// The services.
#[derive(Clone, Debug, Default)]
pub struct Services(Vec<Service>);

#[derive(Clone, Debug)]
struct Service {
    id: String,
    /// SHA-256 of the secret: only that is compared, in constant time. `None` where it may not ask about tokens.
    secret_hash: Option<String>,
    /// What tokens for it say besides the user name. `None` where there are none for it.
    claims: Option<Vec<ServiceClaim>>,
}

impl Services {
    /// The services of a configuration, their secrets read.
    ///
    /// # Errors
    /// [`Invalid`] where a secret cannot be read, or is too short.
    pub fn from_config(config: &Config) -> Result<Self, Invalid> {
        let service = |service: &crate::config::ServiceConfig| {
            Ok(Service {
                id: service.id.clone(),
                secret_hash: service.secret()?.map(|secret| keys::sha256(secret.expose())),
                claims: service.claims.clone(),
            })
        };
        Ok(Self(config.services.iter().map(service).collect::<Result<_, _>>()?))
    }

    /// Whether one of them may ask about tokens.
    #[must_use]
    pub fn ask(&self) -> bool {
        self.0.iter().any(|service| service.secret_hash.is_some())
    }

    /// Whether there are tokens for one of them.
    #[must_use]
    pub fn get_tokens(&self) -> bool {
        self.0.iter().any(|service| service.claims.is_some())
    }

    /// What tokens for this audience say. `None` where there are none for it.
    #[must_use]
    pub fn claims_for(&self, audience: &str) -> Option<&[ServiceClaim]> {
        self.0.iter().find(|service| service.id == audience)?.claims.as_deref()
    }

    /// Whether a service of this id has this secret.
    #[must_use]
    pub fn authenticate(&self, id: &str, secret: &Secret) -> bool {
        let hash = keys::sha256(secret.expose());
        let is_its = |own: &String| keys::same(own, &hash);
        self.0.iter().any(|service| service.id == id && service.secret_hash.as_ref().is_some_and(is_its))
    }
}
