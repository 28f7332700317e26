//! Transactions, and what is told of them once they are done.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use tokio::time::Instant;

use super::connection::Connection;
use super::engine::{Engine, Lasts};
use super::meter::Meter;
use super::seal::Seal;
use super::{StoreError, audit};

/// A transaction of the store, with the audit entries that it has written.
#[derive(Debug)]
pub struct Transaction {
    pub(super) inner: Connection,
    pub(super) engine: Engine,
    pub(super) seal: Option<Arc<Seal>>,
    pub(super) meter: Arc<Meter>,
    /// Since when.
    pub(super) wanted: Instant,
    pub(super) entries: Vec<audit::Entry>,
}

impl Transaction {
    /// When it lasts, once it is committed: what was wanted, or sooner.
    #[must_use]
    pub fn lasts(&self) -> Lasts {
        self.inner.lasts()
    }

    /// Makes everything last, and logs the audit entries: what was not done is not in the log.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().await?;
        self.meter.committed(&self.entries, self.wanted.elapsed());
        self.entries.iter().for_each(audit::Entry::log);
        Ok(())
    }

    /// Undoes everything; so does dropping it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.inner.rollback().await?)
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.inner
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.inner
    }
}

/// Runs `$body` in one transaction; what it answers is returned once it is committed.
macro_rules! in_transaction {
    ($store:expr, |$tx:ident| $body:expr) => {
        $crate::store::in_transaction!($crate::store::Lasts::AtOnce, $store, |$tx| $body)
    };
    ($lasts:expr, $store:expr, |$tx:ident| $body:expr) => {{
        let mut $tx = $store.begin_what($lasts).await?;
        let answer = $body;
        $tx.commit().await?;
        answer
    }};
}
pub(crate) use in_transaction;
