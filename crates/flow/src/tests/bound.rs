//! Sign-ins that are bound to the key of the browser, and those that are not.

use vestibule_protocol::{ErrorCode, PreferredDevice};

use crate::{
    Access, Binding, BrowserKey, Doing, Effect, Event, Failure, Notice, Page, Reply, Stage, SubmittedBy, Trouble,
    connect,
    testing::{
        Rig, SERVER, bound_tokens, credentials_required, discovered, foreign, granted, me, members, metadata, tokens,
        with_code,
    },
};

/// How the request that goes out is bound.
fn binding(rig: &Rig) -> Option<Binding> {
    rig.effects.iter().find_map(|effect| match effect {
        Effect::Challenge(.., binding) | Effect::Token(.., binding) => Some(*binding),
        _ => None,
    })
}

fn prepares_a_key(rig: &Rig) -> bool {
    rig.effects.iter().any(|effect| matches!(effect, Effect::PrepareKey(_)))
}

/// Signs in, and says how every request of it was bound; with it whether a key was made ready before the first one.
fn sign_in(page: Page, document: Reply, got: Reply) -> (Rig, Vec<Option<Binding>>, bool) {
    let mut rig = Rig::new();
    let mut bindings = Vec::new();
    rig.start(page, Stage::Connect);
    rig.send(Event::Connect(SERVER.to_owned()));
    let number = rig.pending();
    rig.send(Event::Reply(number, document));
    let is_prepared = prepares_a_key(&rig);
    rig.send(Event::Reply(rig.pending(), Reply::Done));
    rig.account("ada", None);
    bindings.push(binding(&rig));
    rig.reply(credentials_required("session-1"));
    rig.reply(Reply::Done);
    rig.credentials("ada", "secret");
    bindings.push(binding(&rig));
    rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
    rig.reply(Reply::Done);
    rig.send(Event::Returned);
    bindings.push(binding(&rig));
    rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
    rig.code("123456", SubmittedBy::Person);
    bindings.push(binding(&rig));
    rig.reply(granted());
    bindings.push(binding(&rig));
    rig.reply(got);
    (rig, bindings, is_prepared)
}

#[test]
fn elsewhere_the_whole_sign_in_is_bound_to_a_key_that_is_ready_before_it() {
    let (_, bindings, is_prepared) = sign_in(foreign(), discovered(SERVER), bound_tokens("one"));
    assert!(is_prepared);
    assert_eq!(bindings, [Some(Binding::Key); 5]);

    let without_cookies = Page { cookies: false, ..Rig::page() };
    let (_, bindings, is_prepared) = sign_in(without_cookies, discovered(SERVER), bound_tokens("one"));
    assert!(is_prepared);
    assert_eq!(bindings, [Some(Binding::Key); 5]);
}

#[test]
fn a_cookie_needs_no_key() {
    let mut rig = Rig::at_connect();
    rig.send(Event::Connect(SERVER.to_owned()));
    rig.send(Event::Reply(rig.pending(), discovered(SERVER)));
    assert!(!prepares_a_key(&rig));
    rig.send(Event::Reply(rig.pending(), Reply::Done));
    rig.account("ada", None);
    assert_eq!(binding(&rig), Some(Binding::None));
}

#[test]
fn a_server_that_takes_no_proofs_gets_none() {
    let mut without = metadata(SERVER);
    for names in [vec![], vec!["EdDSA".to_owned()]] {
        without.dpop_signing_alg_values_supported = names;
        let url = format!("{SERVER}/.well-known/oauth-authorization-server");
        let document = Reply::Discovered(Box::new(without.clone()), url);
        let (_, bindings, is_prepared) = sign_in(foreign(), document, tokens("one"));
        assert!(!is_prepared);
        assert_eq!(bindings, [Some(Binding::None); 5]);
    }
}

#[test]
fn the_server_says_whether_its_tokens_are_bound() {
    for (got, is_bound) in [(bound_tokens("one"), true), (tokens("one"), false)] {
        let (mut rig, ..) = sign_in(foreign(), discovered(SERVER), got);
        if is_bound {
            rig.reply(Reply::Done);
        }
        let is_access = |access: &Access| match access {
            Access::Bound(token) => is_bound && token.expose() == "one",
            Access::Bearer(token) => !is_bound && token.expose() == "one",
            Access::Cookie => false,
        };
        assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::LoadMe(_, _, access) if is_access(access))));
        rig.reply(Reply::Me(Box::new(me())));
        rig.send(Event::Prefer(PreferredDevice::AutoPilot));
        let set = rig.effects.iter().find_map(|effect| match effect {
            Effect::SetPreferredDevice(_, _, access, _) => Some(is_access(access)),
            _ => None,
        });
        assert_eq!(set, Some(true));
    }
}

/// A sign-in that was begun from another origin, in a browser with this key, and how that was bound.
fn begun(key: BrowserKey) -> (Rig, Option<Binding>) {
    let mut rig = Rig { key, ..Rig::new() };
    rig.start(foreign(), Stage::Connect);
    rig.send(Event::Connect(SERVER.to_owned()));
    rig.reply(discovered(SERVER));
    rig.account("ada", None);
    let binding = binding(&rig);
    rig.reply(credentials_required("session-1"));
    rig.reply(Reply::Done);
    assert_eq!(rig.state.stage(), Stage::Credentials);
    (rig, binding)
}

/// Signed in from another origin, in a browser whose key goes with the page.
fn signed_in_by_the_key_of_the_page() -> Rig {
    let (mut rig, bound) = begun(BrowserKey::OfThePage);
    assert_eq!(bound, Some(Binding::Key));
    rig.credentials("ada", "secret");
    rig.reply(granted());
    assert_eq!(binding(&rig), Some(Binding::Key));
    rig.reply(bound_tokens("one"));
    let with_it = |effect: &Effect| matches!(effect, Effect::LoadMe(_, _, Access::Bound(_)));
    assert!(rig.effects.iter().any(with_it), "nothing has to be stored first");
    rig.reply(Reply::Me(Box::new(me())));
    assert_eq!(rig.state.stage(), Stage::User);
    rig
}

#[test]
fn what_is_bound_to_a_key_of_the_page_is_not_stored_and_renewed_from_memory() {
    let mut rig = signed_in_by_the_key_of_the_page();
    assert!(rig.records.iter().all(|record| !record.contains("refresh")));
    // Another tab has stored a token of its own, which this key is not for.
    let other = super::tokens::signed_in().record.unwrap();
    assert!(other.contains("refresh-one"));
    rig.send(Event::Elsewhere(other.replace("refresh-one", "refresh-other")));
    rig.send(Event::Returned);
    rig.reply(super::tokens::run_out());
    assert_eq!(super::tokens::refresh(&rig), Some(super::tokens::bound("refresh-one")));
    rig.reply(bound_tokens("two"));
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::LoadMe(_, _, Access::Bound(_)))));
    rig.reply(Reply::Me(Box::new(me())));
    rig.send(Event::SignOut);
    let given_back = |effect: &Effect| matches!(effect, Effect::Revoke(_, _, token) if token.expose() == "refresh-two");
    assert!(rig.effects.iter().any(given_back));
}

#[test]
fn a_sign_in_that_was_begun_bound_is_begun_anew_without_its_key() {
    for (then, now) in [
        (BrowserKey::Kept, BrowserKey::OfThePage),
        (BrowserKey::Kept, BrowserKey::None),
        (BrowserKey::OfThePage, BrowserKey::OfThePage),
    ] {
        let (before, bound) = begun(then);
        assert_eq!(bound, Some(Binding::Key));
        for route in [Stage::Credentials, Stage::Connect] {
            let mut rig = Rig { key: now, effects: Vec::new(), ..before.clone() };
            rig.start(foreign(), route);
            assert_eq!(rig.state.doing(), Some(Doing::Resuming));
            rig.reply(discovered(SERVER));
            assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Account, Some(Notice::KeyLost)));
            assert_eq!((rig.state.doing(), rig.state.username()), (None, Some("ada")));
            assert!(rig.sends_nothing(), "what is bound goes nowhere without its key: {:?}", rig.effects);
            assert!(!rig.record.unwrap().contains("session-1"));
        }
    }
}

#[test]
fn a_sign_in_goes_on_as_it_was_begun() {
    for (key, binds) in [(BrowserKey::Kept, Binding::Key), (BrowserKey::None, Binding::None)] {
        let (mut rig, bound) = begun(key);
        assert_eq!(bound, Some(binds));
        rig.start(foreign(), Stage::Credentials);
        rig.reply(discovered(SERVER));
        assert_eq!(binding(&rig), Some(binds));
        rig.reply(credentials_required("session-1"));
        assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Credentials, None));
    }
}

#[test]
fn a_session_whose_key_is_not_there_is_left_to_whoever_has_it() {
    let mut rig = Rig { key: BrowserKey::OfThePage, ..super::tokens::signed_in() };
    rig.start(foreign(), Stage::User);
    assert_eq!(rig.state.doing(), Some(Doing::Resuming));
    rig.reply(discovered(SERVER));
    assert_eq!((rig.state.stage(), rig.state.notice()), (Stage::Account, Some(Notice::KeyLost)));
    assert!(rig.sends_nothing());
    assert!(rig.record.unwrap().contains("refresh-one"));
}

#[test]
fn nothing_is_begun_before_it_is_known_what_key_there_is() {
    let mut rig = Rig::new();
    rig.start(foreign(), Stage::Connect);
    rig.send(Event::Connect(SERVER.to_owned()));
    let Some(Effect::Discover(number, _)) = rig.effects.last().cloned() else { panic!("{:?}", rig.effects) };
    let mut state = rig.state.clone();
    let moment = crate::Moment { now: 0, random: [1; 32] };
    let effects = state.handle::<crate::testing::Host>(Event::Reply(number, discovered(SERVER)), &moment);
    let Some(Effect::PrepareKey(number)) = effects.last().cloned() else { panic!("{effects:?}") };
    assert_eq!((state.stage(), state.doing()), (Stage::Connect, Some(Doing::Connecting)));
    rig.state = state;
    let (mut offline, mut cancelled, mut too_slow) = (rig.clone(), rig.clone(), rig.clone());
    offline.send(Event::Offline);
    assert_eq!((offline.state.pending(), offline.state.trouble()), (Some(number), None), "it needs no network");
    cancelled.send(Event::Cancel);
    assert_eq!((cancelled.state.stage(), cancelled.state.doing()), (Stage::Connect, None));
    too_slow.send(Event::TimedOut(number));
    let error = Trouble::Connect(connect::Error::Failure(Failure::TooSlow));
    assert_eq!((too_slow.state.stage(), too_slow.state.trouble()), (Stage::Connect, Some(&error)));
    too_slow.send(Event::Connect(SERVER.to_owned()));
    too_slow.reply(discovered(SERVER));
    assert_eq!(too_slow.state.stage(), Stage::Account);
}
