//! Connections to either database, for the same statements.

use std::future::ready;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use futures_util::{FutureExt, TryFutureExt, TryStreamExt};
use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, Either, Execute, Executor, SqlStr};

use super::engine::Lasts;
use super::meter::Meter;
use super::postgres::{PostgresConnection, PostgresPool};
use super::sqlite::{SqliteConnection, SqlitePool};

/// Connections. Whatever they are asked and do not do is counted.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    pub(super) of: Of,
    meter: Arc<Meter>,
}

/// Connections to one of the two.
#[derive(Clone, Debug)]
pub(super) enum Of {
    Sqlite(SqlitePool),
    Postgres(PostgresPool),
}

impl Pool {
    pub(super) fn new(of: Of, meter: Arc<Meter>) -> Self {
        Self { of, meter }
    }

    /// Begins a transaction that may write. With PostgreSQL, which tells nobody's commit from another's, it lasts at once.
    pub(super) async fn begin(&self, lasts: Lasts) -> Result<Connection, sqlx::Error> {
        let lent = match &self.of {
            Of::Sqlite(pool) => pool.begin(lasts).await.map(Lent::Sqlite),
            Of::Postgres(pool) => pool.begin().await.map(Lent::Postgres),
        };
        let lent = lent.inspect_err(|error| self.meter.failed(error))?;
        Ok(Connection { lent, meter: self.meter.clone() })
    }

    /// Another pool of the same database: however many use this one, they do not hold up those who use that one. Where one
    /// at a time writes, one of those at the most is before it, besides the one that is writing.
    pub(super) async fn beside(&self, connections: u32) -> Result<Self, sqlx::Error> {
        let of = match &self.of {
            Of::Sqlite(pool) => Of::Sqlite(pool.beside(connections).await?),
            Of::Postgres(pool) => Of::Postgres(pool.beside(connections)),
        };
        Ok(Self::new(of, self.meter.clone()))
    }

    /// Takes a connection from the others for as long as this is kept.
    #[cfg(test)]
    pub(super) async fn lend(&self) -> Result<Box<dyn Send>, sqlx::Error> {
        Ok(match &self.of {
            Of::Sqlite(pool) => Box::new(pool.acquire().await?),
            Of::Postgres(pool) => Box::new(pool.acquire().await?),
        })
    }

    /// Closes every connection, after what is under way has ended.
    pub(super) async fn close(&self) {
        match &self.of {
            Of::Sqlite(pool) => pool.close().await,
            Of::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection in a transaction, which is undone if it is dropped.
#[derive(Debug)]
pub struct Connection {
    lent: Lent,
    meter: Arc<Meter>,
}

#[derive(Debug)]
enum Lent {
    /// In this process.
    Sqlite(SqliteConnection),
    /// Over a network.
    Postgres(PostgresConnection),
}

impl Connection {
    /// When what was done lasts, once it is committed.
    pub(super) fn lasts(&self) -> Lasts {
        match &self.lent {
            Lent::Sqlite(connection) => connection.lasts(),
            Lent::Postgres(_) => Lasts::AtOnce,
        }
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        let done = match self.lent {
            Lent::Sqlite(connection) => connection.commit().await,
            Lent::Postgres(connection) => connection.commit().await,
        };
        done.inspect_err(|error| self.meter.failed(error))
    }

    pub(super) async fn rollback(self) -> Result<(), sqlx::Error> {
        let done = match self.lent {
            Lent::Sqlite(connection) => connection.rollback().await,
            Lent::Postgres(connection) => connection.rollback().await,
        };
        done.inspect_err(|error| self.meter.failed(error))
    }

    /// Has whatever comes hold up nobody else: it takes its time.
    pub(super) async fn go_aside(&mut self) -> Result<(), sqlx::Error> {
        let done = match &mut self.lent {
            Lent::Sqlite(connection) => connection.go_aside().await,
            Lent::Postgres(_) => Ok(()),
        };
        done.inspect_err(|error| self.meter.failed(error))
    }
}

type Steps<'e> = BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>;

/// The rows of a statement, and what became of it.
type Given = (Vec<AnyRow>, AnyQueryResult);

fn steps((rows, result): Given) -> Steps<'static> {
    let rows = rows.into_iter().map(|row| Ok(Either::Right(row)));
    stream::iter(rows.chain([Ok(Either::Left(result))])).boxed()
}

fn first((rows, _): Given) -> Option<AnyRow> {
    rows.into_iter().next()
}

async fn within(connection: &mut SqliteConnection, asked: Asked, one_is_enough: bool) -> Result<Given, sqlx::Error> {
    let (sql, arguments) = asked?;
    connection.run(sql, arguments, one_is_enough).await
}

/// Runs a statement that is a transaction of its own.
async fn by_itself(of: &Of, asked: Asked, one_is_enough: bool) -> Result<Given, sqlx::Error> {
    let (sql, arguments) = asked?;
    match of {
        Of::Sqlite(pool) => {
            let mut connection = pool.acquire().await?;
            // What writes waits for the disk. What reads, and takes its time, is written `WITH … SELECT`.
            if !sql.as_str().trim_start().starts_with("SELECT") {
                connection.go_aside().await?;
            }
            connection.run(sql, arguments, one_is_enough).await
        }
        Of::Postgres(pool) => pool.run(sql, arguments, one_is_enough).await,
    }
}

/// A statement, and its arguments if it is one that can have some.
type Asked = Result<(SqlStr, Option<AnyArguments>), sqlx::Error>;

fn taken<'q>(mut query: impl Execute<'q, Any>) -> Asked {
    let arguments = query.take_arguments().map_err(sqlx::Error::Encode)?;
    Ok((query.sql(), arguments))
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> Steps<'e>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let meter = &self.meter;
        let steps: Steps<'e> = match &mut self.lent {
            Lent::Sqlite(connection) => {
                within(connection, taken(query), false).map_ok(steps).try_flatten_stream().boxed()
            }
            Lent::Postgres(connection) => match connection.inner() {
                Ok(connection) => connection.fetch_many(query),
                Err(error) => stream::once(ready(Err(error))).boxed(),
            },
        };
        steps.inspect_err(|error| meter.failed(error)).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let meter = &self.meter;
        let row: BoxFuture<'e, _> = match &mut self.lent {
            Lent::Sqlite(connection) => within(connection, taken(query), true).map_ok(first).boxed(),
            Lent::Postgres(connection) => match connection.inner() {
                Ok(connection) => connection.fetch_optional(query),
                Err(error) => ready(Err(error)).boxed(),
            },
        };
        row.inspect_err(|error| meter.failed(error)).boxed()
    }

    fn prepare_with<'e>(self, _: SqlStr, _: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        unprepared()
    }
}

impl<'c> Executor<'c> for &'c Pool {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> Steps<'e>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let steps = by_itself(&self.of, taken(query), false).map_ok(steps).try_flatten_stream();
        steps.inspect_err(|error| self.meter.failed(error)).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let row = by_itself(&self.of, taken(query), true).map_ok(first);
        row.inspect_err(|error| self.meter.failed(error)).boxed()
    }

    fn prepare_with<'e>(self, _: SqlStr, _: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        unprepared()
    }
}

/// Statements are prepared as they are run, and kept.
fn unprepared<'e>() -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>> {
    async { Err(sqlx::Error::AnyDriverError("statements are prepared as they are run".into())) }.boxed()
}
