//! The server's keys, made at the first start.

use sqlx::Row;

use super::{Store, StoreError, in_transaction};
use crate::clock::UnixMillis;

/// A key as it is stored.
#[derive(Clone)]
pub struct StoredKey {
    /// Names the key; the `kid` of a signing key.
    pub id: String,
    /// base64url of 32 bytes.
    pub material: String,
}

impl Store {
    /// The newest key for `purpose`; `fresh` becomes it where there is none. Two servers that start together agree.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn key(&self, purpose: &str, fresh: StoredKey, now: UnixMillis) -> Result<StoredKey, StoreError> {
        let key = in_transaction!(self, |tx| {
            sqlx::query(
                "INSERT INTO server_key (id, purpose, material, created_at)
                 SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM server_key WHERE purpose = $2)",
            )
            .bind(&fresh.id)
            .bind(purpose)
            .bind(&fresh.material)
            .bind(now)
            .execute(&mut *tx)
            .await?;
            let newest = "SELECT id, material FROM server_key WHERE purpose = $1 ORDER BY created_at DESC, id LIMIT 1";
            let row = sqlx::query(newest).bind(purpose).fetch_one(&mut *tx).await?;
            StoredKey { id: row.try_get("id")?, material: row.try_get("material")? }
        });
        Ok(key)
    }
}
