use vestibule_protocol::{ChallengeStep, ErrorCode, Me, PreferredDevice, ProblemKind, TokenRequest, TokenResponse};

use crate::{
    Access, Doing, Effect, Event, Failure, Lost, Notice, Page, Reply, Stage, SubmittedBy, Trouble,
    testing::{Rig, address, granted, me},
    user::Error,
};

fn tokens(access: &str) -> Reply {
    Reply::Tokens(Box::new(TokenResponse {
        access_token: access.into(),
        token_type: "Bearer".to_owned(),
        expires_in: 600,
        refresh_token: format!("refresh of {access}").into(),
        scope: "profile".to_owned(),
    }))
}

/// Signed in from a page on another origin.
pub(super) fn elsewhere() -> Rig {
    let mut rig = Rig::at_code();
    rig.state.page = Page { address: Some(address("https://page.example.org")), ..Rig::page() };
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    assert!(matches!(rig.effects.last(), Some(Effect::Token(_, _, TokenRequest::AuthorizationCode { .. }, _))));
    rig.reply(tokens("one"));
    rig.reply(Reply::Me(Box::new(me())));
    rig
}

#[test]
fn on_the_own_origin_a_cookie_holds_the_session() {
    let mut rig = Rig::at_code();
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    assert!(matches!(rig.effects.last(), Some(Effect::OpenSession(..))));
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!((rig.state.stage(), rig.state.me()), (Stage::User, Some(&me())));
    assert!(rig.record.unwrap().contains(r#""sign_in":null"#), "the sign-in is over");
}

/// The verifier that goes along with a challenge step.
fn verifier(rig: &Rig) -> Option<String> {
    let verifier = rig.effects.iter().find_map(|effect| match effect {
        Effect::Challenge(_, _, request, _) => Some(request.code_verifier.as_ref().map(|it| it.expose().to_owned())),
        _ => None,
    });
    verifier.unwrap_or_else(|| panic!("no challenge step in {:?}", rig.effects))
}

#[test]
fn on_the_own_origin_the_step_that_ends_the_sign_in_brings_the_session() {
    let mut at_account = Rig::at_account();
    at_account.account("ada", None);
    assert_eq!(verifier(&at_account), None, "nobody is signed in by a name alone");

    let mut by_password = Rig::at_credentials();
    by_password.credentials("ada", "secret");
    let mut by_code = Rig::at_code();
    by_code.code("123456", SubmittedBy::Person);
    let mut by_state = Rig::at_code();
    by_state.code("123456", SubmittedBy::Person);
    by_state.reply(Reply::Lost(Lost::NoAnswer));
    assert!(matches!(by_state.step(), ChallengeStep::State { .. }));
    let mut by_another_tab = Rig::at_code();
    by_another_tab.now += 30_000;
    by_another_tab.send(Event::Resend);
    for mut rig in [by_password, by_code, by_state, by_another_tab] {
        let stored = rig.record.clone().unwrap();
        assert!(stored.contains(&verifier(&rig).unwrap()), "the one that the sign-in was begun with");
        rig.reply(Reply::Me(Box::new(me())));
        assert_eq!((rig.state.stage(), rig.state.me(), rig.sends_nothing()), (Stage::User, Some(&me()), true));
        assert!(rig.record.unwrap().contains(r#""sign_in":null"#), "the sign-in is over");
    }
}

#[test]
fn a_session_that_nobody_asked_for_is_none() {
    let mut at_account = Rig::at_account();
    at_account.account("ada", None);
    let mut elsewhere = Rig::at_code();
    elsewhere.state.page = Page { address: Some(address("https://page.example.org")), ..Rig::page() };
    let mut without_cookies = Rig::at_code();
    without_cookies.state.page.cookies = false;
    for rig in [&mut elsewhere, &mut without_cookies] {
        rig.code("123456", SubmittedBy::Person);
        assert_eq!(verifier(rig), None);
    }
    for mut rig in [at_account, elsewhere, without_cookies] {
        let stage = rig.state.stage();
        rig.reply(Reply::Me(Box::new(me())));
        if stage == Stage::Code {
            assert!(matches!(rig.step(), ChallengeStep::State { .. }), "the server is asked what became of it");
            rig.reply(Reply::Me(Box::new(me())));
        }
        assert_eq!((rig.state.stage(), rig.state.me()), (stage, None));
        let trouble = Trouble::of(stage, Failure::Misunderstood);
        assert_eq!(rig.state.trouble(), Some(&trouble));
    }
}

#[test]
fn elsewhere_or_without_cookies_tokens_do_and_are_never_stored() {
    let rig = elsewhere();
    assert_eq!(rig.state.stage(), Stage::User);
    let record = rig.record.unwrap();
    assert!(!record.contains("one") && !record.contains("two") && record.contains("session\":\"https"));

    let mut without_cookies = Rig::at_code();
    without_cookies.state.page.cookies = false;
    without_cookies.code("123456", SubmittedBy::Person);
    without_cookies.reply(granted());
    assert!(matches!(without_cookies.effects.last(), Some(Effect::Token(..))));
}

#[test]
fn a_code_that_came_too_late_or_a_lost_answer_is_mended_once() {
    let too_late = || Reply::Problem(ProblemKind::InvalidCode, None);
    for first in [too_late(), Reply::Lost(Lost::NoAnswer)] {
        let mut rig = Rig::at_code();
        rig.code("123456", SubmittedBy::Person);
        rig.reply(granted());
        rig.reply(first);
        assert!(matches!(rig.step(), ChallengeStep::State { .. }));
        rig.reply(granted());
        let mut again = rig.clone();
        rig.reply(Reply::Me(Box::new(me())));
        assert_eq!(rig.state.stage(), Stage::User);
        again.reply(too_late());
        assert_eq!((again.state.stage(), again.state.notice()), (Stage::Account, Some(Notice::SignInExpired)));
    }
}

#[test]
fn a_setting_shows_what_the_server_made_of_it() {
    let mut rig = Rig::at_user();
    rig.send(Event::Prefer(PreferredDevice::AutoPilot));
    assert_eq!(rig.state.doing(), Some(Doing::Saving));
    let mut changed = me();
    changed.preferred_device = Some(PreferredDevice::AutoPilot);
    changed.route_calls_to_cell = Some(false);
    rig.reply(Reply::Me(Box::new(changed.clone())));
    assert_eq!(rig.state.me(), Some(&changed));
    rig.send(Event::RouteCallsToCell(true));
    rig.reply(Reply::Problem(ProblemKind::NotAvailable, None));
    assert_eq!(rig.state.trouble(), Some(&Trouble::User(Error::NotAvailable)));
    assert_eq!(rig.state.me(), Some(&changed));
}

/// The answer to a setting: how the User tab is then.
fn saved(device: PreferredDevice, on: bool) -> Reply {
    Reply::Me(Box::new(Me { preferred_device: Some(device), route_calls_to_cell: Some(on), ..me() }))
}

#[test]
fn what_is_tapped_while_a_setting_is_being_saved_has_its_turn() {
    let mut rig = Rig::at_user();
    rig.send(Event::Prefer(PreferredDevice::AutoPilot));
    rig.send(Event::RouteCallsToCell(true));
    rig.send(Event::RouteCallsToCell(false));
    rig.send(Event::RouteCallsToCell(true));
    assert!(rig.effects.is_empty(), "one request at a time");
    rig.reply(saved(PreferredDevice::AutoPilot, false));
    assert!(matches!(rig.effects.last(), Some(Effect::SetRouteCallsToCell(_, _, _, true))), "the latest, and once");
    assert_eq!(rig.state.doing(), Some(Doing::Saving));
    rig.reply(saved(PreferredDevice::AutoPilot, true));
    assert_eq!((rig.state.doing(), rig.state.saves()), (None, 2));
}

#[test]
fn of_two_devices_tapped_one_after_the_other_the_second_is_preferred() {
    for (taps, last) in [
        (vec![PreferredDevice::AutoPilot, PreferredDevice::DeskPhone], Some(PreferredDevice::DeskPhone)),
        (vec![PreferredDevice::AutoPilot, PreferredDevice::AutoPilot], None),
        (vec![PreferredDevice::AutoPilot, PreferredDevice::DeskPhone, PreferredDevice::AutoPilot], None),
    ] {
        let mut rig = Rig::at_user();
        for device in taps {
            rig.send(Event::Prefer(device));
        }
        rig.reply(saved(PreferredDevice::AutoPilot, false));
        let sent = rig.effects.iter().find_map(|effect| match effect {
            Effect::SetPreferredDevice(_, _, _, device) => Some(*device),
            _ => None,
        });
        assert_eq!(sent, last);
    }
}

#[test]
fn signing_out_waits_for_a_setting_and_is_never_overheard() {
    for answer in [saved(PreferredDevice::AutoPilot, false), Reply::Problem(ProblemKind::NotAvailable, None)] {
        let mut rig = Rig::at_user();
        rig.send(Event::Prefer(PreferredDevice::AutoPilot));
        rig.send(Event::SignOut);
        rig.send(Event::SignOut);
        assert_eq!(rig.state.doing(), Some(Doing::SigningOut), "it shows at once");
        rig.reply(answer);
        assert!(matches!(rig.effects.last(), Some(Effect::EndSession(..))));
        rig.reply(Reply::Done);
        assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Connect, Some(Notice::SignedOut)));
        assert!(!rig.effects.iter().any(|effect| matches!(effect, Effect::EndSession(..))), "once");
    }
}

#[test]
fn after_a_refusal_or_a_cancel_nothing_that_waited_is_done() {
    let mut refused = Rig::at_user();
    refused.send(Event::Prefer(PreferredDevice::AutoPilot));
    refused.send(Event::RouteCallsToCell(true));
    let mut cancelled = refused.clone();
    refused.reply(Reply::Problem(ProblemKind::NotAvailable, None));
    assert_eq!(refused.state.trouble(), Some(&Trouble::User(Error::NotAvailable)), "it stays to be read");
    cancelled.send(Event::SignOut);
    cancelled.send(Event::Cancel);
    for rig in [refused, cancelled] {
        assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::User, None));
    }
}

#[test]
fn what_does_not_exist_here_is_not_asked_for() {
    let mut rig = Rig::at_user();
    for event in [Event::Prefer(PreferredDevice::MobilePhone), Event::RouteCallsToCell(true)] {
        rig.send(event);
        assert!(rig.effects.is_empty());
    }
}

#[test]
fn an_access_token_that_has_run_out_is_renewed_and_the_request_sent_again() {
    let mut rig = elsewhere();
    rig.send(Event::Prefer(PreferredDevice::AutoPilot));
    rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
    assert!(
        matches!(rig.effects.last(), Some(Effect::Token(_, _, TokenRequest::RefreshToken { refresh_token, .. }, _))
        if refresh_token.expose() == "refresh of one")
    );
    let mut refused = rig.clone();
    rig.reply(tokens("two"));
    assert!(matches!(rig.effects.last(), Some(Effect::SetPreferredDevice(_, _, Access::Bearer(token), _))
        if token.expose() == "two"));
    refused.reply(Reply::NoTokens(ErrorCode::InvalidGrant, None));
    assert_eq!((refused.state.stage(), refused.state.notice()), (Stage::Connect, Some(Notice::SessionEnded)));
}

#[test]
fn signing_out_leaves_nothing_of_the_person() {
    for mut rig in [Rig::at_user(), elsewhere()] {
        rig.send(Event::SignOut);
        assert_eq!(rig.state.doing(), Some(Doing::SigningOut));
        rig.reply(Reply::Done);
        assert_eq!((rig.state.stage(), rig.state.me()), (Stage::Connect, None));
        assert_eq!(rig.state.notice(), Some(Notice::SignedOut));
        for stage in [Stage::Code, Stage::User] {
            rig.send(Event::Route(stage));
            assert_eq!(rig.state.stage(), Stage::Connect);
        }
    }
}

#[test]
fn signing_out_that_did_not_happen_is_not_shown_as_done() {
    let mut rig = Rig::at_user();
    rig.send(Event::SignOut);
    rig.reply(Reply::Lost(Lost::NoAnswer));
    assert_eq!(rig.state.trouble(), Some(&Trouble::User(Error::Failure(Failure::NoAnswer))));
    assert!(rig.state.me().is_some());
}

#[test]
fn a_session_that_ended_meanwhile_is_noticed_on_return() {
    let mut rig = Rig::at_user();
    rig.send(Event::Returned);
    assert_eq!(rig.state.doing(), None);
    rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Connect, Some(Notice::SessionEnded)));
}
