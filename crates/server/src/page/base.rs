//! The document below a path: its routes and files are relative to `<base href>`.

use std::collections::HashMap;

use axum::http::{HeaderMap, header};

use super::asset::Asset;
use crate::config::{Issuer, PublicAddresses};

/// As the build writes it.
const ROOT: &str = r#"<base href="/">"#;

/// The document, for each path of the public addresses.
pub(super) struct Documents {
    /// For the main address, and for hosts that are none of ours.
    main: Asset,
    by_host: HashMap<String, Asset>,
}

impl Documents {
    pub(super) fn new(at_root: Asset, addresses: &PublicAddresses) -> Self {
        let issuers = match addresses {
            PublicAddresses::List(issuers) => issuers.as_slice(),
            PublicAddresses::Any => &[],
        };
        let by_host = issuers.iter().map(|issuer| (host(issuer), below(&at_root, issuer.path()))).collect();
        let main = issuers.first().map(|issuer| below(&at_root, issuer.path()));
        Self { main: main.unwrap_or(at_root), by_host }
    }

    /// The one for the address that was asked.
    pub(super) fn for_host(&self, request: &HeaderMap) -> &Asset {
        let host = request.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_ascii_lowercase);
        host.and_then(|host| self.by_host.get(&host)).unwrap_or(&self.main)
    }
}

fn host(issuer: &Issuer) -> String {
    issuer.origin().split_once("://").map_or_else(String::new, |(_, authority)| authority.to_ascii_lowercase())
}

fn below(at_root: &Asset, path: &str) -> Asset {
    if path.is_empty() {
        return at_root.clone();
    }
    // A canonical path has no character that HTML would read otherwise.
    let document = String::from_utf8_lossy(&at_root.plain).replacen(ROOT, &format!(r#"<base href="{path}/">"#), 1);
    at_root.with_content(document)
}
