//! Refresh tokens: each is exchanged for its successor once.

use std::time::Duration;

use sqlx::Row;

use super::{StoreError, Transaction};
use crate::clock::{UnixMillis, millis};

/// Stores a fresh refresh token of a session, by its SHA-256.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn add_refresh_token(
    tx: &mut Transaction,
    token_hash: &str,
    session_id: &str,
    now: UnixMillis,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO refresh_token (id, session_id, created_at) VALUES ($1, $2, $3)")
        .bind(token_hash)
        .bind(session_id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A refresh token to be exchanged for another one. Both are named by their SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The token that was brought.
    pub token_hash: &'a str,
    /// The one to give for it.
    pub successor_hash: &'a str,
    /// How long after its first exchange the token may be exchanged again, while the successor is unused: that one is
    /// void then.
    pub grace: Duration,
}

impl Exchange<'_> {
    /// Makes the exchange, while the session is locked by
    /// [`Session::lock_and_use`](super::sessions::Session::lock_and_use). `false` where the token was spent before and
    /// grace is over: somebody has it who should not.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn make(&self, tx: &mut Transaction, session_id: &str, now: UnixMillis) -> Result<bool, StoreError> {
        let query = "SELECT spent_at, successor_id FROM refresh_token WHERE id = $1 AND session_id = $2";
        let Some(row) = sqlx::query(query).bind(self.token_hash).bind(session_id).fetch_optional(&mut **tx).await?
        else {
            return Ok(false);
        };
        let spent_at: Option<UnixMillis> = row.try_get("spent_at")?;
        let successor: Option<String> = row.try_get("successor_id")?;
        if let Some(spent_at) = spent_at {
            let is_late = now >= spent_at.saturating_add(millis(self.grace));
            let unused = sqlx::query("DELETE FROM refresh_token WHERE id = $1 AND spent_at IS NULL").bind(successor);
            if is_late || unused.execute(&mut **tx).await?.rows_affected() == 0 {
                return Ok(false);
            }
        }
        sqlx::query("UPDATE refresh_token SET spent_at = $2, successor_id = $3 WHERE id = $1")
            .bind(self.token_hash)
            .bind(spent_at.unwrap_or(now))
            .bind(self.successor_hash)
            .execute(&mut **tx)
            .await?;
        add_refresh_token(tx, self.successor_hash, session_id, now).await?;
        Ok(true)
    }
}
