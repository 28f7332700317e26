//! The one connection that writes to an SQLite database, and who has it.
//!
//! A commit waits for the disk. Transactions of those who come meanwhile wait for the next one together: each runs in a
//! savepoint of one transaction of SQLite, and none is answered before that one lasts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use super::engine::WAIT_FOR_CONNECTION;
use super::sqlite_rows::{Refused, tell};

/// What begins, ends and undoes one of several parts of a transaction of SQLite.
const PART_BEGINS: &str = "SAVEPOINT part";
const PART_ENDS: &str = "RELEASE part";
const PART_UNDONE: &str = "ROLLBACK TO part";

/// Told whether what a transaction did lasts.
pub(super) type Done = oneshot::Receiver<Result<(), Refused>>;

/// The connection that writes, while nobody has it.
#[derive(Default)]
struct Idle {
    connection: Option<rusqlite::Connection>,
    parts: Vec<oneshot::Sender<Result<(), Refused>>>,
}

/// Who writes next. SQLite itself knows no order.
#[derive(Clone)]
pub(super) struct Writers {
    idle: Arc<Mutex<Idle>>,
    /// Whose turn it is to wait for `writing`: one of each pool.
    next: Arc<Semaphore>,
    /// The same of the pool that the most come to.
    main: Arc<Semaphore>,
    /// Whose turn it is to write; of all pools, first come, first served.
    writing: Arc<Semaphore>,
}

impl Writers {
    pub(super) fn new(connection: rusqlite::Connection) -> Self {
        let idle = Arc::new(Mutex::new(Idle { connection: Some(connection), parts: Vec::new() }));
        let next = Arc::new(Semaphore::new(1));
        Self { idle, main: next.clone(), next, writing: Arc::new(Semaphore::new(1)) }
    }

    /// Those of another pool of the same database: of all who come to this one, one is waited for.
    pub(super) fn beside(&self) -> Self {
        Self { next: Arc::new(Semaphore::new(1)), ..self.clone() }
    }

    /// The connection, once it is this one's turn.
    pub(super) async fn take(&self) -> Result<Writing, sqlx::Error> {
        let turn = timeout(WAIT_FOR_CONNECTION, self.turn(&self.next)).await;
        turn.map_err(|_| sqlx::Error::PoolTimedOut)?.ok_or(sqlx::Error::PoolClosed)
    }

    async fn turn(&self, next: &Arc<Semaphore>) -> Option<Writing> {
        let next = next.clone().acquire_owned().await.ok()?;
        let turn = self.writing.clone().acquire_owned().await.ok()?;
        drop(next);
        let idle = std::mem::take(&mut *lock(&self.idle));
        Some(Writing { idle, has_begun: false, writers: self.clone(), _turn: turn })
    }

    /// Lets nobody of this pool write after those who wait now; where it is the one that the most come to, nobody at all, and
    /// closes the connection.
    pub(super) async fn close(&self) {
        if !Arc::ptr_eq(&self.next, &self.main) {
            let last = self.next.acquire().await;
            self.next.close();
            return drop(last);
        }
        let Some(mut writing) = self.turn(&self.main).await else { return };
        self.writing.close();
        let close = move || {
            if writing.is_part() {
                writing.commit_parts();
            }
            writing.idle.connection = None;
        };
        drop(tokio::task::spawn_blocking(close).await);
    }

    /// Whether nobody is before whoever comes now.
    fn are_none(&self) -> bool {
        self.main.available_permits() > 0 && self.next.available_permits() > 0
    }

    /// Ends the transaction that several are part of, after all who wait now.
    async fn commit(self) {
        let Some(mut writing) = self.turn(&self.main).await else { return };
        if writing.is_part() {
            // What came of it is told to each.
            drop(tokio::task::spawn_blocking(move || writing.commit_parts()).await);
        }
    }
}

fn lock(idle: &Mutex<Idle>) -> MutexGuard<'_, Idle> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The connection, as long as it is somebody's turn. What was begun and not ended with it is undone when it is dropped,
/// wherever that is.
pub(super) struct Writing {
    idle: Idle,
    has_begun: bool,
    writers: Writers,
    _turn: OwnedSemaphorePermit,
}

impl Writing {
    pub(super) fn connection(&self) -> Option<&rusqlite::Connection> {
        self.idle.connection.as_ref()
    }

    /// Begins a transaction. SQLite takes its lock at once, so that it cannot fail half-way.
    pub(super) fn begin(&mut self) -> Result<(), Refused> {
        let begin = if self.is_part() { PART_BEGINS } else { "BEGIN IMMEDIATE" };
        self.tell(begin)?;
        self.has_begun = true;
        Ok(())
    }

    /// Whether others wait for the same commit.
    fn is_part(&self) -> bool {
        !self.idle.parts.is_empty()
    }

    /// Whether nobody waits who could be part of the same commit.
    pub(super) fn is_alone(&self) -> bool {
        !self.is_part() && self.writers.are_none()
    }

    /// Ends this transaction together with those of all who wait now.
    pub(super) fn join(mut self) -> Result<Done, Refused> {
        let is_first = !self.is_part();
        if !is_first {
            self.tell(PART_ENDS)?;
        }
        self.has_begun = false;
        let (part, done) = oneshot::channel();
        self.idle.parts.push(part);
        if is_first {
            tokio::spawn(self.writers.clone().commit());
        }
        Ok(done)
    }

    /// Ends this transaction. It waits for the disk.
    pub(super) fn commit(&mut self) -> Result<(), Refused> {
        self.tell("COMMIT")?;
        self.has_begun = false;
        Ok(())
    }

    /// Undoes this transaction.
    pub(super) fn roll_back(&mut self) -> Result<(), Refused> {
        if self.is_part() {
            self.tell(PART_UNDONE)?;
            self.tell(PART_ENDS)?;
        } else {
            self.tell("ROLLBACK")?;
        }
        self.has_begun = false;
        Ok(())
    }

    /// Begins anew, for what takes its time: whoever waits for the commit does not wait for that. It waits for the disk.
    pub(super) fn part(&mut self) -> Result<(), Refused> {
        if self.is_part() {
            self.roll_back()?;
            self.commit_parts();
            self.begin()?;
        }
        Ok(())
    }

    /// Makes last what others have ended, and tells them. It waits for the disk.
    fn commit_parts(&mut self) {
        let done = self.tell("COMMIT");
        if let Err(error) = &done {
            tracing::error!(%error, "what was done was not stored");
            self.undo_all();
        }
        for part in self.idle.parts.drain(..) {
            // Whoever does not listen any more has gone.
            drop(part.send(done.as_ref().copied().map_err(Refused::again)));
        }
    }

    fn tell(&self, statement: &'static str) -> Result<(), Refused> {
        let connection = self.connection().ok_or(Refused(rusqlite::Error::InvalidQuery))?;
        tell(connection, statement)
    }

    fn undo_all(&self) {
        if self.connection().is_some_and(|connection| !connection.is_autocommit())
            && let Err(error) = self.tell("ROLLBACK")
        {
            tracing::error!(%error, "a transaction was not undone");
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.has_begun && self.roll_back().is_err() {
            // Where there is no room on the disk, say, SQLite undoes everything by itself.
            self.undo_all();
        }
        if self.connection().is_none_or(rusqlite::Connection::is_autocommit) {
            // Those who wait for a commit that cannot come are told by this.
            self.idle.parts.clear();
        }
        *lock(&self.writers.idle) = std::mem::take(&mut self.idle);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::connection::{Connection, Of, Pool};
    use super::super::sqlite::SqlitePool;
    use tokio::task::JoinHandle;

    type Ended = JoinHandle<Result<(), sqlx::Error>>;

    async fn insert(connection: &mut Connection, number: i64) {
        sqlx::query("INSERT INTO t (a) VALUES ($1)").bind(number).execute(connection).await.unwrap();
    }

    async fn stored(pool: &Pool) -> Vec<i64> {
        sqlx::query_scalar("SELECT a FROM t ORDER BY a").fetch_all(pool).await.unwrap()
    }

    /// One that is ending, and another one that waited for it and has begun.
    async fn two() -> (Pool, Ended, Connection, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let pool = Pool::new(Of::Sqlite(SqlitePool::open(&url, 1).await.unwrap()), Arc::default());
        sqlx::query("CREATE TABLE t (a BIGINT)").execute(&pool).await.unwrap();
        let mut first = pool.begin().await.unwrap();
        insert(&mut first, 1).await;
        let waiting = pool.clone();
        let second = tokio::spawn(async move { waiting.begin().await });
        // On this one thread, it waits by then.
        tokio::task::yield_now().await;
        let first = tokio::spawn(first.commit());
        let mut second = second.await.unwrap().unwrap();
        insert(&mut second, 2).await;
        assert!(!first.is_finished());
        assert!(stored(&pool).await.is_empty(), "nothing lasts before it was written to the disk");
        (pool, first, second, folder)
    }

    #[tokio::test]
    async fn whoever_waits_while_another_ends_is_part_of_the_same_commit() {
        let (pool, first, second, _folder) = two().await;
        let second = tokio::spawn(second.commit());
        first.await.unwrap().unwrap();
        assert_eq!(stored(&pool).await, [1, 2]);
        second.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn what_one_of_several_undoes_or_lets_go_is_its_own_alone() {
        for lets_go in [false, true] {
            let (pool, first, second, _folder) = two().await;
            if lets_go {
                drop(second);
            } else {
                second.rollback().await.unwrap();
            }
            first.await.unwrap().unwrap();
            assert_eq!(stored(&pool).await, [1]);
            pool.begin().await.unwrap().commit().await.unwrap();
        }
    }

    #[tokio::test]
    async fn nobody_waits_for_the_end_of_what_takes_its_time() {
        let (pool, first, second, _folder) = two().await;
        second.rollback().await.unwrap();
        first.await.unwrap().unwrap();
        let mut first = pool.begin().await.unwrap();
        insert(&mut first, 3).await;
        let waiting = pool.clone();
        let long = tokio::spawn(async move {
            let mut long = waiting.begin().await?;
            long.go_aside().await?;
            Ok::<_, sqlx::Error>(long)
        });
        tokio::task::yield_now().await;
        first.commit().await.unwrap();
        let mut long = long.await.unwrap().unwrap();
        insert(&mut long, 4).await;
        assert_eq!(stored(&pool).await, [1, 3]);
        long.commit().await.unwrap();
        assert_eq!(stored(&pool).await, [1, 3, 4]);
    }

    #[tokio::test]
    async fn where_sqlite_undoes_everything_all_are_told() {
        let (pool, first, mut second, _folder) = two().await;
        sqlx::raw_sql("ROLLBACK").execute(&mut second).await.unwrap();
        assert!(second.commit().await.is_err());
        assert!(first.await.unwrap().is_err());
        let mut next = pool.begin().await.unwrap();
        insert(&mut next, 5).await;
        next.commit().await.unwrap();
        assert_eq!(stored(&pool).await, [5]);
    }

    #[tokio::test]
    async fn what_waits_for_a_commit_is_stored_before_everything_is_closed() {
        let (pool, first, second, _folder) = two().await;
        let closing = pool.clone();
        let closed = tokio::spawn(async move { closing.close().await });
        tokio::task::yield_now().await;
        second.commit().await.unwrap();
        first.await.unwrap().unwrap();
        closed.await.unwrap();
        assert!(pool.begin().await.is_err());
    }
}
