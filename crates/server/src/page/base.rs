//! The document below a path: its routes and files are relative to `<base href>`.

use super::asset::Asset;
use crate::config::{Issuer, PublicAddresses};

/// As the build writes it.
const ROOT: &str = r#"<base href="/">"#;

/// The document, for each path of the public addresses.
pub(super) struct Documents {
    /// For the main address, and for hosts that are none of ours.
    main: Asset,
    by_address: Vec<(Issuer, Asset)>,
}

impl Documents {
    pub(super) fn new(at_root: Asset, addresses: &PublicAddresses) -> Self {
        let issuers = match addresses {
            PublicAddresses::List(issuers) => issuers.as_slice(),
            PublicAddresses::Any => &[],
        };
        let by_address = issuers.iter().map(|issuer| (issuer.clone(), below(&at_root, issuer.path()))).collect();
        let main = issuers.first().map(|issuer| below(&at_root, issuer.path()));
        Self { main: main.unwrap_or(at_root), by_address }
    }

    /// The one for the address that was asked.
    pub(super) fn at_host(&self, host: &str) -> &Asset {
        let asked = self.by_address.iter().find(|(issuer, _)| issuer.is_at(host));
        asked.map_or(&self.main, |(_, document)| document)
    }
}

fn below(at_root: &Asset, path: &str) -> Asset {
    if path.is_empty() {
        return at_root.clone();
    }
    // A canonical path has no character that HTML would read otherwise.
    let document = String::from_utf8_lossy(&at_root.plain).replacen(ROOT, &format!(r#"<base href="{path}/">"#), 1);
    at_root.with_content(document)
}
