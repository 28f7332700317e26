//! A file of the page, in all its precompressed forms.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::Files;
use super::encoding::Encoding;

/// The shortest run of hexadecimal digits in a name that is its content's hash.
const HASH_DIGITS: usize = 16;

/// How long a browser may use what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// For ever: other content would have another name.
    Immutable,
    /// Until it has asked whether there is something newer.
    AskAgain,
}

/// A file of the page.
#[derive(Clone)]
pub(super) struct Asset {
    pub(super) plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    /// Hash of the content; each form has an entity tag of its own (RFC 9110 §8.8.3).
    hash: String,
    content_type: HeaderValue,
    freshness: Freshness,
}

/// Takes all files out, each with its forms.
pub(super) fn take_all(mut files: Files) -> HashMap<String, Asset> {
    let is_form = |path: &String| {
        [".br", ".gz"].iter().any(|ending| path.strip_suffix(ending).is_some_and(|plain| files.contains_key(plain)))
    };
    let paths: Vec<String> = files.keys().filter(|path| !is_form(path)).cloned().collect();
    let mut assets = HashMap::new();
    for path in paths {
        let freshness = if carries_a_hash(&path) { Freshness::Immutable } else { Freshness::AskAgain };
        if let Some(asset) = Asset::take(&path, &mut files, freshness) {
            assets.insert(path, asset);
        }
    }
    assets
}

impl Asset {
    /// Takes a file and its forms out of the files.
    pub(super) fn take(path: &str, files: &mut Files, freshness: Freshness) -> Option<Self> {
        let plain = bytes(files.remove(path)?);
        Some(Self {
            brotli: files.remove(&format!("{path}.br")).map(bytes),
            gzip: files.remove(&format!("{path}.gz")).map(bytes),
            hash: hash(&plain),
            plain,
            content_type: HeaderValue::from_static(content_type(path)),
            freshness,
        })
    }

    /// The same file with other content, which nobody has compressed.
    pub(super) fn with_content(&self, content: String) -> Self {
        Self { brotli: None, gzip: None, hash: hash(content.as_bytes()), plain: content.into(), ..self.clone() }
    }

    pub(super) fn answer(&self, request: &HeaderMap) -> Response {
        let encoding = Encoding::choose(combined(request, &header::ACCEPT_ENCODING).as_deref(), &self.encodings());
        let tag = match encoding.token() {
            Some(token) => format!("\"{}-{token}\"", self.hash),
            None => format!("\"{}\"", self.hash),
        };
        let is_known = combined(request, &header::IF_NONE_MATCH).is_some_and(|tags| names(&tags, &tag));
        let mut response = Response::new(if is_known { Body::empty() } else { Body::from(self.form(encoding)) });
        let headers = response.headers_mut();
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(match self.freshness {
                Freshness::Immutable => "public, max-age=31536000, immutable",
                Freshness::AskAgain => "no-cache",
            }),
        );
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        if let Some(token) = encoding.token() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
        }
        response
    }

    /// Smallest first.
    fn encodings(&self) -> Vec<Encoding> {
        let brotli = self.brotli.as_ref().map(|_| Encoding::Brotli);
        let gzip = self.gzip.as_ref().map(|_| Encoding::Gzip);
        brotli.into_iter().chain(gzip).chain([Encoding::Identity]).collect()
    }

    fn form(&self, encoding: Encoding) -> Bytes {
        let compressed = match encoding {
            Encoding::Brotli => self.brotli.as_ref(),
            Encoding::Gzip => self.gzip.as_ref(),
            Encoding::Identity => None,
        };
        compressed.unwrap_or(&self.plain).clone()
    }
}

fn hash(content: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(content)[..12])
}

fn bytes(content: Cow<'static, [u8]>) -> Bytes {
    match content {
        Cow::Borrowed(content) => Bytes::from_static(content),
        Cow::Owned(content) => Bytes::from(content),
    }
}

/// A header that may be sent in several lines.
fn combined(request: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let lines: Vec<&str> = request.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// Weak comparison (RFC 9110 §13.1.2): proxies weaken tags.
fn names(tags: &str, tag: &str) -> bool {
    tags.split(',').map(str::trim).any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

/// Whether the name carries its content's hash, as `page-0123456789abcdef.css` does.
fn carries_a_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let digits = stem.rsplit('-').next().unwrap_or_default();
    digits.len() >= HASH_DIGITS && digits.len() < stem.len() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// By the end of the name. Browsers start WebAssembly while it comes in only with its own type.
pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_tag_is_known_where_it_stands_in_the_list(
            tags in prop::collection::vec("(W/)?\"[A-Za-z0-9_-]{0,4}\"", 0..5), tag in "\"[A-Za-z0-9_-]{0,4}\"",
        ) {
            let expected = tags.iter().any(|given| given.trim_start_matches("W/") == tag);
            prop_assert_eq!(names(&tags.join(" , "), &tag), expected);
            prop_assert!(names("*", &tag));
        }

        #[test]
        fn a_file_is_kept_for_ever_where_its_name_ends_in_a_hash(
            folder in "([a-z0-9]{1,3}/){0,2}", stem in "[a-z_-]{1,9}", hash in "[0-9a-f]{14,18}", ending in "(\\.[a-z]{1,4}){0,2}",
        ) {
            let path = format!("{folder}{stem}-{hash}{ending}");
            prop_assert_eq!(carries_a_hash(&path), hash.len() >= HASH_DIGITS, "{}", path);
            let plain = format!("{folder}{hash}{ending}");
            prop_assert!(!carries_a_hash(&plain));
        }

        #[test]
        fn no_path_and_no_list_of_tags_make_reading_panic(text in any::<String>()) {
            prop_assert!(!content_type(&text).is_empty());
            prop_assert!(!carries_a_hash(&text) || text.len() > HASH_DIGITS);
            prop_assert_eq!(names(&text, "\"x\""), text.split(',').any(|t| matches!(t.trim(), "*" | "\"x\"" | "W/\"x\"")));
        }
    }
}
