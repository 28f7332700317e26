//! What the store counts of its own doing, for `/metrics`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::error::DatabaseError;
use tokio::time::Instant;

use super::audit::Entry;

/// Where the buckets of transactions end, in milliseconds.
const BUCKETS_MS: [u64; 12] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

/// What nobody should have to wait.
const SLOW: Duration = Duration::from_secs(2);

/// The counts since the server started.
#[derive(Debug, Default)]
pub struct Meter {
    /// Audit entries that were written, by event and outcome.
    events: Mutex<BTreeMap<(String, String), u64>>,
    /// Transactions that took no longer than the bucket, and longer than the one before it.
    buckets: [AtomicU64; BUCKETS_MS.len()],
    slower: AtomicU64,
    micros: AtomicU64,
    failures: AtomicU64,
    /// When it was last logged that transactions are slow.
    told_slow: Mutex<Option<Instant>>,
}

impl Meter {
    /// A transaction lasts, with these entries; whoever wanted it waited for so long.
    pub(super) fn committed(&self, entries: &[Entry], took: Duration) {
        if !entries.is_empty() {
            let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            for entry in entries {
                *events.entry((entry.event.clone(), entry.outcome.clone())).or_default() += 1;
            }
        }
        let bucket = BUCKETS_MS.iter().position(|end| took <= Duration::from_millis(*end));
        bucket.map_or(&self.slower, |bucket| &self.buckets[bucket]).fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        if took >= SLOW && self.may_tell_slow() {
            tracing::warn!(seconds = took.as_secs_f32(), "the database is slow: somebody waited for a transaction");
        }
    }

    /// Once a minute: where one is slow, all are.
    fn may_tell_slow(&self) -> bool {
        let mut told = self.told_slow.lock().unwrap_or_else(PoisonError::into_inner);
        let may = told.is_none_or(|told| told.elapsed() >= Duration::from_mins(1));
        if may {
            *told = Some(Instant::now());
        }
        may
    }

    /// Counts what the database did not do. That there is such a row already is an answer.
    pub(super) fn failed(&self, error: &sqlx::Error) {
        if !error.as_database_error().is_some_and(DatabaseError::is_unique_violation) {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes everything in the text format of Prometheus.
    ///
    /// # Errors
    /// Never: a text takes whatever is written.
    pub fn write(&self, text: &mut impl Write) -> std::fmt::Result {
        writeln!(text, "# HELP vestibule_events_total Entries of the audit trail since the server started.")?;
        writeln!(text, "# TYPE vestibule_events_total counter")?;
        for ((event, outcome), count) in self.events.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            writeln!(text, "vestibule_events_total{{event=\"{event}\",outcome=\"{outcome}\"}} {count}")?;
        }
        let name = "vestibule_store_transaction_seconds";
        writeln!(text, "# HELP {name} From wanting to write until it lasts.")?;
        writeln!(text, "# TYPE {name} histogram")?;
        let mut count = 0;
        for (end, bucket) in BUCKETS_MS.iter().zip(&self.buckets) {
            count += bucket.load(Ordering::Relaxed);
            writeln!(text, "{name}_bucket{{le=\"{}\"}} {count}", Duration::from_millis(*end).as_secs_f64())?;
        }
        count += self.slower.load(Ordering::Relaxed);
        writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}")?;
        let sum = Duration::from_micros(self.micros.load(Ordering::Relaxed));
        writeln!(text, "{name}_sum {}\n{name}_count {count}", sum.as_secs_f64())?;
        let name = "vestibule_store_failures_total";
        writeln!(
            text,
            "# HELP {name} What the database was asked and did not do: a beginning, a statement, a commit."
        )?;
        writeln!(text, "# TYPE {name} counter\n{name} {}", self.failures.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Executor;

    use super::super::StoreError;
    use super::super::testing::store;
    use super::*;

    #[tokio::test]
    async fn what_the_database_does_not_do_is_counted_wherever_it_is_asked() -> Result<(), StoreError> {
        let (store, _database) = store().await;
        let failures = || store.meter().failures.load(Ordering::Relaxed);
        let [proof, nowhere] = ["INSERT INTO dpop_proof (id, expires_at) VALUES ('a', 0)", "SELECT 1 FROM nowhere"];
        let mut tx = store.begin().await?;
        tx.execute(proof).await?;
        // That it stands there already is an answer.
        assert!(tx.execute(proof).await.is_err());
        tx.rollback().await?;
        assert_eq!(failures(), 0);
        for (kept, counted) in [(store.clone(), 4), (store.kept(), 8)] {
            assert!(kept.begin().await?.fetch_all(nowhere).await.is_err());
            assert!(kept.begin().await?.fetch_optional(nowhere).await.is_err());
            assert!(kept.pool.fetch_all(nowhere).await.is_err() && kept.pool.fetch_optional(nowhere).await.is_err());
            assert_eq!(failures(), counted);
        }
        store.close().await;
        assert!(store.begin().await.is_err());
        assert_eq!(failures(), 9);
        Ok(())
    }

    #[test]
    fn buckets_add_up_and_every_transaction_is_in_the_last() {
        let meter = Meter::default();
        for millis in [0, 1, 3, 400, 11_000] {
            meter.committed(&[], Duration::from_millis(millis));
        }
        assert!(!meter.may_tell_slow());
        meter.failed(&sqlx::Error::PoolClosed);
        let mut text = String::new();
        meter.write(&mut text).unwrap();
        for line in [
            "vestibule_store_transaction_seconds_bucket{le=\"0.001\"} 2",
            "vestibule_store_transaction_seconds_bucket{le=\"0.005\"} 3",
            "vestibule_store_transaction_seconds_bucket{le=\"0.5\"} 4",
            "vestibule_store_transaction_seconds_bucket{le=\"10\"} 4",
            "vestibule_store_transaction_seconds_bucket{le=\"+Inf\"} 5",
            "vestibule_store_transaction_seconds_sum 11.404",
            "vestibule_store_transaction_seconds_count 5",
            "vestibule_store_failures_total 1",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} in {text}");
        }
    }
}
