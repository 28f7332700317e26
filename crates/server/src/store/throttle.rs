//! Counters of failures.
//!
//! A failure is charged before the work is done and taken back if it was none, so that a thousand guesses in
//! parallel are one guess.

use std::fmt::Write;
use std::time::Duration;

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, FromRow, Row};

use super::engine::Engine;
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
    /// Whether it is out of a budget.
    is_of_budget: bool,
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
    let verdict = verdict(lock(tx, &[key], now).await?[0], now, limit);
    if let Verdict::Charged(charge) = verdict {
        write(tx, &[(key, charge)]).await?;
    }
    Ok(verdict)
}

/// What a failure under each of these keys would be charged, or the first wait that is still running. They are locked for
/// the rest of the transaction, so that two at once come one after the other.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn look(
    tx: &mut Transaction,
    limits: &[(String, Limit<'_>)],
    now: UnixMillis,
) -> Result<Result<Vec<Charge>, UnixMillis>, StoreError> {
    let keys: Vec<&str> = limits.iter().map(|(key, _)| key.as_str()).collect();
    let counts = lock(tx, &keys, now).await?;
    let verdicts = counts.into_iter().zip(limits).map(|(count, (_, limit))| match verdict(count, now, *limit) {
        Verdict::Charged(charge) => Ok(charge),
        Verdict::Wait(until) => Err(until),
    });
    Ok(verdicts.collect())
}

/// The counts of these keys. With PostgreSQL one statement makes the rows or locks them, in this order; with SQLite nobody
/// else writes meanwhile, and none is made for what is not charged in the end.
async fn lock(tx: &mut Transaction, keys: &[&str], now: UnixMillis) -> Result<Vec<Count>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let none = Count { failures: 0, counted_at: now, blocked_until: 0 };
    if tx.engine == Engine::Sqlite {
        let mut counts = Vec::with_capacity(keys.len());
        for key in keys {
            let query = sqlx::query_as("SELECT failures, counted_at, blocked_until FROM throttle WHERE id = $1");
            counts.push(query.bind(*key).fetch_optional(&mut **tx).await?.unwrap_or(none));
        }
        return Ok(counts);
    }
    let rows: Vec<String> = (2..keys.len() + 2).map(|place| format!("(${place}, 0, $1, 0)")).collect();
    let query = AssertSqlSafe(format!(
        "INSERT INTO throttle (id, failures, counted_at, blocked_until) VALUES {}
         ON CONFLICT (id) DO UPDATE SET failures = throttle.failures
         RETURNING id, failures, counted_at, blocked_until",
        rows.join(", "),
    ));
    let query = keys.iter().fold(sqlx::query(query).bind(now), |query, key| query.bind(*key));
    let mut counts = vec![none; keys.len()];
    for row in query.fetch_all(&mut **tx).await? {
        let id: String = row.try_get("id")?;
        if let Some(at) = keys.iter().position(|key| *key == id) {
            counts[at] = Count::from_row(&row)?;
        }
    }
    Ok(counts)
}

fn verdict(before: Count, now: UnixMillis, limit: Limit<'_>) -> Verdict {
    if before.blocked_until > now {
        return Verdict::Wait(before.blocked_until);
    }
    let (after, locks) = match limit {
        Limit::GrowingWaits(rules) => with_growing_wait(before, now, rules),
        Limit::Budget { failures, per } => out_of_budget(before, now, failures, per),
    };
    Verdict::Charged(Charge { before, after, is_of_budget: matches!(limit, Limit::Budget { .. }), locks })
}

/// Charges what [`look`] has found, in the same transaction.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn write(tx: &mut Transaction, charges: &[(&str, Charge)]) -> Result<(), StoreError> {
    if charges.is_empty() {
        return Ok(());
    }
    let row = |at: usize| format!("(${}, ${}, ${}, ${})", 4 * at + 1, 4 * at + 2, 4 * at + 3, 4 * at + 4);
    let rows: Vec<String> = (0..charges.len()).map(row).collect();
    let query = AssertSqlSafe(format!(
        "INSERT INTO throttle (id, failures, counted_at, blocked_until) VALUES {}
         ON CONFLICT (id) DO UPDATE SET failures = excluded.failures, counted_at = excluded.counted_at,
             blocked_until = excluded.blocked_until",
        rows.join(", "),
    ));
    let query = charges.iter().fold(sqlx::query(query), |query, (key, Charge { after, .. })| {
        query.bind(*key).bind(after.failures).bind(after.counted_at).bind(after.blocked_until)
    });
    query.execute(&mut **tx).await?;
    Ok(())
}

/// Takes charges back: what was tried was no failure. Where others were charged meanwhile, theirs stay.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn take_back(tx: &mut Transaction, charges: &[(&str, &Charge)]) -> Result<(), StoreError> {
    if charges.is_empty() {
        return Ok(());
    }
    if tx.engine == Engine::Sqlite {
        for (key, charge) in charges {
            if !restore_one(tx, key, charge).await? {
                take_one_back(tx, key, charge).await?;
            }
        }
        return Ok(());
    }
    let restored = restore(tx, charges).await?;
    for (key, charge) in charges.iter().filter(|(key, _)| !restored.iter().any(|restored| restored == key)) {
        take_one_back(tx, key, charge).await?;
    }
    Ok(())
}

/// Puts a count back to what it was before, unless it has been changed since.
async fn restore_one(tx: &mut Transaction, key: &str, charge: &Charge) -> Result<bool, StoreError> {
    let query = sqlx::query(
        "UPDATE throttle SET failures = $2, counted_at = $3, blocked_until = $4
         WHERE id = $1 AND failures = $5 AND counted_at = $6 AND blocked_until = $7",
    );
    let Charge { before, after, .. } = charge;
    let query = [before, after].into_iter().fold(query.bind(key), |query, count| {
        query.bind(count.failures).bind(count.counted_at).bind(count.blocked_until)
    });
    Ok(query.execute(&mut **tx).await?.rows_affected() > 0)
}

/// Puts all counts back to what they were before, but for those that have been changed since; the keys of the others. One
/// statement, in the order in which [`look`] locks. A count that was forgotten meanwhile begins with nothing.
async fn restore(tx: &mut Transaction, charges: &[(&str, &Charge)]) -> Result<Vec<String>, StoreError> {
    let places = |at: usize| -> [usize; 7] { std::array::from_fn(|nth| 7 * at + nth + 1) };
    let (mut rows, mut unchanged, mut before) = (Vec::new(), Vec::new(), [const { String::new() }; 3]);
    for at in 0..charges.len() {
        let [key, failures, counted_at, blocked_until, ..] = places(at);
        let [.., failures_after, counted_after, blocked_after] = places(at);
        rows.push(format!("(${key}, 0, CAST(${counted_at} AS BIGINT), 0)"));
        unchanged.push(format!(
            "throttle.id = ${key} AND throttle.failures = ${failures_after}
             AND throttle.counted_at = ${counted_after} AND throttle.blocked_until = ${blocked_after}"
        ));
        for (column, place) in before.iter_mut().zip([failures, counted_at, blocked_until]) {
            let _ = write!(column, " WHEN ${key} THEN CAST(${place} AS BIGINT)");
        }
    }
    let [failures, counted_at, blocked_until] = before;
    let query = AssertSqlSafe(format!(
        "INSERT INTO throttle (id, failures, counted_at, blocked_until) VALUES {}
         ON CONFLICT (id) DO UPDATE SET failures = CASE throttle.id{failures} END,
             counted_at = CASE throttle.id{counted_at} END, blocked_until = CASE throttle.id{blocked_until} END
         WHERE {} RETURNING id",
        rows.join(", "),
        unchanged.join(" OR "),
    ));
    let query = charges.iter().fold(sqlx::query_scalar(query), |query, (key, Charge { before, after, .. })| {
        [before, after].into_iter().fold(query.bind(*key), |query, count| {
            query.bind(count.failures).bind(count.counted_at).bind(count.blocked_until)
        })
    });
    Ok(query.fetch_all(&mut **tx).await?)
}

async fn take_one_back(tx: &mut Transaction, key: &str, charge: &Charge) -> Result<(), StoreError> {
    let Charge { after, is_of_budget, .. } = charge;
    let query = if *is_of_budget {
        // With one back, the budget is not used up, whoever spent the last; that of another time is not touched.
        sqlx::query(
            "UPDATE throttle SET failures = failures - 1, blocked_until = 0
             WHERE id = $1 AND failures > 0 AND counted_at = $2",
        )
        .bind(key)
        .bind(after.counted_at)
    } else {
        sqlx::query("UPDATE throttle SET failures = failures - 1 WHERE id = $1 AND failures > 0").bind(key)
    };
    query.execute(&mut **tx).await?;
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
mod tests;
