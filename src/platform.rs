//! The way to `script/platform.js`, which has the browser do what the program is not needed for, and back.

use vestibule_flow::Try;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = platform, js_name = start)]
    fn start_js(tell: &Tell, started: u32, elsewhere: u32);
    #[wasm_bindgen(js_namespace = platform, js_name = look)]
    fn look_js(returned: u32, elsewhere: u32);
    /// Has the record stored; nothing is sent before it is, nor is a turn over.
    #[wasm_bindgen(js_namespace = platform)]
    pub(crate) fn store(record: &str, can_go_on: bool);
    #[wasm_bindgen(js_namespace = platform, js_name = prepareKey)]
    fn prepare_key_js(topic: u32, number: u32);
    #[wasm_bindgen(js_namespace = platform, js_name = lock)]
    fn lock_js(topic: u32, number: u32);
    #[wasm_bindgen(js_namespace = platform, js_name = timer)]
    fn timer_js(topic: u32, number: u32, milliseconds: u32);
    #[wasm_bindgen(js_namespace = platform, js_name = request)]
    fn request_js(
        topic: u32,
        number: u32,
        manner: &str,
        url: &str,
        token: Option<&str>,
        is_bound: bool,
        body: Option<&str>,
    );
    #[wasm_bindgen(js_namespace = platform, js_name = abort)]
    fn abort_js(number: u32);
    #[wasm_bindgen(js_namespace = platform, js_name = keepTurn)]
    fn keep_turn_js(number: u32);
    #[wasm_bindgen(js_namespace = platform, js_name = speak)]
    fn speak_js(told: &Closure<dyn FnMut(Option<String>)>, tag: Option<&str>);
}

/// All that the script tells of, by one function: one closure is enough code.
type Tell = Closure<dyn Fn(u32, u32, u32, f64, Option<String>, Option<String>)>;

/// What is told of. The script gives back the one that it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The record that was stored is read.
    Started,
    /// Another tab has stored this record.
    Elsewhere,
    /// The page is seen again.
    Returned,
    /// A time limit has run out.
    TimedOut,
    /// The browser's key is ready, or cannot be.
    Key,
    /// It is this tab's turn, with what another has stored meanwhile.
    Locked,
    /// A discovery document.
    Discovery,
    /// Whether anything answers.
    Probe,
    /// A step of the sign-in.
    Challenge,
    /// Tokens.
    Tokens,
    /// A token given back.
    Revocation,
    /// The User tab.
    Me,
    /// The list of places where the person is signed in.
    Sessions,
    /// Anything under `/api` whose answer has no content.
    Done,
}

const TOPICS: [Topic; 14] = [
    Topic::Started,
    Topic::Elsewhere,
    Topic::Returned,
    Topic::TimedOut,
    Topic::Key,
    Topic::Locked,
    Topic::Discovery,
    Topic::Probe,
    Topic::Challenge,
    Topic::Tokens,
    Topic::Revocation,
    Topic::Me,
    Topic::Sessions,
    Topic::Done,
];

/// What the script has told.
pub(crate) struct Told {
    pub(crate) topic: Topic,
    /// The try that it belongs to, where it belongs to one.
    pub(crate) number: Try,
    /// That of HTTP, or one of the script's own.
    pub(crate) status: u32,
    /// Seconds of `Retry-After`.
    pub(crate) retry_after: Option<u64>,
    /// What was read.
    pub(crate) text: Option<String>,
    /// Where it came from in the end.
    pub(crate) url: Option<String>,
}

/// How a request is sent: in one of the script's manners, or by the method of a call under `/api`.
pub(crate) mod manner {
    /// Following redirects, without cookies.
    pub(crate) const DISCOVER: &str = "discover";
    /// Without being told more than that something answered.
    pub(crate) const PROBE: &str = "probe";
    /// A form that is posted.
    pub(crate) const FORM: &str = "form";
    /// A form to the page's own server, which may answer with a cookie.
    pub(crate) const OWN_FORM: &str = "own-form";
    pub(crate) const GET: &str = "GET";
    pub(crate) const POST: &str = "POST";
    pub(crate) const PUT: &str = "PUT";
    pub(crate) const DELETE: &str = "DELETE";
}

/// Reads what is stored, and has everything told to this function from now on.
pub(crate) fn start(tell: impl Fn(Told) + 'static) {
    let tell = Tell::new(move |topic, number, status, retry_after: f64, text, url| {
        let Some(topic) = TOPICS.get(topic as usize) else { return };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole seconds, at least 0")]
        let retry_after = (retry_after >= 0.0).then_some(retry_after as u64);
        tell(Told { topic: *topic, number: Try::of(number), status, retry_after, text, url });
    });
    start_js(&tell, Topic::Started as u32, Topic::Elsewhere as u32);
    // Told to for as long as the page is open.
    tell.forget();
}

/// Looks at what other tabs have stored, and tells it; then that the page is seen again.
pub(crate) fn look() {
    look_js(Topic::Returned as u32, Topic::Elsewhere as u32);
}

/// Has the browser's key ready.
pub(crate) fn prepare_key(number: Try) {
    prepare_key_js(Topic::Key as u32, number.number());
}

/// Waits for this tab's turn.
pub(crate) fn lock(number: Try) {
    lock_js(Topic::Locked as u32, number.number());
}

/// Ends this tab's turn, unless it belongs to this try.
pub(crate) fn keep_turn(number: Option<Try>) {
    keep_turn_js(number.map_or(0, Try::number));
}

/// Tells when the time of a try has run out.
pub(crate) fn timer(number: Try, milliseconds: u32) {
    timer_js(Topic::TimedOut as u32, number.number(), milliseconds);
}

/// Aborts every request of this try, and its waiting for a turn.
pub(crate) fn abort(number: Try) {
    abort_js(number.number());
}

/// Goes on with the lines of a language, or of the one that the page starts with; without any where they do not come.
pub(crate) fn speak(tag: Option<&str>, told: Box<dyn FnOnce(Option<String>)>) {
    let mut told = Some(told);
    let told = Closure::new(move |lines| {
        if let Some(told) = told.take() {
            told(lines);
        }
    });
    speak_js(&told, tag);
    // A person changes the language a few times at most.
    told.forget();
}

/// A request of a try, to be answered under a topic.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) topic: Topic,
    pub(crate) number: Try,
    /// One of [`manner`].
    pub(crate) manner: &'static str,
    pub(crate) url: &'a str,
    /// The access token; without one, a cookie has to do.
    pub(crate) token: Option<&'a str>,
    /// Whether it goes with a proof of the browser's key, and never without.
    pub(crate) is_bound: bool,
    pub(crate) body: Option<&'a str>,
}

impl Request<'_> {
    /// Sends it.
    pub(crate) fn send(self) {
        let Self { topic, number, manner, url, token, is_bound, body } = self;
        request_js(topic as u32, number.number(), manner, url, token, is_bound, body);
    }
}
