//! What the page remembers in cookies, sent back with its document (W3C Server Timing): `script/first.js` reads it there
//! before the first paint, and does not wait for the process that keeps the cookies.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::clock::UnixMillis;
use crate::http::cookies::pairs;

pub(super) const NAME: HeaderName = HeaderName::from_static("server-timing");
/// As the scripts set them.
const OURS: [&str; 5] = ["begun", "brand", "lang", "stored", "visited"];
/// Characters of a value; a tag of a language is the longest.
const MAX_CHARACTERS: usize = 16;

/// Fetch Metadata: what the document is asked for.
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// The header, for a document that is to be shown. With the time, in seconds since 1970: a browser keeps it with the document,
/// and what is kept is old. The document that `script/sw.js` keeps comes without cookies; that is said, for a browser goes on
/// with the header that it has where it is given no other.
pub(super) fn sent_back(request: &HeaderMap, now: UnixMillis) -> Option<HeaderValue> {
    if request.get(MODE).is_some_and(|mode| mode != "navigate") {
        return Some(HeaderValue::from_static("kept"));
    }
    let mut description = (now / 1000).to_string();
    let ours = pairs(request).filter(|(name, value)| OURS.contains(name) && is_plain(value));
    for (name, value) in ours.take(OURS.len()) {
        description.extend(["; ", name, "=", value]);
    }
    HeaderValue::from_str(&format!("cookies;desc=\"{description}\"")).ok()
}

fn is_plain(value: &str) -> bool {
    value.len() <= MAX_CHARACTERS && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    #[test]
    fn only_what_the_page_remembers_is_sent_back_as_it_came() {
        for (cookies, expected) in [
            ("", r#"cookies;desc="1800000000""#),
            ("visited=1", r#"cookies;desc="1800000000; visited=1""#),
            ("a=b; lang=pt-BR;visited=1", r#"cookies;desc="1800000000; lang=pt-BR; visited=1""#),
            ("session=secret; begun=0", r#"cookies;desc="1800000000; begun=0""#),
            (r#"lang="de"; brand=1, x; stored=\; visited"#, r#"cookies;desc="1800000000""#),
            ("lang=12345678901234567; brand=", r#"cookies;desc="1800000000; brand=""#),
        ] {
            let request = [(header::COOKIE, HeaderValue::from_str(cookies).unwrap())].into_iter().collect();
            assert_eq!(sent_back(&request, 1_800_000_000_999).unwrap(), expected, "{cookies:?}");
        }
        let many = "lang=de; ".repeat(100);
        let request = [(header::COOKIE, many.parse().unwrap())].into_iter().collect();
        assert!(sent_back(&request, 0).unwrap().len() < 100);
    }

    #[test]
    fn nothing_is_sent_back_with_a_document_that_is_to_be_kept() {
        let sent = r#"cookies;desc="0""#;
        for (mode, expected) in
            [(None, sent), (Some("navigate"), sent), (Some("cors"), "kept"), (Some("no-cors"), "kept")]
        {
            let request = mode.map(|mode| (MODE, HeaderValue::from_static(mode))).into_iter().collect();
            assert_eq!(sent_back(&request, 0).unwrap(), expected, "{mode:?}");
        }
    }
}
