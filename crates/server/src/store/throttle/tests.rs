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
    Ok(sqlx::query_as("SELECT failures, counted_at, blocked_until FROM throttle WHERE id = 'k'")
        .fetch_one(&mut **tx)
        .await?)
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
            take_back(&mut tx, &[("k", &charged)]).await?;
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
        take_back(&mut tx, &[("k", &mine)]).await?;
        let left = stored(&mut tx).await?;
        assert_eq!((left.failures, left.blocked_until), (1, 3000));
    });
    Ok(())
}

#[tokio::test]
async fn a_budget_is_whole_again_in_whatever_order_its_charges_are_taken_back() -> Result<(), StoreError> {
    let (store, _folder) = store().await;
    let limit = Limit::Budget { failures: 3, per: Duration::from_hours(1) };
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        in_transaction!(store, |tx| {
            clear(&mut tx, "k").await?;
            let mut charges = Vec::new();
            for now in 5..8 {
                let Verdict::Charged(one) = charge(&mut tx, "k", now, limit).await? else { panic!("{now}") };
                charges.push(one);
            }
            assert!(matches!(charge(&mut tx, "k", 8, limit).await?, Verdict::Wait(_)));
            for (back, nth) in order.into_iter().enumerate() {
                take_back(&mut tx, &[("k", &charges[nth])]).await?;
                let left = stored(&mut tx).await?;
                assert_eq!((left.failures, left.blocked_until), (2 - i64::try_from(back).unwrap(), 0), "{order:?}");
            }
        });
    }
    Ok(())
}

#[tokio::test]
async fn a_late_take_back_gives_nothing_to_the_next_budget() -> Result<(), StoreError> {
    let (store, _folder) = store().await;
    let limit = Limit::Budget { failures: 2, per: Duration::from_hours(1) };
    in_transaction!(store, |tx| {
        let Verdict::Charged(late) = charge(&mut tx, "k", 0, limit).await? else { panic!("late") };
        for _ in 0..2 {
            assert!(matches!(charge(&mut tx, "k", HOUR, limit).await?, Verdict::Charged(_)));
        }
        take_back(&mut tx, &[("k", &late)]).await?;
        assert_eq!(charge(&mut tx, "k", HOUR, limit).await?, Verdict::Wait(2 * HOUR));
    });
    Ok(())
}

#[tokio::test]
async fn of_several_charges_each_goes_back_to_what_it_was_before_or_leaves_what_others_were_charged()
-> Result<(), StoreError> {
    let (store, _folder) = store().await;
    let rules = rules();
    let budget = Limit::Budget { failures: 9, per: Duration::from_hours(1) };
    in_transaction!(store, |tx| {
        assert!(matches!(charge(&mut tx, "address", 0, budget).await?, Verdict::Charged(_)));
        let limits = [("address".to_owned(), budget), ("k".to_owned(), Limit::GrowingWaits(&rules))];
        let Ok(charges) = look(&mut tx, &limits, 7).await? else { panic!("a wait") };
        let charges: Vec<(&str, Charge)> = ["address", "k"].into_iter().zip(charges).collect();
        write(&mut tx, &charges).await?;
        assert!(matches!(charge(&mut tx, "k", 1007, Limit::GrowingWaits(&rules)).await?, Verdict::Charged(_)));
        take_back(&mut tx, &charges.iter().map(|(key, charge)| (*key, charge)).collect::<Vec<_>>()).await?;
        let query = sqlx::query_as("SELECT id, failures, counted_at FROM throttle ORDER BY id");
        let left: Vec<(String, i64, i64)> = query.fetch_all(&mut *tx).await?;
        assert_eq!(left, [("address".to_owned(), 1, 0), ("k".to_owned(), 1, 7)]);
    });
    Ok(())
}

#[tokio::test]
async fn what_was_forgotten_meanwhile_is_not_charged_again_by_taking_back() -> Result<(), StoreError> {
    let (store, _folder) = store().await;
    let rules = rules();
    let limit = Limit::GrowingWaits(&rules);
    in_transaction!(store, |tx| {
        assert!(matches!(charge(&mut tx, "k", 0, limit).await?, Verdict::Charged(_)));
        let Verdict::Charged(mine) = charge(&mut tx, "k", 1000, limit).await? else { panic!("a wait") };
        clear(&mut tx, "k").await?;
        take_back(&mut tx, &[("k", &mine)]).await?;
        let query = sqlx::query_as("SELECT failures, blocked_until FROM throttle WHERE id = 'k'");
        let left: Option<(i64, i64)> = query.fetch_optional(&mut *tx).await?;
        assert_eq!(left.unwrap_or_default(), (0, 0));
    });
    Ok(())
}

#[tokio::test]
async fn where_nothing_is_counted_nothing_is_charged_or_taken_back() -> Result<(), StoreError> {
    let (store, _folder) = store().await;
    in_transaction!(store, |tx| {
        assert_eq!(look(&mut tx, &[], 0).await?, Ok(Vec::new()));
        write(&mut tx, &[]).await?;
        take_back(&mut tx, &[]).await?;
    });
    Ok(())
}
