//! The one connection that writes to an SQLite database, and who has it.
//!
//! A commit waits for the disk. Transactions of those who come meanwhile wait for the next one together: each runs in a
//! savepoint of one transaction of SQLite, and none is answered before that one lasts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use super::engine::WAIT_FOR_CONNECTION;
use super::sqlite_rows::{Refused, set, tell};

/// What was answered survives a power cut. Most pages change again before they are carried over: 16 MiB of them wait at the
/// most.
pub(super) const LASTS_AT_ONCE: &str = "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;";
/// What is committed is there for everybody, and the disk is not waited for: neither to have it, nor to carry pages over.
const LASTS_SOON: &str = "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;";

/// What begins, ends and undoes one of several parts of a transaction of SQLite.
const PART_BEGINS: &str = "SAVEPOINT part";
const PART_ENDS: &str = "RELEASE part";
const PART_UNDONE: &str = "ROLLBACK TO part";

/// Changes nothing, and is written all the same.
const WRITES: &str = "PRAGMA user_version = 0";

/// Told whether what a transaction did lasts.
pub(super) type Done = oneshot::Receiver<Result<(), Refused>>;

/// The connection that writes, while nobody has it.
#[derive(Default)]
struct Idle {
    connection: Option<rusqlite::Connection>,
    /// Whether its settings are, or may be, those of what lasts soon.
    lasts_soon: bool,
    /// Whether something was committed that may not last yet.
    waits: bool,
    /// Whether the transaction that has begun has something to write.
    writes: bool,
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
        let idle = Arc::new(Mutex::new(Idle { connection: Some(connection), ..Idle::default() }));
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
        Some(Writing { idle, has_begun: false, is_in_passing: false, changes: 0, writers: self.clone(), _turn: turn })
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
    /// Whether the disk is not waited for.
    is_in_passing: bool,
    /// How many rows had been changed before.
    changes: u64,
    writers: Writers,
    _turn: OwnedSemaphorePermit,
}

impl Writing {
    pub(super) fn connection(&self) -> Option<&rusqlite::Connection> {
        self.idle.connection.as_ref()
    }

    /// Begins a transaction. SQLite takes its lock at once, so that it cannot fail half-way.
    pub(super) fn begin(&mut self) -> Result<(), Refused> {
        // To change the settings takes as long as many a statement, and what lasts soon often comes twice.
        if self.idle.lasts_soon != self.is_in_passing {
            // Where they are not changed in whole, they are the next time.
            self.idle.lasts_soon = true;
            self.set(if self.is_in_passing { LASTS_SOON } else { LASTS_AT_ONCE })?;
            self.idle.lasts_soon = self.is_in_passing;
        }
        let begin = if self.is_part() { PART_BEGINS } else { "BEGIN IMMEDIATE" };
        self.tell(begin)?;
        self.has_begun = true;
        self.changes = self.changes();
        Ok(())
    }

    /// The same, of one that lasts with the next one, unless it lasts at once together with others.
    pub(super) fn begin_in_passing(&mut self) -> Result<(), Refused> {
        self.is_in_passing = self.is_alone();
        self.begin()
    }

    /// Whether its commit does not wait for the disk.
    pub(super) fn is_in_passing(&self) -> bool {
        self.is_in_passing
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
        self.idle.writes |= self.changes() != self.changes;
        let (part, done) = oneshot::channel();
        self.idle.parts.push(part);
        if is_first {
            tokio::spawn(self.writers.clone().commit());
        }
        Ok(done)
    }

    /// Ends this transaction. It waits for the disk.
    pub(super) fn commit(&mut self) -> Result<(), Refused> {
        self.idle.writes |= self.changes() != self.changes;
        self.end()?;
        self.has_begun = false;
        Ok(())
    }

    fn end(&mut self) -> Result<(), Refused> {
        // SQLite waits for the disk where there is something to write, and what is answered may rest on what was written before.
        // Rows that are changed to what they are would count here, and be written nowhere: no step does that alone.
        if self.idle.waits && !self.is_in_passing && !self.idle.writes {
            self.tell(WRITES)?;
        }
        self.tell("COMMIT")?;
        self.idle.waits = self.is_in_passing;
        Ok(())
    }

    fn changes(&self) -> u64 {
        self.connection().map_or(0, rusqlite::Connection::total_changes)
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
        let done = self.end();
        if let Err(error) = &done {
            tracing::error!(%error, "what was done was not stored");
            self.undo_all();
        }
        for part in self.idle.parts.drain(..) {
            // Whoever does not listen any more has gone.
            drop(part.send(done.as_ref().copied().map_err(Refused::again)));
        }
    }

    fn set(&self, settings: &str) -> Result<(), Refused> {
        set(self.connection().ok_or(Refused(rusqlite::Error::InvalidQuery))?, settings)
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
            self.idle.writes = false;
        }
        *lock(&self.writers.idle) = std::mem::take(&mut self.idle);
    }
}

#[cfg(test)]
mod tests;
