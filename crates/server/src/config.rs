//! Everything an administrator can set: one TOML file, and `VESTIBULE_*` environment variables over it.
//!
//! Types parse, so that a `Config` that exists makes sense. Unknown keys are errors.

mod address;
mod brand;
mod clients;
mod database;
mod duration;
mod limits;
mod load;
mod mail;
mod names;
mod proxy;
mod sections;
#[cfg(test)]
mod tests;
mod texts;
mod throttle;

use std::net::SocketAddr;

use serde::Deserialize;
use vestibule_protocol::UcConfiguration;

pub use address::{Issuer, IssuerError, Origin, OriginError, PublicAddresses};
pub use brand::BrandConfig;
pub use clients::{ClientConfig, ServiceClaim, ServiceConfig, UnknownClaim};
pub use database::DatabaseConfig;
pub use limits::LimitsConfig;
pub use load::ConfigError;
pub use mail::{MailConfig, MailRoute, SmtpConfig, SmtpSecurity};
pub use proxy::{ForwardingHeader, Network, NetworkError, ProxyConfig};
pub use sections::{
    AuditConfig, CodeConfig, LogConfig, LogFormat, PasswordHashConfig, SessionConfig, SigninConfig, TlsConfig,
    TokenConfig,
};
pub use throttle::ThrottleConfig;

/// The configuration. Paths are relative to the working directory.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Addresses and ports for the page and the API.
    #[serde(deserialize_with = "address::listen")]
    pub listen: Vec<SocketAddr>,
    /// Address and port for `/healthz`, `/readyz` and `/metrics`; none: they are not served.
    #[serde(deserialize_with = "address::listen_on_one")]
    pub management_listen: Option<SocketAddr>,
    /// The addresses that people reach this server by, each an issuer of its own; the first is the main one.
    pub public_addresses: PublicAddresses,
    /// Whether credentials are taken over plain http on addresses other than loopback.
    pub allow_plain_http: bool,
    /// Which products stand behind; decides what the User tab shows.
    #[serde(deserialize_with = "names::one_of")]
    pub configuration: UcConfiguration,
    /// Name of the service, on the page and in mails.
    pub service_name: String,
    /// Region that national cell numbers are read in (ISO 3166-1 alpha-2); none: only international ones are taken.
    pub default_region: Option<String>,
    /// Turns two-factor authentication on for every account.
    pub require_2fa: bool,
    /// Picture and colours of the service.
    pub brand: BrandConfig,
    /// Where everything is kept.
    pub database: DatabaseConfig,
    /// Certificate and key; none: plain http, for loopback or behind a proxy that does the encryption.
    pub tls: Option<TlsConfig>,
    /// How mails go out.
    pub mail: MailConfig,
    /// Access codes.
    pub code: CodeConfig,
    /// Sign-ins that are under way.
    pub signin: SigninConfig,
    /// Sessions and refresh tokens.
    pub session: SessionConfig,
    /// Access tokens.
    pub token: TokenConfig,
    /// The reverse proxies in front.
    pub proxy: ProxyConfig,
    /// What wrong passwords and codes lead to.
    pub throttle: ThrottleConfig,
    /// Connections, and the time that clients may take.
    pub limits: LimitsConfig,
    /// Argon2id and its pool.
    pub password_hash: PasswordHashConfig,
    /// The audit trail.
    pub audit: AuditConfig,
    /// Logs.
    pub log: LogConfig,
    /// First-party clients besides the page itself; the id `vestibule` adds origins to the page's own client.
    pub clients: Vec<ClientConfig>,
    /// UC services behind, which ask whether tokens count, or get tokens.
    pub services: Vec<ServiceConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 8080))],
            management_listen: None,
            public_addresses: PublicAddresses::default(),
            allow_plain_http: false,
            configuration: UcConfiguration::default(),
            service_name: "Vestibule".to_owned(),
            default_region: None,
            require_2fa: false,
            brand: BrandConfig::default(),
            database: DatabaseConfig::default(),
            tls: None,
            mail: MailConfig::default(),
            code: CodeConfig::default(),
            signin: SigninConfig::default(),
            session: SessionConfig::default(),
            token: TokenConfig::default(),
            proxy: ProxyConfig::default(),
            throttle: ThrottleConfig::default(),
            limits: LimitsConfig::default(),
            password_hash: PasswordHashConfig::default(),
            audit: AuditConfig::default(),
            log: LogConfig::default(),
            clients: Vec::new(),
            services: Vec::new(),
        }
    }
}

/// A value that parses but makes no sense, alone or together with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The key, with its section: `code.length`.
    pub key: &'static str,
    /// What is wrong and how to mend it.
    pub problem: String,
}

impl Config {
    /// Checks what one value alone cannot show.
    ///
    /// # Errors
    /// The first value that makes no sense.
    pub fn validate(&self) -> Result<(), Invalid> {
        self.validate_addresses()?;
        self.validate_issuers()?;
        if self.service_name.trim().is_empty() || self.service_name.chars().any(char::is_control) {
            return Err(invalid("service_name", "must be a name to show, on one line"));
        }
        if let Some(region) = &self.default_region
            && region.parse::<phonenumber::country::Id>().is_err()
        {
            return Err(invalid(
                "default_region",
                format!("`{region}` is no region; write two capital letters, like DE"),
            ));
        }
        self.database.validate()?;
        self.brand.validate()?;
        self.mail.validate()?;
        self.code.validate()?;
        self.signin.validate()?;
        self.session.validate()?;
        self.token.validate()?;
        self.proxy.validate()?;
        self.throttle.validate()?;
        self.limits.validate(self.mail.time_limit)?;
        self.password_hash.validate()?;
        self.audit.validate()?;
        clients::validate(&self.clients, &self.services, &self.public_addresses)
    }

    fn validate_addresses(&self) -> Result<(), Invalid> {
        if self.listen.is_empty() {
            return Err(invalid("listen", "must hold at least one address, like 127.0.0.1:8080"));
        }
        // Port 0 is whichever is free.
        if let Some(address) = self.management_listen.filter(|it| it.port() != 0 && self.listen.contains(it)) {
            return Err(invalid(
                "management_listen",
                format!("{address} is one of listen; write another address or port"),
            ));
        }
        if self.allow_plain_http {
            return Ok(());
        }
        match &self.public_addresses {
            PublicAddresses::Any => Err(invalid(
                "public_addresses",
                "`any` takes whatever address the server is asked by, http included; list the addresses, or set \
                 allow_plain_http = true if this is a demonstration",
            )),
            PublicAddresses::List(issuers) => {
                match issuers.iter().find(|issuer| issuer.carries_passwords_in_the_clear()) {
                    Some(issuer) => Err(invalid(
                        "public_addresses",
                        format!(
                            "passwords to {issuer} would not be encrypted; write https://, or set allow_plain_http = true"
                        ),
                    )),
                    None => Ok(()),
                }
            }
        }
    }
}

impl Config {
    /// `Host` is all that a request says about the address that it was made to.
    fn validate_issuers(&self) -> Result<(), Invalid> {
        let PublicAddresses::List(issuers) = &self.public_addresses else { return Ok(()) };
        for (at, issuer) in issuers.iter().enumerate() {
            if let Some(other) =
                issuers[..at].iter().find(|other| other.is_at(issuer.authority()) || issuer.is_at(other.authority()))
            {
                let problem = format!(
                    "{other} and {issuer} have the same host and port, and requests to them cannot be told apart; \
                     remove one of them"
                );
                return Err(invalid("public_addresses", problem));
            }
        }
        Ok(())
    }
}

fn invalid(key: &'static str, problem: impl Into<String>) -> Invalid {
    Invalid { key, problem: problem.into() }
}
