//! Where a request came from: the socket says it, and listed proxies say it of those whom they stand before.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

use crate::config::{ForwardingHeader, ProxyConfig};

/// The client's address: read from the right, it is the first that is not a listed proxy's. Where a proxy wrote
/// something that is no address, it is the proxy's own.
pub(super) fn client_address(config: &ProxyConfig, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut client = peer.to_canonical();
    let Some(kind) = config.header else { return client };
    let name = match kind {
        ForwardingHeader::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
        ForwardingHeader::Forwarded => header::FORWARDED,
    };
    // A proxy may write a line of its own below those that it was given: they are one list (RFC 9110 §5.3).
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    for line in lines.into_iter().rev() {
        for hop in line.as_bytes().rsplit(|byte| *byte == b',') {
            if !config.trusts(client) {
                return client;
            }
            let hop = str::from_utf8(hop).ok().map(str::trim);
            let node = match kind {
                ForwardingHeader::XForwardedFor => hop,
                ForwardingHeader::Forwarded => hop.and_then(forwarded_for),
            };
            let Some(address) = node.and_then(address) else { return client };
            client = address;
        }
    }
    client
}

/// The `for` parameter of one element (RFC 7239 §4). A comma within quotes cuts its element in two, neither of which
/// is one then: no address has a comma.
fn forwarded_for(element: &str) -> Option<&str> {
    let mut nodes = element.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value.trim())
    });
    let node = nodes.next()?;
    if nodes.next().is_some() {
        return None;
    }
    match node.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"'),
        None => Some(node),
    }
}

/// An address, with or without a port.
fn address(node: &str) -> Option<IpAddr> {
    let bare = node.parse().ok();
    let with_port = || node.parse::<SocketAddr>().map(|socket| socket.ip()).ok();
    let in_brackets = || node.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare.or_else(with_port).or_else(in_brackets).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn config(header: ForwardingHeader) -> ProxyConfig {
        let trusted = ["127.0.0.1", "198.51.100.0/24", "2001:db8:1::/48"].map(|text| text.parse().unwrap());
        ProxyConfig { trusted: trusted.to_vec(), header: Some(header), ..ProxyConfig::default() }
    }

    fn client(config: &ProxyConfig, peer: &str, lines: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        client_address(config, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_first_address_from_the_right_that_is_no_proxy_is_the_clients() {
        let config = config(ForwardingHeader::XForwardedFor);
        for (peer, value, expected) in [
            ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
            ("127.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
            ("127.0.0.1", "203.0.113.9,192.0.2.1 , 198.51.100.7", "192.0.2.1"),
            ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("127.0.0.1", "192.0.2.1:4711", "192.0.2.1"),
            ("127.0.0.1", "::ffff:192.0.2.1", "192.0.2.1"),
            ("::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1"),
            ("2001:db8:1::5", "2001:db8:2::1", "2001:db8:2::1"),
            ("2001:db8:1::5", "[2001:db8:2::1]:4711", "2001:db8:2::1"),
        ] {
            assert_eq!(client(&config, peer, &[("x-forwarded-for", value)]), expected, "{peer} says {value}");
        }
    }

    #[test]
    fn nobody_else_is_believed() {
        let config = config(ForwardingHeader::XForwardedFor);
        assert_eq!(client(&config, "203.0.113.9", &[("x-forwarded-for", "192.0.2.1")]), "203.0.113.9");
        assert_eq!(client(&config, "127.0.0.1", &[("forwarded", "for=192.0.2.1")]), "127.0.0.1");
        assert_eq!(client(&config, "127.0.0.1", &[("x-real-ip", "192.0.2.1")]), "127.0.0.1");
        let none = ProxyConfig::default();
        assert_eq!(client(&none, "127.0.0.1", &[("x-forwarded-for", "192.0.2.1")]), "127.0.0.1");
    }

    #[test]
    fn a_header_twice_is_one_list_whose_end_the_proxy_wrote() {
        let config = config(ForwardingHeader::XForwardedFor);
        let lines = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(client(&config, "127.0.0.1", &lines), "192.0.2.1");
        let lines = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "198.51.100.7")];
        assert_eq!(client(&config, "127.0.0.1", &lines), "192.0.2.1");
    }

    #[test]
    fn garbage_is_charged_to_the_proxy_that_passed_it_on() {
        let config = config(ForwardingHeader::XForwardedFor);
        for garbage in ["", "unknown", "192.0.2.1.5", "192.0.2.1, x", "192.0.2.1,", "localhost", "192.0.2.1/24"] {
            assert_eq!(client(&config, "127.0.0.1", &[("x-forwarded-for", garbage)]), "127.0.0.1", "{garbage}");
        }
        let value = "192.0.2.1, x, 198.51.100.7";
        assert_eq!(client(&config, "127.0.0.1", &[("x-forwarded-for", value)]), "198.51.100.7");
    }

    #[test]
    fn forwarded_is_read_as_its_rfc_says() {
        let config = config(ForwardingHeader::Forwarded);
        for (value, expected) in [
            ("for=192.0.2.1", "192.0.2.1"),
            ("For=203.0.113.9, by=198.51.100.1; FOR=\"192.0.2.1:4711\" ;proto=https", "192.0.2.1"),
            ("for=\"[2001:db8:2::1]:4711\"", "2001:db8:2::1"),
            ("for=\"[2001:db8:2::1]\", for=198.51.100.7", "2001:db8:2::1"),
            ("for=unknown", "127.0.0.1"),
            ("for=_hidden", "127.0.0.1"),
            ("for=192.0.2.1;for=192.0.2.2", "127.0.0.1"),
            ("for=\"192.0.2.1", "127.0.0.1"),
            ("for=\"192.0.2.1, for=203.0.113.9\"", "127.0.0.1"),
            ("192.0.2.1", "127.0.0.1"),
        ] {
            assert_eq!(client(&config, "127.0.0.1", &[("forwarded", value)]), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_client_wrote_before_the_proxy_changes_nothing(
            written in "[ -~]{0,80}",
            is_forwarded in any::<bool>(),
            in_one_line in any::<bool>(),
        ) {
            let (kind, name, own) = if is_forwarded {
                (ForwardingHeader::Forwarded, "forwarded", "for=192.0.2.1")
            } else {
                (ForwardingHeader::XForwardedFor, "x-forwarded-for", "192.0.2.1")
            };
            let joined = format!("{written}, {own}");
            let lines: &[_] = if in_one_line { &[(name, joined.as_str())] } else { &[(name, &written), (name, own)] };
            prop_assert_eq!(client(&config(kind), "127.0.0.1", lines), "192.0.2.1");
        }

        #[test]
        fn addresses_are_read_as_one_reads_them_by_hand(
            hops in proptest::collection::vec((0_u8..6, 0_u8..4), 0..6), commas in "( ?, ?)?", peer_is_a_proxy in any::<bool>(),
        ) {
            let address = |(network, host): (u8, u8)| match network {
                0 | 1 => format!("198.51.100.{host}"),
                2 => format!("2001:db8:1::{host}"),
                3 => format!("2001:db8:2::{host}"),
                _ => format!("192.0.2.{host}"),
            };
            let is_proxy = |text: &str| text.starts_with("198.51.100.") || text.starts_with("2001:db8:1:");
            let peer = if peer_is_a_proxy { "127.0.0.1" } else { "203.0.113.9" };
            let mut expected = peer.to_owned();
            for hop in hops.iter().rev() {
                if expected == "127.0.0.1" || is_proxy(&expected) {
                    expected = address(*hop);
                }
            }
            let separator = if commas.is_empty() { "," } else { commas.as_str() };
            let value: Vec<String> = hops.into_iter().map(address).collect();
            let lines: &[_] = &[("x-forwarded-for", &*value.join(separator))];
            let lines = if value.is_empty() { &[] } else { lines };
            let read = client(&config(ForwardingHeader::XForwardedFor), peer, lines);
            prop_assert_eq!(read, expected.parse::<IpAddr>().unwrap().to_string());
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let Ok(value) = HeaderValue::from_bytes(&bytes) else { return Ok(()) };
            for (kind, name) in
                [(ForwardingHeader::Forwarded, "forwarded"), (ForwardingHeader::XForwardedFor, "x-forwarded-for")]
            {
                let headers = HeaderMap::from_iter([(HeaderName::from_static(name), value.clone())]);
                client_address(&config(kind), IpAddr::from([127, 0, 0, 1]), &headers);
            }
        }
    }
}
