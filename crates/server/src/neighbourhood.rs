//! Whom a client address counts as.

use std::net::IpAddr;

use ipnet::IpNet;

/// The smallest network that one client cannot be outside of: an IPv4 address, or 64 bits of an IPv6 one, for whoever
/// has one address there has them all.
#[must_use]
pub fn neighbourhood(address: IpAddr) -> IpNet {
    let address = address.to_canonical();
    let bits = if address.is_ipv4() { 32 } else { 64 };
    IpNet::new(address, bits).map_or_else(|_| address.into(), |network| network.trunc())
}

/// The larger IPv6 network that one client may well have as a whole, with all its neighbourhoods: 48 bits.
#[must_use]
pub fn site(address: IpAddr) -> Option<IpNet> {
    match address.to_canonical() {
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => IpNet::new(address.into(), 48).ok().map(|network| network.trunc()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_count_as_one_where_everybody_has_many_addresses() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }

    #[test]
    fn a_site_has_many_neighbourhoods() {
        let of = |text: &str| site(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:2:2::1"));
        assert_eq!(of("::ffff:192.0.2.1"), None);
    }
}
