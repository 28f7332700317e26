//! SQLite on the thread that asks: a statement takes some microseconds, and to pass it on to another thread and wait for
//! that takes several times as long. What waits for the disk, for another process, or takes its time goes aside, to a
//! thread that may be held up.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::OpenFlags;
use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow};
use sqlx::{SqlSafeStr, SqlStr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::engine::{WAIT_FOR_CONNECTION, sqlite_file};
use super::sqlite_rows::{Refused, run};

/// How long another process is waited for.
const WAIT_FOR_LOCK: Duration = Duration::from_secs(10);
/// Statements that are kept prepared: more than there are.
const PREPARED: usize = 256;

/// What a connection has to be like.
const SETTINGS: &str = "PRAGMA journal_mode = WAL;
    -- What was answered survives a power cut.
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;";

/// Connections to one file.
#[derive(Clone)]
pub(super) struct SqlitePool {
    free: Arc<Mutex<Vec<rusqlite::Connection>>>,
    places: Arc<Semaphore>,
    connections: u32,
}

impl fmt::Debug for SqlitePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqlitePool")
    }
}

impl SqlitePool {
    /// So many connections to the file of an address. It is made where it is missing, unless the address says how to open it.
    pub(super) async fn open(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        let missing = || sqlx::Error::Configuration("sqlite: and the path of a file is needed".into());
        let (file, may_make) = (sqlite_file(url).ok_or_else(missing)?, !url.contains('?') || url.contains("mode=rwc"));
        let open = move || (0..connections).map(|_| connect(&file, may_make)).collect::<Result<Vec<_>, _>>();
        let free = tokio::task::spawn_blocking(open).await.map_err(|_| sqlx::Error::WorkerCrashed)?.map_err(refused)?;
        let places = Arc::new(Semaphore::new(free.len()));
        Ok(Self { free: Arc::new(Mutex::new(free)), places, connections })
    }

    /// A connection, as soon as one is free.
    pub(super) async fn acquire(&self) -> Result<SqliteConnection, sqlx::Error> {
        let place = timeout(WAIT_FOR_CONNECTION, self.places.clone().acquire_owned());
        let place = place.await.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let connection = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let lent = Lent { connection, free: self.free.clone(), _place: place };
        Ok(SqliteConnection { lent: Some(lent), is_aside: false })
    }

    /// Closes every connection, once it is given back.
    pub(super) async fn close(&self) {
        // Those that are lent come first.
        let all = self.places.acquire_many(self.connections).await;
        self.places.close();
        drop(all);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn refused(error: rusqlite::Error) -> sqlx::Error {
    sqlx::Error::database(Refused(error))
}

fn connect(file: &Path, may_make: bool) -> rusqlite::Result<rusqlite::Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, may_make);
    let connection = rusqlite::Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(WAIT_FOR_LOCK)?;
    connection.execute_batch(SETTINGS)?;
    // From now on whoever has to wait does so aside.
    connection.busy_timeout(Duration::ZERO)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    Ok(connection)
}

/// A connection that goes back when this is dropped, wherever that is; what was begun with it is undone.
struct Lent {
    connection: Option<rusqlite::Connection>,
    free: Arc<Mutex<Vec<rusqlite::Connection>>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction was not undone");
        }
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

/// A connection.
pub struct SqliteConnection {
    lent: Option<Lent>,
    is_aside: bool,
}

impl fmt::Debug for SqliteConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteConnection")
    }
}

impl SqliteConnection {
    /// Has whatever comes run aside: it takes its time.
    pub(super) fn go_aside(&mut self) {
        self.is_aside = true;
    }

    /// Begins a transaction that may write. SQLite takes its lock at once, so that it cannot fail half-way.
    pub(super) async fn begin(&mut self) -> Result<(), sqlx::Error> {
        self.run("BEGIN IMMEDIATE".into_sql_str(), None, false).await.map(drop)
    }

    /// Ends it. It waits for the disk.
    pub(super) async fn end(mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        self.go_aside();
        self.run(statement.into_sql_str(), None, false).await.map(drop)
    }

    /// Runs statements: the rows, and how many were changed. Where one row is enough, no other is looked for.
    pub(super) async fn run(
        &mut self,
        sql: SqlStr,
        arguments: Option<AnyArguments>,
        one_is_enough: bool,
    ) -> Result<(Vec<AnyRow>, AnyQueryResult), sqlx::Error> {
        if !self.is_aside {
            let connection = self.lent.as_ref().and_then(|lent| lent.connection.as_ref());
            let connection = connection.ok_or(sqlx::Error::WorkerCrashed)?;
            match run(connection, sql.as_str(), arguments.as_ref(), one_is_enough) {
                // Somebody else has it, and will not be long.
                Err(refused) if refused.is_busy() => {}
                done => return done.map_err(sqlx::Error::database),
            }
        }
        // It comes back with the connection, or, where nobody waits for it any more, goes back itself.
        let lent = self.lent.take().ok_or(sqlx::Error::WorkerCrashed)?;
        let aside = move || {
            let done = match lent.connection.as_ref() {
                Some(connection) => {
                    patiently(connection, || run(connection, sql.as_str(), arguments.as_ref(), one_is_enough))
                }
                None => Err(Refused(rusqlite::Error::InvalidQuery)),
            };
            (lent, done)
        };
        let (lent, done) = tokio::task::spawn_blocking(aside).await.map_err(|_| sqlx::Error::WorkerCrashed)?;
        self.lent = Some(lent);
        done.map_err(sqlx::Error::database)
    }
}

/// Waits for other processes meanwhile.
fn patiently<T>(connection: &rusqlite::Connection, work: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    connection.busy_timeout(WAIT_FOR_LOCK).map_err(Refused)?;
    let done = work();
    connection.busy_timeout(Duration::ZERO).map_err(Refused)?;
    done
}

#[cfg(test)]
mod tests {
    use sqlx::Row;

    use super::super::connection::Pool;

    /// A pool of one connection, with a table.
    async fn pool() -> (Pool, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let pool = Pool::Sqlite(super::SqlitePool::open(&url, 1).await.unwrap());
        sqlx::query("CREATE TABLE t (a BIGINT, b TEXT)").execute(&pool).await.unwrap();
        (pool, folder)
    }

    #[tokio::test]
    async fn what_was_begun_and_let_go_is_undone_before_the_connection_is_lent_again() {
        let (pool, _folder) = pool().await;
        let mut begun = pool.begin().await.unwrap();
        sqlx::query("INSERT INTO t (a) VALUES (1)").execute(&mut begun).await.unwrap();
        drop(begun);
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM t").fetch_one(&pool).await.unwrap();
        assert_eq!(left, 0);
        pool.begin().await.unwrap().commit().await.unwrap();
    }

    #[tokio::test]
    async fn arguments_are_counted_by_their_numbers_and_come_back_as_they_were() {
        let (pool, _folder) = pool().await;
        let query = sqlx::query("INSERT INTO t (b, a) VALUES ($2, $1)").bind(7).bind(Some("x\0ü"));
        assert_eq!(query.execute(&pool).await.unwrap().rows_affected(), 1);
        sqlx::query("INSERT INTO t (b, a) VALUES ($2, $1)").bind(8).bind(None::<String>).execute(&pool).await.unwrap();
        let rows = sqlx::query("SELECT a, b FROM t ORDER BY a").fetch_all(&pool).await.unwrap();
        let read = |at: usize| (rows[at].get::<i64, _>("a"), rows[at].get::<Option<String>, _>("b"));
        assert_eq!((read(0), read(1)), ((7, Some("x\0ü".to_owned())), (8, None)));
    }
}
