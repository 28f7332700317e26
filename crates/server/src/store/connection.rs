//! Connections to either database, for the same statements.

use std::future::ready;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use futures_util::{FutureExt, TryFutureExt};
use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, Either, Execute, Executor, SqlStr};

use super::postgres::{PostgresConnection, PostgresPool};
use super::sqlite::{SqliteConnection, SqlitePool};

/// Connections.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PostgresPool),
}

impl Pool {
    /// Begins a transaction that may write.
    pub(super) async fn begin(&self) -> Result<Connection, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => pool.begin().await.map(Connection::Sqlite),
            Self::Postgres(pool) => pool.begin().await.map(Connection::Postgres),
        }
    }

    /// Another pool of the same database: however many use this one, they do not hold up those who use that one. Where one
    /// at a time writes, one of those at the most is before it, besides the one that is writing.
    pub(super) async fn beside(&self, connections: u32) -> Result<Self, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Self::Sqlite(pool.beside(connections).await?),
            Self::Postgres(pool) => Self::Postgres(pool.beside(connections)),
        })
    }

    /// Takes a connection from the others for as long as this is kept.
    #[cfg(test)]
    pub(super) async fn lend(&self) -> Result<Box<dyn Send>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Box::new(pool.acquire().await?),
            Self::Postgres(pool) => Box::new(pool.acquire().await?),
        })
    }

    /// Closes every connection, after what is under way has ended.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection in a transaction, which is undone if it is dropped.
#[derive(Debug)]
pub enum Connection {
    /// In this process.
    #[doc(hidden)]
    Sqlite(SqliteConnection),
    /// Over a network.
    #[doc(hidden)]
    Postgres(PostgresConnection),
}

impl Connection {
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => connection.commit().await,
            Self::Postgres(connection) => connection.commit().await,
        }
    }

    pub(super) async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => connection.rollback().await,
            Self::Postgres(connection) => connection.rollback().await,
        }
    }

    /// Has whatever comes hold up nobody else: it takes its time.
    pub(super) async fn go_aside(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => connection.go_aside().await,
            Self::Postgres(_) => Ok(()),
        }
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
async fn by_itself(pool: &Pool, asked: Asked, one_is_enough: bool) -> Result<Given, sqlx::Error> {
    let (sql, arguments) = asked?;
    match pool {
        Pool::Sqlite(pool) => {
            let mut connection = pool.acquire().await?;
            // What writes waits for the disk. What reads, and takes its time, is written `WITH … SELECT`.
            if !sql.as_str().trim_start().starts_with("SELECT") {
                connection.go_aside().await?;
            }
            connection.run(sql, arguments, one_is_enough).await
        }
        Pool::Postgres(pool) => pool.run(sql, arguments, one_is_enough).await,
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
        match self {
            Connection::Sqlite(connection) => {
                within(connection, taken(query), false).map_ok(steps).try_flatten_stream().boxed()
            }
            Connection::Postgres(connection) => match connection.inner() {
                Ok(connection) => connection.fetch_many(query),
                Err(error) => stream::once(ready(Err(error))).boxed(),
            },
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self {
            Connection::Sqlite(connection) => within(connection, taken(query), true).map_ok(first).boxed(),
            Connection::Postgres(connection) => match connection.inner() {
                Ok(connection) => connection.fetch_optional(query),
                Err(error) => ready(Err(error)).boxed(),
            },
        }
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
        by_itself(self, taken(query), false).map_ok(steps).try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        by_itself(self, taken(query), true).map_ok(first).boxed()
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
