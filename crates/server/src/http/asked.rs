//! Which of the public addresses was asked, and who asked.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};

use super::client_address::client_address;
use crate::config::{Config, Issuer, PublicAddresses};
use crate::state::Shared;
use crate::store::audit::Caller;

/// The longest user agent that is kept, in characters.
const MAX_USER_AGENT_CHARS: usize = 256;

/// The most languages that are looked at.
const MAX_LANGUAGES: usize = 16;

/// The public address that a request was made to.
#[derive(Clone, Debug)]
pub(super) struct Asked(pub(super) Issuer);

impl FromRequestParts<Shared> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Infallible> {
        Ok(Self(issuer_for(&server.config, host(&parts.headers, &parts.uri))))
    }
}

/// The host and port that a request names: in HTTP/2 they stand in its address.
#[must_use]
pub fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> &'a str {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    named.or_else(|| uri.authority().map(Authority::as_str)).unwrap_or_default()
}

/// The public address with this host and port; the main one where there is none.
fn issuer_for(config: &Config, host: &str) -> Issuer {
    match &config.public_addresses {
        PublicAddresses::List(issuers) => {
            let asked = issuers.iter().find(|issuer| issuer.is_at(host));
            asked.or(issuers.first()).cloned().unwrap_or_else(|| loopback(config))
        }
        PublicAddresses::Any => {
            let scheme = if config.tls.is_some() { "https" } else { "http" };
            format!("{scheme}://{host}").parse().unwrap_or_else(|_| loopback(config))
        }
    }
}

/// Where a client names no host at all.
fn loopback(config: &Config) -> Issuer {
    let port = config.listen.first().map_or(80, SocketAddr::port);
    let address = format!("http://localhost:{port}");
    address.parse().unwrap_or_else(|_| unreachable!("an address made of a port is an address"))
}

/// Whether a page of this origin is the server's own.
#[must_use]
pub(super) fn is_own_origin(config: &Config, asked: &Issuer, origin: &str) -> bool {
    match &config.public_addresses {
        PublicAddresses::List(issuers) => issuers.iter().any(|issuer| issuer.origin() == origin),
        PublicAddresses::Any => asked.origin() == origin,
    }
}

/// Who asked.
#[derive(Clone, Debug)]
pub(super) struct Asker(pub(super) Caller);

impl FromRequestParts<Shared> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map(|peer| client_address(&server.config.proxy, peer.0.ip(), &parts.headers));
        let user_agent = parts.headers.get(header::USER_AGENT).map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .chars()
                .filter(|c| !c.is_control())
                .take(MAX_USER_AGENT_CHARS)
                .collect()
        });
        Ok(Self(Caller { address, user_agent }))
    }
}

/// The languages that a browser asks for, in the order in which it names them; no more than anybody reads.
pub(super) fn languages(headers: &HeaderMap) -> Vec<String> {
    let named = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let tags = named.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
    tags.filter(|tag| !tag.is_empty()).take(MAX_LANGUAGES).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn browsers_name_the_best_language_first() {
        for (named, expected) in
            [("de-AT,de;q=0.9, en;q=0.5", &["de-AT", "de", "en"][..]), ("*", &["*"]), (" , ;q=1", &[]), ("", &[])]
        {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, named.parse().unwrap())]);
            assert_eq!(languages(&headers), expected, "{named}");
        }
        let many = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, "en,".repeat(500).parse().unwrap())]);
        assert_eq!(languages(&many).len(), MAX_LANGUAGES);
    }

    proptest! {
        #[test]
        fn whatever_host_is_named_the_issuer_is_a_configured_one(host in prop_oneof!["[a-zA-Z0-9.:\\[\\]@/?# -]{0,24}", any::<String>(), "(UC|uc)\\.example\\.com(:[0-9]{1,4})?"]) {
            let issuers: Vec<Issuer> = ["https://uc.example.com", "https://192.0.2.1:8443/uc"].map(|text| text.parse().unwrap()).to_vec();
            let config = Config { public_addresses: PublicAddresses::List(issuers.clone()), ..Config::default() };
            let issuer = issuer_for(&config, &host);
            prop_assert!(issuers.contains(&issuer));
            prop_assert_eq!(issuer == issuers[1], host == "192.0.2.1:8443" );
        }

        #[test]
        fn of_a_demonstration_every_host_makes_an_address_that_reads_back(host in prop_oneof!["[a-zA-Z0-9.:\\[\\]@/?#\\\\ -]{0,24}", any::<String>()]) {
            let config = Config { public_addresses: PublicAddresses::Any, ..Config::default() };
            let issuer = issuer_for(&config, &host);
            prop_assert_eq!(issuer.as_str().parse::<Issuer>().unwrap(), issuer.clone());
            prop_assert!(is_own_origin(&config, &issuer, issuer.origin()));
        }

        #[test]
        fn languages_are_few_and_stand_in_the_header(named in "[ -~]{0,80}") {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, named.parse().unwrap())]);
            let languages = languages(&headers);
            prop_assert!(languages.len() <= MAX_LANGUAGES);
            prop_assert!(languages.iter().all(|tag| named.contains(tag.as_str()) && !tag.contains([',', ';'])));
        }
    }

    #[test]
    fn the_address_that_was_asked_is_the_issuer() {
        let texts =
            ["https://uc.example.com", "https://192.0.2.9", "https://192.0.2.1:8443/uc", "http://localhost:8080"];
        let issuers = texts.iter().map(|text| text.parse().unwrap()).collect();
        let config = Config { public_addresses: PublicAddresses::List(issuers), ..Config::default() };
        for (host, issuer) in [
            ("uc.example.com", "https://uc.example.com"),
            ("UC.example.com", "https://uc.example.com"),
            ("192.0.2.9:443", "https://192.0.2.9"),
            ("192.0.2.9", "https://192.0.2.9"),
            ("192.0.2.9:80", "https://uc.example.com"),
            ("192.0.2.1:8443", "https://192.0.2.1:8443/uc"),
            ("localhost:8080", "http://localhost:8080"),
            ("evil.example.org", "https://uc.example.com"),
            ("", "https://uc.example.com"),
        ] {
            assert_eq!(issuer_for(&config, host).as_str(), issuer, "{host}");
        }
    }

    #[test]
    fn a_demonstration_takes_whatever_address_it_is_asked_by() {
        let config = Config { public_addresses: PublicAddresses::Any, ..Config::default() };
        assert_eq!(issuer_for(&config, "192.0.2.7:8080").as_str(), "http://192.0.2.7:8080");
        assert_eq!(issuer_for(&config, "a b").as_str(), "http://localhost:8080");
    }
}
