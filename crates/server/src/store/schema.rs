//! The schema, brought up to date when the store is opened.
//!
//! Home-made, because `sqlx::migrate!` needs the database drivers at compile time and its lock does nothing on
//! SQLite; ours is the transaction itself, so that two servers can start together.

use sqlx::{Executor, Row};

use super::{Store, StoreError};

/// One step from a schema version to the next.
struct Migration {
    sql: &'static str,
    /// The oldest version that can still use the database afterwards.
    oldest_compatible: i64,
}

/// In order; the version of the schema is how many have been made.
const MIGRATIONS: [Migration; 5] = [
    Migration { sql: include_str!("migrations/0001_sign_in.sql"), oldest_compatible: 1 },
    Migration { sql: include_str!("migrations/0002_guessing.sql"), oldest_compatible: 1 },
    // An older build would take a bound token from whoever brings it.
    Migration { sql: include_str!("migrations/0003_tokens.sql"), oldest_compatible: 3 },
    Migration { sql: include_str!("migrations/0004_warnings.sql"), oldest_compatible: 3 },
    Migration { sql: include_str!("migrations/0005_devices_of_sessions.sql"), oldest_compatible: 3 },
];

/// Makes the migrations that the database lacks, in one transaction.
///
/// # Errors
/// [`StoreError::TooNew`] where a newer build has left this one behind; [`StoreError::Database`].
pub(super) async fn bring_up_to_date(store: &Store) -> Result<(), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let mut tx = store.begin().await?;
    tx.execute("CREATE TABLE IF NOT EXISTS schema (version BIGINT NOT NULL, oldest_compatible BIGINT NOT NULL)")
        .await?;
    let row = sqlx::query("SELECT version, oldest_compatible FROM schema").fetch_optional(&mut *tx).await?;
    let (version, oldest_compatible) = if let Some(row) = row {
        (row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?)
    } else {
        tx.execute("INSERT INTO schema (version, oldest_compatible) VALUES (0, 0)").await?;
        (0, 0)
    };
    if oldest_compatible > known {
        return Err(StoreError::TooNew { needed: oldest_compatible, known });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        sqlx::raw_sql(migration.sql).execute(&mut *tx).await?;
        sqlx::query("UPDATE schema SET version = version + 1, oldest_compatible = $1")
            .bind(migration.oldest_compatible)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::store;
    use super::*;

    #[tokio::test]
    async fn an_older_build_leaves_a_database_alone_that_it_would_damage() {
        let (store, _folder) = store().await;
        sqlx::query("UPDATE schema SET version = 99, oldest_compatible = 99").execute(&store.pool).await.unwrap();
        assert!(matches!(bring_up_to_date(&store).await, Err(StoreError::TooNew { needed: 99, .. })));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn servers_can_start_together() {
        // Each time with a new database: it is while that is made that they can meet.
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", folder.path().join("vestibule.db").display());
            let starts: Vec<_> = (0..12)
                .map(|_| {
                    let url = url.clone();
                    tokio::spawn(async move { Store::open(&url).await })
                })
                .collect();
            for start in starts {
                start.await.unwrap().unwrap();
            }
        }
    }
}
