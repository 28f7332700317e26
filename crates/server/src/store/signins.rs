//! Sign-ins under way.

use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::accounts::{self, Account};
use super::engine::Engine;
use super::{Store, StoreError, Transaction};
use crate::clock::UnixMillis;

/// A sign-in, from the account step until the session that it leads to is first used.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// SHA-256 of its `auth_session`.
    pub id: String,
    /// Moved on by whoever takes it.
    pub revision: i64,
    /// Public address that was asked; frozen.
    pub issuer: String,
    /// Client; frozen.
    pub client_id: String,
    /// Space-separated scopes; frozen.
    pub scope: String,
    /// PKCE challenge; frozen.
    pub code_challenge: String,
    /// Thumbprint of the DPoP key that every step must prove; frozen.
    pub dpop_jkt: Option<String>,
    /// What failures are counted under.
    pub name_key: String,
    /// The account that was named, if there is one.
    pub account_id: Option<String>,
    /// Cell number in E.164; frozen.
    pub phone_number: Option<String>,
    /// Languages for the mail, best first.
    pub locales: String,
    /// What it waits for.
    pub stage: Stage,
    /// Wrong codes so far.
    pub attempts: i64,
    /// Mails so far.
    pub sends: i64,
    /// Whether the last mail was refused or not answered.
    pub delivery_failed: bool,
    /// When it was verified.
    pub verified_at: Option<UnixMillis>,
    /// When it ends.
    pub expires_at: UnixMillis,
}

/// What a sign-in waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The password.
    Credentials,
    /// The access code.
    Code,
    /// Nothing: an authorization code can be had.
    Verified,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Code => "code",
            Self::Verified => "verified",
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "verified" => Self::Verified,
            "code" => Self::Code,
            _ => Self::Credentials,
        }
    }
}

impl FromRow<'_, AnyRow> for SignIn {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let stage: String = row.try_get("stage")?;
        Ok(Self {
            id: row.try_get("id")?,
            revision: row.try_get("revision")?,
            issuer: row.try_get("issuer")?,
            client_id: row.try_get("client_id")?,
            scope: row.try_get("scope")?,
            code_challenge: row.try_get("code_challenge")?,
            dpop_jkt: row.try_get("dpop_jkt")?,
            name_key: row.try_get("name_key")?,
            account_id: row.try_get("account_id")?,
            phone_number: row.try_get("phone_number")?,
            locales: row.try_get("locales")?,
            stage: Stage::named(&stage),
            attempts: row.try_get("attempts")?,
            sends: row.try_get("sends")?,
            delivery_failed: row.try_get::<i64, _>("delivery_failed")? != 0,
            verified_at: row.try_get("verified_at")?,
            expires_at: row.try_get("expires_at")?,
        })
    }
}

/// What is read of a sign-in, named and with its table as [`accounts::columns!`].
macro_rules! columns {
    ($revision:literal) => {
        concat!(
            "signin.id, ",
            $revision,
            ", signin.issuer, signin.client_id, signin.scope, signin.code_challenge, signin.dpop_jkt, signin.name_key,
             signin.account_id, signin.phone_number, signin.locales, signin.stage, signin.attempts, signin.sends,
             signin.delivery_failed, signin.verified_at, signin.expires_at",
        )
    };
}

/// Takes a sign-in with its account. With PostgreSQL that is kept from changing first: what a step writes belongs to the
/// account, and whoever changes it begins there too (`docs/decisions/0024-postgresql.md`). With SQLite nobody else writes
/// meanwhile, and whoever saves it moves it on.
macro_rules! lock {
    (Sqlite, $id:literal) => {
        concat!(
            "SELECT ",
            columns!("signin.revision + 1 AS revision"),
            ", ",
            accounts::columns!(),
            " FROM signin LEFT JOIN account ON account.id = signin.account_id WHERE signin.id = ",
            $id,
            " AND signin.expires_at > $2"
        )
    };
    (Postgres, $id:literal) => {
        concat!(
            "WITH account AS MATERIALIZED (SELECT ",
            accounts::columns!(),
            " FROM account WHERE id = (SELECT account_id FROM signin WHERE id = ",
            $id,
            ") FOR KEY SHARE)
             UPDATE signin SET revision = signin.revision + 1 FROM (SELECT 1) AS one LEFT JOIN account ON TRUE
             WHERE signin.id = ",
            $id,
            " AND signin.expires_at > $2 RETURNING ",
            columns!("signin.revision"),
            ", account.*"
        )
    };
}

/// Where the columns of the account begin in what [`lock!`] gives.
const ACCOUNT: usize = 17;

impl SignIn {
    /// Languages that the person reads, best first (BCP 47).
    #[must_use]
    pub fn languages(&self) -> Vec<String> {
        self.locales.split_whitespace().map(str::to_owned).collect()
    }

    /// Stores a new sign-in.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn add(&self, tx: &mut Transaction, now: UnixMillis) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO signin (id, revision, issuer, client_id, scope, code_challenge, name_key, account_id,
                 phone_number, locales, stage, attempts, sends, delivery_failed, created_at, expires_at, dpop_jkt)
             VALUES ($1, $14, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, $11, $12, $13)",
        )
        .bind(&self.id)
        .bind(&self.issuer)
        .bind(&self.client_id)
        .bind(&self.scope)
        .bind(&self.code_challenge)
        .bind(&self.name_key)
        .bind(self.account_id.as_deref())
        .bind(self.phone_number.as_deref())
        .bind(&self.locales)
        .bind(self.stage.as_str())
        .bind(now)
        .bind(self.expires_at)
        .bind(self.dpop_jkt.as_deref())
        .bind(self.revision)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Takes a sign-in that has not expired for the rest of the transaction: nobody else decides about it meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lock(tx: &mut Transaction, id: &str, now: UnixMillis) -> Result<Option<Self>, StoreError> {
        let row = sqlx::query(Self::locking(tx)).bind(id).bind(now).fetch_optional(&mut **tx).await?;
        Ok(row.map(|row| Self::from_row(&row)).transpose()?)
    }

    /// The same, with the account that it is for. Where the name is nobody's, there are as many statements.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lock_with_account(
        tx: &mut Transaction,
        id: &str,
        now: UnixMillis,
    ) -> Result<Option<(Self, Option<Account>)>, StoreError> {
        let row = sqlx::query(Self::locking(tx)).bind(id).bind(now).fetch_optional(&mut **tx).await?;
        Self::with_account(row)
    }

    /// The same by an authorization code that was handed out in it, whether that still counts or not.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lock_by_code(
        tx: &mut Transaction,
        code_id: &str,
        now: UnixMillis,
    ) -> Result<Option<(Self, Option<Account>)>, StoreError> {
        let query = sqlx::query(match tx.engine {
            Engine::Sqlite => lock!(Sqlite, "(SELECT signin_id FROM authorization_code WHERE id = $1)"),
            Engine::Postgres => lock!(Postgres, "(SELECT signin_id FROM authorization_code WHERE id = $1)"),
        });
        let row = query.bind(code_id).bind(now).fetch_optional(&mut **tx).await?;
        Self::with_account(row)
    }

    fn locking(tx: &Transaction) -> &'static str {
        match tx.engine {
            Engine::Sqlite => lock!(Sqlite, "$1"),
            Engine::Postgres => lock!(Postgres, "$1"),
        }
    }

    fn with_account(row: Option<AnyRow>) -> Result<Option<(Self, Option<Account>)>, StoreError> {
        let Some(row) = row else { return Ok(None) };
        Ok(Some((Self::from_row(&row)?, Account::beside(&row, ACCOUNT)?)))
    }

    /// Writes what a step may change: stage, counters, fate of the last mail. Everything else is frozen.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn save(&self, tx: &mut Transaction) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE signin SET stage = $2, attempts = $3, sends = $4, delivery_failed = $5, verified_at = $6, revision = $7
             WHERE id = $1",
        )
        .bind(&self.id)
        .bind(self.stage.as_str())
        .bind(self.attempts)
        .bind(self.sends)
        .bind(i64::from(self.delivery_failed))
        .bind(self.verified_at)
        .bind(self.revision)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Ends a sign-in: its codes go with it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end(tx: &mut Transaction, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM signin WHERE id = $1").bind(id).execute(&mut **tx).await?;
        Ok(())
    }
}

impl Store {
    /// What a sign-in waits for; `None` where there is none, or it has expired. Nothing is locked: it may go on at once.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn stage_of(&self, id: &str, now: UnixMillis) -> Result<Option<Stage>, StoreError> {
        let query = sqlx::query_scalar("SELECT stage FROM signin WHERE id = $1 AND expires_at > $2").bind(id).bind(now);
        let stage: Option<String> = query.fetch_optional(&self.pool).await?;
        Ok(stage.as_deref().map(Stage::named))
    }
}
