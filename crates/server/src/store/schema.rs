//! The schema, brought up to date when the store is opened.
//!
//! Home-made, because `sqlx::migrate!` needs the database drivers at compile time and its lock does nothing on
//! SQLite; ours is the transaction itself, and on PostgreSQL a lock that goes with it, so that servers can start together.

use std::time::Duration;

use sqlx::{Executor, Row};

use super::engine::{Alone, Engine, is_in_the_way};
use super::{Store, StoreError};

/// One step from a schema version to the next.
struct Migration {
    sql: &'static str,
    /// The oldest version that can still use the database afterwards.
    oldest_compatible: i64,
    /// Whether PostgreSQL has nothing to do for it.
    is_for_sqlite: bool,
}

impl Migration {
    const fn new(sql: &'static str, oldest_compatible: i64) -> Self {
        Self { sql, oldest_compatible, is_for_sqlite: false }
    }
}

/// In order; the version of the schema is how many have been made. Servers are at work meanwhile, so that each changes one
/// table: while it waited for a second, whoever has that would be waiting for the first.
const MIGRATIONS: [Migration; 8] = [
    Migration::new(include_str!("migrations/0001_sign_in.sql"), 1),
    Migration::new(include_str!("migrations/0002_guessing.sql"), 1),
    // An older build would take a bound token from whoever brings it.
    Migration::new(include_str!("migrations/0003_tokens.sql"), 3),
    Migration::new(include_str!("migrations/0004_warnings.sql"), 3),
    Migration::new(include_str!("migrations/0005_devices_of_sessions.sql"), 3),
    Migration::new(include_str!("migrations/0006_housekeeping.sql"), 3),
    Migration { is_for_sqlite: true, ..Migration::new(include_str!("migrations/0007_clustered.sql"), 3) },
    Migration { is_for_sqlite: true, ..Migration::new(include_str!("migrations/0008_sign_ins_by_key.sql"), 3) },
];

/// Tables that every version has had.
const OURS: [&str; 4] = ["schema", "account", "signin", "server_key"];

/// How often a migration is tried that others are in the way of, and the time between.
const TRIES: usize = 60;
const PAUSE: Duration = Duration::from_secs(1);

/// Makes the migrations that the database lacks. Where one would have to wait for whoever uses a table, such as a backup,
/// it is tried again: everybody else would wait behind it.
///
/// # Errors
/// As [`migrate`].
pub(super) async fn bring_up_to_date(store: &Store) -> Result<(), StoreError> {
    let mut tries = 1;
    loop {
        match migrate(store).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(StoreError::Database(error)) if is_in_the_way(&error) && tries < TRIES => {
                tracing::warn!(%error, "bringing the schema up to date waits for whoever uses its tables");
                tries += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Makes the next migration that the database lacks, in a transaction of its own: one that held the tables of another
/// while it waits for its own would wait for whoever waits for those. Whether there was one.
///
/// # Errors
/// [`StoreError::TooNew`] where a newer build has left this one behind; [`StoreError::Foreign`] where the database is
/// somebody else's; [`StoreError::Database`].
async fn migrate(store: &Store) -> Result<bool, StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let mut tx = store.begin().await?;
    tx.take_all_the_time().await?;
    tx.alone(Alone::Schema).await?;
    let tables = tx.tables().await?;
    let (version, oldest_compatible) = if tables.is_empty() {
        tx.execute("CREATE TABLE schema (version BIGINT NOT NULL, oldest_compatible BIGINT NOT NULL)").await?;
        tx.execute("INSERT INTO schema (version, oldest_compatible) VALUES (0, 0)").await?;
        (0, 0)
    } else {
        if !OURS.iter().all(|ours| tables.iter().any(|table| table == ours)) {
            return Err(StoreError::Foreign);
        }
        let row = sqlx::query("SELECT version, oldest_compatible FROM schema").fetch_one(&mut *tx).await?;
        (row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?)
    };
    if oldest_compatible > known {
        return Err(StoreError::TooNew { needed: oldest_compatible, known });
    }
    let next = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version));
    if let Some(migration) = next {
        tx.keep_nobody_waiting().await?;
        if store.engine == Engine::Sqlite || !migration.is_for_sqlite {
            sqlx::raw_sql(migration.sql).execute(&mut *tx).await?;
        }
        sqlx::query("UPDATE schema SET version = version + 1, oldest_compatible = $1")
            .bind(migration.oldest_compatible)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(next.is_some())
}

impl Store {
    /// The version of the schema, and the oldest one that a build must know to use the database.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn schema_version(&self) -> Result<(i64, i64), StoreError> {
        Ok(sqlx::query_as("SELECT version, oldest_compatible FROM schema").fetch_one(&self.pool).await?)
    }
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::super::testing::{Database, store};
    use super::*;

    #[tokio::test]
    async fn an_older_build_leaves_a_database_alone_that_it_would_damage() {
        let (store, _folder) = store().await;
        sqlx::query("UPDATE schema SET version = 99, oldest_compatible = 99").execute(&store.pool).await.unwrap();
        assert!(matches!(bring_up_to_date(&store).await, Err(StoreError::TooNew { needed: 99, .. })));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_waits_behind_a_migration_that_waits_for_a_backup() {
        let (store, _database) = store().await;
        let mut tx = store.begin().await.unwrap();
        tx.execute("DROP INDEX session_expiry").await.unwrap();
        tx.execute("DROP INDEX sent_mail_time").await.unwrap();
        tx.execute("UPDATE schema SET version = 5").await.unwrap();
        tx.commit().await.unwrap();
        if store.engine == Engine::Postgres {
            let mut backup = store.begin().await.unwrap();
            // Stronger than what a backup takes, for an index can be made beside that.
            backup.execute("LOCK TABLE session IN ROW EXCLUSIVE MODE").await.unwrap();
            let migrating = tokio::spawn({
                let store = store.clone();
                async move { bring_up_to_date(&store).await }
            });
            let mut waiting = 0_i64;
            while waiting == 0 {
                let query = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'session'::regclass";
                waiting = sqlx::query_scalar(query).fetch_one(&store.pool).await.unwrap();
            }
            // Waits behind the migration, for as long as that waits, and not for the backup.
            sqlx::query("UPDATE session SET used_at = 0").execute(&store.pool).await.unwrap();
            backup.rollback().await.unwrap();
            migrating.await.unwrap().unwrap();
        } else {
            bring_up_to_date(&store).await.unwrap();
        }
        let known = i64::try_from(MIGRATIONS.len()).unwrap();
        assert_eq!(store.schema_version().await.unwrap().0, known);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn servers_can_start_together() {
        // Each time with a new database: it is while that is made that they can meet.
        for _ in 0..20 {
            let database = Database::new().await;
            let starts: Vec<_> = (0..12)
                .map(|_| {
                    let config = database.config.clone();
                    tokio::spawn(async move {
                        let store = Store::open(&config).await?;
                        store.close().await;
                        Ok::<_, StoreError>(())
                    })
                })
                .collect();
            for start in starts {
                start.await.unwrap().unwrap();
            }
        }
    }

    #[tokio::test]
    async fn the_database_of_another_product_is_left_alone() {
        for table in ["customer", "schema", "account"] {
            let (store, _database) = store().await;
            let mut tx = store.begin().await.unwrap();
            for ours in tx.tables().await.unwrap() {
                // Those of SQLite that refer to it would be dropped before it otherwise, but not those of PostgreSQL.
                let cascade = if store.engine == Engine::Postgres { "CASCADE" } else { "" };
                let drop = format!("DROP TABLE IF EXISTS \"{ours}\" {cascade}");
                tx.execute(AssertSqlSafe(drop)).await.unwrap();
            }
            tx.execute(AssertSqlSafe(format!("CREATE TABLE {table} (id TEXT)"))).await.unwrap();
            tx.commit().await.unwrap();
            let refused = bring_up_to_date(&store).await;
            assert!(matches!(refused, Err(StoreError::Foreign)), "{refused:?}");
            assert_eq!(store.begin().await.unwrap().tables().await.unwrap(), [table]);
        }
    }
}
