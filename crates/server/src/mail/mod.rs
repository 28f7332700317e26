//! Mails with access codes and warnings, and how they go out.

pub(crate) mod browser;
mod compose;
mod messages;
mod outbox;
mod smtp;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;
use tokio::time::Instant;
use vestibule_protocol::AccessCode;

use crate::clock::UnixMillis;
use crate::config::{MailConfig, MailRoute};
use crate::random::Random;

pub use messages::LANGUAGES;

/// What nobody should have to wait.
const SLOW: Duration = Duration::from_secs(2);

/// A mail to the owner of an account, and what led to it.
#[derive(Clone, Debug)]
pub struct Mail {
    /// E-mail address, as the account has it.
    pub to: String,
    /// Name of the account's owner.
    pub name: String,
    /// What it says.
    pub about: About,
    /// Languages that the person reads, best first (BCP 47).
    pub locales: Vec<String>,
    /// When the code was asked for, or what the owner is warned of happened.
    pub at_ms: UnixMillis,
    /// What the browser calls itself; never quoted.
    pub user_agent: Option<String>,
    /// Address of the server that is being signed in to.
    pub server: String,
    /// Name of the service.
    pub service_name: String,
}

/// What a mail is about.
#[derive(Clone, Debug)]
pub enum About {
    /// An access code was asked for.
    Code {
        /// The code.
        code: AccessCode,
        /// Two letters that tell this mail from others.
        reference: String,
        /// How long the code is good, from now.
        life: Duration,
    },
    /// Something happened that the owner should know of.
    Warning(Warning),
}

/// What an owner is warned of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Somebody had the password, and then tried access codes until the sign-in was over.
    CodesExhausted,
    /// Somebody signed in with a browser that was not known for the account.
    NewBrowser,
    /// The password was changed by somebody who was signed in.
    PasswordChanged,
}

/// What became of a mail. The reasons are for logs: they hold no code, but may hold what the mail server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The mail server took it.
    Accepted,
    /// It went nowhere: refused, or the mail server was not reached or fell silent before it had the message.
    Refused {
        /// What happened.
        reason: String,
    },
    /// Nobody can say: the mail server had the message, but its answer did not come.
    Unknown {
        /// What happened.
        reason: String,
    },
}

/// Why mails cannot go out with this configuration. Each names the key and the mend.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// A file that the configuration names cannot be read, or the folder cannot be made.
    #[error("{key}: {}: {source}", file.display())]
    File {
        /// The key that names it.
        key: &'static str,
        /// The file or folder.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is there, but is no certificate in PEM form.
    #[error("mail.smtp.ca_file: {}: must hold a certificate in PEM form: {problem}", file.display())]
    Certificate {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// TLS cannot be set up at all.
    #[error("mail.smtp.host: {0}")]
    Tls(String),
}

/// Sends mails: to a mail server, or into a folder.
pub struct Mailer {
    from: Mailbox,
    random: Random,
    time_limit: Duration,
    route: Route,
}

enum Route {
    Smtp(smtp::MailServer),
    Outbox(outbox::Outbox),
}

impl Mailer {
    /// A mailer as configured. Reads the files that the configuration names, and makes the outbox folder.
    ///
    /// # Errors
    /// [`MailerError`] names the key.
    pub fn from_config(config: &MailConfig, random: Random) -> Result<Self, MailerError> {
        let route = match config.route() {
            MailRoute::Smtp(smtp) => Route::Smtp(smtp::MailServer::from_config(&smtp)?),
            MailRoute::Outbox(folder) => Route::Outbox(outbox::Outbox::open(folder)?),
        };
        Ok(Self { from: config.from.clone(), random, time_limit: config.time_limit, route })
    }

    /// Sends a mail, within the configured time limit.
    pub async fn send(&self, mail: &Mail) -> Delivery {
        let composed = match compose::compose(mail, &self.from, &self.random.id()) {
            Ok(composed) => composed,
            Err(error) => return Delivery::Refused { reason: format!("the mail cannot be written: {error}") },
        };
        let begun = Instant::now();
        let delivery = match &self.route {
            Route::Smtp(server) => server.deliver(&composed.message, self.time_limit).await,
            Route::Outbox(outbox) => outbox.put(&composed, mail.at_ms, &self.random.id()).await,
        };
        let took = begun.elapsed();
        if delivery == Delivery::Accepted && took >= SLOW {
            let to = self.destination();
            tracing::warn!(to, seconds = took.as_secs_f32(), "a mail was taken slowly: somebody waited for it");
        }
        delivery
    }

    /// Whether mails would go out: the mail server can be reached and takes the user name, without sending anything.
    ///
    /// # Errors
    /// What is in the way, in one line.
    pub async fn probe(&self) -> Result<(), String> {
        match &self.route {
            Route::Smtp(server) => server.probe(self.time_limit).await,
            Route::Outbox(outbox) => outbox.probe().await,
        }
    }

    /// Where mails go, to show to an administrator.
    #[must_use]
    pub fn destination(&self) -> String {
        match &self.route {
            Route::Smtp(server) => server.to_string(),
            Route::Outbox(outbox) => outbox.to_string(),
        }
    }

    /// Whether mails stay on this machine, where whoever reads them can sign in.
    #[must_use]
    pub fn keeps_mails_here(&self) -> bool {
        matches!(self.route, Route::Outbox(_))
    }
}
