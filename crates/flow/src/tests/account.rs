use vestibule_protocol::{AccountNameError, CellNumberError, ChallengeStep, ErrorCode};

use crate::{
    Doing, Effect, Event, Failure, Lost, Reply, Stage, Trouble,
    account::Error,
    testing::{Rig, challenged, credentials_required},
};

fn error(rig: &Rig) -> Option<Error> {
    match rig.state.trouble() {
        Some(Trouble::Account(error)) => Some(*error),
        _ => None,
    }
}

#[test]
fn a_sign_in_begins_with_what_was_typed() {
    let mut rig = Rig::at_account();
    rig.account(" ada ", Some("+49 151 12345678"));
    let ChallengeStep::Account(request) = rig.step() else { panic!("not the account step") };
    assert_eq!(request.username, "ada");
    assert_eq!(request.phone_number.as_deref(), Some("+4915112345678"));
    assert_eq!(request.code_challenge.len(), 43);
    assert_eq!(rig.state.doing(), Some(Doing::Beginning));
}

#[test]
fn the_record_is_safe_before_the_next_stage_shows() {
    let mut rig = Rig::at_account();
    rig.account("ada", None);
    rig.reply(credentials_required("session-1"));
    assert_eq!(rig.state.stage(), Stage::Account);
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Store(..))));
    let mut hanging = rig.clone();
    rig.reply(Reply::Done);
    assert_eq!(rig.state.stage(), Stage::Credentials);
    hanging.send(Event::TimedOut(hanging.pending()));
    assert_eq!(hanging.state.stage(), Stage::Credentials, "storage that hangs holds nobody up");
}

#[test]
fn what_is_wrong_is_told_at_its_field_and_nothing_is_sent() {
    for (username, number, expected) in [
        ("", None, Error::Username(AccountNameError::Empty)),
        ("ada", Some("12"), Error::CellNumber(CellNumberError::TooShort)),
        ("ada", Some("call me"), Error::CellNumber(CellNumberError::InvalidCharacter('c'))),
    ] {
        let mut rig = Rig::at_account();
        rig.account(username, number);
        assert_eq!(error(&rig), Some(expected));
        assert!(rig.sends_nothing());
    }
}

#[test]
fn a_cell_number_left_empty_is_none() {
    let mut rig = Rig::at_account();
    rig.account("ada", Some("  "));
    assert!(matches!(rig.step(), ChallengeStep::Account(request) if request.phone_number.is_none()));
}

#[test]
fn refusals_of_the_server_have_their_own_words() {
    for (reply, expected) in [
        (challenged(ErrorCode::InvalidPhoneNumber), Error::CellNumberRefused),
        (challenged(ErrorCode::AccessDenied), Error::Failure(Failure::NotAllowed)),
        (challenged(ErrorCode::TemporarilyUnavailable), Error::Failure(Failure::Ill)),
        (challenged(ErrorCode::Unknown("new".into())), Error::Failure(Failure::Misunderstood)),
        (Reply::Lost(Lost::NoAnswer), Error::Failure(Failure::NoAnswer)),
        (Reply::Lost(Lost::Offline), Error::Failure(Failure::Offline)),
    ] {
        let mut rig = Rig::at_account();
        rig.account("ada", None);
        rig.reply(reply);
        assert_eq!(error(&rig), Some(expected));
        rig.account("ada", None);
        assert!(matches!(rig.step(), ChallengeStep::Account(_)), "the next try starts afresh");
    }
}

#[test]
fn a_wait_is_told_by_the_monotonic_clock() {
    let mut rig = Rig::at_account();
    rig.now = 5_000;
    rig.account("ada", None);
    let Reply::Challenged(answer, _) = challenged(ErrorCode::RateLimited) else { unreachable!() };
    rig.reply(Reply::Challenged(answer, Some(8)));
    assert_eq!(error(&rig), Some(Error::Failure(Failure::Wait(13_000))));
}

#[test]
fn submitted_again_unchanged_it_only_moves_forward() {
    let mut rig = Rig::at_credentials();
    rig.send(Event::Route(Stage::Account));
    assert!(rig.sends_nothing());
    rig.account("ada", None);
    assert_eq!(rig.state.stage(), Stage::Credentials);
    assert!(rig.sends_nothing());
}

#[test]
fn submitted_again_changed_it_begins_a_new_sign_in() {
    for (username, number) in [("grace", None), ("ada", Some("+4915112345678"))] {
        let mut rig = Rig::at_credentials();
        rig.send(Event::Route(Stage::Account));
        rig.account(username, number);
        assert!(matches!(rig.step(), ChallengeStep::Account(_)));
    }
}

#[test]
fn a_double_tap_sends_one_request() {
    let mut rig = Rig::at_account();
    rig.account("ada", None);
    rig.account("ada", None);
    assert!(rig.effects.is_empty());
}
