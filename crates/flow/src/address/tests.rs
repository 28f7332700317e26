use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;
use crate::testing::Host;

fn parse(typed: &str) -> Result<String, AddressError> {
    ServerAddress::parse::<Host>(typed).map(|address| address.to_string())
}

fn address(typed: &str) -> ServerAddress {
    ServerAddress::parse::<Host>(typed).unwrap()
}

#[test]
fn every_spelling_of_an_address_becomes_the_same_one() {
    for (typed, canonical) in [
        ("uc.example.com", "https://uc.example.com"),
        ("https://uc.example.com", "https://uc.example.com"),
        ("https://uc.example.com/", "https://uc.example.com"),
        ("https://uc.example.com///", "https://uc.example.com"),
        ("HTTPS://UC.Example.COM", "https://uc.example.com"),
        ("  https://uc.example.com\n", "https://uc.example.com"),
        ("\u{feff}\u{200e}uc.example.com\u{200f}", "https://uc.example.com"),
        ("https://uc.exam\nple.com", "https://uc.example.com"),
        ("https:uc.example.com", "https://uc.example.com"),
        ("https:/uc.example.com", "https://uc.example.com"),
        ("https:\\\\uc.example.com", "https://uc.example.com"),
        ("//uc.example.com", "https://uc.example.com"),
        ("https://uc.example.com:443", "https://uc.example.com"),
        ("https://uc.example.com:", "https://uc.example.com"),
        ("uc.example.com:", "https://uc.example.com"),
        ("ｕｃ．ｅｘａｍｐｌｅ．ｃｏｍ", "https://uc.example.com"),
        ("uc。example。com", "https://uc.example.com"),
        ("https://uc.example.com?x=1", "https://uc.example.com"),
        ("https://uc.example.com/#top", "https://uc.example.com"),
    ] {
        assert_eq!(parse(typed).as_deref(), Ok(canonical), "{typed:?}");
    }
}

#[test]
fn everything_an_address_bar_takes_for_a_host_is_taken() {
    for (typed, canonical) in [
        ("http://uc.example.com", "http://uc.example.com"),
        ("uc.example.com:8443", "https://uc.example.com:8443"),
        ("http://uc.example.com:80", "http://uc.example.com"),
        ("http://uc.example.com:443", "http://uc.example.com:443"),
        ("localhost", "https://localhost"),
        ("http", "https://http"),
        ("localhost:8080", "https://localhost:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("192.0.2.1", "https://192.0.2.1"),
        ("192.0.2.1:8443", "https://192.0.2.1:8443"),
        ("１９２.０.２.１", "https://192.0.2.1"),
        ("2001:db8::1", "https://[2001:db8::1]"),
        ("[2001:db8::1]", "https://[2001:db8::1]"),
        ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://2001:db8::1/uc/", "http://[2001:db8::1]/uc"),
        ("::ffff:192.0.2.1", "https://[::ffff:c000:201]"),
        ("fe80::1", "https://[fe80::1]"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("https://例え.example/", "https://xn--r8jz45g.example"),
        ("👋.example.org", "https://xn--wp8h.example.org"),
        ("uc.example.com/branch/", "https://uc.example.com/branch"),
        ("https://uc.example.com/a//b/", "https://uc.example.com/a//b"),
        ("https://uc.example.com/a/../b", "https://uc.example.com/b"),
        ("uc.example.com/a b", "https://uc.example.com/a%20b"),
        ("https://uc.example.com/~ada@home", "https://uc.example.com/~ada@home"),
        ("uc_1.example.com", "https://uc_1.example.com"),
    ] {
        assert_eq!(parse(typed).as_deref(), Ok(canonical), "{typed:?}");
    }
}

#[test]
fn what_is_no_address_is_refused_with_the_reason() {
    use AddressError::{DoubledScheme, EmailAddress, Empty, NotAnAddress, OtherScheme, TooLong, UserPart};
    let long = "a".repeat(10_000);
    for (typed, reason) in [
        ("", Empty),
        (" \u{a0}\u{200b}\t", Empty),
        (long.as_str(), TooLong),
        ("ada@example.com", EmailAddress),
        ("https://ada@example.com", UserPart),
        ("https://ada:secret@example.com", UserPart),
        ("ada:secret@example.com", UserPart),
        ("ftp://example.com", OtherScheme),
        ("ws://example.com", OtherScheme),
        ("mailto:ada@example.com", OtherScheme),
        ("sip:ada@example.com", OtherScheme),
        ("javascript:alert(1)", OtherScheme),
        ("http://https://example.com", DoubledScheme),
        ("https://https://example.com", DoubledScheme),
        ("HTTPS://Http:example.com", DoubledScheme),
        ("http://ftp://example.com", DoubledScheme),
        ("http//example.com", NotAnAddress),
        ("https://http//example.com", NotAnAddress),
        ("https://", NotAnAddress),
        ("/", NotAnAddress),
        ("two words", NotAnAddress),
        ("exa\u{0}mple.com", NotAnAddress),
        ("example.com:port", NotAnAddress),
        ("example.com:99999", NotAnAddress),
        ("https://exa%mple.com", NotAnAddress),
        ("fe80::1%eth0", NotAnAddress),
        ("[2001:db8::1", NotAnAddress),
        ("1:2:3", NotAnAddress),
        ("999.0.2.1", NotAnAddress),
        ("?", NotAnAddress),
    ] {
        assert_eq!(parse(typed), Err(reason), "{:?}", typed.chars().take(40).collect::<String>());
    }
}

#[test]
fn where_a_page_comes_from_is_an_address_on_the_web_alone() {
    for (url, expected) in [
        ("https://uc.example.com", Some("https://uc.example.com")),
        ("http://[2001:db8::1]:8080/branch", Some("http://[2001:db8::1]:8080/branch")),
        ("file:///android_asset", None),
        ("null", None),
    ] {
        let address = ServerAddress::of_url::<Host>(url).ok().map(|address| address.to_string());
        assert_eq!(address.as_deref(), expected, "{url}");
    }
}

#[test]
fn a_scheme_is_told_from_a_host_with_a_port() {
    for (typed, names_scheme) in
        [("http://x", true), (" HTTPS:x", true), ("x:8080", false), ("x", false), ("2001:db8::1", false)]
    {
        assert_eq!(ServerAddress::names_scheme(typed), names_scheme, "{typed:?}");
    }
}

#[test]
fn discovery_is_asked_for_before_and_below_the_path() {
    let (first, second) = address("https://uc.example.com").metadata_urls();
    assert_eq!(first, "https://uc.example.com/.well-known/oauth-authorization-server");
    assert_eq!(second, None);
    let (first, second) = address("https://uc.example.com/a/b").metadata_urls();
    assert_eq!(first, "https://uc.example.com/.well-known/oauth-authorization-server/a/b");
    assert_eq!(second.as_deref(), Some("https://uc.example.com/a/b/.well-known/oauth-authorization-server"));
    for url in [first, second.unwrap()] {
        let found = ServerAddress::of_metadata_url::<Host>(&url);
        assert_eq!(found, Some(address("https://uc.example.com/a/b")));
    }
    assert_eq!(ServerAddress::of_metadata_url::<Host>("https://uc.example.com/login"), None);
}

#[test]
fn private_hosts_are_told_from_public_ones() {
    for (typed, is_private, is_loopback) in [
        ("http://10.0.0.1:8080", true, false),
        ("192.168.178.1", true, false),
        ("172.16.0.1", true, false),
        ("169.254.1.1", true, false),
        ("uc.local:8443", true, false),
        ("[fd00::1]:8443", true, false),
        ("fe80::1", true, false),
        ("localhost:8080", true, true),
        ("uc.localhost", true, true),
        ("127.0.0.1", true, true),
        ("[::1]:8080", true, true),
        ("192.0.2.1", false, false),
        ("2001:db8::1", false, false),
        ("uc.example.com", false, false),
    ] {
        assert_eq!(address(typed).is_private(), is_private, "{typed:?}");
        assert_eq!(address(typed).is_loopback(), is_loopback, "{typed:?}");
    }
}

fn ipv4() -> impl Strategy<Value = Ipv4Addr> {
    let first = prop_oneof![Just(10), Just(127), Just(169), Just(172), Just(192), any::<u8>()];
    let second = prop_oneof![15_u8..=32, Just(168), Just(254), any::<u8>()];
    (first, second, any::<u8>(), any::<u8>()).prop_map(|(a, b, c, d)| Ipv4Addr::new(a, b, c, d))
}

fn ipv6() -> impl Strategy<Value = Ipv6Addr> {
    let first = prop_oneof![Just(0), 0xfbff_u16..=0xff00, any::<u16>()];
    let middle = prop_oneof![Just(0), any::<u16>()];
    (first, middle, 0_u16..3).prop_map(|(first, middle, last)| Ipv6Addr::new(first, 0, 0, middle, 0, 0, 0, last))
}

proptest! {
    #[test]
    fn whatever_text_is_an_address_reads_back_as_itself(typed in any::<String>()) {
        if let Ok(canonical) = parse(&typed) {
            prop_assert_eq!(parse(&canonical), Ok(canonical));
        }
    }

    #[test]
    fn an_ip_address_is_as_private_as_the_standard_library_says(v4 in ipv4(), v6 in ipv6(), port in "(:8443)?") {
        let v4_address = address(&format!("{v4}{port}"));
        prop_assert_eq!(v4_address.is_loopback(), v4.is_loopback());
        prop_assert_eq!(v4_address.is_private(), v4.is_loopback() || v4.is_private() || v4.is_link_local());
        let v6_address = address(&format!("[{v6}]{port}"));
        prop_assert_eq!(v6_address.is_loopback(), v6.is_loopback());
        let is_private = v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local();
        prop_assert_eq!(v6_address.is_private(), is_private);
    }

    #[test]
    fn what_is_a_base_address_for_the_standard_is_the_same_here(
        scheme in "https?", host in "([a-z0-9]{1,5}\\.){0,2}[a-z]{1,5}|192\\.0\\.2\\.[0-9]|\\[2001:db8::[0-9a-f]\\]",
        port in "(:[0-9]{1,4})?", path in "(/[a-zA-Z0-9._~%-]{1,6}){0,3}/?",
    ) {
        let typed = format!("{scheme}://{host}{port}{path}");
        let url = url::Url::parse(&typed).ok();
        let expected = url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        prop_assert_eq!(parse(&typed).ok(), expected);
    }

    #[test]
    fn a_canonical_address_reads_back_as_itself(typed in "(https?://)?[a-zA-Z0-9.:\\[\\]/?#@% -]{1,30}") {
        if let Ok(canonical) = parse(&typed) {
            prop_assert_eq!(parse(&canonical), Ok(canonical.clone()));
            prop_assert!(!canonical.ends_with('/'));
        }
    }
}
