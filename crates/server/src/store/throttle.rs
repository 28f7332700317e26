//! Counters of failures, with growing waits.
//!
//! A failure is charged before the work is done and taken back if it was none, so that a thousand guesses in
//! parallel are one guess.

use std::time::Duration;

use sqlx::Row;

use super::{StoreError, Transaction};
use crate::clock::{UnixMillis, millis};
use crate::config::ThrottleConfig;

/// What may be tried now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on; the failure is charged.
    Charged(Charge),
    /// Too soon: try again at this moment.
    Wait(UnixMillis),
}

/// A charged failure, to be taken back if it was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    blocked_until: UnixMillis,
}

/// Charges a failure under `key`, unless its wait is still running.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn charge(
    tx: &mut Transaction,
    key: &str,
    now: UnixMillis,
    rules: &ThrottleConfig,
) -> Result<Verdict, StoreError> {
    // The row is made first and then locked by an update, so that two at once come one after the other.
    sqlx::query(
        "INSERT INTO throttle (id, failures, counted_at, blocked_until) VALUES ($1, 0, $2, 0)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(key)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    let row = sqlx::query(
        "UPDATE throttle SET failures = failures WHERE id = $1 RETURNING failures, counted_at, blocked_until",
    )
    .bind(key)
    .fetch_one(&mut **tx)
    .await?;
    let blocked_until: UnixMillis = row.try_get("blocked_until")?;
    if blocked_until > now {
        return Ok(Verdict::Wait(blocked_until));
    }
    let left = faded(row.try_get("failures")?, now - row.try_get::<i64, _>("counted_at")?, rules.decay);
    let blocked_until = now.saturating_add(wait_after(left + 1, rules));
    sqlx::query("UPDATE throttle SET failures = $2, counted_at = $3, blocked_until = $4 WHERE id = $1")
        .bind(key)
        .bind(left + 1)
        .bind(now)
        .bind(blocked_until)
        .execute(&mut **tx)
        .await?;
    Ok(Verdict::Charged(Charge { blocked_until }))
}

/// Takes a charge back: what was tried was no failure.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn take_back(tx: &mut Transaction, key: &str, charge: Charge) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE throttle SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END,
             blocked_until = CASE WHEN blocked_until = $2 THEN 0 ELSE blocked_until END
         WHERE id = $1",
    )
    .bind(key)
    .bind(charge.blocked_until)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets every failure under `key`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn clear(tx: &mut Transaction, key: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM throttle WHERE id = $1").bind(key).execute(&mut **tx).await?;
    Ok(())
}

/// What is left of `failures` after `gone` milliseconds.
fn faded(failures: i64, gone: i64, decay: Duration) -> i64 {
    let decay = millis(decay).max(1);
    let forgotten = i128::from(failures) * i128::from(gone.clamp(0, decay)) / i128::from(decay);
    failures - i64::try_from(forgotten).unwrap_or(failures)
}

/// The wait after so many failures, in milliseconds.
fn wait_after(failures: i64, rules: &ThrottleConfig) -> i64 {
    let doublings = u32::try_from(failures - 1).unwrap_or(u32::MAX).min(62);
    millis(rules.first_wait).saturating_mul(1_i64 << doublings).min(millis(rules.longest_wait))
}

#[cfg(test)]
mod tests {
    use super::super::in_transaction;
    use super::super::testing::store;
    use super::*;

    fn rules() -> ThrottleConfig {
        ThrottleConfig::default()
    }

    #[test]
    fn waits_double_from_one_second_to_fifteen_minutes() {
        let waits: Vec<i64> = (1..=12).map(|n| wait_after(n, &rules()) / 1000).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(wait_after(i64::MAX, &rules()), 900_000);
    }

    #[test]
    fn failures_fade_evenly_over_a_day() {
        let hour = 3_600_000;
        for (gone, left) in [(0, 10), (12 * hour, 5), (23 * hour, 1), (24 * hour, 0), (i64::MAX, 0), (-hour, 10)] {
            assert_eq!(faded(10, gone, rules().decay), left, "{gone}");
        }
    }

    #[tokio::test]
    async fn of_guesses_in_parallel_one_is_let_through() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            guesses.spawn(async move {
                Ok::<_, StoreError>(in_transaction!(store, |tx| charge(&mut tx, "k", 5, &rules()).await?))
            });
        }
        let verdicts: Vec<_> = guesses.join_all().await.into_iter().collect::<Result<_, _>>()?;
        assert_eq!(verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Charged(_))).count(), 1);
        Ok(())
    }

    #[tokio::test]
    async fn a_charge_that_is_taken_back_leaves_no_trace() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        in_transaction!(store, |tx| {
            let Verdict::Charged(first) = charge(&mut tx, "k", 0, &rules()).await? else { panic!("first") };
            assert_eq!(charge(&mut tx, "k", 999, &rules()).await?, Verdict::Wait(1000));
            take_back(&mut tx, "k", first).await?;
            let Verdict::Charged(again) = charge(&mut tx, "k", 999, &rules()).await? else { panic!("again") };
            assert_eq!(again.blocked_until, 1999);
        });
        Ok(())
    }
}
