use vestibule_protocol::{ErrorCode, MAX_PASSWORD_CHARS, ProblemKind};

use crate::{
    Doing, Effect, Event, Failure, Lost, Notice, Reply, Stage, Trouble,
    password::Error,
    testing::{Rig, SERVER, me},
};

const OLD: &str = "correct horse";
const NEW: &str = "staple moth lantern";

fn change(current: &str, new: &str) -> Event {
    Event::SetPassword { current: current.into(), new: new.into() }
}

/// A change is under way.
fn changing() -> Rig {
    let mut rig = Rig::at_user();
    rig.send(change(OLD, NEW));
    assert_eq!(rig.state.doing(), Some(Doing::ChangingPassword));
    assert!(matches!(rig.effects.last(), Some(Effect::SetPassword(_, _, _, request))
        if request.current_password.expose() == OLD && request.new_password.expose() == NEW));
    rig
}

fn told(rig: &Rig) -> Option<Error> {
    match rig.state.trouble() {
        Some(Trouble::Password(error)) => Some(*error),
        _ => None,
    }
}

#[test]
fn a_changed_password_signs_out_everywhere_here_too() {
    let mut rig = changing();
    rig.reply(Reply::Done);
    assert_eq!((rig.state.stage(), rig.state.me()), (Stage::Connect, None));
    assert_eq!(rig.state.notice(), Some(Notice::PasswordChanged));
    let record = rig.record.unwrap();
    assert!(record.contains(r#""session":null"#) && !record.contains(OLD) && !record.contains(NEW));
}

#[test]
fn what_needs_no_server_to_be_told_is_not_sent() {
    let too_long = "x".repeat(MAX_PASSWORD_CHARS + 1);
    for (current, new, error) in [
        ("", NEW, Error::NoCurrent),
        ("", "", Error::NoCurrent),
        (too_long.as_str(), NEW, Error::Wrong),
        (OLD, "", Error::NoNew),
        (OLD, "seven77", Error::TooShort),
        // Four characters, however many bytes they have.
        (OLD, "日本語文", Error::TooShort),
        (OLD, too_long.as_str(), Error::TooLong),
    ] {
        let mut rig = Rig::at_user();
        rig.send(change(current, new));
        assert_eq!(told(&rig), Some(error));
        assert!(rig.effects.is_empty());
        rig.send(Event::Edited);
        assert_eq!(rig.state.trouble(), None, "it was said of what stood there before");
    }
}

#[test]
fn passwords_at_the_limits_and_with_blanks_are_sent_as_they_are() {
    let longest = "x".repeat(MAX_PASSWORD_CHARS);
    for new in ["eight888", "  blanks  ", longest.as_str()] {
        let mut rig = Rig::at_user();
        rig.send(change(&longest, new));
        assert!(matches!(rig.effects.last(), Some(Effect::SetPassword(_, _, _, request))
            if request.current_password.expose() == longest && request.new_password.expose() == new));
    }
}

#[test]
fn each_refusal_of_the_server_is_told_and_the_session_goes_on() {
    for (kind, retry_after, error) in [
        (ProblemKind::WrongPassword, None, Error::Wrong),
        (ProblemKind::PasswordTooShort, None, Error::TooShort),
        (ProblemKind::PasswordTooCommon, None, Error::TooCommon),
        (ProblemKind::PasswordNotPossible, None, Error::NotPossible),
        (ProblemKind::PasswordUnchanged, None, Error::Unchanged),
        (ProblemKind::RateLimited, Some(4), Error::Failure(Failure::Wait(4000))),
        (ProblemKind::TemporarilyUnavailable, None, Error::Failure(Failure::Ill)),
        (ProblemKind::OriginNotAllowed, None, Error::Failure(Failure::NotAllowed)),
        (ProblemKind::InvalidBody, None, Error::Failure(Failure::Misunderstood)),
    ] {
        let mut rig = changing();
        rig.reply(Reply::Problem(kind.clone(), retry_after));
        assert_eq!(told(&rig), Some(error), "{kind:?}");
        assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::User, None));
        rig.send(Event::Returned);
        rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
        // A refused change ends no session; of one that a server in trouble has answered nobody knows.
        let is_known = kind != ProblemKind::TemporarilyUnavailable;
        let notice = if is_known { Notice::SessionEnded } else { Notice::PasswordMayBeChanged };
        assert_eq!(rig.state.notice(), Some(notice), "{kind:?}");
    }
}

#[test]
fn after_a_lost_answer_the_session_tells_what_became_of_the_change() {
    for lost in [Lost::NoAnswer, Lost::Ill] {
        let mut rig = changing();
        rig.reply(Reply::Lost(lost));
        assert_eq!(rig.state.doing(), Some(Doing::ChangingPassword));
        assert!(matches!(rig.effects.last(), Some(Effect::LoadMe(..))));
        let mut unreached = rig.clone();
        let mut changed = rig.clone();
        rig.reply(Reply::Me(Box::new(me())));
        assert_eq!((told(&rig), rig.state.doing()), (Some(Error::Failure(lost.into())), None));
        unreached.reply(Reply::Lost(Lost::NoAnswer));
        assert_eq!(told(&unreached), Some(Error::Failure(Failure::NoAnswer)));
        changed.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
        assert_eq!(changed.state.stage(), Stage::Connect);
        assert_eq!(changed.state.notice(), Some(Notice::PasswordMayBeChanged));
        // Tried again, it is as telling.
        unreached.send(change(OLD, NEW));
        unreached.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
        assert_eq!(unreached.state.notice(), Some(Notice::PasswordMayBeChanged));
    }
}

#[test]
fn a_change_that_takes_too_long_is_looked_after_and_its_late_answer_counts_no_more() {
    let mut rig = changing();
    let late = rig.pending();
    rig.send(Event::TimedOut(late));
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Abort(number) if *number == late)));
    rig.send(Event::Reply(late, Reply::Done));
    assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::User, Some(Doing::ChangingPassword)));
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(told(&rig), Some(Error::Failure(Failure::TooSlow)));
}

#[test]
fn a_change_that_was_given_up_may_have_happened() {
    let mut rig = changing();
    rig.send(Event::Cancel);
    assert_eq!(rig.state.doing(), None);
    assert!(matches!(rig.effects.last(), Some(Effect::LoadMe(..))));
    let mut unchanged = rig.clone();
    rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
    assert_eq!(rig.state.notice(), Some(Notice::PasswordMayBeChanged));
    unchanged.reply(Reply::Me(Box::new(me())));
    assert_eq!((unchanged.state.stage(), unchanged.state.trouble()), (Stage::User, None));
}

/// Another tab of this one has signed out, or has only noticed that it is.
fn ended_elsewhere(rig: &mut Rig) {
    let record = rig.record.clone().unwrap();
    let ended = record.replace(&format!(r#""session":"{SERVER}""#), r#""session":null"#);
    assert_ne!(ended, record);
    rig.send(Event::Elsewhere(ended));
}

#[test]
fn another_tab_that_notices_the_end_first_does_not_hide_what_may_have_ended_it() {
    let may_be = Some(Notice::PasswordMayBeChanged);
    let mut under_way = changing();
    ended_elsewhere(&mut under_way);
    assert_eq!((under_way.state.stage(), under_way.state.notice()), (Stage::Connect, may_be));

    let mut with_tokens = super::user::elsewhere();
    with_tokens.send(change(OLD, NEW));
    ended_elsewhere(&mut with_tokens);
    assert!(with_tokens.effects.iter().any(|effect| matches!(effect, Effect::Revoke(..))));
    with_tokens.reply(Reply::Done);
    assert_eq!((with_tokens.state.stage(), with_tokens.state.notice()), (Stage::Connect, may_be));

    let mut refused = changing();
    refused.reply(Reply::Problem(ProblemKind::WrongPassword, None));
    ended_elsewhere(&mut refused);
    assert_eq!(refused.state.notice(), Some(Notice::SignedOut));
}

#[test]
fn whoever_signs_out_here_after_a_lost_change_is_told_just_that() {
    for mut rig in [Rig::at_user(), super::user::elsewhere()] {
        rig.send(change(OLD, NEW));
        rig.reply(Reply::Problem(ProblemKind::TemporarilyUnavailable, None));
        rig.send(Event::SignOut);
        let mut failed = rig.clone();
        rig.reply(Reply::Done);
        assert_eq!(rig.state.notice(), Some(Notice::SignedOut));
        failed.reply(Reply::Lost(Lost::NoAnswer));
        failed.send(Event::Returned);
        while failed.state.stage() == Stage::User {
            failed.reply(match failed.effects.last() {
                Some(Effect::Token(..)) => Reply::NoTokens(ErrorCode::InvalidGrant, None),
                _ => Reply::Problem(ProblemKind::NotSignedIn, None),
            });
        }
        assert_eq!(failed.state.notice(), Some(Notice::PasswordMayBeChanged), "that did not happen");
    }
}

#[test]
fn a_network_that_goes_is_told_at_once_and_what_happened_when_it_returns() {
    let mut rig = changing();
    rig.send(Event::Offline);
    assert_eq!((told(&rig), rig.state.doing()), (Some(Error::Failure(Failure::Offline)), None));
    rig.send(Event::Returned);
    assert_eq!(rig.state.trouble(), None);
    rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
    assert_eq!(rig.state.notice(), Some(Notice::PasswordMayBeChanged));
}

#[test]
fn a_second_tap_changes_it_once() {
    let mut rig = changing();
    rig.send(change(OLD, "something else"));
    assert!(rig.effects.is_empty());
}
