//! What the flow needs to know of the browser: its clock, its randomness, what it has tables for, where the page runs.

use leptos::prelude::{document, window};
use vestibule_flow::{Browser, History, Moment, Page, ServerAddress, Stage, UrlParts};
use wasm_bindgen::JsValue;

use crate::i18n::language;

/// The browser's own parser of URLs, which takes what its address bar takes, and its tables of Unicode.
pub(crate) struct ThisBrowser;

impl Browser for ThisBrowser {
    fn parse(url: &str) -> Option<UrlParts> {
        let url = web_sys::Url::new(url).ok()?;
        Some(UrlParts {
            scheme: url.protocol().trim_end_matches(':').to_owned(),
            has_user: !url.username().is_empty() || !url.password().is_empty(),
            host: url.host(),
            path: url.pathname(),
        })
    }

    fn is_alphanumeric(c: char) -> bool {
        js_sys::RegExp::new(r"[\p{Alphabetic}\p{N}]", "u").test(c.encode_utf8(&mut [0; 4]))
    }
}

/// Milliseconds of the monotonic clock.
pub(crate) fn now() -> u64 {
    let milliseconds = window().performance().map_or(0.0, |performance| performance.now());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole milliseconds are enough")]
    let whole = milliseconds as u64;
    whole
}

/// The present moment, with fresh random bits.
pub(crate) fn moment() -> Moment {
    Moment { now: now(), random: random() }
}

/// 256 random bits. `getRandomValues` is there without encryption too.
#[expect(clippy::expect_used, reason = "without randomness nobody may sign in, and every browser has it")]
pub(crate) fn random() -> [u8; 32] {
    let mut random = [0; 32];
    let crypto = window().crypto().expect("a browser");
    crypto.get_random_values_with_u8_array(&mut random).expect("32 bytes are within the quota");
    random
}

/// Seconds since 1970-01-01 UTC, as the device has it.
pub(crate) fn unix_seconds() -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole seconds since 1970")]
    let seconds = (js_sys::Date::now() / 1000.0) as u64;
    seconds
}

/// Whether the device says that it has no network.
pub(crate) fn is_offline() -> bool {
    !window().navigator().on_line()
}

/// Where the page runs.
pub(crate) fn page() -> Page {
    Page {
        address: ServerAddress::parse::<ThisBrowser>(&format!("{}{}", origin(), base())).ok(),
        cookies: navigator_cookies(&window().navigator()),
        languages: languages(),
    }
}

/// What the person reads, best first: the language of the page, then the browser's own.
pub(crate) fn languages() -> Option<String> {
    let own = window().navigator().languages();
    let mut languages: Vec<String> = own.iter().filter_map(|language| language.as_string()).collect();
    languages.insert(0, language());
    languages.retain(|language| !language.is_empty());
    (!languages.is_empty()).then(|| languages.join(" "))
}

fn navigator_cookies(navigator: &web_sys::Navigator) -> bool {
    js_sys::Reflect::get(navigator, &"cookieEnabled".into()).is_ok_and(|enabled| enabled.is_truthy())
}

/// The origin of the page.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The path that the page's own routes begin with, without a trailing slash: that of `<base href>`, where there is one.
pub(crate) fn base() -> String {
    let document = document();
    let href = document.query_selector("base[href]").ok().flatten().and_then(|base| base.get_attribute("href"));
    let url = href.and_then(|href| web_sys::Url::new_with_base(&href, &origin()).ok());
    url.map(|url| url.pathname().trim_end_matches('/').to_owned()).unwrap_or_default()
}

/// The path of the page's URL, below [`base`].
pub(crate) fn route() -> String {
    let path = window().location().pathname().unwrap_or_default();
    path.strip_prefix(&base()).map(str::to_owned).unwrap_or(path)
}

/// The page's URL of a stage.
pub(crate) fn url(stage: Stage) -> String {
    format!("{}{}", base(), stage.path())
}

/// Shows the stage in the page's URL.
pub(crate) fn navigate(stage: Stage, history: History) {
    let url = url(stage);
    let written = window().history().and_then(|entries| match history {
        History::Push => entries.push_state_with_url(&JsValue::NULL, "", Some(&url)),
        History::Replace => entries.replace_state_with_url(&JsValue::NULL, "", Some(&url)),
    });
    // A browser that finds a page to write too often lets the URL be; the stage shows all the same.
    drop(written);
}

/// Whether the browser came back to this URL, by a reload or through its history.
pub(crate) fn is_return() -> bool {
    let entries = window().performance().map(|performance| performance.get_entries_by_type("navigation"));
    let entry = entries.map(|entries| entries.get(0)).unwrap_or_default();
    let kind = js_sys::Reflect::get(&entry, &"type".into()).ok().and_then(|kind| kind.as_string());
    kind.is_some_and(|kind| kind == "reload" || kind == "back_forward")
}

/// The time of day, as the person's device shows it, of a moment so many seconds ago.
pub(crate) fn time_of_day(seconds_ago: u64) -> String {
    let (date, language, options) = shown(seconds_ago, &[("hour", "numeric"), ("minute", "2-digit")]);
    date.to_locale_time_string_with_options(&language, &options).into()
}

/// The same with the date.
pub(crate) fn date_and_time(seconds_ago: u64) -> String {
    let (date, language, options) = shown(seconds_ago, &[("dateStyle", "medium"), ("timeStyle", "short")]);
    date.to_locale_string(&language, &options).into()
}

/// A moment so many seconds ago, and what it takes to show it in the language of the page.
fn shown(seconds_ago: u64, style: &[(&str, &str)]) -> (js_sys::Date, String, js_sys::Object) {
    let date = js_sys::Date::new_0();
    #[expect(clippy::cast_precision_loss, reason = "so many seconds are exact")]
    date.set_time(date.get_time() - seconds_ago as f64 * 1000.0);
    let options = js_sys::Object::new();
    for (key, value) in style {
        // A plain object takes every property.
        drop(js_sys::Reflect::set(&options, &(*key).into(), &(*value).into()));
    }
    // The digits of all other numbers here.
    (date, format!("{}-u-nu-latn", language()), options)
}
