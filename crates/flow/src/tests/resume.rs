use vestibule_protocol::{ChallengeStep, ErrorCode, ProblemKind};

use crate::{
    Doing, Effect, Event, Failure, History, Lost, Notice, Page, Reply, Stage, Trouble, connect,
    testing::{Rig, SERVER, challenged, credentials_required, discovered, granted, me, members, with_code},
};

/// The same browser, after the page was thrown away.
fn reloaded(rig: &Rig, route: Stage) -> Rig {
    let mut rig = Rig { effects: Vec::new(), ..rig.clone() };
    rig.start(Rig::page(), route);
    rig
}

#[test]
fn a_reload_at_the_code_stage_goes_on_there() {
    for route in [Stage::Code, Stage::Connect] {
        let mut rig = reloaded(&Rig::at_code(), route);
        assert_eq!(rig.state.doing(), Some(Doing::Resuming));
        rig.reply(discovered(SERVER));
        assert!(matches!(rig.step(), ChallengeStep::State { auth_session } if auth_session.expose() == "session-1"));
        rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
        assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Code, None));
        assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Navigate(Stage::Code, History::Replace))));
    }
}

#[test]
fn a_reload_at_an_earlier_stage_stays_there() {
    let mut rig = reloaded(&Rig::at_code(), Stage::Account);
    rig.reply(discovered(SERVER));
    rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
    assert_eq!((rig.state.stage(), rig.state.username()), (Stage::Account, Some("ada")));

    let mut before_any_sign_in = reloaded(&Rig::at_account(), Stage::Account);
    before_any_sign_in.reply(discovered(SERVER));
    assert_eq!(before_any_sign_in.state.stage(), Stage::Account);
}

#[test]
fn a_sign_in_that_was_verified_elsewhere_ends_at_the_user_tab() {
    let mut rig = reloaded(&Rig::at_code(), Stage::Code);
    rig.reply(discovered(SERVER));
    rig.reply(granted());
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(rig.state.stage(), Stage::User);
}

#[test]
fn an_expired_sign_in_starts_again_by_itself() {
    let mut rig = reloaded(&Rig::at_code(), Stage::Code);
    rig.reply(discovered(SERVER));
    rig.reply(challenged(ErrorCode::InvalidSession));
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Account, Some(Notice::SignInExpired)));
    assert_eq!(rig.state.username(), Some("ada"));
}

#[test]
fn without_network_the_sign_in_goes_on_once_it_returns() {
    let mut rig = reloaded(&Rig::at_code(), Stage::Code);
    rig.reply(Reply::Lost(Lost::Offline));
    let offline = Trouble::Connect(connect::Error::Failure(Failure::Offline));
    assert_eq!((rig.state.stage(), rig.state.trouble()), (Stage::Connect, Some(&offline)));
    let mut by_hand = rig.clone();
    rig.send(Event::Returned);
    by_hand.send(Event::Connect(SERVER.to_owned()));
    for mut rig in [rig, by_hand] {
        rig.reply(discovered(SERVER));
        rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
        assert_eq!(rig.state.stage(), Stage::Code);
    }
}

#[test]
fn resuming_can_be_cancelled_at_any_moment() {
    let mut rig = reloaded(&Rig::at_code(), Stage::Code);
    let mut later = rig.clone();
    rig.send(Event::Cancel);
    assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Connect, None));
    later.reply(discovered(SERVER));
    later.send(Event::Cancel);
    assert_eq!((later.state.stage(), later.state.doing()), (Stage::Account, None));
}

#[test]
fn nothing_starts_twice() {
    let mut rig = Rig::at_code();
    rig.send(Event::Start { page: Rig::page(), record: None, route: Stage::Connect, is_return: false });
    assert_eq!((rig.state.stage(), rig.effects.len()), (Stage::Code, 0));
}

#[test]
fn a_session_goes_on_after_a_reload() {
    for route in [Stage::User, Stage::Connect] {
        let mut rig = reloaded(&Rig::at_user(), route);
        assert!(matches!(rig.effects.last(), Some(Effect::LoadMe(..))));
        let mut ended = rig.clone();
        rig.reply(Reply::Me(Box::new(me())));
        assert_eq!(rig.state.stage(), Stage::User);
        ended.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
        assert_eq!((ended.state.stage(), ended.state.notice()), (Stage::Connect, Some(Notice::SessionEnded)));
    }
}

#[test]
fn a_stage_that_was_not_reached_leads_to_the_first_one() {
    for route in [Stage::Account, Stage::Credentials, Stage::Code] {
        let mut rig = Rig::new();
        rig.start(Rig::page(), route);
        assert_eq!(rig.state.stage(), Stage::Connect);
    }
    let mut rig = Rig::new();
    rig.start(Rig::page(), Stage::User);
    rig.reply(Reply::Problem(ProblemKind::NotSignedIn, None));
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Connect, None));
}

#[test]
fn back_goes_one_stage_back_and_sends_nothing() {
    let mut rig = Rig::at_code();
    for stage in [Stage::Credentials, Stage::Account, Stage::Connect, Stage::Account, Stage::Credentials, Stage::Code] {
        rig.send(Event::Route(stage));
        assert_eq!((rig.state.stage(), rig.sends_nothing()), (stage, true));
    }
    let mut rig = Rig::at_credentials();
    rig.send(Event::Route(Stage::Code));
    assert_eq!(rig.state.stage(), Stage::Credentials);
    assert!(matches!(rig.effects.last(), Some(Effect::Navigate(Stage::Credentials, History::Replace))));
}

#[test]
fn forward_while_a_reloaded_stage_goes_on_leads_to_the_stage_asked_for() {
    for answers in 0..2 {
        for stage in [Stage::Account, Stage::Credentials, Stage::Code] {
            let mut rig = Rig::at_code();
            rig.start_again(Rig::page(), Stage::Connect, true);
            if answers == 1 {
                rig.reply(discovered(SERVER));
            }
            rig.send(Event::Route(stage));
            assert_eq!((rig.state.stage(), rig.state.doing()), (stage, Some(Doing::Resuming)));
            assert!(rig.effects.is_empty(), "no history is written, nothing is sent twice");
            if answers == 0 {
                rig.reply(discovered(SERVER));
            }
            rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
            assert_eq!((rig.state.stage(), rig.state.doing()), (stage, None));
        }
    }
}

#[test]
fn back_to_the_first_stage_is_a_way_out_of_going_on_and_forward_goes_on_after_all() {
    for answers in 0..2 {
        let mut rig = reloaded(&Rig::at_code(), Stage::Code);
        if answers == 1 {
            rig.reply(discovered(SERVER));
        }
        rig.send(Event::Route(Stage::Connect));
        assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Connect, None));
        rig.send(Event::Route(Stage::Code));
        assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Code, Some(Doing::Resuming)));
        rig.reply(discovered(SERVER));
        rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
        assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Code, None));
    }
}

#[test]
fn back_while_something_is_pending_abandons_it() {
    let mut rig = Rig::at_credentials();
    rig.credentials("ada", "secret");
    let abandoned = rig.pending();
    rig.send(Event::Route(Stage::Account));
    rig.send(Event::Reply(abandoned, with_code(ErrorCode::InsufficientAuthorization, members("KX"))));
    assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Account, None));
}

#[test]
fn the_newest_auth_session_is_the_one_to_use() {
    let mut rig = Rig::at_credentials();
    rig.send(Event::Returned);
    rig.reply(credentials_required("session-2"));
    rig.credentials("ada", "secret");
    assert!(
        matches!(rig.step(), ChallengeStep::Credentials { auth_session, .. } if auth_session.expose() == "session-2")
    );
    assert!(rig.record.unwrap().contains("session-2"));
}

#[test]
fn a_record_that_cannot_be_read_is_dropped_in_silence() {
    let good = Rig::at_code().record.unwrap();
    let verifier = good.split("verifier\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let broken = [
        String::new(),
        "null".to_owned(),
        good[..good.len() / 2].to_owned(),
        good.replace(r#""version":1"#, r#""version":2"#),
        good.replace(SERVER, "javascript:alert(1)"),
        good.replace(&verifier, "short"),
        good.replace("session-1", ""),
        good.replace(r#""username":"ada""#, r#""username":7"#),
        format!("{good}{}", " ".repeat(1024 * 1024)),
        "[".repeat(50_000),
    ];
    for record in broken {
        let mut rig = Rig { record: Some(record.clone()), ..Rig::new() };
        rig.start(Page { address: None, ..Rig::page() }, Stage::Connect);
        let told = record.chars().take(60).collect::<String>();
        assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Connect, None), "{told}");
    }
}

#[test]
fn a_reload_of_the_first_stage_stays_there_and_opening_it_anew_goes_on() {
    for (is_return, expected) in [(true, Stage::Connect), (false, Stage::Code)] {
        let mut rig = Rig { effects: Vec::new(), ..Rig::at_code() };
        rig.start_again(Rig::page(), Stage::Connect, is_return);
        rig.reply(discovered(SERVER));
        rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
        assert_eq!((rig.state.stage(), rig.state.doing()), (expected, None));
        rig.send(Event::Route(Stage::Code));
        assert_eq!(rig.state.stage(), Stage::Code, "Forward leads on");
    }
}
