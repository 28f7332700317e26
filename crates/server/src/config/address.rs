//! The addresses of this server and of the pages that may talk to it.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error};
use url::{Host, Url};

use super::texts;

/// Reads addresses to listen on.
pub(super) fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SocketAddr>, D::Error> {
    let texts: Vec<String> = texts::parsed(deserializer)?;
    let parsed = |text: &String| text.parse().map_err(|_| D::Error::custom(not_listenable(text)));
    texts.iter().map(parsed).collect()
}

/// Reads an address to listen on.
pub(super) fn listen_on_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(|_| D::Error::custom(not_listenable(&text)))
}

fn not_listenable(text: &str) -> String {
    format!("`{text}` is no address with a port; write it like 127.0.0.1:8080 or [::]:8080")
}

/// The addresses that people reach this server by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicAddresses {
    /// Whatever address a request names. For demonstrations only: the address comes from the client.
    Any,
    /// These; the first is the main one, so the list is never empty.
    List(Vec<Issuer>),
}

impl Default for PublicAddresses {
    fn default() -> Self {
        Self::List(vec![Issuer { base: "http://localhost:8080".to_owned(), is_loopback: true }])
    }
}

impl<'de> Deserialize<'de> for PublicAddresses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts: Vec<String> = texts::parsed(deserializer)?;
        if texts == ["any"] {
            return Ok(Self::Any);
        }
        let mut issuers: Vec<Issuer> = Vec::with_capacity(texts.len());
        for text in texts {
            let issuer = text.parse().map_err(|error| D::Error::custom(format!("`{text}`: {error}")))?;
            if !issuers.contains(&issuer) {
                issuers.push(issuer);
            }
        }
        if issuers.is_empty() {
            return Err(D::Error::custom("must hold at least one address, like https://vestibule.example.com"));
        }
        Ok(Self::List(issuers))
    }
}

/// A base address in its one canonical form: `scheme://host[:port][/path]`, no trailing slash (RFC 8414 §2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Issuer {
    base: String,
    is_loopback: bool,
}

/// Why a text is not a base address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// Not an address at all.
    #[error("is no address; write it like https://vestibule.example.com")]
    NotAnAddress,
    /// Neither `http` nor `https`.
    #[error("must begin with https:// or http://")]
    Scheme,
    /// Has a user name, a password, a query or a fragment.
    #[error("must be only scheme, host, port and path, with no @, ? or #")]
    TooMuch,
}

impl Issuer {
    /// The address: what `iss` says, and what paths are appended to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// Whether it begins with `https://`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base.starts_with("https://")
    }

    /// `scheme://host[:port]`, as a browser sends it in `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.base[..self.base.len() - self.path().len()]
    }

    /// Whether a request with this `Host` was made to this address: browsers leave the scheme's own port away, others
    /// may not.
    #[must_use]
    pub fn is_at(&self, host: &str) -> bool {
        let port = if self.is_https() { ":443" } else { ":80" };
        host.strip_suffix(port).unwrap_or(host).eq_ignore_ascii_case(self.authority())
    }

    /// `host[:port]`, as a browser sends it in `Host`.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.origin().split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The path, with its leading slash; empty where the address has none.
    #[must_use]
    pub fn path(&self) -> &str {
        let host = self.base.find("://").map_or(0, |at| at + 3);
        self.base[host..].find('/').map_or("", |at| &self.base[host + at..])
    }

    /// Whether what is sent there can be read on the way.
    #[must_use]
    pub fn carries_passwords_in_the_clear(&self) -> bool {
        !self.is_https() && !self.is_loopback
    }
}

impl FromStr for Issuer {
    type Err = IssuerError;

    fn from_str(text: &str) -> Result<Self, IssuerError> {
        let url = Url::parse(text.trim()).map_err(|_| IssuerError::NotAnAddress)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(IssuerError::Scheme);
        }
        let has_more = url.query().is_some() || url.fragment().is_some();
        if has_more || !url.username().is_empty() || url.password().is_some() {
            return Err(IssuerError::TooMuch);
        }
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), is_loopback })
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

/// Where a page may come from: `scheme://host[:port]`, as a browser sends it in `Origin`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// Why a text is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not an address at all, or one that has no host.
    #[error("is no origin; write it like https://page.example.org")]
    NotAnOrigin,
    /// Has a path or more.
    #[error("must be only scheme, host and port, with no path")]
    TooMuch,
}

impl Origin {
    /// The origin as a browser writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let url = Url::parse(text.trim()).map_err(|_| OriginError::NotAnOrigin)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(OriginError::NotAnOrigin)?;
        let has_more = url.query().is_some() || url.fragment().is_some();
        if has_more || !url.username().is_empty() || url.password().is_some() || !matches!(url.path(), "" | "/") {
            return Err(OriginError::TooMuch);
        }
        // Shells have schemes of their own, which `Url::origin` calls opaque.
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self(format!("{}://{host}{port}", url.scheme())))
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| D::Error::custom(format!("`{text}`: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_issuer_has_one_canonical_form() {
        for (text, expected) in [
            ("https://vestibule.example.com", Ok("https://vestibule.example.com")),
            (" HTTPS://Vestibule.Example.COM:443/ ", Ok("https://vestibule.example.com")),
            ("https://vestibule.example.com:8443//", Ok("https://vestibule.example.com:8443")),
            ("https://vestibule.example.com/UC/", Ok("https://vestibule.example.com/UC")),
            ("http://[2001:DB8::1]:80", Ok("http://[2001:db8::1]")),
            ("https://münchen.example.com", Ok("https://xn--mnchen-3ya.example.com")),
            ("vestibule.example.com", Err(IssuerError::NotAnAddress)),
            ("", Err(IssuerError::NotAnAddress)),
            ("ftp://vestibule.example.com", Err(IssuerError::Scheme)),
            ("https://ada@vestibule.example.com", Err(IssuerError::TooMuch)),
            ("https://vestibule.example.com/?x", Err(IssuerError::TooMuch)),
            ("https://vestibule.example.com/#x", Err(IssuerError::TooMuch)),
        ] {
            let parsed = text.parse::<Issuer>();
            assert_eq!(parsed.as_ref().map(Issuer::as_str), expected.as_ref().copied(), "{text:?}");
        }
    }

    #[test]
    fn an_issuer_knows_its_parts() {
        for (text, origin, path, in_the_clear) in [
            ("https://uc.example.com:8443/a/b", "https://uc.example.com:8443", "/a/b", false),
            ("https://uc.example.com", "https://uc.example.com", "", false),
            ("http://uc.example.com", "http://uc.example.com", "", true),
            ("http://192.0.2.1/uc", "http://192.0.2.1", "/uc", true),
            ("http://localhost:8080", "http://localhost:8080", "", false),
            ("http://127.0.0.1", "http://127.0.0.1", "", false),
            ("http://[::1]", "http://[::1]", "", false),
        ] {
            let issuer: Issuer = text.parse().unwrap();
            let parts = (issuer.origin(), issuer.path(), issuer.carries_passwords_in_the_clear());
            assert_eq!(parts, (origin, path, in_the_clear), "{text}");
        }
    }

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for (text, expected) in [
            ("https://Page.example.org:443/", Ok("https://page.example.org")),
            ("http://localhost:4200", Ok("http://localhost:4200")),
            ("capacitor://localhost", Ok("capacitor://localhost")),
            ("https://page.example.org/x", Err(OriginError::TooMuch)),
            ("page.example.org", Err(OriginError::NotAnOrigin)),
            ("null", Err(OriginError::NotAnOrigin)),
            ("*", Err(OriginError::NotAnOrigin)),
        ] {
            assert_eq!(text.parse().as_ref().map(Origin::as_str), expected.as_ref().copied(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn an_address_reads_back_as_itself_and_is_made_of_its_parts(
            text in prop_oneof!["(https?|ftp|capacitor)://[a-zA-Z0-9.:\\[\\]ä@-]{1,16}(/[a-zA-Z0-9%./ ]{0,8})?/{0,2}", any::<String>()],
        ) {
            if let Ok(issuer) = text.parse::<Issuer>() {
                prop_assert_eq!(issuer.to_string().parse::<Issuer>(), Ok(issuer.clone()));
                prop_assert_eq!(format!("{}{}", issuer.origin(), issuer.path()), issuer.as_str());
                prop_assert!(!issuer.as_str().ends_with('/') && issuer.is_at(issuer.authority()));
                let url = Url::parse(issuer.as_str()).unwrap();
                prop_assert_eq!(url.origin().ascii_serialization(), issuer.origin());
            }
            if let Ok(origin) = text.parse::<Origin>() {
                prop_assert_eq!(origin.as_str().parse::<Origin>(), Ok(origin.clone()));
            }
        }
    }
}
