//! Accounts.

use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::{PAGE, Store, StoreError, Transaction};
use crate::clock::UnixMillis;
use crate::password::{Cost, cost_of};

/// What is read of an account, beside other columns or alone. Named, and not `*`: another build may add a column at any
/// moment, and PostgreSQL then refuses what it was prepared for. With its table: a column of another table that is read
/// beside it may be given the same name.
macro_rules! columns {
    () => {
        "account.id AS its_id, account.username, account.name, account.email, account.password_hash,
         account.password_expires_at, account.two_factor, account.disabled, account.created_at AS made_at"
    };
}
pub(super) use columns;

const BY_USERNAME: &str = concat!("SELECT ", columns!(), " FROM account WHERE username = $1");
const BY_EMAIL: &str = concat!("SELECT ", columns!(), " FROM account WHERE email_key = $1");

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Never changes, never shown.
    pub id: String,
    /// User name (`UsernameCaseMapped`).
    pub username: String,
    /// Name to show.
    pub name: String,
    /// E-mail address as given.
    pub email: Option<String>,
    /// PHC string; absent until a password is set.
    pub password_hash: Option<String>,
    /// A generated password is good until then, unless its owner changes it.
    pub password_expires_at: Option<UnixMillis>,
    /// Whether two-factor authentication is on.
    pub two_factor: bool,
    /// Whether nobody can sign in with it.
    pub disabled: bool,
    /// When it was made.
    pub created_at: UnixMillis,
}

/// What makes an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// User name in its canonical form.
    pub username: String,
    /// Name to show.
    pub name: String,
    /// E-mail address as given, and in the form that is compared.
    pub email: Option<Email>,
    /// PHC string.
    pub password_hash: Option<String>,
    /// Set for a generated password.
    pub password_expires_at: Option<UnixMillis>,
    /// Whether two-factor authentication is on.
    pub two_factor: bool,
}

/// An e-mail address in both its forms.
#[derive(Clone, Debug)]
pub struct Email {
    /// As given: where mails go.
    pub given: String,
    /// Canonical: what is compared.
    pub key: String,
}

/// A change that an administrator makes to an account.
#[derive(Clone, Debug)]
pub enum Change {
    /// A new password: PHC string, and when a generated one ends.
    Password(String, Option<UnixMillis>),
    /// A new e-mail address, or none.
    Email(Option<Email>),
    /// Two-factor authentication on or off.
    TwoFactor(bool),
    /// Disabled or enabled.
    Disabled(bool),
}

impl Change {
    /// Whether what was signed in or was signing in before must not go on after it, and no device is known any more.
    fn ends_sessions(&self) -> bool {
        !matches!(self, Self::TwoFactor(false) | Self::Disabled(false))
    }
}

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Another account has this user name.
    #[error("the user name is taken")]
    UsernameTaken,
    /// Another account has this e-mail address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// Two-factor authentication needs an e-mail address.
    #[error("two-factor authentication needs an e-mail address")]
    EmailNeeded,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> Self {
        // The user name is looked at by the statement itself. Somebody else's transaction took the address meanwhile.
        if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) {
            return Self::EmailTaken;
        }
        Self::Store(error.into())
    }
}

impl FromRow<'_, AnyRow> for Account {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Self::beside(row, 0)?.ok_or(sqlx::Error::RowNotFound)
    }
}

impl Account {
    /// The account whose columns begin at this one; `None` where none was joined.
    pub(super) fn beside(row: &AnyRow, first: usize) -> Result<Option<Self>, sqlx::Error> {
        let Some(id) = row.try_get(first)? else { return Ok(None) };
        Ok(Some(Self {
            id,
            username: row.try_get(first + 1)?,
            name: row.try_get(first + 2)?,
            email: row.try_get(first + 3)?,
            password_hash: row.try_get(first + 4)?,
            password_expires_at: row.try_get(first + 5)?,
            two_factor: row.try_get::<i64, _>(first + 6)? != 0,
            disabled: row.try_get::<i64, _>(first + 7)? != 0,
            created_at: row.try_get(first + 8)?,
        }))
    }

    /// The account with this id, within a transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn load(tx: &mut Transaction, id: &str) -> Result<Option<Self>, StoreError> {
        let query = sqlx::query_as(concat!("SELECT ", columns!(), " FROM account WHERE id = $1"));
        Ok(query.bind(id).fetch_optional(&mut **tx).await?)
    }

    /// The account with this canonical user name, within a transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn with_username(tx: &mut Transaction, username: &str) -> Result<Option<Self>, StoreError> {
        Ok(sqlx::query_as(BY_USERNAME).bind(username).fetch_optional(&mut **tx).await?)
    }

    /// The account with this canonical e-mail address, within a transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn with_email(tx: &mut Transaction, email_key: &str) -> Result<Option<Self>, StoreError> {
        Ok(sqlx::query_as(BY_EMAIL).bind(email_key).fetch_optional(&mut **tx).await?)
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn add(
        tx: &mut Transaction,
        id: &str,
        account: &NewAccount,
        now: UnixMillis,
    ) -> Result<(), AccountError> {
        if account.two_factor && account.email.is_none() {
            return Err(AccountError::EmailNeeded);
        }
        if let Some(email) = &account.email {
            free_email(tx, &email.key, id).await?;
        }
        let inserted = sqlx::query(
            "INSERT INTO account (id, username, name, email, email_key, password_hash, password_expires_at, two_factor,
                 disabled, created_at, hash_cost)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10) ON CONFLICT (username) DO NOTHING",
        )
        .bind(id)
        .bind(&account.username)
        .bind(&account.name)
        .bind(account.email.as_ref().map(|email| email.given.as_str()))
        .bind(account.email.as_ref().map(|email| email.key.as_str()))
        .bind(account.password_hash.as_deref())
        .bind(account.password_expires_at)
        .bind(i64::from(account.two_factor))
        .bind(now)
        .bind(account.password_hash.as_deref().map(stored_cost))
        .execute(&mut **tx)
        .await?;
        if inserted.rows_affected() == 0 { Err(AccountError::UsernameTaken) } else { Ok(()) }
    }

    /// Changes an account; where the change demands it, ends its sessions and running sign-ins with it.
    /// `false` where there is no such account.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn change(tx: &mut Transaction, id: &str, change: &Change) -> Result<bool, AccountError> {
        if change.ends_sessions() {
            Self::lock(tx, id).await?;
        }
        let query = match change {
            Change::Password(hash, expires_at) => sqlx::query(
                "UPDATE account SET password_hash = $2, password_expires_at = $3, hash_cost = $4 WHERE id = $1",
            )
            .bind(id)
            .bind(hash)
            .bind(*expires_at)
            .bind(stored_cost(hash)),
            Change::Email(email) => {
                if let Some(email) = email {
                    free_email(tx, &email.key, id).await?;
                }
                sqlx::query("UPDATE account SET email = $2, email_key = $3 WHERE id = $1")
                    .bind(id)
                    .bind(email.as_ref().map(|email| email.given.as_str()))
                    .bind(email.as_ref().map(|email| email.key.as_str()))
            }
            Change::TwoFactor(on) => {
                sqlx::query("UPDATE account SET two_factor = $2 WHERE id = $1").bind(id).bind(i64::from(*on))
            }
            Change::Disabled(on) => {
                sqlx::query("UPDATE account SET disabled = $2 WHERE id = $1").bind(id).bind(i64::from(*on))
            }
        };
        let found = query.execute(&mut **tx).await?.rows_affected() > 0;
        let lacks_email = sqlx::query("SELECT 1 FROM account WHERE id = $1 AND two_factor = 1 AND email IS NULL");
        if lacks_email.bind(id).fetch_optional(&mut **tx).await?.is_some() {
            return Err(AccountError::EmailNeeded);
        }
        if found && change.ends_sessions() {
            end_everything(tx, id).await?;
        }
        Ok(found)
    }

    /// Takes an account for the rest of the transaction. Whoever is about to begin something with what is good now is
    /// through by then, or finds it changed. It comes before its sign-ins and sessions, as for everybody.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lock(tx: &mut Transaction, id: &str) -> Result<(), StoreError> {
        tx.lock_account(id).await
    }

    /// Removes an account with everything that is its own. `false` where there is no such account.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn remove(tx: &mut Transaction, id: &str) -> Result<bool, StoreError> {
        Self::lock(tx, id).await?;
        let removed = sqlx::query("DELETE FROM account WHERE id = $1").bind(id).execute(&mut **tx).await?;
        Ok(removed.rows_affected() > 0)
    }
}

impl Store {
    /// The account with this canonical user name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn account_by_username(&self, username: &str) -> Result<Option<Account>, StoreError> {
        Ok(sqlx::query_as(BY_USERNAME).bind(username).fetch_optional(&self.pool).await?)
    }

    /// The account with this canonical e-mail address.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn account_by_email(&self, email_key: &str) -> Result<Option<Account>, StoreError> {
        Ok(sqlx::query_as(BY_EMAIL).bind(email_key).fetch_optional(&self.pool).await?)
    }

    /// The account with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        Ok(sqlx::query_as(concat!("SELECT ", columns!(), " FROM account WHERE id = $1"))
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// All accounts, by user name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let query = concat!("SELECT ", columns!(), " FROM account WHERE username > $1 ORDER BY username LIMIT $2");
        let mut accounts: Vec<Account> = Vec::new();
        loop {
            let after = accounts.last().map_or("", |account| account.username.as_str());
            let page: Vec<Account> = sqlx::query_as(query).bind(after).bind(PAGE).fetch_all(&self.pool).await?;
            if page.is_empty() {
                return Ok(accounts);
            }
            accounts.extend(page);
        }
    }

    /// How many accounts there are, and how many of them have an e-mail address.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn count_accounts(&self) -> Result<(i64, i64), StoreError> {
        // It goes through all of them, and SQLite does so aside where it is written like this.
        let query = "WITH counted AS (SELECT COUNT(*) AS accounts, COUNT(email) AS emails FROM account)
                     SELECT accounts, emails FROM counted";
        Ok(sqlx::query_as(query).fetch_one(&self.pool).await?)
    }

    /// The cost of the costliest password hash that is stored.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn costliest_hash(&self) -> Result<Cost, StoreError> {
        // Where an older build wrote the hash.
        let unknown: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, password_hash FROM account WHERE hash_cost IS NULL AND password_hash IS NOT NULL",
        )
        .fetch_all(&self.pool)
        .await?;
        for (id, hash) in unknown {
            sqlx::query("UPDATE account SET hash_cost = $2 WHERE id = $1 AND hash_cost IS NULL")
                .bind(id)
                .bind(stored_cost(&hash))
                .execute(&self.pool)
                .await?;
        }
        let costliest: Option<i64> =
            sqlx::query_scalar("SELECT MAX(hash_cost) FROM account").fetch_one(&self.pool).await?;
        Ok(costliest.and_then(|cost| Cost::try_from(cost).ok()).unwrap_or(0))
    }

    /// Stores the same password hashed anew, because the parameters rose; ends nothing. Does nothing where the
    /// password has been changed since `old` was read.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rehash_password(&self, id: &str, old: &str, new: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE account SET password_hash = $3, hash_cost = $4 WHERE id = $1 AND password_hash = $2")
            .bind(id)
            .bind(old)
            .bind(new)
            .bind(stored_cost(new))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// What the hash costs, as it is stored.
fn stored_cost(hash: &str) -> i64 {
    i64::try_from(cost_of(hash)).unwrap_or(i64::MAX)
}

async fn free_email(tx: &mut Transaction, email_key: &str, id: &str) -> Result<(), AccountError> {
    let taken = sqlx::query("SELECT 1 FROM account WHERE email_key = $1 AND id <> $2").bind(email_key).bind(id);
    match taken.fetch_optional(&mut **tx).await? {
        Some(_) => Err(AccountError::EmailTaken),
        None => Ok(()),
    }
}

/// Whoever got in before must not get in again by what that left behind: a device that is known has tries of its own.
async fn end_everything(tx: &mut Transaction, account_id: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM signin WHERE account_id = $1").bind(account_id).execute(&mut **tx).await?;
    sqlx::query("DELETE FROM session WHERE account_id = $1").bind(account_id).execute(&mut **tx).await?;
    sqlx::query("DELETE FROM device WHERE account_id = $1").bind(account_id).execute(&mut **tx).await?;
    Ok(())
}
