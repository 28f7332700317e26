//! Sign-ins that are bound to the key of the browser, and those that are not.

use vestibule_protocol::{ErrorCode, PreferredDevice};

use crate::{
    Access, Binding, Effect, Event, Page, Reply, Stage, SubmittedBy,
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
    rig.effects.iter().any(|effect| matches!(effect, Effect::PrepareKey))
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
