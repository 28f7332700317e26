use vestibule_protocol::{ErrorCode, ProblemKind};

use crate::{
    Doing, Effect, Event, Lost, Notice, Page, Reply, Stage, SubmittedBy,
    testing::{
        Rig, SERVER, challenged, credentials_required, discovered, foreign, granted, me, members, tokens, with_code,
    },
};

/// A second tab of the same browser, opened when the first had come this far.
fn second_tab(first: &Rig, page: Page, route: Stage) -> Rig {
    let mut second = Rig { effects: Vec::new(), ..first.clone() };
    second.start(page, route);
    second
}

fn stored(rig: &Rig) -> Event {
    Event::Elsewhere(rig.record.clone().unwrap())
}

fn at_code(page: Page) -> Rig {
    let mut rig = Rig { record: Rig::at_code().record, ..Rig::new() };
    rig.start(page, Stage::Code);
    rig.reply(discovered(SERVER));
    rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
    assert_eq!(rig.state.stage(), Stage::Code);
    rig
}

fn with_tokens() -> Rig {
    let mut rig = at_code(foreign());
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    rig.reply(tokens("a"));
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(rig.state.stage(), Stage::User);
    rig
}

#[test]
fn a_sign_in_that_another_tab_finishes_takes_this_one_along() {
    let first = Rig::at_user();
    for mut second in [Rig::at_connect(), Rig::at_account(), Rig::at_credentials(), Rig::at_code()] {
        second.send(stored(&first));
        assert!(second.effects.iter().any(|effect| matches!(effect, Effect::LoadMe(..))), "{:?}", second.effects);
        second.reply(Reply::Me(Box::new(me())));
        assert_eq!((second.state.stage(), second.state.me()), (Stage::User, Some(&me())));
    }
}

#[test]
fn what_was_pending_here_is_abandoned_when_another_tab_has_finished() {
    let mut second = Rig::at_code();
    second.code("000000", SubmittedBy::Person);
    let late = second.pending();
    second.send(stored(&Rig::at_user()));
    second.send(Event::Reply(late, challenged(ErrorCode::InvalidSession)));
    second.reply(Reply::Me(Box::new(me())));
    assert_eq!(second.state.stage(), Stage::User);
}

#[test]
fn a_sign_in_begun_in_another_tab_is_told_once_and_this_one_still_works() {
    let mut first = Rig::at_code();
    let mut second = second_tab(&first, Rig::page(), Stage::Account);
    second.reply(discovered(SERVER));
    second.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
    second.account("grace", None);
    second.reply(credentials_required("session-2"));
    first.send(stored(&second));
    assert_eq!((first.state.stage(), first.state.notice()), (Stage::Code, Some(Notice::BegunElsewhere)));
    first.code("123456", SubmittedBy::Person);
    assert_eq!((first.state.notice(), first.state.doing()), (None, Some(Doing::CheckingCode)));
    first.send(stored(&second));
    assert_eq!(first.state.notice(), None);
    first.reply(granted());
    first.reply(Reply::Me(Box::new(me())));
    assert_eq!(first.state.stage(), Stage::User);
}

#[test]
fn signing_out_in_one_tab_signs_out_all() {
    let first = Rig::at_user();
    let mut second = second_tab(&first, Rig::page(), Stage::User);
    second.reply(Reply::Me(Box::new(me())));
    let mut first = first;
    first.send(Event::SignOut);
    first.reply(Reply::Done);
    second.send(stored(&first));
    assert_eq!((second.state.stage(), second.state.notice()), (Stage::Connect, Some(Notice::SignedOut)));
    assert_eq!(second.state.me(), None);
}

#[test]
fn tokens_are_given_back_when_another_tab_signs_out() {
    let mut second = with_tokens();
    let mut first = second.clone();
    first.send(Event::SignOut);
    first.reply(Reply::Done);
    second.send(stored(&first));
    assert!(second.effects.iter().any(|effect| matches!(effect, Effect::Revoke(..))), "{:?}", second.effects);
    second.reply(Reply::Done);
    assert_eq!((second.state.stage(), second.state.me()), (Stage::Connect, None));
}

#[test]
fn a_sign_in_finished_with_tokens_elsewhere_is_told() {
    let mut second = at_code(foreign());
    second.send(stored(&with_tokens()));
    assert_eq!((second.state.stage(), second.state.notice()), (Stage::Account, Some(Notice::SignedInElsewhere)));
    assert!(second.sends_nothing());
}

#[test]
fn a_sign_in_that_has_ended_elsewhere_is_asked_about() {
    let mut second = Rig::at_code();
    let mut first = second.clone();
    first.code("000000", SubmittedBy::Person);
    first.reply(challenged(ErrorCode::OtpAttemptsExhausted));
    second.send(stored(&first));
    second.reply(challenged(ErrorCode::InvalidSession));
    assert_eq!((second.state.stage(), second.state.notice()), (Stage::Account, Some(Notice::SignInExpired)));
}

#[test]
fn what_another_tab_has_remembered_is_known_here() {
    let mut second = Rig::at_connect();
    second.send(stored(&Rig::at_account()));
    assert_eq!(second.state.addresses().len(), 1);
    assert_eq!((second.state.stage(), second.state.doing()), (Stage::Connect, None));
}

#[test]
fn a_word_that_cannot_be_read_changes_nothing() {
    for word in ["", "null", r#"{"version":2}"#] {
        let mut rig = Rig::at_user();
        rig.send(Event::Elsewhere(word.to_owned()));
        assert_eq!((rig.state.stage(), rig.effects.len()), (Stage::User, 0));
    }
}

#[test]
fn a_token_that_is_refused_though_it_is_new_ends_the_session() {
    let mut rig = with_tokens();
    rig.send(Event::Returned);
    rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Token(..))));
    let mut accepted = rig.clone();
    for rig in [&mut rig, &mut accepted] {
        rig.reply(tokens("a"));
        assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::LoadMe(..))));
    }
    rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Connect, Some(Notice::SessionEnded)));

    accepted.reply(Reply::Me(Box::new(me())));
    accepted.send(Event::Returned);
    accepted.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
    assert!(accepted.effects.iter().any(|effect| matches!(effect, Effect::Token(..))), "one renewal for each age");
}

#[test]
fn a_lost_network_is_said_and_left_behind() {
    let mut rig = Rig::at_code();
    rig.send(Event::Offline);
    assert!(rig.state.trouble().is_some_and(crate::Trouble::is_offline));
    assert_eq!(rig.state.refusals(), 0, "nothing was refused: the focus stays");
    rig.send(Event::Returned);
    assert_eq!(rig.state.trouble(), None);

    let mut rig = Rig::at_code();
    rig.code("123456", SubmittedBy::Person);
    let lost = rig.pending();
    rig.send(Event::Offline);
    assert_eq!(rig.state.doing(), None);
    assert!(rig.state.trouble().is_some_and(crate::Trouble::is_offline));
    rig.send(Event::Reply(lost, Reply::Lost(Lost::NoAnswer)));
    rig.send(Event::Returned);
    rig.reply(granted());
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(rig.state.stage(), Stage::User, "the code had arrived");
}

#[test]
fn the_machine_itself_needs_no_network() {
    let here = "http://localhost:8080";
    let mut rig = Rig::new();
    rig.start(foreign(), Stage::Connect);
    rig.send(Event::Connect(here.to_owned()));
    rig.reply(discovered(here));
    rig.send(Event::Offline);
    assert_eq!((rig.state.stage(), rig.state.trouble()), (Stage::Account, None));
}

#[test]
fn whoever_signs_out_in_another_tab_ends_what_this_one_was_doing() {
    let mut rig = Rig::at_user();
    let signed_in = rig.record.clone();
    rig.start(Rig::page(), Stage::User);
    rig.reply(Reply::Me(Box::new(me())));
    let looking = rig.pending();
    let signed_out = signed_in.unwrap().replace(&format!(r#""session":"{SERVER}""#), r#""session":null"#);
    rig.send(Event::Elsewhere(signed_out));
    assert_eq!(rig.state.notice(), Some(Notice::SignedOut));
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Abort(number) if *number == looking)));
}
