//! SQLite on the thread that asks: a statement takes some microseconds, and to pass it on to another thread and wait for
//! that takes several times as long. What waits for the disk, for another process, or takes its time goes aside, to a
//! thread that may be held up.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::OpenFlags;
use sqlx::SqlStr;
use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::engine::{Lasts, WAIT_FOR_CONNECTION, sqlite_file};
use super::sqlite_rows::{Refused, run};
use super::sqlite_writer::{LASTS_AT_ONCE, Writers, Writing};

/// How long another process is waited for.
const WAIT_FOR_LOCK: Duration = Duration::from_secs(10);
/// Statements that are kept prepared: more than there are.
const PREPARED: usize = 256;

/// What a connection has to be like.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;";

/// Connections to one file: one that writes, and some that read meanwhile.
#[derive(Clone)]
pub(super) struct SqlitePool {
    file: Arc<Path>,
    free: Arc<Mutex<Vec<rusqlite::Connection>>>,
    places: Arc<Semaphore>,
    connections: u32,
    writers: Writers,
}

impl fmt::Debug for SqlitePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqlitePool")
    }
}

impl SqlitePool {
    /// So many connections that read to the file of an address, besides the one that writes. It is made where it is missing,
    /// unless the address says how to open it.
    pub(super) async fn open(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        let missing = || sqlx::Error::Configuration("sqlite: and the path of a file is needed".into());
        let (file, may_make) = (sqlite_file(url).ok_or_else(missing)?, !url.contains('?') || url.contains("mode=rwc"));
        let (opened, file): (_, Arc<Path>) = (file.clone(), file.into());
        let writes = tokio::task::spawn_blocking(move || connect(&opened, may_make)).await;
        let writes = writes.map_err(|_| sqlx::Error::WorkerCrashed)?.map_err(refused)?;
        Self::with(file, connections, Writers::new(writes)).await
    }

    /// Another pool of the same file, with connections of its own that read.
    pub(super) async fn beside(&self, connections: u32) -> Result<Self, sqlx::Error> {
        Self::with(self.file.clone(), connections, self.writers.beside()).await
    }

    async fn with(file: Arc<Path>, connections: u32, writers: Writers) -> Result<Self, sqlx::Error> {
        let opened = file.clone();
        let open = move || (0..connections).map(|_| connect(&opened, false)).collect::<Result<Vec<_>, _>>();
        let free = tokio::task::spawn_blocking(open).await.map_err(|_| sqlx::Error::WorkerCrashed)?.map_err(refused)?;
        let places = Arc::new(Semaphore::new(free.len()));
        Ok(Self { file, free: Arc::new(Mutex::new(free)), places, connections, writers })
    }

    /// A connection to read with, as soon as one is free.
    pub(super) async fn acquire(&self) -> Result<SqliteConnection, sqlx::Error> {
        let place = timeout(WAIT_FOR_CONNECTION, self.places.clone().acquire_owned());
        let place = place.await.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let connection = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let lent = Lent::ToRead(Reading { connection, free: self.free.clone(), _place: place });
        Ok(SqliteConnection { lent: Some(lent), is_aside: false })
    }

    /// Begins a transaction that may write.
    pub(super) async fn begin(&self, lasts: Lasts) -> Result<SqliteConnection, sqlx::Error> {
        let lent = Lent::ToWrite(self.writers.take().await?);
        let mut connection = SqliteConnection { lent: Some(lent), is_aside: false };
        connection.write(if lasts == Lasts::Soon { Writing::begin_in_passing } else { Writing::begin }).await?;
        Ok(connection)
    }

    /// Closes every connection, once it is given back.
    pub(super) async fn close(&self) {
        // Those that are lent come first.
        let all = self.places.acquire_many(self.connections).await;
        self.places.close();
        drop(all);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.writers.close().await;
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
    connection.execute_batch(LASTS_AT_ONCE)?;
    // From now on whoever has to wait does so aside.
    connection.busy_timeout(Duration::ZERO)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    Ok(connection)
}

/// A connection that goes back when this is dropped, wherever that is.
enum Lent {
    ToRead(Reading),
    ToWrite(Writing),
}

struct Reading {
    connection: Option<rusqlite::Connection>,
    free: Arc<Mutex<Vec<rusqlite::Connection>>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Reading {
    fn drop(&mut self) {
        let connection = self.connection.take();
        self.free.lock().unwrap_or_else(PoisonError::into_inner).extend(connection);
    }
}

impl Lent {
    fn connection(&self) -> Option<&rusqlite::Connection> {
        match self {
            Self::ToRead(reading) => reading.connection.as_ref(),
            Self::ToWrite(writing) => writing.connection(),
        }
    }
}

/// A connection.
pub(super) struct SqliteConnection {
    /// Absent while it is aside.
    lent: Option<Lent>,
    is_aside: bool,
}

impl fmt::Debug for SqliteConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteConnection")
    }
}

impl SqliteConnection {
    /// Has whatever comes run aside: it takes its time. Before the first statement of a transaction, nobody else waits for
    /// what is done in it.
    pub(super) async fn go_aside(&mut self) -> Result<(), sqlx::Error> {
        self.is_aside = true;
        if matches!(self.lent, Some(Lent::ToWrite(_))) { self.write(Writing::part).await } else { Ok(()) }
    }

    /// When what was done in a transaction lasts, once it is committed.
    pub(super) fn lasts(&self) -> Lasts {
        let is_in_passing = matches!(&self.lent, Some(Lent::ToWrite(writing)) if writing.is_in_passing());
        if is_in_passing { Lasts::Soon } else { Lasts::AtOnce }
    }

    /// Ends a transaction: what was done lasts. It waits for the disk, unless that may be soon.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        if self.lasts() == Lasts::Soon {
            return self.write(Writing::commit).await;
        }
        if !matches!(&self.lent, Some(Lent::ToWrite(writing)) if !writing.is_alone()) {
            self.is_aside = true;
            return self.write(Writing::commit).await;
        }
        let Some(Lent::ToWrite(writing)) = self.lent.take() else { return Err(sqlx::Error::WorkerCrashed) };
        let done = writing.join().map_err(sqlx::Error::database)?;
        done.await.map_err(|_| sqlx::Error::WorkerCrashed)?.map_err(sqlx::Error::database)
    }

    /// Ends a transaction, undoing it.
    pub(super) async fn rollback(mut self) -> Result<(), sqlx::Error> {
        self.write(Writing::roll_back).await
    }

    /// Runs statements: the rows, and how many were changed. Where one row is enough, no other is looked for.
    pub(super) async fn run(
        &mut self,
        sql: SqlStr,
        arguments: Option<AnyArguments>,
        one_is_enough: bool,
    ) -> Result<(Vec<AnyRow>, AnyQueryResult), sqlx::Error> {
        self.with(move |lent| {
            let connection = lent.connection().ok_or(Refused(rusqlite::Error::InvalidQuery))?;
            run(connection, sql.as_str(), arguments.as_ref(), one_is_enough)
        })
        .await
    }

    async fn write(&mut self, work: fn(&mut Writing) -> Result<(), Refused>) -> Result<(), sqlx::Error> {
        self.with(move |lent| match lent {
            Lent::ToWrite(writing) => work(writing),
            Lent::ToRead(_) => Err(Refused(rusqlite::Error::InvalidQuery)),
        })
        .await
    }

    async fn with<T: Send + 'static>(
        &mut self,
        mut work: impl FnMut(&mut Lent) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, sqlx::Error> {
        if !self.is_aside {
            match work(self.lent.as_mut().ok_or(sqlx::Error::WorkerCrashed)?) {
                // Somebody else has it, and will not be long.
                Err(refused) if refused.is_busy() => {}
                done => return done.map_err(sqlx::Error::database),
            }
        }
        // It comes back with the connection, or, where nobody waits for it any more, goes back itself.
        let mut lent = self.lent.take().ok_or(sqlx::Error::WorkerCrashed)?;
        let aside = move || {
            let done = wait(&lent, WAIT_FOR_LOCK).and_then(|()| work(&mut lent));
            let done = wait(&lent, Duration::ZERO).and(done);
            (lent, done)
        };
        let (lent, done) = tokio::task::spawn_blocking(aside).await.map_err(|_| sqlx::Error::WorkerCrashed)?;
        self.lent = Some(lent);
        done.map_err(sqlx::Error::database)
    }
}

/// From now on other processes are waited for so long.
fn wait(lent: &Lent, limit: Duration) -> Result<(), Refused> {
    lent.connection().map_or(Ok(()), |connection| connection.busy_timeout(limit)).map_err(Refused)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sqlx::Row;

    use super::super::connection::{Of, Pool};
    use super::super::engine::Lasts;

    /// A pool of one connection, with a table.
    async fn pool() -> (Pool, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let pool = Pool::new(Of::Sqlite(super::SqlitePool::open(&url, 1).await.unwrap()), Arc::default());
        sqlx::query("CREATE TABLE t (a BIGINT, b TEXT)").execute(&pool).await.unwrap();
        (pool, folder)
    }

    #[tokio::test]
    async fn what_was_begun_and_let_go_is_undone_before_the_connection_is_lent_again() {
        let (pool, _folder) = pool().await;
        let mut begun = pool.begin(Lasts::AtOnce).await.unwrap();
        sqlx::query("INSERT INTO t (a) VALUES (1)").execute(&mut begun).await.unwrap();
        drop(begun);
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM t").fetch_one(&pool).await.unwrap();
        assert_eq!(left, 0);
        pool.begin(Lasts::AtOnce).await.unwrap().commit().await.unwrap();
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
