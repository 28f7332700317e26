//! Counters of failures.
//!
//! A failure is charged before the work is done and taken back if it was none, so that a thousand guesses in
//! parallel are one guess.

use std::time::Duration;

use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::{StoreError, Transaction};
use crate::clock::{UnixMillis, millis};
use crate::config::ThrottleConfig;

/// What failures lead to.
#[derive(Clone, Copy, Debug)]
pub enum Limit<'a> {
    /// A wait that doubles with every failure; failures fade.
    GrowingWaits(&'a ThrottleConfig),
    /// So many failures, and then none until `per` after the first of them.
    Budget {
        /// How many.
        failures: u32,
        /// In what time.
        per: Duration,
    },
}

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
    before: Count,
    after: Count,
    /// Whether this failure is the one that the longest wait comes with.
    pub locks: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    failures: i64,
    /// Since when they fade, or when the first of the budget was.
    counted_at: UnixMillis,
    blocked_until: UnixMillis,
}

impl FromRow<'_, AnyRow> for Count {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            failures: row.try_get("failures")?,
            counted_at: row.try_get("counted_at")?,
            blocked_until: row.try_get("blocked_until")?,
        })
    }
}

/// Charges a failure under `key`, unless its wait is still running.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn charge(tx: &mut Transaction, key: &str, now: UnixMillis, limit: Limit<'_>) -> Result<Verdict, StoreError> {
    // The row is made first and then locked by an update, so that two at once come one after the other.
    sqlx::query(
        "INSERT INTO throttle (id, failures, counted_at, blocked_until) VALUES ($1, 0, $2, 0)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(key)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    let before: Count = sqlx::query_as(
        "UPDATE throttle SET failures = failures WHERE id = $1 RETURNING failures, counted_at, blocked_until",
    )
    .bind(key)
    .fetch_one(&mut **tx)
    .await?;
    if before.blocked_until > now {
        return Ok(Verdict::Wait(before.blocked_until));
    }
    let (after, locks) = match limit {
        Limit::GrowingWaits(rules) => with_growing_wait(before, now, rules),
        Limit::Budget { failures, per } => out_of_budget(before, now, failures, per),
    };
    sqlx::query("UPDATE throttle SET failures = $2, counted_at = $3, blocked_until = $4 WHERE id = $1")
        .bind(key)
        .bind(after.failures)
        .bind(after.counted_at)
        .bind(after.blocked_until)
        .execute(&mut **tx)
        .await?;
    Ok(Verdict::Charged(Charge { before, after, locks }))
}

/// Takes a charge back: what was tried was no failure. Where others were charged meanwhile, theirs stay.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn take_back(tx: &mut Transaction, key: &str, charge: &Charge) -> Result<(), StoreError> {
    let Charge { before, after, .. } = charge;
    let restored = sqlx::query(
        "UPDATE throttle SET failures = $2, counted_at = $3, blocked_until = $4
         WHERE id = $1 AND failures = $5 AND counted_at = $6 AND blocked_until = $7",
    )
    .bind(key)
    .bind(before.failures)
    .bind(before.counted_at)
    .bind(before.blocked_until)
    .bind(after.failures)
    .bind(after.counted_at)
    .bind(after.blocked_until)
    .execute(&mut **tx)
    .await?;
    if restored.rows_affected() == 0 {
        sqlx::query("UPDATE throttle SET failures = failures - 1 WHERE id = $1 AND failures > 0")
            .bind(key)
            .execute(&mut **tx)
            .await?;
    }
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

fn with_growing_wait(before: Count, now: UnixMillis, rules: &ThrottleConfig) -> (Count, bool) {
    let faded = fade(before, now, rules.decay);
    let failures = faded.failures + 1;
    let wait = wait_after(failures, rules);
    let after = Count { failures, counted_at: faded.counted_at, blocked_until: now.saturating_add(wait) };
    (after, wait == millis(rules.longest_wait) && wait > wait_after(faded.failures, rules))
}

fn out_of_budget(before: Count, now: UnixMillis, failures: u32, per: Duration) -> (Count, bool) {
    let ends_at = before.counted_at.saturating_add(millis(per));
    let is_over = ends_at <= now || before.counted_at > now || before.failures <= 0;
    let (used, counted_at) = if is_over { (1, now) } else { (before.failures + 1, before.counted_at) };
    let is_used_up = used >= i64::from(failures);
    let blocked_until = if is_used_up { counted_at.saturating_add(millis(per)) } else { 0 };
    (Count { failures: used, counted_at, blocked_until }, is_used_up)
}

/// What is left of the failures. The moment advances only by the time of the whole ones that are forgotten: else
/// failures that come faster than one fades would never fade.
fn fade(count: Count, now: UnixMillis, decay: Duration) -> Count {
    let decay = i128::from(millis(decay).max(1));
    let gone = i128::from(now.saturating_sub(count.counted_at).max(0));
    if gone >= decay || count.failures <= 0 {
        return Count { failures: 0, counted_at: now, ..count };
    }
    let failures = i128::from(count.failures);
    let forgotten = failures * gone / decay;
    let narrow = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
    Count {
        failures: count.failures - narrow(forgotten),
        counted_at: count.counted_at.min(now).saturating_add(narrow(forgotten * decay / failures)),
        ..count
    }
}

/// The wait after so many failures, in milliseconds.
fn wait_after(failures: i64, rules: &ThrottleConfig) -> i64 {
    let Ok(doublings) = u32::try_from(failures - 1) else {
        return if failures > 0 { millis(rules.longest_wait) } else { 0 };
    };
    millis(rules.first_wait).saturating_mul(1_i64 << doublings.min(62)).min(millis(rules.longest_wait))
}

#[cfg(test)]
mod tests {
    use super::super::in_transaction;
    use super::super::testing::store;
    use super::*;

    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;

    fn rules() -> ThrottleConfig {
        ThrottleConfig::default()
    }

    fn count(failures: i64, counted_at: i64) -> Count {
        Count { failures, counted_at, blocked_until: 0 }
    }

    async fn stored(tx: &mut Transaction) -> Result<Count, StoreError> {
        Ok(sqlx::query_as("SELECT * FROM throttle WHERE id = 'k'").fetch_one(&mut **tx).await?)
    }

    #[test]
    fn waits_double_from_one_second_to_fifteen_minutes() {
        let waits: Vec<i64> = (0..=12).map(|n| wait_after(n, &rules()) / 1000).collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(wait_after(i64::MAX, &rules()), 900_000);
    }

    #[test]
    fn failures_fade_evenly_over_a_day() {
        for (gone, left) in [(0, 10), (12 * HOUR, 5), (23 * HOUR, 1), (24 * HOUR, 0), (i64::MAX, 0), (-HOUR, 10)] {
            assert_eq!(fade(count(10, 0), gone, rules().decay).failures, left, "{gone}");
        }
    }

    #[test]
    fn failures_that_come_faster_than_one_fades_do_not_keep_the_others_from_fading() {
        let mut count = count(10, 0);
        for minute in 1..=12 * 60 {
            count = fade(count, minute * MINUTE, rules().decay);
        }
        assert!(count.failures <= 6, "{count:?}");
    }

    #[test]
    fn only_the_failure_that_the_longest_wait_begins_with_locks() {
        let mut state = count(0, 0);
        let mut locking = Vec::new();
        for failure in 1..=13 {
            let (after, locks) = with_growing_wait(state, 0, &rules());
            state = after;
            if locks {
                locking.push(failure);
            }
        }
        assert_eq!(locking, [11]);
    }

    #[test]
    fn a_budget_is_whole_again_an_hour_after_its_first_failure() {
        let hour = Duration::from_hours(1);
        let mut state = count(0, 0);
        for failure in 1..=3 {
            let (after, locks) = out_of_budget(state, failure * MINUTE, 3, hour);
            assert_eq!((after.failures, locks), (failure, failure == 3));
            state = after;
        }
        assert_eq!(state.blocked_until, MINUTE + HOUR);
        let (after, locks) = out_of_budget(state, MINUTE + HOUR, 3, hour);
        assert_eq!((after, locks), (Count { failures: 1, counted_at: MINUTE + HOUR, blocked_until: 0 }, false));
    }

    #[tokio::test]
    async fn of_guesses_in_parallel_one_is_let_through() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            guesses.spawn(async move {
                let rules = rules();
                let limit = Limit::GrowingWaits(&rules);
                Ok::<_, StoreError>(in_transaction!(store, |tx| charge(&mut tx, "k", 5, limit).await?))
            });
        }
        let verdicts: Vec<_> = guesses.join_all().await.into_iter().collect::<Result<_, _>>()?;
        assert_eq!(verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Charged(_))).count(), 1);
        Ok(())
    }

    #[tokio::test]
    async fn a_budget_in_parallel_is_spent_once() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            let limit = Limit::Budget { failures: 10, per: Duration::from_hours(1) };
            guesses.spawn(async move {
                Ok::<_, StoreError>(in_transaction!(store, |tx| charge(&mut tx, "k", 5, limit).await?))
            });
        }
        let verdicts: Vec<_> = guesses.join_all().await.into_iter().collect::<Result<_, _>>()?;
        assert_eq!(verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Charged(_))).count(), 10);
        Ok(())
    }

    #[tokio::test]
    async fn a_charge_that_is_taken_back_leaves_no_trace() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        let (rules, now) = (rules(), 13 * HOUR);
        let limits = [Limit::GrowingWaits(&rules), Limit::Budget { failures: 9, per: Duration::from_hours(24) }];
        for limit in limits {
            in_transaction!(store, |tx| {
                clear(&mut tx, "k").await?;
                for _ in 0..2 {
                    assert!(matches!(charge(&mut tx, "k", 0, limit).await?, Verdict::Charged(_) | Verdict::Wait(1000)));
                }
                sqlx::query("UPDATE throttle SET failures = 8 WHERE id = 'k'").execute(&mut *tx).await?;
                let before = stored(&mut tx).await?;
                let Verdict::Charged(charged) = charge(&mut tx, "k", now, limit).await? else { panic!("{limit:?}") };
                assert_ne!(stored(&mut tx).await?, before);
                assert!(matches!(charge(&mut tx, "k", now, limit).await?, Verdict::Wait(until) if until > now));
                take_back(&mut tx, "k", &charged).await?;
                assert_eq!(stored(&mut tx).await?, before, "{limit:?}");
            });
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_charge_that_is_taken_back_leaves_what_others_were_charged() -> Result<(), StoreError> {
        let (store, _folder) = store().await;
        let rules = rules();
        in_transaction!(store, |tx| {
            let limit = Limit::GrowingWaits(&rules);
            let Verdict::Charged(mine) = charge(&mut tx, "k", 0, limit).await? else { panic!("mine") };
            let Verdict::Charged(_) = charge(&mut tx, "k", 1000, limit).await? else { panic!("theirs") };
            take_back(&mut tx, "k", &mine).await?;
            let left = stored(&mut tx).await?;
            assert_eq!((left.failures, left.blocked_until), (1, 3000));
        });
        Ok(())
    }
}
