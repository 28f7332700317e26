use vestibule_protocol::{ErrorCode, ProblemKind, Sessions};

use super::user::elsewhere;
use crate::{
    Access, Doing, Effect, Event, Failure, Lost, Notice, Reply, Stage, Trouble,
    testing::{ELSEWHERE, HERE, Rig, me, place, tokens},
};

fn list(ids: &[&str]) -> Reply {
    Reply::Sessions(Sessions { sessions: ids.iter().map(|id| place(id)).collect() })
}

fn shown(rig: &Rig) -> Option<Vec<&str>> {
    rig.state.sessions().map(|sessions| sessions.iter().map(|session| session.id.as_str()).collect())
}

/// The list is there: this page, and one other place.
fn at_list() -> Rig {
    let mut rig = Rig::at_user();
    rig.send(Event::ShowSessions);
    rig.reply(list(&[HERE, ELSEWHERE]));
    rig
}

#[test]
fn the_list_is_fetched_when_it_is_wanted_and_gone_when_it_is_not() {
    let mut rig = Rig::at_user();
    assert_eq!(shown(&rig), None);
    rig.send(Event::ShowSessions);
    assert_eq!(rig.state.doing(), Some(Doing::ListingSessions));
    assert!(matches!(rig.effects.last(), Some(Effect::ListSessions(_, _, Access::Cookie))));
    rig.reply(list(&[HERE, ELSEWHERE]));
    assert_eq!((shown(&rig), rig.state.doing()), (Some(vec![HERE, ELSEWHERE]), None));
    rig.send(Event::HideSessions);
    assert!(rig.sends_nothing());
    assert_eq!(shown(&rig), None);
}

#[test]
fn where_somebody_is_signed_out_is_no_longer_in_the_list() {
    for answer in [Reply::Done, Reply::Problem(ProblemKind::NoSuchSession, None)] {
        let mut rig = at_list();
        rig.send(Event::SignOutThere(ELSEWHERE.to_owned()));
        assert_eq!(rig.state.doing(), Some(Doing::SigningOutThere));
        assert_eq!(rig.state.signing_out_there(), Some(ELSEWHERE));
        assert!(matches!(rig.effects.last(), Some(Effect::SignOutThere(_, _, _, id)) if id == ELSEWHERE));
        assert_eq!(shown(&rig), Some(vec![HERE, ELSEWHERE]), "not before the server has said so");
        rig.reply(answer);
        assert_eq!((shown(&rig), rig.state.trouble()), (Some(vec![HERE]), None));
    }
}

#[test]
fn a_second_tap_signs_out_once() {
    let mut rig = at_list();
    rig.send(Event::SignOutThere(ELSEWHERE.to_owned()));
    rig.send(Event::SignOutThere(ELSEWHERE.to_owned()));
    assert!(rig.effects.is_empty());
    rig.reply(Reply::Done);
    rig.send(Event::SignOutThere(ELSEWHERE.to_owned()));
    assert!(rig.effects.is_empty(), "it is not in the list any more");
}

#[test]
fn only_what_is_in_the_list_can_be_ended_and_never_the_own_session() {
    let mut without_a_list = Rig::at_user();
    without_a_list.send(Event::SignOutThere(ELSEWHERE.to_owned()));
    assert!(without_a_list.effects.is_empty());
    let mut rig = at_list();
    for id in [HERE, "another account's"] {
        rig.send(Event::SignOutThere(id.to_owned()));
        assert!(rig.effects.is_empty(), "{id}");
    }
}

#[test]
fn what_comes_to_nothing_is_told_at_the_list_and_ends_nothing() {
    let soon = Failure::Wait(2000);
    for (answer, failure) in [
        (Reply::Lost(Lost::NoAnswer), Failure::NoAnswer),
        (Reply::Lost(Lost::Offline), Failure::Offline),
        (Reply::Problem(ProblemKind::RateLimited, Some(2)), soon),
        (Reply::Problem(ProblemKind::TemporarilyUnavailable, None), Failure::Ill),
        (Reply::Problem(ProblemKind::Unknown("urn:other".to_owned()), None), Failure::Misunderstood),
        (Reply::Me(Box::new(me())), Failure::Misunderstood),
    ] {
        let mut rig = at_list();
        rig.send(Event::SignOutThere(ELSEWHERE.to_owned()));
        rig.reply(answer.clone());
        assert_eq!(rig.state.trouble(), Some(&Trouble::Sessions(failure)), "{answer:?}");
        assert_eq!(shown(&rig), Some(vec![HERE, ELSEWHERE]));

        let mut rig = Rig::at_user();
        rig.send(Event::ShowSessions);
        rig.reply(answer);
        assert_eq!((rig.state.trouble(), shown(&rig)), (Some(&Trouble::Sessions(failure)), None));
    }
}

#[test]
fn a_list_that_comes_after_it_was_given_up_is_not_shown() {
    let mut rig = Rig::at_user();
    rig.send(Event::ShowSessions);
    let late = rig.pending();
    rig.send(Event::Cancel);
    rig.send(Event::Reply(late, list(&[HERE])));
    assert_eq!((shown(&rig), rig.state.doing()), (None, None));
}

#[test]
fn whoever_comes_back_sees_the_list_as_it_is_by_then() {
    let mut rig = at_list();
    rig.send(Event::Returned);
    rig.reply(Reply::Me(Box::new(me())));
    assert!(matches!(rig.effects.last(), Some(Effect::ListSessions(..))));
    assert_eq!(rig.state.doing(), None, "quietly");
    let mut unreached = rig.clone();
    rig.reply(list(&[HERE]));
    assert_eq!(shown(&rig), Some(vec![HERE]));
    unreached.reply(Reply::Lost(Lost::NoAnswer));
    assert_eq!((shown(&unreached), unreached.state.trouble()), (Some(vec![HERE, ELSEWHERE]), None));
}

#[test]
fn a_closed_list_is_opened_by_nothing_but_the_person() {
    let mut rig = at_list();
    rig.send(Event::Returned);
    let mut renewed = rig.clone();
    rig.reply(Reply::Me(Box::new(me())));
    let quiet = rig.pending();
    rig.send(Event::HideSessions);
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Abort(number) if *number == quiet)));
    rig.send(Event::Reply(quiet, list(&[HERE])));
    assert_eq!((shown(&rig), rig.state.doing()), (None, None));
    rig.send(Event::Returned);
    rig.reply(Reply::Me(Box::new(me())));
    assert!(rig.sends_nothing(), "nothing shows a list that would be kept up to date");
    rig.send(Event::ShowSessions);
    rig.reply(list(&[HERE]));
    assert_eq!(shown(&rig), Some(vec![HERE]));

    renewed.send(Event::HideSessions);
    renewed.reply(Reply::Me(Box::new(me())));
    assert!(renewed.sends_nothing() && shown(&renewed).is_none(), "closed before the list was asked for");
}

#[test]
fn signed_out_from_another_place_this_one_is_over() {
    for event in [Event::ShowSessions, Event::SignOutThere(ELSEWHERE.to_owned())] {
        let mut rig = at_list();
        rig.send(event);
        rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
        assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Connect, Some(Notice::SessionEnded)));
        assert_eq!(shown(&rig), None);
    }
}

#[test]
fn an_access_token_that_has_run_out_is_renewed_and_the_request_sent_again() {
    let change = Event::SetPassword { current: "correct horse".into(), new: "staple moth lantern".into() };
    let mut rig = elsewhere();
    rig.send(Event::ShowSessions);
    rig.reply(list(&[HERE, ELSEWHERE]));
    for event in [Event::ShowSessions, Event::SignOutThere(ELSEWHERE.to_owned()), change] {
        let mut rig = rig.clone();
        rig.send(event.clone());
        let doing = rig.state.doing();
        rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
        assert!(matches!(rig.effects.last(), Some(Effect::Token(..))), "{event:?}");
        assert_eq!(rig.state.doing(), doing);
        let mut limited = rig.clone();
        let mut over = rig.clone();
        rig.reply(tokens("two"));
        let access = match rig.effects.last() {
            Some(
                Effect::ListSessions(_, _, access)
                | Effect::SignOutThere(_, _, access, _)
                | Effect::SetPassword(_, _, access, _),
            ) => access,
            other => panic!("{event:?}: {other:?}"),
        };
        assert!(matches!(access, Access::Bearer(token) if token.expose() == "two"));
        over.reply(Reply::NoTokens(ErrorCode::InvalidGrant, None));
        assert_eq!((over.state.stage(), over.state.me()), (Stage::Connect, None));
        limited.reply(Reply::NoTokens(ErrorCode::RateLimited, Some(2)));
        assert_eq!(limited.state.stage(), Stage::User);
    }
}
