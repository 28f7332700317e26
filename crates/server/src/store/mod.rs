//! What lasts: accounts, sign-ins, sessions, counters, the audit trail.
//!
//! One SQL serves SQLite and PostgreSQL: columns are BIGINT and TEXT, placeholders are `$1`. One decision is one
//! transaction, and it begins with a conditional `UPDATE … RETURNING` that locks the row it is about.

pub mod accounts;
pub mod audit;
pub mod codes;
pub mod devices;
pub mod keys;
pub mod proofs;
pub mod refresh_tokens;
mod schema;
pub mod sessions;
pub mod signins;
pub mod throttle;
pub mod warnings;

use std::fs::File;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// A transaction of the store, with the audit entries that it has written.
#[derive(Debug)]
pub struct Transaction {
    inner: sqlx::Transaction<'static, Any>,
    _turn: OwnedSemaphorePermit,
    entries: Vec<audit::Entry>,
}

impl Transaction {
    /// Makes everything last, and logs the audit entries: what was not done is not in the log.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().await?;
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
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.inner
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}

/// How long a connection waits for another one's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// SQLite writes one at a time; a few connections let reads go on meanwhile.
const SQLITE_CONNECTIONS: u32 = 3;

/// The store: a pool of connections, and [one](Store::kept) that is kept.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    /// Whose turn it is to wait for `writing`: one of this pool.
    next: Arc<Semaphore>,
    /// Whose turn it is to write; of both pools, first come, first served. SQLite itself knows no order.
    writing: Arc<Semaphore>,
    kept: Option<Arc<Store>>,
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// `database.url` names no database that this build knows.
    #[error("`{0}` is no database address that is known here; write sqlite:PATH")]
    UnknownDatabase(String),
    /// The database was made by a newer build, which this one would damage.
    #[error("the database needs at least version {needed} of its schema to be known, this build knows {known}")]
    TooNew {
        /// The oldest schema version that may use the database.
        needed: i64,
        /// The newest one that this build knows.
        known: i64,
    },
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Store {
    /// Opens the database of `url`, making it if it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] says what is wrong with the address or the database.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if !url.starts_with("sqlite:") {
            return Err(StoreError::UnknownDatabase(url.to_owned()));
        }
        // One after the other: SQLite waits for no lock while a database becomes one with a write-ahead log.
        let mut alone = None;
        if let Some(file) = sqlite_file(url) {
            make_private(&file);
            alone = opening_alone(file).await;
        }
        sqlx::any::install_default_drivers();
        let url = if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") };
        let options = AnyConnectOptions::from_str(&url)?;
        // A pool tries again and again where a connection cannot be prepared, and hides why.
        let mut first = AnyConnection::connect_with(&options).await?;
        prepare(&mut first).await?;
        first.close().await?;
        let writing = Arc::new(Semaphore::new(1));
        let kept = Self {
            pool: pool(&options, 1).await?,
            next: Arc::new(Semaphore::new(1)),
            writing: writing.clone(),
            kept: None,
        };
        let store = Self {
            pool: pool(&options, SQLITE_CONNECTIONS).await?,
            next: Arc::new(Semaphore::new(1)),
            writing,
            kept: Some(Arc::new(kept)),
        };
        schema::bring_up_to_date(&store).await?;
        drop(alone);
        Ok(store)
    }

    /// Begins a transaction that may write: SQLite takes its lock at once, so that it cannot fail half-way.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let turn = async {
            let next = self.next.clone().acquire_owned().await;
            let turn = self.writing.clone().acquire_owned().await;
            drop(next);
            turn
        };
        let turn = timeout(BUSY_TIMEOUT, turn).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        Ok(Transaction { inner: self.pool.begin_with("BEGIN IMMEDIATE").await?, _turn: turn, entries: Vec::new() })
    }

    /// The same store with a connection of its own, which however many that use the other ones do not hold up: of
    /// those, one at the most is before it when it wants to write, besides the one that is writing.
    #[must_use]
    pub fn kept(&self) -> Self {
        self.kept.as_deref().unwrap_or(self).clone()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Database`] where it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Closes every connection, after what is under way has ended.
    pub async fn close(&self) {
        self.kept().pool.close().await;
        self.pool.close().await;
    }
}

async fn pool(options: &AnyConnectOptions, connections: u32) -> Result<AnyPool, sqlx::Error> {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY_TIMEOUT)
        .after_connect(|connection, _| Box::pin(prepare(connection)))
        .connect_with(options.clone())
        .await
}

async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    connection.execute("PRAGMA busy_timeout = 10000").await?;
    connection.execute("PRAGMA journal_mode = WAL").await?;
    // FULL: what was answered survives a power cut.
    connection.execute("PRAGMA synchronous = FULL").await?;
    connection.execute("PRAGMA foreign_keys = ON").await?;
    Ok(())
}

/// The file of an SQLite database; `None` for one in memory.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = percent_decode_str(path.split('?').next().unwrap_or(path)).decode_utf8().ok()?;
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path.into_owned()))
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

/// Runs `$body` in one transaction; what it answers is returned once it is committed.
macro_rules! in_transaction {
    ($store:expr, |$tx:ident| $body:expr) => {{
        let mut $tx = $store.begin().await?;
        let answer = $body;
        $tx.commit().await?;
        answer
    }};
}
pub(crate) use in_transaction;

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::testing::store;
    use super::*;

    #[tokio::test]
    async fn the_kept_connection_waits_for_two_at_the_most_however_many_would_write() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        let order = Arc::new(Mutex::new(Vec::new()));
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
        assert_eq!((order.len(), order.iter().position(|is_kept| *is_kept)), (21, Some(1)));
        Ok(())
    }

    #[tokio::test]
    async fn the_kept_connection_is_there_while_all_others_are_taken() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        let mut taken = Vec::new();
        for _ in 0..SQLITE_CONNECTIONS {
            taken.push(store.pool.acquire().await?);
        }
        store.kept().begin().await?.commit().await
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Store;

    /// A store of its own in a folder that goes with the test.
    pub(crate) async fn store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("vestibule.db").display());
        (Store::open(&url).await.unwrap(), folder)
    }
}
