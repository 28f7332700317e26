//! What a tap would wait for, done before it, out of sight: a whole sign-in at which nothing is sent, stored or shown.
//!
//! Engines compile what is called for the first time, and load a font when it is first laid out. Nobody is to wait for that
//! at a tap (`docs/decisions/0034-rehearsal.md`). It is the sign-in that ends with a cookie: keys and tokens are not rehearsed.

use vestibule_flow::{Effect, Event, Page, Reply, ServerAddress, Stage, State, SubmittedBy, Try};
use vestibule_protocol::ChallengeStep;

use crate::{
    api,
    browser::{self, ThisBrowser},
    components::announcer::Announcer,
    dom::El,
    i18n::{provide_language, use_messages},
    pages::{account::account, code::code, credentials::credentials, user::user},
    platform::{Told, Topic},
    runner::Flow,
    signals::*,
};

/// A stage, what leads to it, and how it is built.
pub(crate) type Scene = (Stage, fn() -> Event, fn() -> El);

pub(crate) const SCENES: [Scene; 4] = [
    (Stage::Account, || Event::Connect(SERVER.to_owned()), account),
    (Stage::Credentials, || Event::Account { username: USERNAME.to_owned(), cell_number: None }, credentials),
    (Stage::Code, || Event::Credentials { username: USERNAME.to_owned(), password: "-".into() }, code),
    (Stage::User, || Event::Code { typed: "000000".to_owned(), by: SubmittedBy::LastDigit }, user),
];

const SERVER: &str = "https://example.org";
const USERNAME: &str = "ada";

/// What the server would answer.
const METADATA: &str =
    r#"{"issuer":"https://example.org","authorization_challenge_endpoint":"https://example.org/authorize-challenge"}"#;
const CREDENTIALS_REQUIRED: &str =
    r#"{"error":"insufficient_authorization","auth_session":"-","credentials_required":true,"signin_expires_in":900}"#;
const CODE_REQUIRED: &str = r#"{"error":"insufficient_authorization","auth_session":"-","signin_expires_in":900,"otp_required":true,"otp_length":6,"otp_destination":"a…a@example.com","otp_reference":"KX","otp_sent_ago":0,"otp_expires_in":600,"otp_resend_in":30,"otp_attempts_remaining":5,"otp_sends_remaining":4}"#;
const ME: &str = r#"{"name":"Ada","username":"ada","configuration":"integrated","server":"-","devices":["desk-phone","auto-pilot"],"preferred_device":"desk-phone"}"#;

/// Rehearses whatever is still to come after the stage that shows. Each part waits until the browser has nothing else to do,
/// and is short enough not to hold up a tap itself.
pub(crate) fn rehearse(home: &Owner, shown: Flow) {
    let owner = home.child();
    let flow = owner.with(begin);
    next(owner, flow, shown, 0);
}

/// A sign-in to a made-up server, as its own page has it, at the first stage.
pub(crate) fn begin() -> Flow {
    let flow = Flow::new();
    provide_context(flow);
    // Of its own: what follows the page's would be kept by it, and what is announced would be heard.
    provide_language(use_messages().now());
    provide_context(Announcer::mute());
    let page = Page {
        address: ServerAddress::parse::<ThisBrowser>(SERVER).ok(),
        cookies: true,
        languages: browser::languages(),
    };
    play(flow, Event::Start { page, record: None, route: Stage::Connect, is_return: false });
    play(flow, Event::Painted);
    flow
}

fn next(owner: Owner, flow: Flow, shown: Flow, index: usize) {
    let Some((stage, event, build)) = SCENES.get(index) else { return owner.cleanup() };
    // Asked each time: the person goes on meanwhile, and a stage that shows is not to be there twice. Two groups of radio
    // buttons would be one.
    let is_to_come = move || *stage > shown.now(State::stage);
    browser::when_idle(move || {
        // Nothing is to come after the last.
        if shown.now(State::stage) == Stage::User {
            return owner.cleanup();
        }
        play(flow, event());
        // Twice, or what is compiled and what is laid out would make one long task.
        browser::when_idle(move || {
            if is_to_come() {
                perform(&owner, *build, drop);
            }
            browser::when_idle(move || {
                if is_to_come() {
                    perform(&owner, *build, |root| browser::lay_out(root.element()));
                }
                next(owner, flow, shown, index + 1);
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

/// Tells the flow an event, and then each answer to what it wants done.
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
        Effect::Discover(number, url) => (number, Topic::Discovery, 200, METADATA, Some(url.clone())),
        Effect::Challenge(number, _, request, _) => {
            let (status, text) = match request.step {
                ChallengeStep::Account(_) => (400, CREDENTIALS_REQUIRED),
                ChallengeStep::Credentials { .. } => (400, CODE_REQUIRED),
                _ => (200, ME),
            };
            (number, Topic::Challenge, status, text, None)
        }
        _ => return None,
    };
    let told = Told { topic, number: *number, status, retry_after: None, text: Some(text.to_owned()), url };
    Some((*number, api::read(&told)))
}
