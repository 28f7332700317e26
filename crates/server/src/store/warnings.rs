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
    // Claims come in another order than their moments. Only one that is further ahead than the next warning could be
    // was written by a clock that was wrong.
    let query = sqlx::query(match counter {
        Counter::Suspicion => {
            "UPDATE account SET warned_at = $2
             WHERE id = $1 AND (warned_at IS NULL OR warned_at <= $3 OR warned_at > $4) RETURNING id"
        }
        Counter::PasswordChange => {
            "UPDATE account SET password_warned_at = $2
             WHERE id = $1 AND (password_warned_at IS NULL OR password_warned_at <= $3 OR password_warned_at > $4)
             RETURNING id"
        }
    });
    let query = query.bind(account_id).bind(now).bind(now.saturating_sub(every)).bind(now.saturating_add(every));
    let claimed = query.fetch_optional(&mut **tx).await?;
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

#[cfg(test)]
mod tests {
    use super::super::accounts::{Account, NewAccount};
    use super::super::in_transaction;
    use super::super::testing::store;
    use super::*;

    const NOW: UnixMillis = 1_800_000_000_000;
    const HOUR: i64 = 3_600_000;

    /// What is told to those who claim at these moments, one after the other.
    async fn told(moments: &[UnixMillis], counter: Counter) -> Vec<bool> {
        let (store, _folder) = store().await;
        let account = NewAccount {
            username: "ada".into(),
            name: "Ada".into(),
            email: None,
            password_hash: None,
            password_expires_at: None,
            two_factor: false,
        };
        let mut told = Vec::new();
        let claims = async {
            in_transaction!(store, |tx| {
                Account::add(&mut tx, "ada", &account, 0).await.unwrap();
                for now in moments {
                    told.push(claim(&mut tx, "ada", counter, *now, HOUR).await?);
                }
            });
            Ok::<_, StoreError>(())
        };
        claims.await.unwrap();
        told
    }

    #[tokio::test]
    async fn of_claims_in_whatever_order_one_an_hour_is_granted() {
        for counter in [Counter::Suspicion, Counter::PasswordChange] {
            let moments = [NOW, NOW - 1, NOW + 1, NOW - HOUR, NOW + HOUR - 1, NOW + HOUR, NOW + HOUR - 1];
            assert_eq!(told(&moments, counter).await, [true, false, false, false, false, true, false]);
        }
    }

    #[tokio::test]
    async fn a_clock_that_was_wrong_silences_no_warning() {
        for counter in [Counter::Suspicion, Counter::PasswordChange] {
            assert_eq!(told(&[NOW + 24 * HOUR, NOW, NOW + 1], counter).await, [true, true, false]);
        }
    }
}
