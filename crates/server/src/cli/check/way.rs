//! Whether requests to the public addresses find their way here, and say where they come from.

use super::{Found, listed};
use crate::config::{Config, Issuer, PublicAddresses};

/// Where the server listens. What stands in front of it is not known here: nothing is certainly wrong.
pub(super) fn check(config: &Config) -> Found {
    let listen = listed(&config.listen);
    let issuers = match &config.public_addresses {
        PublicAddresses::List(issuers) if config.proxy.trusted.is_empty() => issuers.as_slice(),
        _ => return Found::Well(listen),
    };
    if config.tls.is_none()
        && let Some(issuer) = issuers.iter().find(|issuer| issuer.is_https())
    {
        return Found::Doubtful(format!(
            "{listen} without [tls], and proxy.trusted is empty: if a proxy does the encryption for {issuer}, everybody \
             who comes through it is one address to every limit"
        ));
    }
    let unheard = issuers.iter().find_map(|issuer| {
        let port = port(issuer)?;
        (!config.listen.iter().any(|at| at.port() == port)).then_some((port, issuer))
    });
    match unheard {
        Some((port, issuer)) => Found::Doubtful(format!("{listen}; nothing here listens on port {port} of {issuer}")),
        None => Found::Well(listen),
    }
}

/// The port that a browser connects to.
fn port(issuer: &Issuer) -> Option<u16> {
    url::Url::parse(issuer.as_str()).ok()?.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ProxyConfig, TlsConfig};

    #[test]
    fn what_leads_nowhere_and_what_hides_where_people_come_from_is_doubtful() {
        for (listen, address, has_tls, has_proxy, doubt) in [
            ("127.0.0.1:8080", "http://localhost:8080", false, false, None),
            ("[::]:443", "https://uc.example.com", true, false, None),
            ("0.0.0.0:8443", "https://uc.example.com:8443/branch", true, false, None),
            ("0.0.0.0:8080", "https://uc.example.com", false, true, None),
            ("0.0.0.0:8080", "https://uc.example.com", false, false, Some("one address to every limit")),
            ("0.0.0.0:8443", "https://uc.example.com", true, false, Some("port 443 of https://uc.example.com")),
            ("127.0.0.1:8081", "http://localhost:8080", false, false, Some("port 8080 of http://localhost:8080")),
        ] {
            let config = Config {
                listen: vec![listen.parse().unwrap()],
                public_addresses: PublicAddresses::List(vec![address.parse().unwrap()]),
                tls: has_tls.then(|| TlsConfig { certificate: "c.pem".into(), key: "k.pem".into() }),
                proxy: ProxyConfig {
                    trusted: has_proxy.then(|| "192.0.2.1".parse().unwrap()).into_iter().collect(),
                    ..ProxyConfig::default()
                },
                ..Config::default()
            };
            let (said, is_doubtful) = match check(&config) {
                Found::Well(said) => (said, false),
                Found::Doubtful(said) => (said, true),
            };
            assert_eq!(is_doubtful, doubt.is_some(), "{address}: {said}");
            assert!(said.starts_with(listen) && said.contains(doubt.unwrap_or_default()), "{said}");
        }
    }
}
