//! The audit trail: who tried what, from where, and what came of it.

use std::fmt;
use std::net::IpAddr;

use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::{PAGE, Store, StoreError, Transaction};
use crate::clock::UnixMillis;
use crate::random::Random;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A sign-in began.
    SignInBegun,
    /// A password was checked.
    Password,
    /// An access code was mailed.
    CodeSent,
    /// Another access code was asked for.
    CodeResent,
    /// An access code was checked.
    Code,
    /// A code became a session.
    SessionBegun,
    /// A session ended.
    SessionEnded,
    /// A refresh token was brought.
    Refresh,
    /// An access token was brought, to get a token for a service behind.
    TokenExchange,
    /// Failures made further tries wait: of an account as long as can be, of a device or a client address until its
    /// budget is whole again.
    Locked,
    /// The owner of an account changed the password.
    PasswordChange,
    /// The owner of an account was mailed about something suspicious.
    OwnerWarned,
    /// An administrator made or changed an account; says what was done.
    Administration(&'static str),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was wrong.
    Failure,
    /// It was refused, because it came too soon or too often.
    Limited,
    /// An access code that was right once.
    Stale,
    /// The last try is used up.
    Exhausted,
    /// The mail server refused it or did not answer, or there was no address to mail to.
    NotDelivered,
    /// A spent token came back: its session was ended.
    Reused,
    /// A code or token that exists was brought by somebody whose it is not: with another key, client, address or
    /// verifier, or for a cookie that may not hold its session.
    Foreign,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignInBegun => "signin-begun",
            Self::Password => "password",
            Self::CodeSent => "code-sent",
            Self::CodeResent => "code-resent",
            Self::Code => "code",
            Self::SessionBegun => "session-begun",
            Self::SessionEnded => "session-ended",
            Self::Refresh => "refresh",
            Self::TokenExchange => "token-exchange",
            Self::Locked => "locked",
            Self::PasswordChange => "password-change",
            Self::OwnerWarned => "owner-warned",
            Self::Administration(act) => act,
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Limited => "limited",
            Self::Stale => "stale",
            Self::Exhausted => "exhausted",
            Self::NotDelivered => "not-delivered",
            Self::Reused => "reused",
            Self::Foreign => "foreign",
        })
    }
}

/// Whom an entry is about.
#[derive(Clone, Debug)]
pub enum Whom {
    /// An account, by user name.
    Account(String),
    /// A name that no account has, by its HMAC: it may be a password typed into the wrong field.
    Unknown(String),
    /// Nobody: it is about the server.
    Server,
}

/// Where a request came from.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// Client address.
    pub address: Option<IpAddr>,
    /// Browser, as it names itself; cut to 256 characters.
    pub user_agent: Option<String>,
}

/// What is read of an entry.
macro_rules! columns {
    () => {
        "at, event, outcome, username, name_key, client_address, user_agent"
    };
}

/// An entry, as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When.
    pub at: UnixMillis,
    /// What happened.
    pub event: String,
    /// What came of it.
    pub outcome: String,
    /// User name, where an account has it.
    pub username: Option<String>,
    /// HMAC of the name, where none has.
    pub name_key: Option<String>,
    /// Client address.
    pub client_address: Option<String>,
    /// Browser, as it names itself.
    pub user_agent: Option<String>,
}

impl FromRow<'_, AnyRow> for Entry {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            at: row.try_get("at")?,
            event: row.try_get("event")?,
            outcome: row.try_get("outcome")?,
            username: row.try_get("username")?,
            name_key: row.try_get("name_key")?,
            client_address: row.try_get("client_address")?,
            user_agent: row.try_get("user_agent")?,
        })
    }
}

/// An entry, as it is written: in the transaction of what it tells of, and to the log.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// When.
    pub at: UnixMillis,
    /// What happened.
    pub event: Event,
    /// What came of it.
    pub outcome: Outcome,
    /// Whom it is about.
    pub whom: &'a Whom,
    /// Where it came from.
    pub caller: &'a Caller,
}

impl Record<'_> {
    /// Writes the entry, after those of what happened before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn write(self, random: &Random, tx: &mut Transaction) -> Result<(), StoreError> {
        let (username, name_key) = match self.whom {
            Whom::Account(username) => (Some(username.clone()), None),
            Whom::Unknown(name_key) => (None, Some(name_key.clone())),
            Whom::Server => (None, None),
        };
        let entry = Entry {
            at: self.at,
            event: self.event.to_string(),
            outcome: self.outcome.to_string(),
            username,
            name_key,
            client_address: self.caller.address.map(|address| address.to_string()),
            user_agent: self.caller.user_agent.clone(),
        };
        sqlx::query(
            "INSERT INTO audit (id, at, event, outcome, username, name_key, client_address, user_agent)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(random.id_at(entry.at))
        .bind(entry.at)
        .bind(&entry.event)
        .bind(&entry.outcome)
        .bind(entry.username.as_deref())
        .bind(entry.name_key.as_deref())
        .bind(entry.client_address.as_deref())
        .bind(entry.user_agent.as_deref())
        .execute(&mut **tx)
        .await?;
        tx.entries.push(entry);
        Ok(())
    }
}

impl Entry {
    /// Writes the entry to the log.
    pub(super) fn log(&self) {
        tracing::info!(
            target: "vestibule_server::audit",
            event = self.event,
            outcome = self.outcome,
            username = self.username,
            name_key = self.name_key,
            client_address = self.client_address,
            user_agent = self.user_agent,
        );
    }
}

impl Store {
    /// Entries since a moment, of one user name or of all, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn audit(&self, username: Option<&str>, since: UnixMillis) -> Result<Vec<Entry>, StoreError> {
        let query = match username {
            Some(_) => concat!(
                "SELECT ",
                columns!(),
                ", id FROM audit WHERE username = $4 AND (at, id) > ($1, $2) ORDER BY at, id LIMIT $3"
            ),
            None => {
                concat!("SELECT ", columns!(), ", id FROM audit WHERE (at, id) > ($1, $2) ORDER BY at, id LIMIT $3")
            }
        };
        let (mut entries, mut after) = (Vec::new(), (since, String::new()));
        loop {
            let query = sqlx::query(query).bind(after.0).bind(after.1).bind(PAGE);
            let query = if let Some(username) = username { query.bind(username) } else { query };
            let page = query.fetch_all(&self.pool).await?;
            let Some(last) = page.last() else { return Ok(entries) };
            after = (last.try_get("at")?, last.try_get("id")?);
            for row in &page {
                entries.push(Entry::from_row(row)?);
            }
        }
    }

    /// When the newest entry was written.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn newest_audit_entry(&self) -> Result<Option<UnixMillis>, StoreError> {
        let newest = sqlx::query("SELECT at FROM audit ORDER BY at DESC LIMIT 1").fetch_optional(&self.pool).await?;
        Ok(newest.map(|row| row.try_get("at")).transpose()?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::super::testing::store;
    use super::*;

    /// Keeps what is logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn only_what_was_done_is_logged() -> Result<(), StoreError> {
        let log = Log::default();
        let written = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || log.clone()).finish();
        // With a second one, no other thread that meets an event first, and has none, decides that nobody wants it.
        let _second = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
        let _guard = tracing::subscriber::set_default(subscriber);
        let (store, _folder) = store().await;
        let (whom, caller) = (Whom::Account("ada".to_owned()), Caller::default());
        let random = Random::from_seed([42; 32]);
        let record = |event| Record { at: 0, event, outcome: Outcome::Success, whom: &whom, caller: &caller };
        let mut undone = store.begin().await?;
        record(Event::Password).write(&random, &mut undone).await?;
        undone.rollback().await?;
        let mut done = store.begin().await?;
        record(Event::SessionBegun).write(&random, &mut done).await?;
        done.commit().await?;
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("session-begun") && !text.contains("password"), "{text}");
        Ok(())
    }
}
