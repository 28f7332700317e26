//! The server's keys, made at the first start.

use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::engine::Alone;
use super::{Store, StoreError, Transaction, in_transaction, seal};
use crate::clock::UnixMillis;

/// A key as it is stored.
#[derive(Clone)]
pub struct StoredKey {
    /// Names the key; the `kid` of a signing key.
    pub id: String,
    /// base64url of 32 bytes; what is stored of it may be sealed.
    pub material: String,
    /// From when on it is used.
    pub active_from: UnixMillis,
}

impl FromRow<'_, AnyRow> for StoredKey {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            material: row.try_get("material")?,
            active_from: row.try_get("active_from")?,
        })
    }
}

impl StoredKey {
    /// Stores a key.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn add(&self, tx: &mut Transaction, purpose: &str, now: UnixMillis) -> Result<(), StoreError> {
        let material = seal::close(tx.seal.as_deref(), &self.id, &self.material)?;
        sqlx::query(
            "INSERT INTO server_key (id, purpose, material, created_at, active_from) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&self.id)
        .bind(purpose)
        .bind(material)
        .bind(now)
        .bind(self.active_from)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// All keys for a purpose, in the order in which they are used.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn all(tx: &mut Transaction, purpose: &str) -> Result<Vec<Self>, StoreError> {
        let query = sqlx::query_as(
            "SELECT id, material, active_from FROM server_key WHERE purpose = $1 ORDER BY active_from, created_at, id",
        );
        let stored: Vec<Self> = query.bind(purpose).fetch_all(&mut **tx).await?;
        let seal = tx.seal.as_deref();
        let opened = |key: Self| Ok(Self { material: seal::open(seal, &key.id, key.material)?, ..key });
        stored.into_iter().map(opened).collect()
    }

    /// Has whoever else wants to make keys wait for the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lock_all(tx: &mut Transaction) -> Result<(), StoreError> {
        tx.alone(Alone::Keys).await
    }

    /// Deletes all keys for a purpose.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn remove_all(tx: &mut Transaction, purpose: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM server_key WHERE purpose = $1").bind(purpose).execute(&mut **tx).await?;
        Ok(())
    }
}

impl Store {
    /// The keys for a purpose, in the order in which they are used; `fresh` becomes the first where there is none. Two
    /// servers that start together agree.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn keys_for(
        &self,
        purpose: &str,
        fresh: &StoredKey,
        now: UnixMillis,
    ) -> Result<Vec<StoredKey>, StoreError> {
        let keys = in_transaction!(self, |tx| {
            let mut keys = StoredKey::all(&mut tx, purpose).await?;
            if keys.is_empty() {
                tx.alone(Alone::Keys).await?;
                keys = StoredKey::all(&mut tx, purpose).await?;
            }
            if keys.is_empty() {
                fresh.add(&mut tx, purpose, now).await?;
                keys.push(fresh.clone());
            }
            keys
        });
        Ok(keys)
    }

    /// Deletes the signing keys that another one followed before `before`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_signing_keys(&self, before: UnixMillis) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM server_key WHERE purpose = 'jwt' AND EXISTS (
                 SELECT 1 FROM server_key AS next
                 WHERE next.purpose = 'jwt' AND next.active_from > server_key.active_from AND next.active_from <= $1)",
        )
        .bind(before)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
