//! Sessions that tokens hold: stored where they are bound to the key, and renewed.

use vestibule_protocol::{ErrorCode, PreferredDevice, ProblemKind, TokenRequest};

use crate::{
    Access, Binding, Doing, Effect, Event, Failure, Lost, Notice, Reply, Stage, SubmittedBy, Trouble,
    testing::{Rig, SERVER, bound_tokens, discovered, foreign, granted, me, members, tokens, with_code},
    user,
};

pub(super) fn at_code() -> Rig {
    let mut rig = Rig { record: Rig::at_code().record, ..Rig::new() };
    rig.start(foreign(), Stage::Code);
    rig.reply(discovered(SERVER));
    rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
    assert_eq!(rig.state.stage(), Stage::Code);
    rig
}

/// Signed in from another origin, in a browser with a key.
pub(super) fn signed_in() -> Rig {
    let mut rig = at_code();
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    rig.reply(bound_tokens("one"));
    rig.reply(Reply::Done);
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(rig.state.stage(), Stage::User);
    rig
}

/// The same browser, after the page was thrown away.
pub(super) fn reloaded(rig: &Rig, route: Stage) -> Rig {
    let mut rig = Rig { effects: Vec::new(), ..rig.clone() };
    rig.start(foreign(), route);
    rig
}

pub(super) fn stored(rig: &Rig) -> String {
    rig.record.clone().unwrap()
}

/// The refresh token that goes out, and how it is bound.
pub(super) fn refresh(rig: &Rig) -> Option<(String, Binding)> {
    rig.effects.iter().find_map(|effect| match effect {
        Effect::Token(_, _, TokenRequest::RefreshToken { refresh_token, .. }, binding) => {
            Some((refresh_token.expose().to_owned(), *binding))
        }
        _ => None,
    })
}

pub(super) fn bound(refresh_token: &str) -> (String, Binding) {
    (refresh_token.to_owned(), Binding::Key)
}

pub(super) fn waits_for_its_turn(rig: &Rig) -> bool {
    rig.effects.iter().any(|effect| matches!(effect, Effect::Lock(_)))
}

pub(super) fn run_out() -> Reply {
    Reply::Problem(ProblemKind::NotSignedIn, None)
}

#[test]
fn of_bound_tokens_the_refresh_token_alone_is_stored() {
    let record = stored(&signed_in());
    assert!(record.contains(r#""refresh":"refresh-one""#));
    assert!(!record.replace("refresh-one", "").contains("one"), "{record}");
}

#[test]
fn the_tokens_are_safe_before_they_are_used() {
    let mut rig = at_code();
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    let turn = rig.pending();
    rig.reply(bound_tokens("one"));
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Store(number, _) if *number == turn)));
    assert_eq!(rig.state.pending(), Some(turn), "it is still this tab's turn");
    let mut too_slow = rig.clone();
    too_slow.send(Event::TimedOut(turn));
    rig.reply(Reply::Done);
    for mut rig in [rig, too_slow] {
        assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::LoadMe(_, _, Access::Bound(_)))));
        assert_ne!(rig.state.pending(), Some(turn));
        rig.reply(Reply::Me(Box::new(me())));
        assert_eq!(rig.state.stage(), Stage::User);
    }
}

#[test]
fn a_session_goes_on_after_a_reload() {
    for route in [Stage::User, Stage::Connect] {
        let mut rig = reloaded(&signed_in(), route);
        assert_eq!(rig.state.doing(), Some(Doing::Resuming));
        rig.reply(discovered(SERVER));
        assert_eq!(refresh(&rig), Some(bound("refresh-one")));
        let mut ended = rig.clone();
        rig.reply(bound_tokens("two"));
        assert!(stored(&rig).contains("refresh-two"));
        rig.reply(Reply::Done);
        let with_it =
            |effect: &Effect| matches!(effect, Effect::LoadMe(_, _, Access::Bound(token)) if token.expose() == "two");
        assert!(rig.effects.iter().any(with_it));
        rig.reply(Reply::Me(Box::new(me())));
        assert_eq!((rig.state.stage(), rig.state.me()), (Stage::User, Some(&me())));
        assert!(rig.state.server().is_some());

        ended.reply(Reply::NoTokens(ErrorCode::InvalidGrant, None));
        assert_eq!((ended.state.stage(), ended.state.notice()), (Stage::Connect, Some(Notice::SessionEnded)));
        assert!(!stored(&ended).contains("refresh"));
    }
}

#[test]
fn whoever_goes_back_while_a_session_goes_on_can_still_sign_in() {
    let mut rig = reloaded(&signed_in(), Stage::User);
    rig.reply(discovered(SERVER));
    rig.send(Event::Route(Stage::Account));
    assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Account, None));
    rig.send(Event::Account { username: "ada".to_owned(), cell_number: None });
    assert_eq!(rig.state.doing(), Some(Doing::Beginning));
}

#[test]
fn tokens_that_came_just_before_the_page_was_thrown_away_still_count() {
    let mut rig = at_code();
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    rig.reply(bound_tokens("one"));
    let mut rig = reloaded(&rig, Stage::Code);
    rig.reply(discovered(SERVER));
    assert_eq!(refresh(&rig), Some(bound("refresh-one")));
}

#[test]
fn a_session_that_cannot_be_gone_on_with_now_is_not_lost() {
    let offline = Failure::Offline;
    let mut at_discovery = reloaded(&signed_in(), Stage::User);
    at_discovery.reply(Reply::Lost(Lost::Offline));
    let mut at_renewal = reloaded(&signed_in(), Stage::User);
    at_renewal.reply(discovered(SERVER));
    at_renewal.reply(Reply::Lost(Lost::Offline));
    let mut at_loading = reloaded(&signed_in(), Stage::User);
    at_loading.reply(discovered(SERVER));
    at_loading.reply(bound_tokens("two"));
    at_loading.reply(Reply::Done);
    at_loading.reply(Reply::Lost(Lost::Offline));
    for (mut rig, token) in [(at_discovery, "refresh-one"), (at_renewal, "refresh-one"), (at_loading, "refresh-two")] {
        assert_eq!(rig.state.stage(), Stage::Connect);
        assert_eq!(rig.state.trouble(), Some(&Trouble::of(Stage::Connect, offline)));
        let mut by_hand = rig.clone();
        by_hand.send(Event::Connect(SERVER.to_owned()));
        by_hand.reply(discovered(SERVER));
        rig.send(Event::Returned);
        if refresh(&rig).is_none() {
            rig.reply(discovered(SERVER));
        }
        for mut rig in [rig, by_hand] {
            assert_eq!(refresh(&rig), Some(bound(token)));
            rig.reply(bound_tokens("three"));
            rig.reply(Reply::Done);
            rig.reply(Reply::Me(Box::new(me())));
            assert_eq!(rig.state.stage(), Stage::User);
        }
    }
}

#[test]
fn a_server_that_has_moved_holds_no_session() {
    let mut rig = reloaded(&signed_in(), Stage::User);
    let moved = "https://new.example.com";
    rig.reply(discovered(moved));
    rig.reply(discovered(moved));
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Connect, Some(Notice::SessionEnded)));
}

#[test]
fn a_lost_answer_to_a_renewal_is_asked_for_once_more_at_once() {
    let mut rig = signed_in();
    rig.send(Event::Prefer(PreferredDevice::AutoPilot));
    rig.reply(run_out());
    let mut late = rig.clone();
    late.send(Event::TimedOut(late.pending()));
    rig.reply(Reply::Lost(Lost::NoAnswer));
    for (mut rig, failure) in [(rig, Failure::NoAnswer), (late, Failure::TooSlow)] {
        assert_eq!(refresh(&rig), Some(bound("refresh-one")));
        let mut saved = rig.clone();
        saved.reply(bound_tokens("two"));
        saved.reply(Reply::Done);
        assert!(saved.effects.iter().any(|effect| matches!(effect, Effect::SetPreferredDevice(..))));
        match failure {
            Failure::TooSlow => rig.send(Event::TimedOut(rig.pending())),
            _ => rig.reply(Reply::Lost(Lost::NoAnswer)),
        }
        assert_eq!(rig.state.trouble(), Some(&Trouble::User(user::Error::Failure(failure))));
        assert!(rig.state.me().is_some(), "the session is not over for that");
    }
}

#[test]
fn a_renewal_that_runs_quietly_fails_quietly() {
    let lost = || Reply::Lost(Lost::NoAnswer);
    for replies in [vec![lost(), lost()], vec![Reply::NoTokens(ErrorCode::RateLimited, Some(5))]] {
        let mut rig = signed_in();
        rig.send(Event::Returned);
        rig.reply(run_out());
        for reply in replies {
            rig.reply(reply);
        }
        assert_eq!((rig.state.stage(), rig.state.trouble()), (Stage::User, None));
    }
}

#[test]
fn tokens_outlive_a_cancelled_wait_for_the_user_tab() {
    let mut rig = at_code();
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    rig.reply(bound_tokens("one"));
    rig.send(Event::Cancel);
    assert_eq!(rig.state.doing(), None);
    rig.code("123456", SubmittedBy::Person);
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::LoadMe(_, _, Access::Bound(_)))));
}

#[test]
fn bearer_tokens_need_no_turn_and_are_forgotten_with_the_page() {
    let mut rig = at_code();
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    rig.reply(tokens("one"));
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(rig.state.stage(), Stage::User);
    assert!(!stored(&rig).contains("one"));
    let mut rig = Rig { has_rivals: true, ..rig };
    rig.send(Event::Returned);
    rig.reply(run_out());
    assert_eq!(refresh(&rig), Some(("refresh-one".to_owned(), Binding::None)));

    let rig = reloaded(&rig, Stage::User);
    assert!(matches!(rig.effects.last(), Some(Effect::Discover(..))));
    assert_eq!(rig.state.me(), None);
}

#[test]
fn a_stored_refresh_token_that_is_none_is_dropped() {
    let good = stored(&signed_in());
    let reads = |record: String| {
        let mut rig = Rig { record: Some(record), ..Rig::new() };
        rig.start(foreign(), Stage::Connect);
        rig.state.doing()
    };
    assert_eq!(reads(good.clone()), Some(Doing::Resuming));
    let long = "x".repeat(5000);
    for (from, to) in [
        ("refresh-one", ""),
        ("refresh-one", "a\\u0000b"),
        ("refresh-one", long.as_str()),
        (r#""session":"https://uc.example.com""#, r#""session":null"#),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good);
        assert_eq!(reads(bad), None, "{to}");
    }
}

#[test]
fn a_session_that_ends_while_a_sign_in_comes_to_it_is_told() {
    let mut rig = at_code();
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    rig.reply(bound_tokens("one"));
    rig.reply(Reply::Done);
    rig.reply(run_out());
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Connect, Some(Notice::SessionEnded)));
    assert!(!stored(&rig).contains("refresh"));
}

#[test]
fn a_code_that_came_too_late_is_mended_once() {
    let mut rig = at_code();
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    rig.reply(Reply::NoTokens(ErrorCode::InvalidGrant, None));
    rig.reply(granted());
    let mut again = rig.clone();
    rig.reply(bound_tokens("one"));
    rig.reply(Reply::Done);
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(rig.state.stage(), Stage::User);
    again.reply(Reply::NoTokens(ErrorCode::InvalidGrant, None));
    assert_eq!((again.state.stage(), again.state.notice()), (Stage::Account, Some(Notice::SignInExpired)));
}
