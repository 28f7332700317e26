use vestibule_protocol::{AccessCodeError, ChallengeStep, CodeMembers, ErrorCode};

use crate::{
    Event, Failure, Lost, Notice, Reply, Stage, SubmittedBy, Trouble,
    code::Error,
    testing::{Rig, challenged, granted, me, members, with_code},
};

const BY_PERSON: SubmittedBy = SubmittedBy::Person;
const BY_DIGIT: SubmittedBy = SubmittedBy::LastDigit;

fn error(rig: &Rig) -> Option<Error> {
    match rig.state.trouble() {
        Some(Trouble::Code(error)) => Some(*error),
        _ => None,
    }
}

fn resendable() -> Rig {
    let mut rig = Rig::at_code();
    rig.now += 30_000;
    rig
}

#[test]
fn the_last_digit_submits_once_per_mail_and_never_after_a_refusal() {
    let mut rig = Rig::at_code();
    rig.code("12345", BY_DIGIT);
    assert_eq!((rig.sends_nothing(), error(&rig)), (true, None));
    rig.code("123 456", BY_DIGIT);
    assert!(matches!(rig.step(), ChallengeStep::Code { otp, .. } if otp.expose() == "123456"));
    rig.reply(with_code(ErrorCode::InvalidOtp, CodeMembers { attempts_remaining: 4, ..members("KX") }));
    rig.code("654321", BY_DIGIT);
    assert!(rig.sends_nothing());
    rig.code("654321", BY_PERSON);
    rig.reply(with_code(ErrorCode::InvalidOtp, CodeMembers { resend_in: 0, ..members("KX") }));
    rig.send(Event::Resend);
    rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("QP")));
    rig.code("111111", BY_DIGIT);
    assert!(matches!(rig.step(), ChallengeStep::Code { .. }));
}

#[test]
fn a_malformed_code_is_told_at_once_and_costs_nothing() {
    for (typed, reason) in [
        ("", AccessCodeError::Empty),
        ("abc", AccessCodeError::NotADigit('a')),
        ("12", AccessCodeError::TooShort(2)),
        ("1234567", AccessCodeError::TooLong(7)),
    ] {
        let mut rig = Rig::at_code();
        rig.code(typed, BY_PERSON);
        assert_eq!(error(&rig), Some(Error::Malformed(reason)));
        assert!(rig.sends_nothing());
    }
}

#[test]
fn each_refusal_has_its_own_words_and_leaves_everything_usable() {
    for (code, expected) in [
        (ErrorCode::InvalidOtp, Error::Wrong(5)),
        (ErrorCode::ExpiredOtp, Error::Expired),
        (ErrorCode::SupersededOtp, Error::Superseded),
        (ErrorCode::TemporarilyUnavailable, Error::Failure(Failure::Ill)),
    ] {
        let mut rig = resendable();
        rig.code("123456", BY_PERSON);
        rig.reply(with_code(code, members("KX")));
        assert_eq!((error(&rig), rig.state.stage()), (Some(expected), Stage::Code));
        rig.code("123456", BY_PERSON);
        assert!(matches!(rig.step(), ChallengeStep::Code { .. }));
    }
}

#[test]
fn used_up_attempts_start_again_at_account_with_the_reason() {
    let mut rig = Rig::at_code();
    rig.code("123456", BY_PERSON);
    rig.reply(challenged(ErrorCode::OtpAttemptsExhausted));
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Account, Some(Notice::AttemptsExhausted)));
    assert_eq!(rig.state.username(), Some("ada"));
    rig.account("ada", None);
    assert!(matches!(rig.step(), ChallengeStep::Account(_)));
}

#[test]
fn resending_waits_for_the_seconds_that_the_server_gave() {
    let mut rig = Rig::at_code();
    rig.send(Event::Resend);
    assert!(rig.sends_nothing());
    rig.now += 29_999;
    assert_eq!(rig.state.code().unwrap().resend_in(rig.now), 1);
    rig.now += 1;
    rig.send(Event::Resend);
    assert!(matches!(rig.step(), ChallengeStep::Resend { .. }));
}

#[test]
fn without_a_code_and_without_mails_left_the_sign_in_starts_again() {
    let gone = |expires_in| vestibule_protocol::CodeMembers { expires_in, sends_remaining: 0, ..members("KX") };
    for expires_in in [None, Some(0)] {
        let mut resent = resendable();
        resent.send(Event::Resend);
        let mut again = Rig::at_credentials();
        again.credentials("ada", "secret");
        for mut rig in [resent, again] {
            rig.reply(with_code(ErrorCode::OtpSendsExhausted, gone(expires_in)));
            assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Account, Some(Notice::SendsExhausted)));
            rig.account("ada", None);
            assert!(matches!(rig.step(), ChallengeStep::Account(_)), "a new sign-in");
        }
    }
}

#[test]
fn only_a_mail_that_went_out_counts_as_new() {
    for (reply, is_new, expected) in [
        (with_code(ErrorCode::InsufficientAuthorization, members("QP")), true, None),
        (with_code(ErrorCode::RateLimited, members("QP")), true, None),
        (with_code(ErrorCode::RateLimited, members("KX")), false, Some(Error::Failure(Failure::Wait(31_000)))),
        (with_code(ErrorCode::OtpSendsExhausted, members("KX")), false, Some(Error::SendsExhausted)),
        (with_code(ErrorCode::OtpDeliveryFailed, members("KX")), false, Some(Error::NotDelivered)),
    ] {
        let mut rig = resendable();
        let mail = rig.state.code().unwrap().mail;
        rig.send(Event::Resend);
        assert_eq!(rig.state.code().unwrap().mail, mail, "nothing is cleared before the answer");
        rig.reply(reply);
        assert_eq!((rig.state.code().unwrap().mail > mail, error(&rig)), (is_new, expected));
    }
}

#[test]
fn after_a_lost_answer_to_a_resend_the_reference_tells() {
    for (reference, expected) in [("QP", None), ("KX", Some(Error::Failure(Failure::NoAnswer)))] {
        let mut rig = resendable();
        rig.send(Event::Resend);
        rig.reply(Reply::Lost(Lost::NoAnswer));
        rig.reply(with_code(ErrorCode::InsufficientAuthorization, members(reference)));
        assert_eq!(error(&rig), expected);
    }
}

#[test]
fn after_a_lost_answer_to_a_right_code_the_person_is_signed_in() {
    let mut rig = Rig::at_code();
    rig.code("123456", BY_PERSON);
    rig.send(Event::TimedOut(rig.pending()));
    assert!(matches!(rig.step(), ChallengeStep::State { .. }));
    rig.reply(granted());
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(rig.state.stage(), Stage::User);
}

#[test]
fn a_code_is_never_refused_by_the_pages_own_clock() {
    let mut rig = Rig::at_code();
    rig.now += 3_600_000;
    assert_eq!(rig.state.code().unwrap().expires_in(rig.now), Some(0));
    rig.code("123456", BY_PERSON);
    assert!(matches!(rig.step(), ChallengeStep::Code { .. }));
}

#[test]
fn countdowns_run_from_the_servers_seconds() {
    let mut rig = Rig::at_code();
    rig.now += 90_500;
    let code = rig.state.code().unwrap();
    assert_eq!((code.expires_in(rig.now), code.resend_in(rig.now), code.sent_ago(rig.now)), (Some(510), 0, Some(90)));
}

#[test]
fn a_clock_that_lags_behind_never_counts_more_than_the_server_gave() {
    let mut rig = Rig::at_code();
    rig.now = 1_000;
    rig.send(Event::Returned);
    rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
    let code = rig.state.code().unwrap();
    assert_eq!((code.expires_in(800), code.resend_in(800)), (Some(600), 30));
}

#[test]
fn coming_back_asks_for_the_state_quietly_and_counts_anew() {
    let mut rig = Rig::at_code();
    rig.send(Event::Returned);
    assert!(matches!(rig.step(), ChallengeStep::State { .. }));
    assert_eq!(rig.state.doing(), None);
    rig.reply(with_code(ErrorCode::InsufficientAuthorization, CodeMembers { expires_in: Some(3), ..members("KX") }));
    assert_eq!(rig.state.code().unwrap().expires_in(rig.now), Some(3));
    rig.send(Event::Returned);
    let quiet = rig.pending();
    rig.code("123456", BY_PERSON);
    assert!(matches!(rig.step(), ChallengeStep::Code { .. }), "a quiet question holds nobody up");
    rig.send(Event::Reply(quiet, challenged(ErrorCode::InvalidSession)));
    assert_eq!(rig.state.stage(), Stage::Code);
}
