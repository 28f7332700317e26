//! Deleting what has had its time: by one server at a time, in transactions that keep nobody waiting.

use std::borrow::Cow;

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
/// lasts longer than a statement may.
const AT_ONCE: i64 = 1_000;

impl Store {
    /// Deletes what has had its time: expired sign-ins, sessions, devices and proofs, faded counters, old mails and audit
    /// entries. Where another server is at it, it is left to that one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn tidy(&self, now: UnixMillis, keep: Keep) -> Result<(), StoreError> {
        for (statement, until) in [
            ("DELETE FROM signin WHERE id IN (SELECT id FROM signin WHERE expires_at <= $1 LIMIT $2)", now),
            (
                "DELETE FROM session WHERE id IN
                 (SELECT id FROM session WHERE idle_expires_at <= $1 OR expires_at <= $1 LIMIT $2)",
                now,
            ),
            (
                "DELETE FROM sent_mail WHERE (signin_id, number) IN
                 (SELECT signin_id, number FROM sent_mail WHERE sent_at <= $1 LIMIT $2)",
                now - keep.mails,
            ),
            (
                "DELETE FROM device WHERE (id, account_id) IN
                 (SELECT id, account_id FROM device WHERE expires_at <= $1 LIMIT $2)",
                now,
            ),
            (
                "DELETE FROM throttle WHERE id IN (SELECT id FROM throttle WHERE counted_at <= $1 LIMIT $2)",
                now - keep.failures,
            ),
            ("DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at <= $1 LIMIT $2)", now - keep.audit),
            ("DELETE FROM dpop_proof WHERE id IN (SELECT id FROM dpop_proof WHERE expires_at <= $1 LIMIT $2)", now),
        ] {
            while self.delete_some(statement, until).await? {}
        }
        Ok(())
    }

    /// Whether there may be more.
    async fn delete_some(&self, statement: &'static str, until: UnixMillis) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        tx.inner.go_aside();
        if !tx.alone_now(Alone::Housekeeping).await? {
            return Ok(false);
        }
        let statement = match tx.engine {
            Engine::Sqlite => Cow::Borrowed(statement),
            // What somebody is at is left to the next time: nobody waits for this, and it waits for nobody.
            Engine::Postgres => Cow::Owned(statement.replace("LIMIT $2", "LIMIT $2 FOR UPDATE SKIP LOCKED")),
        };
        let query = sqlx::query(AssertSqlSafe(statement));
        let deleted = query.bind(until).bind(AT_ONCE).execute(&mut *tx).await?.rows_affected();
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
