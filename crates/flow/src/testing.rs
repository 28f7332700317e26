//! The parser of the `url` crate, for tests on the host.

use crate::{UrlParser, UrlParts};

pub(crate) struct HostUrls;

impl UrlParser for HostUrls {
    fn parse(url: &str) -> Option<UrlParts> {
        let url = url::Url::parse(url).ok()?;
        let host = url.host_str()?;
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Some(UrlParts {
            scheme: url.scheme().to_owned(),
            has_user: !url.username().is_empty() || url.password().is_some(),
            host,
            path: url.path().to_owned(),
        })
    }
}
