//! What the page remembers in cookies, sent back with its document (W3C Server Timing): `script/first.js` reads it there
//! before the first paint, and does not wait for the process that keeps the cookies.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::clock::UnixMillis;

pub(super) const NAME: HeaderName = HeaderName::from_static("server-timing");
/// As the scripts set them.
const OURS: [&str; 5] = ["begun", "brand", "lang", "stored", "visited"];
/// Characters of a value; a tag of a language is the longest.
const MAX_CHARACTERS: usize = 16;

/// The header. With the time, in seconds since 1970: a browser keeps it with the document, and what is kept is old.
pub(super) fn sent_back(request: &HeaderMap, now: UnixMillis) -> Option<HeaderValue> {
    let mut description = (now / 1000).to_string();
    for (name, value) in pairs(request).filter(|(name, value)| OURS.contains(name) && is_plain(value)) {
        description.extend(["; ", name, "=", value]);
    }
    HeaderValue::from_str(&format!("cookies;desc=\"{description}\"")).ok()
}

/// Names and values of all cookies of a request.
pub(super) fn pairs(request: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = request.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

fn is_plain(value: &str) -> bool {
    value.len() <= MAX_CHARACTERS && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
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
    }
}
