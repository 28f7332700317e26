//! Which language of the document a browser is given, so that it comes in the right one at once.
//! `script/language.js` decides by the same rules, for whoever serves the page in another way.

use axum::http::{HeaderMap, header};

use crate::http::cookies::pairs;

/// Languages of one request that are looked at: nobody reads more, and a header can be long.
const MAX_LANGUAGES: usize = 16;

/// The first of `available` that serves what the person has chosen in the menu, else what the browser asks for.
pub(super) fn choose<'a>(request: &HeaderMap, available: &[&'a str]) -> Option<&'a str> {
    chosen(request).into_iter().chain(asked_for(request)).find_map(|wanted| serving(wanted, available))
}

/// The cookie `lang`, which the page sets itself.
fn chosen(request: &HeaderMap) -> Option<&str> {
    pairs(request).find_map(|(name, value)| (name == "lang").then_some(value))
}

/// Browsers name the best one first.
fn asked_for(request: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = request.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    let ranges = lines.flat_map(|line| line.split(','));
    ranges.map(|range| range.split(';').next().unwrap_or_default().trim()).take(MAX_LANGUAGES)
}

/// The one that is meant, else one of another region.
fn serving<'a>(wanted: &str, available: &[&'a str]) -> Option<&'a str> {
    let same = available.iter().find(|tag| tag.eq_ignore_ascii_case(wanted));
    let near = || available.iter().find(|tag| primary(tag).eq_ignore_ascii_case(primary(wanted)));
    same.or_else(near).copied()
}

fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AVAILABLE: [&str; 4] = ["en", "ar", "de", "pt-BR"];

    fn request(cookie: &str, accept: &str) -> HeaderMap {
        let pairs = [(header::COOKIE, cookie), (header::ACCEPT_LANGUAGE, accept)];
        pairs.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect()
    }

    #[test]
    fn what_was_chosen_comes_before_what_the_browser_asks_for() {
        for (cookie, accept, expected) in [
            ("", "", None),
            ("", "de-AT,de;q=0.9,en;q=0.5", Some("de")),
            ("", "pt-PT, en", Some("pt-BR")),
            ("", "ja, AR;q=0.1", Some("ar")),
            ("", "ja", None),
            ("lang=de", "en", Some("de")),
            ("a=b; lang=pt-BR; c=d", "en", Some("pt-BR")),
            ("lang=xx", "de", Some("de")),
            ("lang=", "en-GB", Some("en")),
            ("language=de; xlang=de", "en", Some("en")),
        ] {
            assert_eq!(choose(&request(cookie, accept), &AVAILABLE), expected, "{cookie:?} {accept:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_only_a_language_that_is_there_is_given(cookie in "[ -~]{0,40}", accept in "[ -~]{0,80}") {
            let chosen = choose(&request(&cookie, &accept), &AVAILABLE);
            prop_assert!(chosen.is_none_or(|tag| AVAILABLE.contains(&tag)));
        }
    }
}
