use vestibule_protocol::{ChallengeStep, CodeMembers, ErrorCode};

use crate::{
    Event, Failure, Lost, Reply, Stage, Trouble,
    credentials::Error,
    testing::{Rig, challenged, credentials_required, granted, me, members, with_code},
};

fn error(rig: &Rig) -> Option<Error> {
    match rig.state.trouble() {
        Some(Trouble::Credentials(error)) => Some(*error),
        _ => None,
    }
}

#[test]
fn without_two_factor_authentication_the_password_is_enough() {
    let mut rig = Rig::at_credentials();
    rig.credentials("ada", " secret ");
    assert!(matches!(rig.step(), ChallengeStep::Credentials { password, .. } if password.expose() == " secret "));
    rig.reply(granted());
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(rig.state.stage(), Stage::User);
}

#[test]
fn an_edited_name_begins_a_fresh_sign_in_in_the_same_tap() {
    let mut rig = Rig::at_credentials();
    rig.credentials("grace@example.com", "secret");
    assert!(matches!(rig.step(), ChallengeStep::Account(request) if request.username == "grace@example.com"));
    rig.reply(credentials_required("session-2"));
    let ChallengeStep::Credentials { auth_session, uc_username, password } = rig.step() else {
        panic!("no credentials")
    };
    assert_eq!((auth_session.expose(), uc_username.as_str()), ("session-2", "grace@example.com"));
    assert_eq!(password.expose(), "secret");
    rig.reply(challenged(ErrorCode::InvalidCredentials));
    assert_eq!((rig.state.stage(), rig.state.username()), (Stage::Credentials, Some("grace@example.com")));
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_sent() {
    for (password, expected) in [("", Error::NoPassword), ("x".repeat(1025).as_str(), Error::PasswordTooLong)] {
        let mut rig = Rig::at_credentials();
        rig.credentials("ada", password);
        assert_eq!(error(&rig), Some(expected));
        assert!(rig.sends_nothing());
    }
}

#[test]
fn a_wrong_password_is_told_each_time() {
    let mut rig = Rig::at_credentials();
    for refusals in 1..=2 {
        rig.credentials("ada", "wrong");
        rig.reply(challenged(ErrorCode::InvalidCredentials));
        assert_eq!((error(&rig), rig.state.refusals()), (Some(Error::Refused), refusals));
    }
}

#[test]
fn a_refused_mail_leads_to_the_code_stage_where_resending_works() {
    let mut rig = Rig::at_credentials();
    rig.credentials("ada", "secret");
    let undelivered = CodeMembers { delivery_failed: true, resend_in: 0, ..members("KX") };
    rig.reply(with_code(ErrorCode::OtpDeliveryFailed, undelivered));
    rig.reply(Reply::Done);
    assert_eq!(rig.state.stage(), Stage::Code);
    assert!(rig.state.code().unwrap().members.delivery_failed);
    rig.send(Event::Resend);
    assert!(matches!(rig.step(), ChallengeStep::Resend { .. }));
}

#[test]
fn after_a_lost_answer_the_server_is_asked_what_became_of_it() {
    for (told, stage) in [
        (with_code(ErrorCode::InsufficientAuthorization, members("KX")), Stage::Code),
        (credentials_required("session-1"), Stage::Credentials),
    ] {
        let mut rig = Rig::at_credentials();
        rig.credentials("ada", "secret");
        rig.reply(Reply::Lost(Lost::NoAnswer));
        assert!(matches!(rig.step(), ChallengeStep::State { .. }));
        rig.reply(told);
        if stage == Stage::Code {
            rig.reply(Reply::Done);
        }
        assert_eq!(rig.state.stage(), stage);
        let expected = (stage == Stage::Credentials).then_some(Error::Failure(Failure::NoAnswer));
        assert_eq!(error(&rig), expected);
    }
}

#[test]
fn an_expired_sign_in_starts_again_with_the_name_kept() {
    let mut rig = Rig::at_credentials();
    rig.credentials("ada", "secret");
    rig.reply(challenged(ErrorCode::InvalidSession));
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Account, Some(crate::Notice::SignInExpired)));
    assert_eq!(rig.state.username(), Some("ada"));
    assert!(rig.state.server().is_some());
    assert!(rig.record.unwrap().contains(r#""sign_in":null"#));
}
