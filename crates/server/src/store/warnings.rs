//! When owners were last warned.

use super::{StoreError, Transaction};
use crate::clock::UnixMillis;

/// What warnings are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Whatever looks suspicious.
    Suspicion,
    /// Changes of the password: apart, so that nobody can use up the warning of the hour before making one.
    PasswordChange,
}

/// Whether an owner may be warned now, the last warning being at least `every` milliseconds ago. Of several that ask
/// at the same time, one is told so.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn claim(
    tx: &mut Transaction,
    account_id: &str,
    counter: Counter,
    now: UnixMillis,
    every: i64,
) -> Result<bool, StoreError> {
    // A moment that is yet to come was written by a clock that was wrong.
    let query = sqlx::query(match counter {
        Counter::Suspicion => {
            "UPDATE account SET warned_at = $2
             WHERE id = $1 AND (warned_at IS NULL OR warned_at <= $3 OR warned_at > $2) RETURNING id"
        }
        Counter::PasswordChange => {
            "UPDATE account SET password_warned_at = $2
             WHERE id = $1 AND (password_warned_at IS NULL OR password_warned_at <= $3 OR password_warned_at > $2)
             RETURNING id"
        }
    });
    let claimed = query.bind(account_id).bind(now).bind(now.saturating_sub(every)).fetch_optional(&mut **tx).await?;
    Ok(claimed.is_some())
}

/// Gives back what was claimed at `claimed_at`: the mail went nowhere, and the next warning need not wait for it.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn give_back(
    tx: &mut Transaction,
    account_id: &str,
    counter: Counter,
    claimed_at: UnixMillis,
) -> Result<(), StoreError> {
    let query = sqlx::query(match counter {
        Counter::Suspicion => "UPDATE account SET warned_at = NULL WHERE id = $1 AND warned_at = $2",
        Counter::PasswordChange => {
            "UPDATE account SET password_warned_at = NULL WHERE id = $1 AND password_warned_at = $2"
        }
    });
    query.bind(account_id).bind(claimed_at).execute(&mut **tx).await?;
    Ok(())
}
