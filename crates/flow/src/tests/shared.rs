//! Sessions on another origin that all tabs share, and take turns at renewing.

use vestibule_protocol::{PreferredDevice, TokenRequest};

use super::tokens::{at_code, bound, refresh, reloaded, run_out, signed_in, stored, waits_for_its_turn};
use crate::{
    Access, Effect, Event, Notice, Reply, Stage, SubmittedBy,
    testing::{Rig, SERVER, bound_tokens, credentials_required, discovered, foreign, granted, me},
};

/// A tab that has renewed its tokens and stored them.
fn renewed(mut tab: Rig) -> Rig {
    tab.send(Event::Returned);
    tab.reply(run_out());
    tab.reply(bound_tokens("two"));
    tab
}

#[test]
fn a_renewal_waits_for_its_turn_and_takes_what_another_tab_has_stored() {
    let mut rig = Rig { has_rivals: true, ..signed_in() };
    let other = renewed(signed_in());
    rig.send(Event::Prefer(PreferredDevice::AutoPilot));
    rig.reply(run_out());
    assert!(waits_for_its_turn(&rig) && refresh(&rig).is_none());
    let mut without_news = rig.clone();
    rig.reply(Reply::Locked(other.record));
    assert_eq!(refresh(&rig), Some(bound("refresh-two")));
    without_news.reply(Reply::Locked(None));
    assert_eq!(refresh(&without_news), Some(bound("refresh-one")));

    rig.reply(bound_tokens("three"));
    rig.reply(Reply::Done);
    let again = |effect: &Effect| matches!(effect, Effect::SetPreferredDevice(_, _, Access::Bound(token), _) if token.expose() == "three");
    assert!(rig.effects.iter().any(again), "what needed the token is done with the new one");
}

#[test]
fn what_another_tab_has_renewed_is_known_here() {
    let mut rig = signed_in();
    let other = renewed(rig.clone());
    rig.send(Event::Elsewhere(stored(&other)));
    assert_eq!((rig.state.stage(), rig.state.doing(), rig.sends_nothing()), (Stage::User, None, true));
    rig.send(Event::Returned);
    rig.reply(run_out());
    assert_eq!(refresh(&rig), Some(bound("refresh-two")));
}

#[test]
fn whoever_has_signed_out_elsewhere_renews_nothing() {
    let mut rig = Rig { has_rivals: true, ..signed_in() };
    let mut other = signed_in();
    other.send(Event::SignOut);
    other.reply(Reply::Done);
    let mut resuming = Rig { has_rivals: true, ..reloaded(&rig, Stage::User) };
    resuming.reply(discovered(SERVER));
    rig.send(Event::Returned);
    rig.reply(run_out());
    for mut rig in [rig, resuming] {
        assert!(waits_for_its_turn(&rig));
        rig.reply(Reply::Locked(other.record.clone()));
        assert_eq!(refresh(&rig), None);
        if rig.state.me().is_some() {
            rig.reply(Reply::Done);
        }
        assert_eq!((rig.state.stage(), rig.state.me()), (Stage::Connect, None));
    }
}

#[test]
fn signing_out_gives_back_the_latest_refresh_token_and_stores_none() {
    let mut rig = signed_in();
    let other = renewed(rig.clone());
    rig.send(Event::Elsewhere(stored(&other)));
    rig.send(Event::SignOut);
    let given_back = |effect: &Effect| matches!(effect, Effect::Revoke(_, _, token) if token.expose() == "refresh-two");
    assert!(rig.effects.iter().any(given_back));
    rig.reply(Reply::Done);
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Connect, Some(Notice::SignedOut)));
    assert!(!stored(&rig).contains("refresh"));
    let reopened = reloaded(&rig, Stage::Connect);
    assert_eq!(reopened.state.doing(), None, "nothing to go on with");
}

#[test]
fn a_sign_in_that_another_tab_finishes_takes_this_one_along() {
    let mut begun = Rig::new();
    begun.start(foreign(), Stage::Connect);
    let mut connected = begun.clone();
    connected.send(Event::Connect(SERVER.to_owned()));
    connected.reply(discovered(SERVER));
    let mut at_credentials = connected.clone();
    at_credentials.account("ada", None);
    at_credentials.reply(credentials_required("session-1"));
    at_credentials.reply(Reply::Done);
    for mut rig in [begun, connected, at_credentials, at_code()] {
        rig.send(Event::Elsewhere(stored(&signed_in())));
        if refresh(&rig).is_none() {
            rig.reply(discovered(SERVER));
        }
        assert_eq!(refresh(&rig), Some(bound("refresh-one")));
        rig.reply(bound_tokens("two"));
        rig.reply(Reply::Done);
        rig.reply(Reply::Me(Box::new(me())));
        assert_eq!((rig.state.stage(), rig.state.me()), (Stage::User, Some(&me())));
    }
}

#[test]
fn of_two_tabs_that_send_the_code_one_redeems_it_and_the_other_follows() {
    let mut rig = Rig { has_rivals: true, ..at_code() };
    rig.code("123456", SubmittedBy::Person);
    rig.reply(granted());
    assert!(waits_for_its_turn(&rig));
    rig.reply(Reply::Locked(signed_in().record));
    let redeems = |effect: &Effect| matches!(effect, Effect::Token(_, _, TokenRequest::AuthorizationCode { .. }, _));
    assert!(!rig.effects.iter().any(redeems));
    rig.reply(Reply::Locked(None));
    assert_eq!(refresh(&rig), Some(bound("refresh-one")));
}
