//! The sections of the configuration file, each with its defaults and limits.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use tracing::level_filters::LevelFilter;

use super::{Invalid, duration, invalid, names};

/// The server's own certificate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// File with the certificate and those between it and the root (PEM).
    pub certificate: PathBuf,
    /// File with its private key (PEM).
    pub key: PathBuf,
}

/// Access codes. The defaults follow OWASP ASVS 5 §6.5 and NIST SP 800-63B.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CodeConfig {
    /// Digits, 6 to 8.
    pub length: usize,
    /// How long a code is good.
    #[serde(deserialize_with = "duration::deserialize")]
    pub life: Duration,
    /// Wrong codes in one sign-in, across resends, before it is over.
    pub attempts: u32,
    /// Shortest time between two mails of a sign-in.
    #[serde(deserialize_with = "duration::deserialize")]
    pub resend_after: Duration,
    /// Mails in one sign-in.
    pub sends: u32,
    /// Mails to one account in an hour.
    pub sends_per_hour: u32,
}

impl Default for CodeConfig {
    fn default() -> Self {
        Self {
            length: 6,
            life: Duration::from_mins(10),
            attempts: 5,
            resend_after: Duration::from_secs(30),
            sends: 5,
            sends_per_hour: 10,
        }
    }
}

/// Mails of one sign-in are told apart by two letters.
const MAX_SENDS: u32 = 100;

impl CodeConfig {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        if !(6..=8).contains(&self.length) {
            return Err(invalid("code.length", "must be 6, 7 or 8"));
        }
        positive("code.life", self.life)?;
        at_least_one("code.attempts", self.attempts)?;
        if !(1..=MAX_SENDS).contains(&self.sends) {
            return Err(invalid("code.sends", format!("must be at least 1, and {MAX_SENDS} at the most")));
        }
        at_least_one("code.sends_per_hour", self.sends_per_hour)
    }
}

/// Sign-ins that are under way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SigninConfig {
    /// From the account step to the end.
    #[serde(deserialize_with = "duration::deserialize")]
    pub life: Duration,
    /// How long a verified sign-in answers the same request again, after a lost answer.
    #[serde(deserialize_with = "duration::deserialize")]
    pub grace: Duration,
    /// How long an authorization code can be redeemed (RFC 6749 §4.1.2).
    #[serde(deserialize_with = "duration::deserialize")]
    pub code_life: Duration,
}

impl Default for SigninConfig {
    fn default() -> Self {
        Self { life: Duration::from_hours(1), grace: Duration::from_mins(10), code_life: Duration::from_mins(1) }
    }
}

impl SigninConfig {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        positive("signin.life", self.life)?;
        positive("signin.code_life", self.code_life)
    }
}

/// Sessions and refresh tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionConfig {
    /// Without being used.
    #[serde(deserialize_with = "duration::deserialize")]
    pub idle: Duration,
    /// In all.
    #[serde(deserialize_with = "duration::deserialize")]
    pub life: Duration,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self { idle: Duration::from_hours(7 * 24), life: Duration::from_hours(30 * 24) }
    }
}

impl SessionConfig {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        positive("session.idle", self.idle)?;
        positive("session.life", self.life)
    }
}

/// Access tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenConfig {
    /// How long an access token is good.
    #[serde(deserialize_with = "duration::deserialize")]
    pub access_life: Duration,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self { access_life: Duration::from_mins(10) }
    }
}

impl TokenConfig {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        positive("token.access_life", self.access_life)
    }
}

/// Argon2id (RFC 9106) and its pool.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordHashConfig {
    /// Memory for one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// Hashes that may wait for a processor before the server says that it is busy.
    pub queue: usize,
}

impl Default for PasswordHashConfig {
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1, queue: 64 }
    }
}

impl PasswordHashConfig {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        argon2::Params::new(self.memory_kib, self.passes, self.lanes, None).map(drop).map_err(|error| {
            let problem = format!("argon2 does not take these: {error}; the defaults are 19456, 2 and 1");
            invalid("password_hash", problem)
        })
    }
}

/// The audit trail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditConfig {
    /// How long entries are kept.
    #[serde(deserialize_with = "duration::deserialize")]
    pub keep: Duration,
}

impl Default for AuditConfig {
    fn default() -> Self {
        Self { keep: Duration::from_hours(90 * 24) }
    }
}

impl AuditConfig {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        positive("audit.keep", self.keep)
    }
}

/// Logs, on standard error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// How lines look.
    #[serde(deserialize_with = "names::one_of")]
    pub format: LogFormat,
    /// The least that is logged: `error`, `warn`, `info`, `debug`, `trace`, or `off`.
    #[serde(deserialize_with = "level")]
    pub level: LevelFilter,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line, for programs.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::default(), level: LevelFilter::INFO }
    }
}

fn level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LevelFilter, D::Error> {
    let text = String::deserialize(deserializer)?;
    let names = ["error", "warn", "info", "debug", "trace", "off"];
    // The library's own reading takes numbers too, and nothing at all for an error.
    let level = names.contains(&text.to_lowercase().as_str()).then(|| text.parse().ok()).flatten();
    level.ok_or_else(|| D::Error::custom(names::none_of(&text, &names)))
}

pub(super) fn positive(key: &'static str, span: Duration) -> Result<(), Invalid> {
    if span.is_zero() { Err(invalid(key, "must be longer than nothing")) } else { Ok(()) }
}

pub(super) fn at_least_one(key: &'static str, number: u32) -> Result<(), Invalid> {
    if number == 0 { Err(invalid(key, "must be at least 1")) } else { Ok(()) }
}
