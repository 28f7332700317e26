//! The two databases, and all that differs between them.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, Connection as _, Executor};
use tokio::time::timeout;

use super::connection::{Of, Pool};
use super::meter::Meter;
use super::postgres::PostgresPool;
use super::sqlite::SqlitePool;
use super::{Store, StoreError, Transaction};

/// How long whoever asks waits for a connection.
pub(super) const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(10);

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    /// One file, one server.
    Sqlite,
    /// For several servers.
    Postgres,
}

/// When what was done in a transaction lasts, once it is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// At once, a power cut or not.
    AtOnce,
    /// With the next one that lasts at once. Until then it is there for everybody, and a power cut would undo it.
    Soon,
}

/// What one server at a time does, by its number in PostgreSQL's advisory locks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alone {
    /// Bringing the schema up to date.
    Schema = 1,
    /// Making the first keys, or new ones.
    Keys = 2,
    /// Deleting what has had its time.
    Housekeeping = 3,
}

impl Engine {
    /// The database of an address.
    pub(super) fn of(url: &str) -> Option<Self> {
        match url.split(':').next() {
            Some("sqlite") => Some(Self::Sqlite),
            Some("postgres" | "postgresql") => Some(Self::Postgres),
            _ => None,
        }
    }

    /// A pool of connections.
    pub(super) async fn pool(self, url: &str, connections: u32, meter: Arc<Meter>) -> Result<Pool, sqlx::Error> {
        let of = match self {
            Self::Sqlite => Of::Sqlite(SqlitePool::open(url, connections).await?),
            Self::Postgres => Of::Postgres(PostgresPool::new(AnyConnectOptions::from_str(url)?, connections)),
        };
        Ok(Pool::new(of, meter))
    }

    /// Connects once: a pool tries again and again where a connection cannot be prepared, and hides why.
    pub(super) async fn try_to_connect(self, url: &str) -> Result<(), StoreError> {
        if self == Self::Sqlite {
            return Ok(SqlitePool::open(url, 0).await.map(drop)?);
        }
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(url)?;
        let connect = async {
            let mut first = AnyConnection::connect_with(&options).await?;
            prepare(&mut first).await?;
            first.close().await
        };
        Ok(timeout(WAIT_FOR_CONNECTION, connect).await.map_err(|_| StoreError::Silent)??)
    }
}

impl Store {
    /// Whether the database answers, and would take what is written: PostgreSQL does not where it is set so, or is the copy
    /// of another one.
    ///
    /// # Errors
    /// [`StoreError::Database`] where it does not answer.
    pub async fn takes_writes(&self) -> Result<bool, StoreError> {
        let is_read_only = sqlx::query_scalar(match self.engine {
            Engine::Sqlite => "SELECT 'off'",
            Engine::Postgres => "SELECT current_setting('transaction_read_only')",
        });
        let is_read_only: String = is_read_only.fetch_one(&self.pool).await?;
        Ok(is_read_only == "off")
    }
}

/// Sets what a connection to PostgreSQL has to be like, in one go, for each is a way to the database and back. A statement
/// that runs longer, or waits longer for another's lock, has no one any more who waits for it; and a server that has lost
/// its way in the middle of a transaction must not keep the others out.
pub(super) async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let settings = "SET application_name = 'vestibule';
        SET client_min_messages = 'warning';
        SET default_transaction_isolation = 'read committed';
        SET statement_timeout = '10s';
        SET lock_timeout = '5s';
        SET idle_in_transaction_session_timeout = '30s'";
    connection.execute(settings).await.map(drop)
}

impl Transaction {
    /// Waits until no other server does this, and keeps them from it for the rest of the transaction. With SQLite a
    /// transaction is alone in any case.
    pub(super) async fn alone(&mut self, with: Alone) -> Result<(), StoreError> {
        if self.engine == Engine::Postgres {
            // Of this schema: others in the same database may be another service's.
            let query = sqlx::query("SELECT pg_advisory_xact_lock(hashtext(current_schema()), $1)");
            query.bind(with as i32).execute(&mut self.inner).await?;
        }
        Ok(())
    }

    /// The same, where it need not be waited for; `false` where another server is at it.
    pub(super) async fn alone_now(&mut self, with: Alone) -> Result<bool, StoreError> {
        if self.engine == Engine::Sqlite {
            return Ok(true);
        }
        let query = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(hashtext(current_schema()), $1)");
        Ok(query.bind(with as i32).fetch_one(&mut self.inner).await?)
    }

    /// Lets the statements of this transaction take the time that they need.
    pub(super) async fn take_all_the_time(&mut self) -> Result<(), StoreError> {
        self.inner.go_aside().await?;
        if self.engine == Engine::Postgres {
            self.inner.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
        }
        Ok(())
    }

    /// Waits for no lock for longer than others can bear to wait behind it: shorter than the second after which PostgreSQL
    /// looks whether two wait for each other, for it would undo the others.
    pub(super) async fn keep_nobody_waiting(&mut self) -> Result<(), StoreError> {
        if self.engine == Engine::Postgres {
            self.inner.execute("SET LOCAL lock_timeout = '250ms'").await?;
        }
        Ok(())
    }

    /// Locks an account for the rest of the transaction: nothing that belongs to it begins meanwhile. With SQLite
    /// nothing does in any case.
    pub(super) async fn lock_account(&mut self, id: &str) -> Result<(), StoreError> {
        self.lock_row("SELECT 1 FROM account WHERE id = $1 FOR UPDATE", id).await
    }

    /// The same against others that call this, and those alone.
    pub(super) async fn lock_mails_of(&mut self, id: &str) -> Result<(), StoreError> {
        self.lock_row("SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE", id).await
    }

    async fn lock_row(&mut self, query: &'static str, id: &str) -> Result<(), StoreError> {
        if self.engine == Engine::Postgres {
            sqlx::query(query).bind(id).execute(&mut self.inner).await?;
        }
        Ok(())
    }

    /// Takes room on the disk, which is free again when the transaction is undone. SQLite takes it at the end of one that
    /// is not.
    pub(super) async fn take_room(&mut self) -> Result<(), StoreError> {
        if self.engine == Engine::Postgres {
            // What is deleted leaves room in its table, so that another row says nothing of the disk.
            self.inner.execute("CREATE TABLE room (content TEXT); INSERT INTO room (content) VALUES ('')").await?;
        }
        Ok(())
    }

    /// The tables that there are.
    pub(super) async fn tables(&mut self) -> Result<Vec<String>, StoreError> {
        let query = match self.engine {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            }
            Engine::Postgres => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
                 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
            }
        };
        Ok(sqlx::query_scalar(query).fetch_all(&mut self.inner).await?)
    }
}

/// Whether somebody else's lock was in the way: it was not had in time, or each waited for the other.
pub(super) fn is_in_the_way(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == "55P03" || code == "40P01")
}

/// The file of an SQLite database; `None` for one in memory, and for PostgreSQL.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = percent_decode_str(path.split('?').next().unwrap_or(path)).decode_utf8().ok()?;
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path.into_owned()))
}
