//! DPoP proofs (RFC 9449): that a request comes from the holder of this browser's key.

use std::{cell::RefCell, collections::BTreeMap};

use vestibule_flow::proof::{Freshness, Subject, signed};
use web_sys::Url;

use crate::{browser, key};

thread_local! {
    /// The latest nonce of each server, by its origin.
    static NONCES: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// A proof for one request. `None` where this browser has no key.
pub(crate) async fn make(subject: &Subject<'_>) -> Option<String> {
    let key = key::get().await?;
    let nonce = origin(subject.url).and_then(|origin| NONCES.with_borrow(|nonces| nonces.get(&origin).cloned()));
    let freshness =
        Freshness { random: &browser::random(), nonce: nonce.as_deref(), issued_at: browser::unix_seconds() };
    let input = subject.signing_input(&key.public, &freshness);
    let signature = key.sign(&input).await.ok()?;
    Some(signed(&input, &signature))
}

/// Keeps the nonce that an answer from there brought along (RFC 9449 §8.2).
pub(crate) fn keep_nonce(url: &str, nonce: String) {
    if let Some(origin) = origin(url) {
        NONCES.with_borrow_mut(|nonces| nonces.insert(origin, nonce));
    }
}

fn origin(url: &str) -> Option<String> {
    Url::new(url).ok().map(|url| url.origin())
}
