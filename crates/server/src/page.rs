//! The page, embedded in the binary.
//!
//! Only the page's own routes get the page; a person who has mistyped one gets it too, as a 404. A file that is not there
//! is a 404 and never HTML: a tab from before a deployment that asks for its old script must not get something else in
//! its place.

mod asset;
mod cookies;
mod document;
mod encoding;
mod language;
mod policy;
mod preload;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use document::{Document, Documents};

use crate::clock::Clock;
use crate::config::PublicAddresses;
use crate::http::host;

/// Routes of the page: one for each stage.
const ROUTES: [&str; 5] = ["/", "/account", "/credentials", "/code", "/user"];

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Files by their path below the root, as the build made them.
type Files = BTreeMap<String, Cow<'static, [u8]>>;

#[cfg(feature = "page")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../target/page"]
struct Embedded;

/// Serves the page that was built into this binary. `is_https`: people reach it by https alone.
pub fn router<S: Clone + Send + Sync + 'static>(
    addresses: &PublicAddresses,
    is_https: bool,
    clock: &Clock,
) -> Router<S> {
    router_for(embedded(), addresses, is_https, clock)
}

#[cfg(feature = "page")]
fn embedded() -> Files {
    Embedded::iter().filter_map(|path| Some((path.to_string(), Embedded::get(&path)?.data))).collect()
}

#[cfg(not(feature = "page"))]
fn embedded() -> Files {
    Files::new()
}

fn router_for<S: Clone + Send + Sync + 'static>(
    mut files: Files,
    addresses: &PublicAddresses,
    is_https: bool,
    clock: &Clock,
) -> Router<S> {
    let Some(documents) = Documents::take(&mut files, addresses, is_https, clock) else {
        let no_page = || async { (StatusCode::NOT_FOUND, "This build of the server has no page, only its API.\n") };
        return Router::new().route("/", get(no_page));
    };
    let security = Arc::new(policy::headers(documents.plain()));
    let documents = Arc::new(documents);
    let assets = Arc::new(asset::take_all(files));

    let mut router = Router::new();
    for route in ROUTES {
        let documents = documents.clone();
        router = router.route(
            route,
            get(async move |uri: Uri, request: HeaderMap| documents.at_host(host(&request, &uri)).answer(&request)),
        );
    }
    let file = async move |Path(path): Path<String>, uri: Uri, request: HeaderMap| match assets.get(&path) {
        Some(asset) => asset.answer(&request),
        None if is_mistyped(&path, &request) => lost(documents.at_host(host(&request, &uri)), request),
        None => not_found(),
    };
    router.route("/{*path}", get(file)).layer(middleware::map_response(move |mut response: Response| {
        response.headers_mut().extend(HeaderMap::clone(&security));
        ready(response)
    }))
}

/// Whether a person asks, for what looks like a page: browsers ask for files with other types, and those have an ending.
fn is_mistyped(path: &str, request: &HeaderMap) -> bool {
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let accepts = request.get_all(header::ACCEPT).iter().filter_map(|types| types.to_str().ok());
    !is_file && accepts.flat_map(|types| types.split(',')).any(|accepted| accepted.trim() == "text/html")
}

/// The page at an address that is none of its own: it knows where the person is.
fn lost(document: &Document, mut request: HeaderMap) -> Response {
    request.remove(header::IF_NONE_MATCH);
    let mut response = document.answer(&request);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().remove(header::ETAG);
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    response
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, NO_STORE)], "Not found\n").into_response()
}
