//! What lasts: accounts, sign-ins, sessions, counters, the audit trail.
//!
//! One SQL serves SQLite and PostgreSQL: columns are BIGINT and TEXT, placeholders are `$1`. One decision is one
//! transaction, and it begins by taking the row it is about: with PostgreSQL by a statement that locks it, with SQLite, where
//! nobody else writes meanwhile, by reading it.

pub mod accounts;
pub mod audit;
pub mod codes;
mod connection;
pub mod copy;
pub mod devices;
mod engine;
pub mod housekeeping;
pub mod keys;
pub mod meter;
mod postgres;
pub mod proofs;
pub mod refresh_tokens;
mod schema;
mod seal;
pub mod sessions;
pub mod signins;
mod sqlite;
mod sqlite_rows;
mod sqlite_writer;
pub mod throttle;
mod transaction;
pub mod warnings;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::clock::UnixMillis;
use crate::config::{DatabaseConfig, Invalid};
use connection::Pool;
use engine::{Engine, WAIT_FOR_CONNECTION};
pub use engine::{Lasts, sqlite_file};
use meter::Meter;
use seal::Seal;
pub use transaction::Transaction;
pub(crate) use transaction::in_transaction;

/// Connections to SQLite that read, besides the one that writes.
const SQLITE_CONNECTIONS: u32 = 3;

/// Rows that are read at once where there may be any number: a statement of PostgreSQL may take ten seconds.
const PAGE: i64 = 1_000;

/// The store: a pool of connections, and [some](Store::kept) that are kept.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
    pool: Pool,
    /// What the server's keys are sealed with.
    seal: Option<Arc<Seal>>,
    meter: Arc<Meter>,
    /// The live sessions, and when they were counted.
    counted: Arc<Mutex<Option<(UnixMillis, i64)>>>,
    kept: Option<Arc<Store>>,
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// `database.url` names no database that this build knows.
    #[error("no such database is known here; write sqlite:PATH or postgres://USER@HOST/NAME")]
    UnknownDatabase,
    /// The address or the password of the database.
    #[error("{}: {}", .0.key, .0.problem)]
    Config(Invalid),
    /// The database is somebody else's, and is left alone.
    #[error("it holds the tables of another product, and is left alone; name a database of its own")]
    Foreign,
    /// The database was made by a newer build, which this one would damage.
    #[error("the database needs at least version {needed} of its schema to be known, this build knows {known}")]
    TooNew {
        /// The oldest schema version that may use the database.
        needed: i64,
        /// The newest one that this build knows.
        known: i64,
    },
    /// `database.key` is missing.
    #[error("the server's keys in it are sealed; set database.key or database.key_file to what sealed them")]
    Sealed,
    /// `database.key` is another one.
    #[error("the server's keys in it are sealed with another key; set database.key or database.key_file to that one")]
    WrongKey,
    /// The operating system.
    #[error("this machine has no randomness to give")]
    NoRandomness,
    /// Somebody listens at the address, and says nothing.
    #[error("it did not answer within {} s", WAIT_FOR_CONNECTION.as_secs())]
    Silent,
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Store {
    /// Opens a database, making it if it is a file that is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] says what is wrong with the address or the database.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, StoreError> {
        let url = config.address().map_err(StoreError::Config)?;
        let engine = Engine::of(&url).ok_or(StoreError::UnknownDatabase)?;
        let seal = config.sealing_key().map_err(StoreError::Config)?.map(|key| Arc::new(Seal::with(&key)));
        // One after the other: SQLite waits for no lock while a database becomes one with a write-ahead log.
        let mut alone = None;
        if let Some(file) = sqlite_file(&url) {
            make_private(&file);
            alone = opening_alone(file).await;
        }
        engine.try_to_connect(&url).await?;
        let (connections, kept) = match engine {
            Engine::Sqlite => (SQLITE_CONNECTIONS, 1),
            Engine::Postgres => (config.connections - config.connections / 4, config.connections / 4),
        };
        let meter = Arc::new(Meter::default());
        let pool = engine.pool(&url, connections, meter.clone()).await?;
        let kept = Self {
            engine,
            pool: pool.beside(kept).await?,
            seal: seal.clone(),
            meter: meter.clone(),
            counted: Arc::default(),
            kept: None,
        };
        let store = Self { engine, pool, seal, meter, counted: Arc::default(), kept: Some(Arc::new(kept)) };
        schema::bring_up_to_date(&store).await?;
        seal::seal_keys(&store).await?;
        drop(alone);
        Ok(store)
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        self.begin_what(Lasts::AtOnce).await
    }

    /// The same for what may last [soon](Lasts::Soon): nothing that rests on it may be answered before a transaction after it
    /// has been committed that lasts at once.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin_what(&self, lasts: Lasts) -> Result<Transaction, StoreError> {
        let wanted = Instant::now();
        let inner = self.pool.begin(lasts).await?;
        let (engine, seal, meter) = (self.engine, self.seal.clone(), self.meter.clone());
        Ok(Transaction { inner, engine, seal, meter, wanted, entries: Vec::new() })
    }

    /// What was counted.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The same store with connections of its own, which however many that use the other ones do not hold up: where one
    /// at a time writes, one of those at the most is before it, besides the one that is writing.
    #[must_use]
    pub fn kept(&self) -> Self {
        self.kept.as_deref().unwrap_or(self).clone()
    }

    /// Writes a row, and takes it away again, for good: SQLite looks for room on the disk no sooner, and does not write
    /// what stands there already.
    ///
    /// # Errors
    /// [`StoreError::Database`] where nothing can be written.
    pub async fn try_to_write(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO dpop_proof (id, expires_at) VALUES ('try', 0)").execute(&mut *tx).await?;
        sqlx::query("DELETE FROM dpop_proof WHERE id = 'try'").execute(&mut *tx).await?;
        tx.commit().await?;
        let mut tx = self.begin().await?;
        tx.take_room().await?;
        tx.rollback().await
    }

    /// Closes every connection, after what is under way has ended.
    pub async fn close(&self) {
        self.kept().pool.close().await;
        self.pool.close().await;
    }
}

/// Makes a missing file readable by its owner alone: a database will hold keys and hashes. SQLite gives its other files
/// the same mode. Where it cannot be made, opening it tells why.
fn make_private(file: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(file));
}

/// The lock of whoever opens this database, on a file beside it: locks on the database itself are SQLite's own. `None`
/// where there can be none; opening the database then tells why.
async fn opening_alone(database: PathBuf) -> Option<File> {
    let mut name = database.into_os_string();
    name.push("-opening");
    let wait = move || {
        make_private(Path::new(&name));
        let file = File::options().write(true).open(name).ok()?;
        file.lock().ok()?;
        Some(file)
    };
    tokio::task::spawn_blocking(wait).await.ok().flatten()
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {

    use super::testing::store;
    use super::*;

    #[tokio::test]
    async fn the_kept_connection_waits_for_two_at_the_most_however_many_would_write() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let writing = store.begin().await?;
        let mut writers = tokio::task::JoinSet::new();
        for nth in 1..=21 {
            let (order, is_kept) = (order.clone(), nth == 21);
            let store = if is_kept { store.kept() } else { store.clone() };
            writers.spawn(async move {
                let tx = store.begin().await?;
                order.lock().unwrap().push(is_kept);
                tx.commit().await
            });
        }
        // On this one thread, all of them have asked by then.
        tokio::task::yield_now().await;
        writing.commit().await?;
        writers.join_all().await.into_iter().collect::<Result<(), _>>()?;
        let order = order.lock().unwrap();
        let before = order.iter().position(|is_kept| *is_kept);
        // Where several write at a time, they come in any order.
        if store.engine == Engine::Sqlite {
            assert_eq!(before, Some(1));
        }
        assert_eq!(order.len(), 21);
        Ok(())
    }

    #[tokio::test]
    async fn the_kept_connection_is_there_while_all_others_are_taken() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        let mut taken = Vec::new();
        for _ in 0..SQLITE_CONNECTIONS {
            taken.push(store.pool.lend().await?);
        }
        store.kept().begin().await?.commit().await
    }
}
