//! What a tap would wait for, done before it, out of sight: a whole sign-in at which nothing is sent, stored or shown.
//!
//! Engines compile what is called for the first time, and load a font when it is first laid out. Nobody is to wait for that
//! at a tap (`docs/decisions/0034-rehearsal.md`).

use vestibule_flow::{BrowserKey, Effect, Event, Reply, Stage, SubmittedBy, Try};
use vestibule_protocol::{ChallengeStep, JsonWriter};

use crate::{
    api, browser,
    dom::El,
    pages::{account::account, code::code, credentials::credentials, user::user},
    platform::{Told, Topic},
    runner::Flow,
    signals::*,
};

/// A stage, what leads to it, and how it is built.
pub(crate) type Scene = (Stage, fn() -> Event, fn() -> El);

pub(crate) const SCENES: [Scene; 4] = [
    (Stage::Account, || Event::Connect(address()), account),
    (Stage::Credentials, || Event::Account { username: USERNAME.to_owned(), cell_number: None }, credentials),
    (Stage::Code, || Event::Credentials { username: USERNAME.to_owned(), password: "-".into() }, code),
    (Stage::User, || Event::Code { typed: "000000".to_owned(), by: SubmittedBy::LastDigit }, user),
];

const USERNAME: &str = "ada";

/// What a server would answer; at the first step with its addresses.
const CREDENTIALS_REQUIRED: &str =
    r#"{"error":"insufficient_authorization","auth_session":"-","credentials_required":true,"signin_expires_in":900}"#;
const CODE_REQUIRED: &str = r#"{"error":"insufficient_authorization","auth_session":"-","signin_expires_in":900,"otp_required":true,"otp_length":6,"otp_destination":"a…a@example.com","otp_reference":"KX","otp_sent_ago":0,"otp_expires_in":600,"otp_resend_in":30,"otp_attempts_remaining":5,"otp_sends_remaining":4}"#;
const ME: &str = r#"{"name":"Ada","username":"ada","configuration":"integrated","server":"-","devices":["desk-phone","auto-pilot"],"preferred_device":"desk-phone"}"#;

/// Rehearses whatever is still to come after this stage. Each part waits until the browser has nothing else to do, and is
/// short enough not to hold up a tap itself.
pub(crate) fn rehearse(home: &Owner, from: Stage) {
    if from == Stage::User {
        return;
    }
    let owner = home.child();
    let flow = owner.with(begin);
    next(owner, flow, from, 0);
}

/// A sign-in to the page's own server, at its first stage.
pub(crate) fn begin() -> Flow {
    let flow = Flow::new();
    provide_context(flow);
    play(flow, Event::Start { page: browser::page(), record: None, route: Stage::Connect, is_return: false });
    flow
}

fn next(owner: Owner, flow: Flow, from: Stage, index: usize) {
    let Some((stage, event, build)) = SCENES.get(index) else { return owner.cleanup() };
    browser::when_idle(move || {
        play(flow, event());
        if *stage <= from {
            return next(owner, flow, from, index + 1);
        }
        browser::when_idle(move || {
            perform(&owner, *build, drop);
            browser::when_idle(move || {
                perform(&owner, *build, |root| browser::lay_out(root.element()));
                next(owner, flow, from, index + 1);
            });
        });
    });
}

/// Builds a stage, does something with it, and throws it away in the same task: nothing that it does once it shows is done.
fn perform(owner: &Owner, build: fn() -> El, with: fn(El)) {
    let scene = owner.child();
    with(scene.with(|| untrack(build)));
    scene.cleanup();
}

/// Sends an event, and then each answer to what it wants done.
pub(crate) fn play(flow: Flow, event: Event) {
    for effect in flow.turn(event) {
        if let Some((number, reply)) = answer(&effect) {
            play(flow, Event::Reply(number, reply));
        }
    }
}

fn answer(effect: &Effect) -> Option<(Try, Reply)> {
    let (number, topic, status, text, url) = match effect {
        Effect::Store(number, _) => return Some((*number, Reply::Done)),
        Effect::PrepareKey(number) => return Some((*number, Reply::Key(BrowserKey::Kept))),
        Effect::Discover(number, url) => (number, Topic::Discovery, 200, metadata(), Some(url.clone())),
        Effect::Challenge(number, _, request, _) => {
            let (status, text) = match request.step {
                ChallengeStep::Account(_) => (400, CREDENTIALS_REQUIRED),
                ChallengeStep::Credentials { .. } => (400, CODE_REQUIRED),
                _ => (200, ME),
            };
            (number, Topic::Challenge, status, text.to_owned(), None)
        }
        _ => return None,
    };
    Some((*number, api::read(&Told { topic, number: *number, status, retry_after: None, text: Some(text), url })))
}

fn metadata() -> String {
    let address = address();
    let to = |path: &str| [&address, path].concat();
    let members = [
        ("issuer", to("")),
        ("authorization_challenge_endpoint", to("/-")),
        ("token_endpoint", to("/-")),
        ("revocation_endpoint", to("/-")),
    ];
    let mut json = JsonWriter::object();
    for (name, value) in members {
        json.member(name, &value);
    }
    json.finish()
}

/// That of the page's own server.
fn address() -> String {
    [browser::origin(), browser::base()].concat()
}
