//! `[mail]`: how mails go out.

use std::path::PathBuf;
use std::time::Duration;

use lettre::Address;
use lettre::message::Mailbox;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use vestibule_protocol::Secret;

use super::sections::positive;
use super::{Invalid, duration, invalid, names};

/// How mails go out: through [`MailConfig::smtp`], or else into a folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// Sender.
    #[serde(deserialize_with = "mailbox")]
    pub from: Mailbox,
    /// Folder to put mails into instead of sending them.
    pub outbox: Option<PathBuf>,
    /// For the whole delivery, while the person waits.
    #[serde(deserialize_with = "duration::deserialize")]
    pub time_limit: Duration,
    /// Whether owners are told of what is suspicious.
    pub warnings: bool,
    /// The mail server.
    pub smtp: Option<SmtpConfig>,
}

/// Where mails go.
#[derive(Clone, Debug)]
pub enum MailRoute {
    /// To a mail server.
    Smtp(SmtpConfig),
    /// Into a folder, and to the terminal.
    Outbox(PathBuf),
}

/// A mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Its name, also the one its certificate must hold.
    pub host: String,
    /// Its port; by default 587, 465 for `tls` and 25 for `plain`.
    pub port: Option<u16>,
    /// How the connection is encrypted.
    #[serde(default, deserialize_with = "names::one_of")]
    pub security: SmtpSecurity,
    /// User name; none: no authentication.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// File with a root certificate to trust besides the system's (PEM).
    pub ca_file: Option<PathBuf>,
}

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    /// Begins plain and must turn to TLS (RFC 3207).
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// Not at all: for a mail server on the same machine.
    Plain,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            from: Mailbox::new(Some("Vestibule".to_owned()), Address::new_dangerous("vestibule", "localhost")),
            outbox: None,
            time_limit: Duration::from_secs(10),
            warnings: true,
            smtp: None,
        }
    }
}

impl MailConfig {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        positive("mail.time_limit", self.time_limit)?;
        let Some(smtp) = &self.smtp else { return Ok(()) };
        if self.outbox.is_some() {
            return Err(invalid("mail.outbox", "cannot be set together with [mail.smtp]; remove one of them"));
        }
        if smtp.host.trim().is_empty() {
            return Err(invalid("mail.smtp.host", "must be the name of the mail server"));
        }
        match (&smtp.username, &smtp.password, &smtp.password_file) {
            (_, Some(_), Some(_)) => {
                Err(invalid("mail.smtp.password", "cannot be set together with password_file; remove one of them"))
            }
            (_, Some(password), _) if password.expose().is_empty() => {
                Err(invalid("mail.smtp.password", "is empty; set it or password_file, or remove username"))
            }
            (Some(_), None, None) => {
                Err(invalid("mail.smtp.password", "is missing; set it or password_file, or remove username"))
            }
            (None, Some(_), _) | (None, _, Some(_)) => {
                Err(invalid("mail.smtp.username", "is missing; set it, or remove the password"))
            }
            _ => Ok(()),
        }
    }

    /// Where mails go.
    #[must_use]
    pub fn route(&self) -> MailRoute {
        match &self.smtp {
            Some(smtp) => MailRoute::Smtp(smtp.clone()),
            None => MailRoute::Outbox(self.outbox.clone().unwrap_or_else(|| PathBuf::from("outbox"))),
        }
    }
}

impl SmtpConfig {
    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            SmtpSecurity::Starttls => 587,
            SmtpSecurity::Tls => 465,
            SmtpSecurity::Plain => 25,
        })
    }
}

fn mailbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Mailbox, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        D::Error::custom(format!("`{text}` is no sender; write it like \"Vestibule <vestibule@example.com>\""))
    })
}
