//! Sessions as they are found, which may end at any moment.

use super::{BY_COOKIE, BY_ID, Session};
use crate::clock::UnixMillis;
use crate::store::{Store, StoreError};

/// How long the number of sessions counts, in milliseconds.
const COUNTED_FOR: i64 = 60_000;

impl Store {
    /// The live session with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn session(&self, id: &str, now: UnixMillis) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query_as(BY_ID);
        Ok(query.bind(id).bind(now).fetch_optional(&self.pool).await?)
    }

    /// The live session of a cookie, by the SHA-256 of its value.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn session_by_cookie(&self, cookie_hash: &str, now: UnixMillis) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query_as(BY_COOKIE);
        Ok(query.bind(cookie_hash).bind(now).fetch_optional(&self.pool).await?)
    }

    /// The live sessions of an account, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sessions_of(&self, account_id: &str, now: UnixMillis) -> Result<Vec<Session>, StoreError> {
        let query = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM session WHERE account_id = $1 AND idle_expires_at > $2 AND expires_at > $2
             ORDER BY created_at DESC, id"
        ));
        Ok(query.bind(account_id).bind(now).fetch_all(&self.pool).await?)
    }

    /// How many sessions are live, or were within the last minute: to count them takes longer the more there are, and
    /// whoever asks may ask often.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn count_sessions(&self, now: UnixMillis) -> Result<i64, StoreError> {
        let mut counted = self.counted.lock().await;
        if let Some((at, sessions)) = *counted
            && (at..at.saturating_add(COUNTED_FOR)).contains(&now)
        {
            return Ok(sessions);
        }
        let query = sqlx::query_scalar(
            "WITH live AS (SELECT COUNT(*) AS sessions FROM session WHERE idle_expires_at > $1 AND expires_at > $1)
             SELECT sessions FROM live",
        );
        let sessions = query.bind(now).fetch_one(&self.pool).await?;
        *counted = Some((now, sessions));
        Ok(sessions)
    }

    /// The session that a refresh token belongs to, by the SHA-256 of the token, spent or not.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn session_by_refresh_token(
        &self,
        token_hash: &str,
        now: UnixMillis,
    ) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM session JOIN refresh_token ON refresh_token.session_id = session.id
                 WHERE refresh_token.id = $1 AND session.idle_expires_at > $2 AND session.expires_at > $2",
        ));
        Ok(query.bind(token_hash).bind(now).fetch_optional(&self.pool).await?)
    }
}
