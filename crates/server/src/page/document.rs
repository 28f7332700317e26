//! The document in every language, for each path of the public addresses: its routes and files are relative to
//! `<base href>`.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::asset::{Asset, Freshness};
use super::{Files, cookies, language, policy, preload};
use crate::clock::Clock;
use crate::config::{Issuer, PublicAddresses};

/// As the build writes it.
const ROOT: &str = r#"<base href="/">"#;
/// The language of the document that has none in its name.
const OWN: &str = "en";
const NAME: &str = "index.html";

/// The documents, for each path of the public addresses.
pub(super) struct Documents {
    /// For the main address, and for hosts that are none of ours.
    main: Document,
    by_address: Vec<(Issuer, Document)>,
}

/// The document of one path, in every language.
#[derive(Clone)]
pub(super) struct Document {
    /// By tag (BCP 47), its own language first.
    languages: Vec<(String, Asset)>,
    /// What a browser can fetch before it has read the document, or while a proxy waits for it.
    link: Option<HeaderValue>,
    /// People reach it by https alone.
    is_https: bool,
    clock: Clock,
}

impl Documents {
    /// Takes the document out of the files, with what it is in other languages; `None` where there is no page.
    pub(super) fn take(files: &mut Files, addresses: &PublicAddresses, is_https: bool, clock: &Clock) -> Option<Self> {
        let own = Asset::take(NAME, files, Freshness::AskAgain)?;
        let tags: Vec<String> = files.keys().filter_map(|path| tag(path)).map(str::to_owned).collect();
        let others = tags.into_iter().filter_map(|tag| {
            let asset = Asset::take(&format!("index.{tag}.html"), files, Freshness::AskAgain)?;
            Some((tag, asset))
        });
        let at_root = Document {
            languages: std::iter::once((OWN.to_owned(), own)).chain(others).collect(),
            link: None,
            is_https,
            clock: clock.clone(),
        };
        let issuers = match addresses {
            PublicAddresses::List(issuers) => issuers.as_slice(),
            PublicAddresses::Any => &[],
        };
        let by_address = issuers.iter().map(|issuer| (issuer.clone(), at_root.below(issuer.path()))).collect();
        Some(Self { main: at_root.below(issuers.first().map_or("", Issuer::path)), by_address })
    }

    /// The one for the address that was asked.
    pub(super) fn at_host(&self, host: &str) -> &Document {
        let asked = self.by_address.iter().find(|(issuer, _)| issuer.is_at(host));
        asked.map_or(&self.main, |(_, document)| document)
    }

    /// What stands in it, but for the language.
    pub(super) fn plain(&self) -> &[u8] {
        &self.main.own().plain
    }
}

impl Document {
    fn own(&self) -> &Asset {
        &self.languages[0].1
    }

    fn below(&self, path: &str) -> Self {
        let link = preload::header(&String::from_utf8_lossy(&self.own().plain), path);
        let languages = self.languages.iter().map(|(tag, asset)| (tag.clone(), below(asset, path))).collect();
        Self { languages, link, is_https: self.is_https, clock: self.clock.clone() }
    }

    /// In the language that suits the request.
    pub(super) fn answer(&self, request: &HeaderMap) -> Response {
        let tags: Vec<&str> = self.languages.iter().map(|(tag, _)| tag.as_str()).collect();
        let chosen = language::choose(request, &tags);
        let asset = self.languages.iter().find(|(tag, _)| Some(tag.as_str()) == chosen);
        let mut response = asset.map_or(self.own(), |(_, asset)| asset).answer(request);
        let is_new = response.status() == StatusCode::OK;
        let headers = response.headers_mut();
        headers
            .insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language, cookie, sec-fetch-site"));
        // It says what one person's browser has said.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        if let Some(cookies) = cookies::sent_back(request, self.clock.now()) {
            headers.insert(cookies::NAME, cookies);
        }
        if self.is_https {
            policy::keep_windows_out(request, headers);
        }
        if let Some(link) = &self.link {
            // Who has the document has the program. A header that is not there would leave the browser with the one that it
            // keeps, and have it look for the program before it shows anything.
            headers.insert(header::LINK, if is_new { link.clone() } else { HeaderValue::from_static("") });
        }
        response
    }
}

/// The language in the name of a document.
fn tag(path: &str) -> Option<&str> {
    path.strip_prefix("index.")?.strip_suffix(".html")
}

fn below(at_root: &Asset, path: &str) -> Asset {
    if path.is_empty() {
        return at_root.clone();
    }
    // A canonical path has no character that HTML would read otherwise.
    let document = String::from_utf8_lossy(&at_root.plain);
    at_root.with_content(Cow::into_owned(document).replacen(ROOT, &format!(r#"<base href="{path}/">"#), 1))
}
