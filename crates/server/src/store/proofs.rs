//! DPoP proofs that were seen: each counts once.

use super::{Store, StoreError};
use crate::clock::UnixMillis;

impl Store {
    /// Remembers a proof. `false` where it has been seen before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn remember_proof(&self, id: &str, expires_at: UnixMillis) -> Result<bool, StoreError> {
        let query = "INSERT INTO dpop_proof (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
        let mut tx = self.begin().await?;
        let inserted = sqlx::query(query).bind(id).bind(expires_at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(inserted.rows_affected() > 0)
    }
}
