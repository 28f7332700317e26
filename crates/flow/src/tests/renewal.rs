//! Renewals of tokens: what a person, a network and a browser do meanwhile must not end the session.

use proptest::prelude::*;
use vestibule_protocol::{ErrorCode, PreferredDevice, Sessions};

use super::{
    tokens::{bound, refresh, run_out, signed_in, stored},
    user::elsewhere,
    world::{Fate, World},
};
use crate::{
    Access, BrowserKey, Doing, Effect, Event, Failure, Lost, Notice, Reply, Stage, Trouble, password,
    testing::{ELSEWHERE, HERE, Rig, bound_tokens, foreign, me, place, tokens},
    user,
};

const PREFER: Event = Event::Prefer(PreferredDevice::AutoPilot);

fn change() -> Event {
    Event::SetPassword { current: "correct horse".into(), new: "staple moth lantern".into() }
}

fn aborts(rig: &Rig) -> bool {
    rig.effects.iter().any(|effect| matches!(effect, Effect::Abort(_)))
}

/// How long the request that goes out may take, in milliseconds.
fn limit(rig: &Rig) -> Option<u32> {
    rig.effects.iter().find_map(|effect| if let Effect::Timer(_, limit) = effect { Some(*limit) } else { None })
}

/// Tokens are being renewed, quietly: bound ones, or others.
fn renewing(mut rig: Rig) -> Rig {
    rig.send(Event::Returned);
    rig.reply(run_out());
    assert!(refresh(&rig).is_some() && rig.state.doing().is_none());
    rig
}

fn both() -> [(Rig, Reply); 2] {
    [(renewing(signed_in()), bound_tokens("two")), (renewing(elsewhere()), tokens("two"))]
}

/// New tokens have come, and are safe.
fn renewed(rig: &mut Rig, got: &Reply) {
    rig.reply(got.clone());
    if rig.effects.iter().any(|effect| matches!(effect, Effect::Store(number, _) if *number == rig.pending())) {
        rig.reply(Reply::Done);
    }
}

#[test]
fn an_act_waits_for_a_renewal_that_is_under_way() {
    for (rig, got) in both() {
        let renewal = rig.pending();
        for (event, doing) in [
            (PREFER, Doing::Saving),
            (Event::ShowSessions, Doing::ListingSessions),
            (change(), Doing::ChangingPassword),
        ] {
            let mut rig = rig.clone();
            rig.send(event.clone());
            assert!(rig.effects.is_empty(), "{event:?}: {:?}", rig.effects);
            assert_eq!((rig.pending(), rig.state.doing()), (renewal, Some(doing)));
            rig.send(PREFER);
            assert_eq!(rig.state.doing(), Some(doing), "one at a time");
            renewed(&mut rig, &got);
            let access = match (doing, rig.effects.last()) {
                (Doing::Saving, Some(Effect::SetPreferredDevice(_, _, access, _)))
                | (Doing::ListingSessions, Some(Effect::ListSessions(_, _, access)))
                | (Doing::ChangingPassword, Some(Effect::SetPassword(_, _, access, _))) => access,
                (_, other) => panic!("{event:?}: {other:?}"),
            };
            assert!(matches!(access, Access::Bound(token) | Access::Bearer(token) if token.expose() == "two"));
        }
    }
}

#[test]
fn an_act_whose_renewal_comes_to_nothing_is_told_like_any_other() {
    let mut rig = renewing(signed_in());
    rig.send(PREFER);
    let mut over = rig.clone();
    rig.reply(Reply::Lost(Lost::NoAnswer));
    assert_eq!((refresh(&rig), rig.state.doing()), (Some(bound("refresh-one")), Some(Doing::Saving)));
    rig.reply(Reply::Lost(Lost::NoAnswer));
    assert_eq!(rig.state.trouble(), Some(&Trouble::User(user::Error::Failure(Failure::NoAnswer))));
    assert_eq!(rig.state.doing(), None);
    over.reply(Reply::NoTokens(ErrorCode::InvalidGrant, None));
    assert_eq!(over.state.notice(), Some(Notice::SessionEnded));

    let mut unsent = renewing(signed_in());
    unsent.send(change());
    unsent.reply(Reply::NoTokens(ErrorCode::InvalidGrant, None));
    assert_eq!(unsent.state.notice(), Some(Notice::SessionEnded), "the new password was not sent");
}

#[test]
fn what_needs_no_server_to_be_refused_leaves_a_renewal_alone() {
    for (mut rig, _) in both() {
        let renewal = rig.pending();
        rig.send(Event::SetPassword { current: "correct horse".into(), new: "short".into() });
        assert_eq!(rig.state.trouble(), Some(&Trouble::Password(password::Error::TooShort)));
        assert!(rig.effects.is_empty());
        assert_eq!(rig.state.pending(), Some(renewal));
    }
}

#[test]
fn what_is_given_up_during_a_renewal_is_not_done_and_the_tokens_count() {
    for (mut rig, got) in both() {
        rig.send(PREFER);
        let mut offline = rig.clone();
        rig.send(Event::Cancel);
        offline.send(Event::Offline);
        assert!(offline.state.trouble().is_some_and(Trouble::is_offline));
        offline.send(Event::Returned);
        assert_eq!(offline.state.trouble(), None);
        for mut rig in [rig, offline] {
            assert!(!aborts(&rig) && rig.state.doing().is_none());
            renewed(&mut rig, &got);
            assert!(matches!(rig.effects.last(), Some(Effect::LoadMe(..))), "{:?}", rig.effects);
            assert_eq!(
                stored(&rig).contains("refresh-two"),
                matches!(&got, Reply::Tokens(got) if got.token_type == "DPoP")
            );
        }
    }
}

#[test]
fn whoever_signs_out_waits_for_no_renewal() {
    for (mut rig, _) in both() {
        rig.send(Event::SignOut);
        assert!(aborts(&rig) && matches!(rig.effects.last(), Some(Effect::Revoke(..))));
    }
}

#[test]
fn only_what_the_server_still_takes_is_sent_twice() {
    let mut rig = renewing(signed_in());
    assert_eq!(limit(&rig), Some(10_000));
    rig.send(Event::TimedOut(rig.pending()));
    assert_eq!((refresh(&rig), limit(&rig)), (Some(bound("refresh-one")), Some(10_000)));
    rig.send(Event::TimedOut(rig.pending()));
    assert_eq!((refresh(&rig), rig.state.pending()), (None, None), "twice, and no more");

    let mut rig = renewing(elsewhere());
    assert_eq!(limit(&rig), Some(30_000), "a spent one would end the session: the answer is waited for");
    rig.reply(Reply::Lost(Lost::NoAnswer));
    assert_eq!((refresh(&rig), rig.state.pending()), (None, None));
}

#[test]
fn tokens_that_were_renewed_for_a_lost_request_are_renewed_again_when_they_have_run_out() {
    let mut rig = renewing(signed_in());
    renewed(&mut rig, &bound_tokens("two"));
    rig.reply(Reply::Lost(Lost::NoAnswer));
    rig.send(PREFER);
    rig.reply(run_out());
    assert_eq!(refresh(&rig), Some(bound("refresh-two")));
}

#[test]
fn a_list_that_is_closed_during_a_renewal_stays_closed() {
    let mut rig = signed_in();
    rig.send(Event::ShowSessions);
    rig.reply(Reply::Sessions(Sessions { sessions: vec![place(HERE)] }));
    rig.send(Event::Returned);
    rig.reply(Reply::Me(Box::new(me())));
    rig.reply(run_out());
    rig.send(Event::HideSessions);
    renewed(&mut rig, &bound_tokens("two"));
    rig.reply(Reply::Sessions(Sessions { sessions: vec![place(HERE)] }));
    assert!(rig.state.sessions().is_none());
}

/// Something that happens to a person who stays signed in.
#[derive(Clone, Debug)]
enum Happening {
    Network(Fate),
    Late,
    Person(Event),
    /// So many milliseconds pass while nothing is under way.
    Time(u64),
    AccessExpires,
}

fn happening() -> impl Strategy<Value = Happening> {
    let fate = prop::sample::select(vec![Fate::Answered, Fate::LostBeforeTheServer, Fate::AnswerLost, Fate::Late]);
    let event = prop::sample::select(vec![
        PREFER,
        Event::ShowSessions,
        Event::HideSessions,
        Event::SignOutThere(ELSEWHERE.to_owned()),
        Event::SetPassword { current: "wrong".into(), new: "staple moth lantern".into() },
        Event::SetPassword { current: "wrong".into(), new: "short".into() },
        Event::Cancel,
        Event::Returned,
        Event::Offline,
    ]);
    prop_oneof![
        6 => fate.prop_map(Happening::Network),
        1 => Just(Happening::Late),
        6 => event.prop_map(Happening::Person),
        2 => (0_u64..120_000).prop_map(Happening::Time),
        3 => Just(Happening::AccessExpires),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_network_that_loses_no_two_answers_in_a_row_ends_no_session(
        key in prop::sample::select(vec![BrowserKey::None, BrowserKey::OfThePage, BrowserKey::Kept]),
        happenings in prop::collection::vec(happening(), 0..60),
    ) {
        let mut world = World::on(foreign(), key);
        prop_assert!(world.sign_in("ada"));
        let mut is_good = true;
        for happening in happenings {
            match happening {
                Happening::Network(fate) => {
                    // An exchange of tokens that are bound to nothing must not be lost on its way back.
                    let can_be_lost = key != BrowserKey::None || fate == Fate::LostBeforeTheServer;
                    let fate = if is_good && can_be_lost { fate } else { Fate::Answered };
                    if world.network(fate) {
                        is_good = fate == Fate::Answered;
                    }
                }
                Happening::Late => world.deliver_late(),
                Happening::Person(event) => world.send(event),
                Happening::Time(passed) if world.is_idle() => world.rig.now += passed,
                Happening::AccessExpires if world.is_idle() => world.model.expire_access(),
                Happening::Time(_) | Happening::AccessExpires => {}
            }
            prop_assert!(world.model.session.is_some(), "{:?}", world.rig.state);
            prop_assert_eq!(world.rig.state.stage(), Stage::User);
        }
    }
}
