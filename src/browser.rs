//! What the flow needs to know of the browser: its clock, its randomness, what it has tables for, where the page runs.

use vestibule_flow::{Browser, History, Moment, Page, ServerAddress, Stage, UrlParts};
use wasm_bindgen::{
    JsValue,
    prelude::{Closure, wasm_bindgen},
};
use web_sys::{Element, HtmlElement};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(into: &mut [u8]) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = platform, js_name = parse)]
    fn parse_js(url: &str) -> Option<String>;
    #[wasm_bindgen(js_namespace = platform, js_name = isAlphanumeric)]
    fn is_alphanumeric_js(c: char) -> bool;
    #[wasm_bindgen(js_namespace = platform, js_name = cookies)]
    fn has_cookies() -> bool;
    #[wasm_bindgen(js_namespace = platform, js_name = languages)]
    fn languages_js() -> String;
    #[wasm_bindgen(js_namespace = platform, js_name = navigate)]
    fn navigate_js(url: &str, is_push: bool);
    #[wasm_bindgen(js_namespace = platform, js_name = whenIdle)]
    fn when_idle_js(act: &JsValue);
    #[wasm_bindgen(js_namespace = platform, js_name = afterFrame)]
    fn after_frame_js(act: &JsValue);
    #[wasm_bindgen(js_namespace = platform, js_name = minutesOfDay)]
    fn minutes_of_day(seconds_ago: f64) -> u32;
    #[wasm_bindgen(js_namespace = platform, js_name = dateAndTime)]
    fn date_and_time_js(seconds_ago: f64) -> String;
    /// Gives the focus at once, and scrolls to it with the next frame.
    #[wasm_bindgen(js_namespace = platform)]
    pub(crate) fn focus(element: &HtmlElement);
    /// Has the browser lay an element out, unseen.
    #[wasm_bindgen(js_namespace = platform, js_name = layOut)]
    pub(crate) fn lay_out(element: &Element);
    /// Which plural form a number has in the language of the page, as CLDR calls it.
    #[wasm_bindgen(js_namespace = platform)]
    pub(crate) fn plural(count: f64) -> String;
    /// The tag of the language that shows.
    #[wasm_bindgen(js_namespace = platform)]
    pub(crate) fn language() -> String;
    /// The origin of the page.
    #[wasm_bindgen(js_namespace = platform)]
    pub(crate) fn origin() -> String;
    /// The path that the page's own routes begin with, without a trailing slash: that of `<base href>`.
    #[wasm_bindgen(js_namespace = platform)]
    pub(crate) fn base() -> String;
    /// The path of the page's URL, below [`base`].
    #[wasm_bindgen(js_namespace = platform)]
    pub(crate) fn route() -> String;
    /// Whether the browser came back to this URL, by a reload or through its history.
    #[wasm_bindgen(js_namespace = platform, js_name = isReturn)]
    pub(crate) fn is_return() -> bool;
}

/// Does something once when the browser has nothing else to do.
pub(crate) fn when_idle(act: impl FnOnce() + 'static) {
    when_idle_js(&for_once(Box::new(act)));
}

/// Does something once when what is to show now has been painted: what nobody sees is not to hold that up.
pub(crate) fn after_frame(act: impl FnOnce() + 'static) {
    after_frame_js(&for_once(Box::new(act)));
}

fn for_once(act: Box<dyn FnOnce()>) -> JsValue {
    Closure::once_into_js(act)
}

/// The browser's own parser of URLs, which takes what its address bar takes, and its tables of Unicode.
pub(crate) struct ThisBrowser;

impl Browser for ThisBrowser {
    fn parse(url: &str) -> Option<UrlParts> {
        let parts = parse_js(url)?;
        let mut parts = parts.split('\n');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        Some(UrlParts { scheme: next(), has_user: !next().is_empty(), host: next(), path: next() })
    }

    fn is_alphanumeric(c: char) -> bool {
        is_alphanumeric_js(c)
    }
}

/// Milliseconds of the monotonic clock.
pub(crate) fn now() -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole milliseconds are enough")]
    let whole = performance_now() as u64;
    whole
}

/// The present moment, with fresh random bits.
pub(crate) fn moment() -> Moment {
    Moment { now: now(), random: random() }
}

/// 256 random bits. `getRandomValues` is there without encryption too.
fn random() -> [u8; 32] {
    let mut random = [0; 32];
    // Without randomness nobody may sign in: a panic, whose words nobody would read.
    assert!(get_random_values(&mut random).is_ok());
    random
}

/// Where the page runs.
pub(crate) fn page() -> Page {
    Page {
        address: ServerAddress::of_url::<ThisBrowser>(&[origin(), base()].concat()).ok(),
        cookies: has_cookies(),
        languages: languages(),
    }
}

/// What the person reads, best first: the language of the page, then the browser's own.
pub(crate) fn languages() -> Option<String> {
    Some(languages_js()).filter(|languages| !languages.is_empty())
}

/// The page's URL of a stage.
pub(crate) fn url(stage: Stage) -> String {
    format!("{}{}", base(), stage.path())
}

/// Shows the stage in the page's URL.
pub(crate) fn navigate(stage: Stage, history: History) {
    navigate_js(&url(stage), history == History::Push);
}

/// The time of day of a moment so many seconds ago where the device is: hours, of 24, and minutes.
pub(crate) fn time_of_day(seconds_ago: u64) -> (u32, u32) {
    let minutes = minutes_of_day(exact(seconds_ago));
    (minutes / 60, minutes % 60)
}

/// Date and time of day of such a moment, in the language of the page.
pub(crate) fn date_and_time(seconds_ago: u64) -> String {
    date_and_time_js(exact(seconds_ago))
}

#[expect(clippy::cast_precision_loss, reason = "so many seconds are exact")]
fn exact(seconds: u64) -> f64 {
    seconds as f64
}
