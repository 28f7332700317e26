//! Deleting what has had its time: by one server at a time, in transactions that keep nobody waiting.

use sqlx::AssertSqlSafe;

use super::engine::{Alone, Engine};
use super::{Store, StoreError};
use crate::clock::UnixMillis;

/// How long things are kept, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Mails, for the hourly limit.
    pub mails: i64,
    /// Counters of failures.
    pub failures: i64,
    /// Audit entries.
    pub audit: i64,
}

/// Rows in one transaction: whoever wants to write meanwhile waits for that long with SQLite, and with PostgreSQL none
/// lasts longer than a statement may. For few it looks up each by its key.
const AT_ONCE: i64 = 250;

/// What is deleted by its age.
struct Rows {
    table: &'static str,
    key: &'static str,
    /// The column that its age is told by.
    moment: &'static str,
}

impl Rows {
    /// The oldest first, and a number that PostgreSQL knows as it plans: it does not go through the whole table then, as it
    /// would where there might be any number of them.
    fn deletion(&self, engine: Engine) -> String {
        let Self { table, key, moment } = self;
        // What somebody is at is left to the next time: nobody waits for this, and it waits for nobody.
        let lock = if engine == Engine::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        format!(
            "DELETE FROM {table} WHERE ({key}) IN
             (SELECT {key} FROM {table} WHERE {moment} <= $1 ORDER BY {moment} LIMIT {AT_ONCE}{lock})"
        )
    }
}

impl Store {
    /// Deletes what has had its time: expired sign-ins, sessions, devices and proofs, faded counters, old mails and audit
    /// entries. Where another server is at it, it is left to that one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn tidy(&self, now: UnixMillis, keep: Keep) -> Result<(), StoreError> {
        for (table, key, moment, until) in [
            ("signin", "id", "expires_at", now),
            ("session", "id", "idle_expires_at", now),
            ("session", "id", "expires_at", now),
            ("sent_mail", "signin_id, number", "sent_at", now - keep.mails),
            ("device", "id, account_id", "expires_at", now),
            ("throttle", "id", "counted_at", now - keep.failures),
            ("audit", "at, id", "at", now - keep.audit),
            ("dpop_proof", "id", "expires_at", now),
        ] {
            let rows = Rows { table, key, moment };
            while self.delete_some(&rows, until).await? {}
        }
        Ok(())
    }

    /// Whether there may be more.
    async fn delete_some(&self, rows: &Rows, until: UnixMillis) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        tx.inner.go_aside().await?;
        if !tx.alone_now(Alone::Housekeeping).await? {
            return Ok(false);
        }
        let query = sqlx::query(AssertSqlSafe(rows.deletion(tx.engine)));
        let deleted = query.bind(until).execute(&mut *tx).await?.rows_affected();
        tx.commit().await?;
        Ok(deleted >= AT_ONCE.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Executor;

    use super::super::testing::store;
    use super::*;

    const NOW: UnixMillis = 1_800_000_000_000;
    const KEEP: Keep = Keep { mails: 1, failures: 1, audit: 1 };

    async fn proofs(store: &Store) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM dpop_proof").fetch_one(&store.pool).await.unwrap()
    }

    /// `late` proofs that count no more and one that does.
    async fn store_with_proofs(late: i64) -> (Store, super::super::testing::Database) {
        let (store, database) = store().await;
        let mut tx = store.begin().await.unwrap();
        for number in 0..=late {
            let query = sqlx::query("INSERT INTO dpop_proof (id, expires_at) VALUES ($1, $2)");
            let expires_at = if number == late { NOW + 1 } else { NOW };
            query.bind(number.to_string()).bind(expires_at).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        (store, database)
    }

    #[tokio::test]
    async fn all_that_has_had_its_time_is_deleted_however_much_it_is() {
        let (store, _database) = store_with_proofs(2 * AT_ONCE + 1).await;
        store.tidy(NOW, KEEP).await.unwrap();
        assert_eq!(proofs(&store).await, 1);
    }

    #[tokio::test]
    async fn what_somebody_is_at_is_not_waited_for() {
        let (store, _database) = store_with_proofs(2).await;
        let mut other = store.begin().await.unwrap();
        if store.engine == Engine::Postgres {
            other.execute("UPDATE dpop_proof SET expires_at = expires_at WHERE id = '0'").await.unwrap();
            store.tidy(NOW, KEEP).await.unwrap();
            assert_eq!(proofs(&store).await, 2);
        }
        other.rollback().await.unwrap();
        store.tidy(NOW, KEEP).await.unwrap();
        assert_eq!(proofs(&store).await, 1);
    }

    #[tokio::test]
    async fn what_another_server_is_at_is_left_to_it() {
        let (store, _database) = store_with_proofs(1).await;
        let mut other = store.begin().await.unwrap();
        assert!(other.alone_now(Alone::Housekeeping).await.unwrap());
        if store.engine == Engine::Postgres {
            store.tidy(NOW, KEEP).await.unwrap();
            assert_eq!(proofs(&store).await, 2);
        }
        other.rollback().await.unwrap();
        store.tidy(NOW, KEEP).await.unwrap();
        assert_eq!(proofs(&store).await, 1);
    }
}
