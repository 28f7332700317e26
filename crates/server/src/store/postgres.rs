//! Connections to PostgreSQL.
//!
//! Each thing that is asked is a way to the database and back. Whether a connection still stands is therefore not asked
//! before and after every use of it: one that was used a moment ago is taken as it is, and where it turns out to be lost
//! before anything was done with it, another one is.

use std::fmt;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyQueryResult, AnyRow};
use sqlx::{AnyConnection, Connection as _, Either, Executor, SqlStr};
use sqlx_core::any::{AnyArgumentBuffer, AnyTransactionManager};
use sqlx_core::transaction::TransactionManager as _;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

use super::engine::{WAIT_FOR_CONNECTION, prepare};

/// One that was used so recently is not asked whether it stands.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// What a connection of PostgreSQL has come to need is let go of then.
const LIFE: Duration = Duration::from_mins(30);
/// One that has not been needed for so long is closed.
const IDLE: Duration = Duration::from_mins(10);
/// Pauses between trying to connect to a PostgreSQL that starts: each twice as long as the one before.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_secs(2)];

/// Connections to one database. They are opened as they are needed.
#[derive(Clone)]
pub(super) struct PostgresPool(Arc<Shared>);

struct Shared {
    options: AnyConnectOptions,
    /// That of the latest use last.
    free: Mutex<Vec<Free>>,
    places: Arc<Semaphore>,
    connections: u32,
}

struct Free {
    connection: AnyConnection,
    opened_at: Instant,
    used_at: Instant,
}

impl fmt::Debug for PostgresPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresPool")
    }
}

impl PostgresPool {
    /// So many connections at the most.
    pub(super) fn new(options: AnyConnectOptions, connections: u32) -> Self {
        let places = Arc::new(Semaphore::new(connections as usize));
        Self(Arc::new(Shared { options, free: Mutex::default(), places, connections }))
    }

    /// Another pool of the same database.
    pub(super) fn beside(&self, connections: u32) -> Self {
        Self::new(self.0.options.clone(), connections)
    }

    /// A connection, as soon as one is free.
    pub(super) async fn acquire(&self) -> Result<PostgresConnection, sqlx::Error> {
        self.acquire_used_within(TRUSTED_FOR).await
    }

    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<PostgresConnection, sqlx::Error> {
        let mut connection = self.acquire().await?;
        match connection.begin().await {
            // Nothing is done yet, so that it can be tried again.
            Err(error) if is_lost(&error) => {
                connection.lose();
                let mut another = self.acquire_used_within(Duration::ZERO).await?;
                another.begin().await.map(|()| another)
            }
            begun => begun.map(|()| connection),
        }
    }

    /// Runs a statement that is a transaction of its own.
    pub(super) async fn run(
        &self,
        sql: SqlStr,
        arguments: Option<AnyArguments>,
        one_is_enough: bool,
    ) -> Result<(Vec<AnyRow>, AnyQueryResult), sqlx::Error> {
        // What may have been done is not done again.
        let is_safe = sql.as_str().trim_start().starts_with("SELECT");
        let mut connection = self.acquire_used_within(if is_safe { TRUSTED_FOR } else { Duration::ZERO }).await?;
        let again = arguments.as_ref().map(|arguments| arguments.values.0.clone());
        match connection.run(sql.clone(), arguments, one_is_enough).await {
            Err(error) if is_safe && is_lost(&error) => {
                connection.lose();
                let mut another = self.acquire_used_within(Duration::ZERO).await?;
                let arguments = again.map(|values| AnyArguments { values: AnyArgumentBuffer(values) });
                another.run(sql, arguments, one_is_enough).await
            }
            done => done,
        }
    }

    /// How many connections are open, and nobody has.
    #[cfg(test)]
    pub(super) fn opened(&self) -> usize {
        self.0.free().len()
    }

    /// Closes every connection, once it is given back.
    pub(super) async fn close(&self) {
        // Those that are lent come first.
        let all = self.0.places.acquire_many(self.0.connections).await;
        self.0.places.close();
        drop(all);
        let free = std::mem::take(&mut *self.0.free());
        for Free { connection, .. } in free {
            // It goes either way.
            drop(connection.close().await);
        }
    }

    /// A connection that was used within this time, or has answered just now.
    async fn acquire_used_within(&self, trusted_for: Duration) -> Result<PostgresConnection, sqlx::Error> {
        let acquired = timeout(WAIT_FOR_CONNECTION, async {
            let place = self.0.places.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
            let (connection, opened_at) = match self.free_one(trusted_for).await {
                Some(free) => (free.connection, free.opened_at),
                None => (self.connect().await?, Instant::now()),
            };
            let lent = Lent { connection, opened_at, pool: self.clone(), place };
            Ok(PostgresConnection { lent: Some(lent), is_at_rest: true })
        });
        acquired.await.map_err(|_| sqlx::Error::PoolTimedOut)?
    }

    async fn free_one(&self, trusted_for: Duration) -> Option<Free> {
        loop {
            let mut free = self.0.free().pop()?;
            if free.opened_at.elapsed() > LIFE {
                part(free.connection);
            } else if free.used_at.elapsed() < trusted_for || free.connection.ping().await.is_ok() {
                return Some(free);
            }
        }
    }

    /// Opens a connection. Where PostgreSQL is starting or has too many, it is tried again for as long as anybody waits.
    async fn connect(&self) -> Result<AnyConnection, sqlx::Error> {
        let [mut pause, longest] = PAUSES;
        loop {
            match AnyConnection::connect_with(&self.0.options).await {
                Ok(mut connection) => match prepare(&mut connection).await {
                    Ok(()) => return Ok(connection),
                    Err(error) => tracing::error!(%error, "a connection to the database was lost at once"),
                },
                Err(sqlx::Error::Io(error)) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(sqlx::Error::Database(error)) if error.is_transient_in_connect_phase() => {}
                Err(error) => return Err(error),
            }
            sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }
}

impl Shared {
    fn free(&self) -> MutexGuard<'_, Vec<Free>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the connection is gone: PostgreSQL has ended it, or nobody is there.
fn is_lost(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(error, sqlx::Error::Io(_)) || code.is_some_and(|code| code.starts_with("57P0"))
}

/// Says goodbye without anybody waiting for it.
fn part(connection: AnyConnection) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(connection.close());
    }
}

/// A connection that goes back when this is dropped; what was begun with it and not ended is undone.
pub(super) struct PostgresConnection {
    lent: Option<Lent>,
    /// Whether everything that was asked has been answered, and nothing that was begun has to be ended.
    is_at_rest: bool,
}

struct Lent {
    connection: AnyConnection,
    opened_at: Instant,
    pool: PostgresPool,
    place: OwnedSemaphorePermit,
}

impl fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresConnection")
    }
}

impl PostgresConnection {
    /// The connection itself, to be used within a transaction.
    pub(super) fn inner(&mut self) -> Result<&mut AnyConnection, sqlx::Error> {
        self.is_at_rest = false;
        self.lent.as_mut().map(|lent| &mut lent.connection).ok_or(sqlx::Error::WorkerCrashed)
    }

    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        AnyTransactionManager::begin(self.inner()?, None).await
    }

    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        AnyTransactionManager::commit(self.inner()?).await?;
        self.is_at_rest = true;
        Ok(())
    }

    pub(super) async fn rollback(mut self) -> Result<(), sqlx::Error> {
        AnyTransactionManager::rollback(self.inner()?).await?;
        self.is_at_rest = true;
        Ok(())
    }

    async fn run(
        &mut self,
        sql: SqlStr,
        arguments: Option<AnyArguments>,
        one_is_enough: bool,
    ) -> Result<(Vec<AnyRow>, AnyQueryResult), sqlx::Error> {
        let connection = self.inner()?;
        let (mut rows, mut result) = (Vec::new(), AnyQueryResult::default());
        let Some(arguments) = arguments else {
            connection.execute(sqlx::raw_sql(sql)).await?;
            self.is_at_rest = true;
            return Ok((rows, result));
        };
        let query = sqlx::query_with(sql, arguments);
        if one_is_enough {
            rows.extend(connection.fetch_optional(query).await?);
        } else {
            let mut steps = connection.fetch_many(query);
            while let Some(step) = steps.next().await {
                match step? {
                    Either::Left(done) => result.extend([done]),
                    Either::Right(row) => rows.push(row),
                }
            }
        }
        self.is_at_rest = true;
        Ok((rows, result))
    }

    /// Gives its place back without the connection.
    fn lose(mut self) {
        self.lent = None;
    }
}

impl Lent {
    fn give_back(self) {
        let Self { connection, opened_at, pool, place } = self;
        let mut free = pool.0.free();
        free.push(Free { connection, opened_at, used_at: Instant::now() });
        let idle = free.first().is_some_and(|longest| longest.used_at.elapsed() > IDLE).then(|| free.remove(0));
        drop(free);
        // Whoever has the place finds the connection.
        drop(place);
        if let Some(idle) = idle {
            part(idle.connection);
        }
    }

    /// Undoes what was begun.
    async fn come_to_rest(&mut self) -> Result<(), sqlx::Error> {
        AnyTransactionManager::start_rollback(&mut self.connection);
        timeout(WAIT_FOR_CONNECTION, self.connection.ping()).await.map_err(|_| sqlx::Error::PoolTimedOut)?
    }
}

impl Drop for PostgresConnection {
    fn drop(&mut self) {
        let Some(mut lent) = self.lent.take() else { return };
        if self.is_at_rest {
            return lent.give_back();
        }
        // Where nothing runs any more, PostgreSQL undoes it as the connection goes.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if lent.come_to_rest().await.is_ok() {
                    lent.give_back();
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sqlx::AssertSqlSafe;

    use super::super::connection::{Of, Pool};
    use super::super::engine::Lasts;
    use super::super::testing::{postgres, store};
    use super::super::{Store, StoreError};

    /// Has PostgreSQL end the connection that the store takes next.
    async fn cut_off(store: &Store, url: &str) {
        let mut tx = store.begin().await.unwrap();
        let process: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let end = AssertSqlSafe(format!("SELECT pg_terminate_backend({process}, 5000)"));
        let elsewhere = super::PostgresPool::new(url.parse().unwrap(), 1);
        let elsewhere = Pool::new(Of::Postgres(elsewhere), Arc::default());
        assert!(sqlx::query_scalar::<_, bool>(end).fetch_one(&elsewhere).await.unwrap());
    }

    #[tokio::test]
    async fn where_connections_are_cut_off_others_are_taken() -> Result<(), StoreError> {
        let Some(url) = postgres() else { return Ok(()) };
        let (store, _database) = store().await;
        cut_off(&store, &url).await;
        store.begin().await?.commit().await?;
        cut_off(&store, &url).await;
        assert_eq!(store.account_by_username("ada").await?, None);
        cut_off(&store, &url).await;
        store.forget_signing_keys(0).await
    }

    #[tokio::test]
    async fn what_was_begun_and_let_go_is_undone_before_the_connection_is_lent_again() -> Result<(), StoreError> {
        let Some(_) = postgres() else { return Ok(()) };
        let (store, database) = store().await;
        let pool = super::PostgresPool::new(database.config.url.parse().unwrap(), 1);
        drop(store);
        let pool = Pool::new(Of::Postgres(pool), Arc::default());
        let mut begun = pool.begin(Lasts::AtOnce).await?;
        sqlx::query("INSERT INTO dpop_proof (id, expires_at) VALUES ('a', 0)").execute(&mut begun).await?;
        drop(begun);
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM dpop_proof").fetch_one(&pool).await?;
        assert_eq!(left, 0);
        pool.begin(Lasts::AtOnce).await?.commit().await?;
        Ok(())
    }
}
