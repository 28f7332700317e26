//! Known devices: those that have completed a sign-in for an account.
//!
//! What is counted for a device is counted for nobody else, so that strangers cannot lock its owner out.

use std::time::Duration;

use super::{StoreError, Transaction};
use crate::clock::{UnixMillis, millis};
use crate::keys::sha256;

/// Devices that an account is known by at a time. Each has tries of its own: a thief must not collect them.
const MAX_DEVICES: i64 = 20;

/// A device, by what it alone can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device(String);

impl Device {
    /// The device that holds this secret in a cookie.
    #[must_use]
    pub fn with_cookie(secret: &str) -> Self {
        Self(sha256(secret))
    }

    /// The device that holds the key with this thumbprint (RFC 7638), by which a request was proven to be made.
    #[must_use]
    pub fn with_key(thumbprint: &str) -> Self {
        Self(sha256(&format!("dpop:{thumbprint}")))
    }

    /// The one that this was stored of.
    #[must_use]
    pub fn with_id(id: String) -> Self {
        Self(id)
    }

    /// What is stored of it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0
    }

    /// The first of these devices that is known for an account. For one that is not there the same is looked up.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn known(
        tx: &mut Transaction,
        account_id: Option<&str>,
        shown: &[Self],
        now: UnixMillis,
    ) -> Result<Option<Self>, StoreError> {
        let mut known = None;
        for device in shown {
            let row = sqlx::query("SELECT 1 FROM device WHERE id = $1 AND account_id = $2 AND expires_at > $3")
                .bind(&device.0)
                .bind(account_id.unwrap_or_default())
                .bind(now)
                .fetch_optional(&mut **tx)
                .await?;
            known = known.or(row.map(|_| device.clone()));
        }
        Ok(known)
    }

    /// Knows the device no more.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget(&self, tx: &mut Transaction, account_id: &str) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM device WHERE id = $1 AND account_id = $2");
        query.bind(&self.0).bind(account_id).execute(&mut **tx).await?;
        Ok(())
    }

    /// All devices that are known for an account.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn all(tx: &mut Transaction, account_id: &str, now: UnixMillis) -> Result<Vec<Self>, StoreError> {
        let query = sqlx::query_scalar("SELECT id FROM device WHERE account_id = $1 AND expires_at > $2");
        let ids: Vec<String> = query.bind(account_id).bind(now).fetch_all(&mut **tx).await?;
        Ok(ids.into_iter().map(Self).collect())
    }

    /// Knows the device from now on, for so long. Of too many, those that were used longest ago are forgotten.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn remember(
        &self,
        tx: &mut Transaction,
        account_id: &str,
        now: UnixMillis,
        life: Duration,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO device (id, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id, account_id) DO UPDATE SET expires_at = $4",
        )
        .bind(&self.0)
        .bind(account_id)
        .bind(now)
        .bind(now + millis(life))
        .execute(&mut **tx)
        .await?;
        sqlx::query(
            "DELETE FROM device WHERE account_id = $1 AND id <> $2 AND id NOT IN
             (SELECT id FROM device WHERE account_id = $1 ORDER BY expires_at DESC, created_at DESC LIMIT $3)",
        )
        .bind(account_id)
        .bind(&self.0)
        .bind(MAX_DEVICES)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
