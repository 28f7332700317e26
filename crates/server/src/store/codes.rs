//! Access codes that were mailed, and authorization codes that were handed out.
//!
//! Everything here happens while the sign-in is locked by [`SignIn::lock`](super::signins::SignIn::lock).

use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::devices::Device;
use super::engine::Engine;
use super::{Store, StoreError, Transaction};
use crate::clock::UnixMillis;

/// An access code of a sign-in.
#[derive(Clone, Debug)]
pub struct MailedCode {
    /// Counts the mails of the sign-in from 1.
    pub number: i64,
    /// HMAC of sign-in and code.
    pub mac: String,
    /// Two letters, also in the mail's subject.
    pub reference: String,
    /// What became of it.
    pub state: MailedCodeState,
    /// When the mail was made.
    pub sent_at: UnixMillis,
    /// Until when it counts.
    pub expires_at: UnixMillis,
}

/// What became of an access code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailedCodeState {
    /// On its way to the mail server; it counts, for the mail may arrive before the mail server's answer.
    Pending,
    /// The mail server has it, or may have it.
    Live,
    /// Replaced by a newer one.
    Superseded,
}

impl MailedCodeState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Live => "live",
            Self::Superseded => "superseded",
        }
    }
}

impl FromRow<'_, AnyRow> for MailedCode {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            number: row.try_get("number")?,
            mac: row.try_get("mac")?,
            reference: row.try_get("reference")?,
            state: match state.as_str() {
                "pending" => MailedCodeState::Pending,
                "live" => MailedCodeState::Live,
                _ => MailedCodeState::Superseded,
            },
            sent_at: row.try_get("sent_at")?,
            expires_at: row.try_get("expires_at")?,
        })
    }
}

macro_rules! add_code {
    () => {
        "INSERT INTO access_code (signin_id, number, sent_at, expires_at, mac, reference, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    };
}

macro_rules! add_mail {
    () => {
        "INSERT INTO sent_mail (signin_id, number, sent_at, account_id, device_id) VALUES ($1, $2, $3, $8, $9)"
    };
}

impl MailedCode {
    /// All codes of a sign-in, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn all(tx: &mut Transaction, signin_id: &str) -> Result<Vec<Self>, StoreError> {
        let query = sqlx::query_as(
            "SELECT number, mac, reference, state, sent_at, expires_at FROM access_code
             WHERE signin_id = $1 ORDER BY number DESC",
        );
        Ok(query.bind(signin_id).fetch_all(&mut **tx).await?)
    }

    /// Stores a code that is about to be mailed, and counts the mail for the account, or for the known device that it is for.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn add(
        &self,
        tx: &mut Transaction,
        signin_id: &str,
        account_id: &str,
        device: Option<&Device>,
    ) -> Result<(), StoreError> {
        let add = |statement| {
            let query = sqlx::query(statement).bind(signin_id).bind(self.number).bind(self.sent_at);
            let query = query.bind(self.expires_at).bind(&self.mac).bind(&self.reference).bind(self.state.as_str());
            query.bind(account_id).bind(device.map(Device::id))
        };
        match tx.engine {
            Engine::Sqlite => {
                add(add_mail!()).execute(&mut **tx).await?;
                add(add_code!()).execute(&mut **tx).await?;
            }
            Engine::Postgres => {
                add(concat!("WITH mail AS (", add_mail!(), ") ", add_code!())).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// Notes that the mail server has this code, or may have it: the older ones are void.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn counts_from_now(tx: &mut Transaction, signin_id: &str, number: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE access_code SET state = 'live' WHERE signin_id = $1 AND number = $2 AND state = 'pending'")
            .bind(signin_id)
            .bind(number)
            .execute(&mut **tx)
            .await?;
        if number == 1 {
            return Ok(());
        }
        sqlx::query(
            "UPDATE access_code SET state = 'superseded'
             WHERE signin_id = $1 AND number < $2 AND state IN ('live', 'pending')",
        )
        .bind(signin_id)
        .bind(number)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Forgets a code that the mail server refused, and nobody can know: the older one stays good, and the mail is not
    /// counted. Whoever asks again and again leaves nothing behind.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn was_refused(tx: &mut Transaction, signin_id: &str, number: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM access_code WHERE signin_id = $1 AND number = $2 AND state = 'pending'")
            .bind(signin_id)
            .bind(number)
            .execute(&mut **tx)
            .await?;
        sqlx::query("DELETE FROM sent_mail WHERE signin_id = $1 AND number = $2")
            .bind(signin_id)
            .bind(number)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}

/// Has whoever else would mail the account wait until the mail of this transaction is counted.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn lock_mails(tx: &mut Transaction, account_id: &str) -> Result<(), StoreError> {
    tx.lock_mails_of(account_id).await
}

/// When the account's mails since `since` were sent, oldest first: those that a known device asked for, or those that
/// all others did.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn mails_since(
    tx: &mut Transaction,
    account_id: &str,
    device: Option<&Device>,
    since: UnixMillis,
) -> Result<Vec<UnixMillis>, StoreError> {
    let query = sqlx::query_scalar(
        "SELECT sent_at FROM sent_mail
         WHERE account_id = $1 AND sent_at > $2 AND COALESCE(device_id, '') = $3 ORDER BY sent_at",
    );
    let device = device.map(Device::id).unwrap_or_default();
    Ok(query.bind(account_id).bind(since).bind(device).fetch_all(&mut **tx).await?)
}

/// Whether this wrong code has been counted before.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn is_known_wrong(tx: &mut Transaction, signin_id: &str, mac: &str) -> Result<bool, StoreError> {
    let query = sqlx::query("SELECT 1 FROM wrong_code WHERE signin_id = $1 AND mac = $2").bind(signin_id).bind(mac);
    Ok(query.fetch_optional(&mut **tx).await?.is_some())
}

/// Remembers a wrong code, so that the same one again costs nothing more.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn remember_wrong(tx: &mut Transaction, signin_id: &str, mac: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO wrong_code (signin_id, mac) VALUES ($1, $2) ON CONFLICT (signin_id, mac) DO NOTHING")
        .bind(signin_id)
        .bind(mac)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// An authorization code that was handed out.
#[derive(Clone, Debug)]
pub struct IssuedCode {
    /// SHA-256 of the code.
    pub id: String,
    /// The sign-in that it came from.
    pub signin_id: String,
    /// Counts the codes of the sign-in from 1; the code is derived from it.
    pub number: i64,
    /// Until when it counts.
    pub expires_at: UnixMillis,
    /// When it was redeemed.
    pub redeemed_at: Option<UnixMillis>,
}

impl FromRow<'_, AnyRow> for IssuedCode {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            signin_id: row.try_get("signin_id")?,
            number: row.try_get("number")?,
            expires_at: row.try_get("expires_at")?,
            redeemed_at: row.try_get("redeemed_at")?,
        })
    }
}

impl IssuedCode {
    /// The newest code of a sign-in.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn newest(tx: &mut Transaction, signin_id: &str) -> Result<Option<Self>, StoreError> {
        let query = sqlx::query_as(
            "SELECT id, signin_id, number, expires_at, redeemed_at FROM authorization_code
             WHERE signin_id = $1 ORDER BY number DESC LIMIT 1",
        );
        Ok(query.bind(signin_id).fetch_optional(&mut **tx).await?)
    }

    /// Stores a code that is about to be handed out.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn add(&self, tx: &mut Transaction) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO authorization_code (id, signin_id, number, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(&self.id)
            .bind(&self.signin_id)
            .bind(self.number)
            .bind(self.expires_at)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Spends a code: `false` where there is none, it is late, or it was spent before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn spend(tx: &mut Transaction, id: &str, now: UnixMillis) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "UPDATE authorization_code SET redeemed_at = $2
             WHERE id = $1 AND redeemed_at IS NULL AND expires_at > $2",
        );
        Ok(query.bind(id).bind(now).execute(&mut **tx).await?.rows_affected() > 0)
    }
}

impl Store {
    /// Whether an authorization code was handed out, by its SHA-256; it may count no more.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn has_authorization_code(&self, id: &str) -> Result<bool, StoreError> {
        let query = sqlx::query("SELECT 1 FROM authorization_code WHERE id = $1").bind(id);
        Ok(query.fetch_optional(&self.pool).await?.is_some())
    }
}
