//! Conversations with the mail server, step by step: it matters how far a mail came. One that has ended well waits a while
//! for the next mail.

use std::error::Error as _;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::Message;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::time::{Instant, sleep_until, timeout};

use super::{Delivery, MailerError};
use crate::config::{SmtpConfig, SmtpSecurity};

/// A mail server, and how to talk to it.
pub(super) struct MailServer {
    host: String,
    port: u16,
    security: SmtpSecurity,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    /// What this server calls itself.
    hello: ClientId,
    waiting: Arc<Mutex<AllWaiting>>,
}

/// Conversations that wait for the next mail, those that have waited longest first.
#[derive(Default)]
struct AllWaiting {
    conversations: Vec<Waiting>,
    /// Whether somebody ends them when they have waited for long enough.
    are_watched: bool,
}

impl AllWaiting {
    /// Takes those that have waited for long enough; since when the others wait. Where there are none, nobody watches any
    /// more.
    fn take_over(&mut self) -> (Vec<Waiting>, Option<Instant>) {
        let over = self.conversations.extract_if(.., |waiting| waiting.since.elapsed() >= WAITS_FOR).collect();
        self.are_watched = !self.conversations.is_empty();
        (over, self.conversations.first().map(|longest| longest.since))
    }
}

/// A conversation that waits for the next mail.
struct Waiting {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// How long it waits: less than mail servers do.
const WAITS_FOR: Duration = Duration::from_secs(5);

/// What ended a conversation.
enum Trouble {
    Smtp(Error),
    /// An address with letters that this mail server does not know.
    AddressNotAscii,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Smtp(error)
    }
}

impl MailServer {
    pub(super) fn from_config(config: &SmtpConfig) -> Result<Self, MailerError> {
        let tls = match config.security {
            SmtpSecurity::Plain => None,
            SmtpSecurity::Starttls | SmtpSecurity::Tls => Some(tls(config)?),
        };
        let password = match (&config.password, &config.password_file) {
            (Some(password), _) => Some(password.expose().to_owned()),
            (None, Some(file)) => {
                let key = "mail.smtp.password_file";
                let password = read(key, file)?.trim_end_matches(['\r', '\n']).to_owned();
                if password.is_empty() {
                    let source = std::io::Error::other("is empty; write the password there, or remove username");
                    return Err(MailerError::File { key, file: file.clone(), source });
                }
                Some(password)
            }
            (None, None) => None,
        };
        let credentials =
            config.username.clone().zip(password).map(|(username, password)| Credentials::new(username, password));
        Ok(Self {
            host: config.host.clone(),
            port: config.port(),
            security: config.security,
            tls,
            credentials,
            hello: ClientId::default(),
            waiting: Arc::default(),
        })
    }

    /// Hands a message over within the time limit.
    pub(super) async fn deliver(&self, message: &Message, limit: Duration) -> Delivery {
        let handed_over = AtomicBool::new(false);
        let reason = match timeout(limit, self.converse(message, &handed_over)).await {
            Ok(Ok(())) => return Delivery::Accepted,
            // A refusal in so many words is clear, however far the conversation had come.
            Ok(Err(Trouble::Smtp(error))) if error.status().is_some() => {
                return Delivery::Refused { reason: describe(&error) };
            }
            Ok(Err(Trouble::Smtp(error))) => describe(&error),
            Ok(Err(Trouble::AddressNotAscii)) => "the mail server takes only ASCII addresses".to_owned(),
            Err(_) => format!("no answer from {self} within {} s", limit.as_secs_f32()),
        };
        if handed_over.load(Ordering::Relaxed) { Delivery::Unknown { reason } } else { Delivery::Refused { reason } }
    }

    /// Connects and authenticates.
    pub(super) async fn probe(&self, limit: Duration) -> Result<(), String> {
        match timeout(limit, self.connect()).await {
            Ok(Ok(connection)) => {
                part(connection);
                Ok(())
            }
            Ok(Err(error)) => Err(format!("{self}: {}", describe(&error))),
            Err(_) => Err(format!("{self}: no answer within {} s", limit.as_secs_f32())),
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let from_the_first_byte = self.tls.clone().filter(|_| self.security == SmtpSecurity::Tls);
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, from_the_first_byte, None).await?;
        if let (SmtpSecurity::Starttls, Some(tls)) = (self.security, &self.tls) {
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    async fn converse(&self, message: &Message, handed_over: &AtomicBool) -> Result<(), Trouble> {
        let envelope = message.envelope();
        let waiting = self.waiting().conversations.pop();
        let mut connection = match waiting {
            Some(Waiting { mut connection, .. }) => match announce(&mut connection, envelope).await {
                Ok(()) => connection,
                // The mail server may have ended it meanwhile. Nothing has been said of this mail elsewhere.
                Err(_) => self.begin(envelope).await?,
            },
            None => self.begin(envelope).await?,
        };
        for to in envelope.to() {
            connection.command(Rcpt::new(to.clone(), Vec::new())).await?;
        }
        connection.command(Data).await?;
        handed_over.store(true, Ordering::Relaxed);
        match String::from_utf8(message.formatted()) {
            Ok(text) => connection.command(InOnePiece(text)).await?,
            Err(other) => connection.message(other.as_bytes()).await?,
        };
        self.keep(connection);
        Ok(())
    }

    /// A new conversation, about this mail.
    async fn begin(&self, envelope: &Envelope) -> Result<AsyncSmtpConnection, Trouble> {
        let mut connection = self.connect().await?;
        announce(&mut connection, envelope).await?;
        Ok(connection)
    }

    /// Has a conversation wait for the next mail.
    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut waiting = self.waiting();
        waiting.conversations.push(Waiting { connection, since: Instant::now() });
        if !std::mem::replace(&mut waiting.are_watched, true) {
            tokio::spawn(watch(self.waiting.clone()));
        }
    }

    fn waiting(&self) -> MutexGuard<'_, AllWaiting> {
        lock(&self.waiting)
    }
}

/// Ends conversations that have waited for long enough, as long as there are any.
async fn watch(waiting: Arc<Mutex<AllWaiting>>) {
    let mut next = Instant::now() + WAITS_FOR;
    loop {
        sleep_until(next).await;
        let (over, longest) = lock(&waiting).take_over();
        for Waiting { connection, .. } in over {
            part(connection);
        }
        let Some(longest) = longest else { return };
        next = longest + WAITS_FOR;
    }
}

fn lock(waiting: &Mutex<AllWaiting>) -> MutexGuard<'_, AllWaiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says whom a mail comes from.
async fn announce(connection: &mut AsyncSmtpConnection, envelope: &Envelope) -> Result<(), Trouble> {
    let mut parameters = Vec::new();
    if envelope.from().into_iter().chain(envelope.to()).any(|address| !address.to_string().is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Trouble::AddressNotAscii);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    connection.command(Mail::new(envelope.from().cloned(), parameters)).await?;
    Ok(())
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the mail server {}:{}", self.host, self.port)
    }
}

/// A message with the dot that ends it (RFC 5321 §4.5.2). Where that comes in a piece of its own, the system holds it back
/// until the mail server confirms the first piece, for which it takes its time: 40 ms that somebody waits.
struct InOnePiece(String);

impl fmt::Display for InOnePiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.split_inclusive("\r\n") {
            write!(f, "{}{line}", if line.starts_with('.') { "." } else { "" })?;
        }
        f.write_str("\r\n.\r\n")
    }
}

/// Says goodbye without anybody waiting for it.
fn part(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move { timeout(Duration::from_secs(5), connection.quit()).await });
}

fn tls(config: &SmtpConfig) -> Result<TlsParameters, MailerError> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(file) = &config.ca_file {
        let problem = |error: Error| MailerError::Certificate { file: file.clone(), problem: describe(&error) };
        let certificate = Certificate::from_pem(read("mail.smtp.ca_file", file)?.as_bytes()).map_err(problem)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| MailerError::Tls(describe(&error)))
}

fn read(key: &'static str, file: &Path) -> Result<String, MailerError> {
    std::fs::read_to_string(file).map_err(|source| MailerError::File { key, file: file.to_owned(), source })
}

/// The error and what caused it, in one line.
fn describe(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text.replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_with_a_dot_does_not_end_the_message() {
        let text = "Subject: x\r\n\r\n.\r\n..\r\na.\r\n.b";
        let piece = InOnePiece(text.to_owned()).to_string();
        assert_eq!(piece, "Subject: x\r\n\r\n..\r\n...\r\na.\r\n..b\r\n.\r\n");
    }
}
