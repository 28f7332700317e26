use super::*;
use crate::store::in_transaction;
use crate::store::testing::store;

const LIFE: Duration = Duration::from_mins(10);

impl Keys {
    /// Keys that are the same in every test.
    pub(crate) fn for_tests() -> Self {
        es256::install();
        let stored = fresh(&Random::from_seed([9; 32]), 0);
        let signing = signing_keys(&[stored]).unwrap();
        Self { mac: [7; 32], signing: Arc::new(RwLock::new(signing)), genuine: Arc::default() }
    }
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_until_its_tokens_end() -> Result<(), KeysError> {
    let (store, _folder) = store().await;
    let random = Random::from_seed([1; 32]);
    let clock = Clock::set_to(1_800_000_000_000);
    let keys = Keys::load(&store, &random, &clock).await?;
    let ids = |now| keys.published(now, LIFE).iter().map(|key| key.id.clone()).collect::<Vec<_>>();
    let old = keys.signing(clock.now()).id.clone();
    assert_eq!(ids(clock.now()), [old.as_str()]);

    let next = fresh(&random, clock.now() + millis(PUBLISHED_BEFORE));
    in_transaction!(store, |tx| next.add(&mut tx, "jwt", clock.now()).await?);
    keys.reload(&store, &random, &clock).await?;
    let minute = 60_000;
    for (after, expected) in [
        (0, vec![&old, &next.id]),
        (15 * minute - 1, vec![&old, &next.id]),
        (15 * minute, vec![&next.id, &old]),
        (25 * minute - 1, vec![&next.id, &old]),
        (25 * minute, vec![&next.id]),
    ] {
        assert!(ids(clock.now() + after).iter().eq(expected.clone()), "{after}");
        assert_eq!(&keys.signing(clock.now() + after).id, expected[0], "{after}");
    }

    store.forget_signing_keys(clock.now() + 15 * minute - 1).await?;
    keys.reload(&store, &random, &clock).await?;
    assert_eq!(ids(clock.now()).len(), 2);
    store.forget_signing_keys(clock.now() + 15 * minute).await?;
    keys.reload(&store, &random, &clock).await?;
    assert_eq!(ids(clock.now() + 15 * minute), [next.id]);
    Ok(())
}

#[tokio::test]
async fn two_servers_that_start_together_have_the_same_keys() -> Result<(), KeysError> {
    let (store, _folder) = store().await;
    let clock = Clock::set_to(1_800_000_000_000);
    let (one, other) = (Random::from_seed([1; 32]), Random::from_seed([2; 32]));
    let (one, other) = tokio::join!(Keys::load(&store, &one, &clock), Keys::load(&store, &other, &clock));
    let (one, other) = (one?, other?);
    assert_eq!(one.signing(0).id, other.signing(0).id);
    assert_eq!(one.mac(Purpose::Name, &["ada"]), other.mac(Purpose::Name, &["ada"]));
    Ok(())
}
