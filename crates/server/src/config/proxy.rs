//! `[proxy]`: who may say where a request came from.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

use super::{Invalid, duration, invalid, names, texts};

/// The reverse proxies in front of this server.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProxyConfig {
    /// Their addresses. What others say about where a request came from is not looked at.
    #[serde(deserialize_with = "texts::parsed")]
    pub trusted: Vec<Network>,
    /// The header that they write; no other is looked at.
    #[serde(deserialize_with = "header")]
    pub header: Option<ForwardingHeader>,
    /// How long a server that was told to stop goes on, for they have to notice that it is not ready any more.
    #[serde(deserialize_with = "duration::deserialize")]
    pub drain_time: Duration,
}

/// An address, or a network such as `192.0.2.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

/// Why a text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no address and no network; write it like 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32")]
pub struct NetworkError;

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let address = text.parse::<IpAddr>().map(IpNet::from).ok();
        address.or_else(|| text.parse().ok()).map(Self).ok_or(NetworkError)
    }
}

/// The header that holds the addresses that a request came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardingHeader {
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

fn header<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ForwardingHeader>, D::Error> {
    names::one_of(deserializer).map(Some)
}

impl ProxyConfig {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        match (self.trusted.is_empty(), self.header) {
            (false, None) => Err(invalid(
                "proxy.header",
                "must be the header that the proxies write, \"x-forwarded-for\" or \"forwarded\"",
            )),
            (true, Some(_)) => Err(invalid(
                "proxy.trusted",
                "must hold the addresses of the proxies that write the header, like 192.0.2.1; anybody could write it",
            )),
            _ => Ok(()),
        }
    }

    /// Whether this is the address of a listed proxy.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.0.contains(&address))
    }
}
