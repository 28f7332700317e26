//! Sessions: a cookie of the page, or a family of tokens.

use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use vestibule_protocol::PreferredDevice;

use super::accounts::{self, Account};
use super::devices::Device;
use super::engine::Engine;
use super::{StoreError, Transaction};
use crate::clock::UnixMillis;

/// What is read of a session, named and with its table as [`accounts::columns!`].
macro_rules! columns {
    () => {
        "session.id, session.kind, session.account_id, session.signin_id, session.issuer, session.client_id,
         session.scope, session.dpop_jkt, session.cookie_hash, session.phone_number, session.preferred_device,
         session.route_calls_to_cell, session.user_agent, session.client_address, session.device_id,
         session.created_at, session.used_at, session.idle_expires_at, session.expires_at"
    };
}

mod found;

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Never secret.
    pub id: String,
    /// What its owner holds.
    pub kind: Kind,
    /// Whose it is.
    pub account_id: String,
    /// The sign-in it came from, until the session is first used.
    pub signin_id: Option<String>,
    /// Public address that was signed in to.
    pub issuer: String,
    /// Client.
    pub client_id: String,
    /// Space-separated scopes.
    pub scope: String,
    /// Thumbprint of the DPoP key that its tokens are bound to.
    pub dpop_jkt: Option<String>,
    /// SHA-256 of the cookie's value.
    pub cookie_hash: Option<String>,
    /// Cell number of the sign-in, in E.164.
    pub phone_number: Option<String>,
    /// The device that the person prefers.
    pub preferred_device: PreferredDevice,
    /// Whether calls go to the cell number.
    pub route_calls_to_cell: bool,
    /// Browser, as it names itself.
    pub user_agent: Option<String>,
    /// Where it was signed in from.
    pub client_address: Option<String>,
    /// What it was begun by, and is known by.
    pub device: Option<Device>,
    /// When it began.
    pub created_at: UnixMillis,
    /// When it was last used.
    pub used_at: UnixMillis,
    /// When it ends if it is not used.
    pub idle_expires_at: UnixMillis,
    /// When it ends in any case.
    pub expires_at: UnixMillis,
}

/// What the owner of a session holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A cookie that no script can read.
    Cookie,
    /// An access token and a refresh token.
    Token,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Token => "token",
        }
    }
}

fn device_name(device: PreferredDevice) -> &'static str {
    match device {
        PreferredDevice::DeskPhone => "desk-phone",
        PreferredDevice::MobilePhone => "mobile-phone",
        PreferredDevice::AutoPilot => "auto-pilot",
    }
}

impl FromRow<'_, AnyRow> for Session {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let kind: String = row.try_get("kind")?;
        let device: String = row.try_get("preferred_device")?;
        Ok(Self {
            id: row.try_get("id")?,
            kind: if kind == "cookie" { Kind::Cookie } else { Kind::Token },
            account_id: row.try_get("account_id")?,
            signin_id: row.try_get("signin_id")?,
            issuer: row.try_get("issuer")?,
            client_id: row.try_get("client_id")?,
            scope: row.try_get("scope")?,
            dpop_jkt: row.try_get("dpop_jkt")?,
            cookie_hash: row.try_get("cookie_hash")?,
            phone_number: row.try_get("phone_number")?,
            preferred_device: match device.as_str() {
                "mobile-phone" => PreferredDevice::MobilePhone,
                "auto-pilot" => PreferredDevice::AutoPilot,
                _ => PreferredDevice::DeskPhone,
            },
            route_calls_to_cell: row.try_get::<i64, _>("route_calls_to_cell")? != 0,
            user_agent: row.try_get("user_agent")?,
            client_address: row.try_get("client_address")?,
            device: row.try_get::<Option<String>, _>("device_id")?.map(Device::with_id),
            created_at: row.try_get("created_at")?,
            used_at: row.try_get("used_at")?,
            idle_expires_at: row.try_get("idle_expires_at")?,
            expires_at: row.try_get("expires_at")?,
        })
    }
}

/// Takes what a session belongs to before the session itself, as every step of a sign-in does
/// (`docs/decisions/0024-postgresql.md`). Its account is checked for again where a session is written twice.
macro_rules! held {
    () => {
        concat!(
            "WITH account AS MATERIALIZED (SELECT ",
            accounts::columns!(),
            " FROM account WHERE id = (SELECT account_id FROM session WHERE id = $1) FOR KEY SHARE),
             held AS MATERIALIZED
                 (SELECT id FROM signin WHERE (SELECT COUNT(*) FROM account) >= 0
                     AND id = (SELECT signin_id FROM session WHERE id = $1) FOR UPDATE) "
        )
    };
}

/// Where the columns of the account begin in what [`Session::lock_and_use`] takes.
const ACCOUNT: usize = 19;

macro_rules! insert_new {
    () => {
        "INSERT INTO session (id, kind, account_id, signin_id, issuer, client_id, scope, cookie_hash, phone_number,
             preferred_device, route_calls_to_cell, user_agent, client_address, created_at, used_at,
             idle_expires_at, expires_at, dpop_jkt, device_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
    };
}

macro_rules! insert {
    () => {
        concat!(
            insert_new!(),
            " ON CONFLICT (cookie_hash) DO UPDATE SET device_id = excluded.device_id,
                 idle_expires_at = excluded.idle_expires_at, expires_at = excluded.expires_at
             RETURNING ",
            columns!(),
        )
    };
}

/// The live session with this id.
const BY_ID: &str =
    concat!("SELECT ", columns!(), " FROM session WHERE id = $1 AND idle_expires_at > $2 AND expires_at > $2");

/// The live session of a cookie, by the SHA-256 of its value.
const BY_COOKIE: &str =
    concat!("SELECT ", columns!(), " FROM session WHERE cookie_hash = $1 AND idle_expires_at > $2 AND expires_at > $2");

impl Session {
    /// Stores a new session, and ends the one that the same sign-in led to before. Where the same cookie holds that one,
    /// it stays, and is what this gives.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn add(&self, tx: &mut Transaction) -> Result<Self, StoreError> {
        let query = match tx.engine {
            Engine::Sqlite => {
                sqlx::query(
                    "DELETE FROM session WHERE signin_id = $1 AND COALESCE(cookie_hash, '') <> COALESCE($2, ' ')",
                )
                .bind(self.signin_id.as_deref())
                .bind(self.cookie_hash.as_deref())
                .execute(&mut **tx)
                .await?;
                // No other session is held by the same tokens.
                sqlx::query(if self.cookie_hash.is_some() { insert!() } else { insert_new!() })
            }
            Engine::Postgres => sqlx::query(concat!(
                "WITH ended AS
                     (DELETE FROM session WHERE signin_id = $4 AND COALESCE(cookie_hash, '') <> COALESCE($8, ' ')) ",
                insert!()
            )),
        };
        let query = query
            .bind(&self.id)
            .bind(self.kind.as_str())
            .bind(&self.account_id)
            .bind(self.signin_id.as_deref())
            .bind(&self.issuer)
            .bind(&self.client_id)
            .bind(&self.scope)
            .bind(self.cookie_hash.as_deref())
            .bind(self.phone_number.as_deref())
            .bind(device_name(self.preferred_device))
            .bind(i64::from(self.route_calls_to_cell))
            .bind(self.user_agent.as_deref())
            .bind(self.client_address.as_deref())
            .bind(self.created_at)
            .bind(self.used_at)
            .bind(self.idle_expires_at)
            .bind(self.expires_at)
            .bind(self.dpop_jkt.as_deref())
            .bind(self.device.as_ref().map(Device::id));
        match query.fetch_optional(&mut **tx).await? {
            Some(row) => Ok(Self::from_row(&row)?),
            None => Ok(self.clone()),
        }
    }

    /// Writes what a person can set.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn save_settings(&self, tx: &mut Transaction) -> Result<(), StoreError> {
        sqlx::query("UPDATE session SET preferred_device = $2, route_calls_to_cell = $3 WHERE id = $1")
            .bind(&self.id)
            .bind(device_name(self.preferred_device))
            .bind(i64::from(self.route_calls_to_cell))
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Takes a live session for the rest of the transaction and notes its use; the sign-in that it came from ends
    /// with the first one. Its account comes along.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lock_and_use(
        tx: &mut Transaction,
        id: &str,
        now: UnixMillis,
        idle_expires_at: UnixMillis,
    ) -> Result<Option<(Self, Account)>, StoreError> {
        let query = sqlx::query(match tx.engine {
            // Nobody else writes meanwhile.
            Engine::Sqlite => concat!(
                "SELECT ",
                columns!(),
                ", ",
                accounts::columns!(),
                " FROM session LEFT JOIN account ON account.id = session.account_id
                  WHERE session.id = $1 AND session.idle_expires_at > $2 AND session.expires_at > $2"
            ),
            Engine::Postgres => concat!(
                held!(),
                ", session AS (UPDATE session SET used_at = $2, idle_expires_at = $3, signin_id = NULL
                     WHERE id = $1 AND idle_expires_at > $2 AND expires_at > $2 AND (SELECT COUNT(*) FROM held) >= 0
                     RETURNING ",
                columns!(),
                "), ended AS (DELETE FROM signin WHERE id = (SELECT id FROM held) AND EXISTS (SELECT 1 FROM session))
                 SELECT ",
                columns!(),
                ", account.* FROM session LEFT JOIN account ON TRUE",
            ),
        });
        let row = query.bind(id).bind(now).bind(idle_expires_at).fetch_optional(&mut **tx).await?;
        let Some(row) = row else { return Ok(None) };
        let session = Self { used_at: now, idle_expires_at, ..Self::from_row(&row)? };
        if tx.engine == Engine::Sqlite {
            let query = "UPDATE session SET used_at = $2, idle_expires_at = $3, signin_id = NULL WHERE id = $1";
            sqlx::query(query).bind(id).bind(now).bind(idle_expires_at).execute(&mut **tx).await?;
            if let Some(signin_id) = &session.signin_id {
                super::signins::SignIn::end(tx, signin_id).await?;
            }
        }
        Ok(Account::beside(&row, ACCOUNT)?.map(|account| (session, account)))
    }

    /// The live session with this id, within a transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find(tx: &mut Transaction, id: &str, now: UnixMillis) -> Result<Option<Self>, StoreError> {
        let query = sqlx::query_as(BY_ID);
        Ok(query.bind(id).bind(now).fetch_optional(&mut **tx).await?)
    }

    /// The live session of a cookie, by the SHA-256 of its value, within a transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_by_cookie(
        tx: &mut Transaction,
        cookie_hash: &str,
        now: UnixMillis,
    ) -> Result<Option<Self>, StoreError> {
        let query = sqlx::query_as(BY_COOKIE);
        Ok(query.bind(cookie_hash).bind(now).fetch_optional(&mut **tx).await?)
    }

    /// Ends a session with all its tokens, and the sign-in that it came from: else whoever still holds that one would
    /// be signed in again. `false` where it had ended before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end(tx: &mut Transaction, id: &str) -> Result<bool, StoreError> {
        let query = sqlx::query_scalar(match tx.engine {
            Engine::Sqlite => "DELETE FROM session WHERE id = $1 RETURNING signin_id",
            Engine::Postgres => concat!(
                held!(),
                "DELETE FROM session WHERE id = $1 AND (SELECT COUNT(*) FROM held) >= 0 RETURNING signin_id"
            ),
        });
        let ended: Option<Option<String>> = query.bind(id).fetch_optional(&mut **tx).await?;
        if let Some(Some(signin_id)) = &ended {
            super::signins::SignIn::end(tx, signin_id).await?;
        }
        Ok(ended.is_some())
    }
}
