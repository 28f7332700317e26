//! Cookies: no script reads them, and no other host sets or gets them.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::AppendHeaders;

use crate::config::Issuer;
use crate::keys::sha256;

/// A header that sets a cookie.
pub(super) type SetCookie = (HeaderName, HeaderValue);

/// What a cookie is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cookie {
    /// The session.
    Session,
    /// The device, across sessions and accounts.
    Device,
}

impl Cookie {
    /// `__Host-vestibule` and the like; below a path with a hash of it, because the prefix demands `Path=/`.
    fn name(self, issuer: &Issuer) -> String {
        let prefix = if issuer.is_https() { "__Host-" } else { "" };
        let name = match self {
            Self::Session => "vestibule",
            Self::Device => "vestibule-device",
        };
        match issuer.path() {
            "" => format!("{prefix}{name}"),
            path => format!("{prefix}{name}-{}", &sha256(path)[..11]),
        }
    }

    /// The value that a request brings.
    pub(super) fn of<'a>(self, issuer: &Issuer, headers: &'a HeaderMap) -> Option<&'a str> {
        let name = self.name(issuer);
        pairs(headers).find_map(|(found, value)| (found == name).then_some(value))
    }

    /// The header that removes the cookie.
    pub(super) fn remove(self, issuer: &Issuer) -> AppendHeaders<Option<SetCookie>> {
        AppendHeaders(self.set(issuer, "", 0))
    }

    /// The header that sets the cookie. `None` where the value cannot stand in a header.
    pub(super) fn set(self, issuer: &Issuer, value: &str, max_age: u64) -> Option<SetCookie> {
        let secure = if issuer.is_https() { "; Secure" } else { "" };
        let name = self.name(issuer);
        let cookie = format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).ok().map(|cookie| (header::SET_COOKIE, cookie))
    }
}

/// Names and values of all cookies of a request.
pub(crate) fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn issuer() -> impl Strategy<Value = Issuer> {
        let addresses = ["https://uc.example.com", "https://uc.example.com/branch", "http://localhost:8080"];
        prop::sample::select(addresses.to_vec()).prop_map(|address| address.parse().unwrap())
    }

    fn brought(lines: &[String]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in lines.iter().filter_map(|line| HeaderValue::from_str(line).ok()) {
            headers.append(header::COOKIE, value);
        }
        headers
    }

    proptest! {
        #[test]
        fn what_is_set_comes_back_among_whatever_others(
            issuer in issuer(), value in "[A-Za-z0-9_.-]{1,50}", before in "([a-z]{1,4}=[ -:<-~]{0,9}; ){0,3}",
        ) {
            let (_, set) = Cookie::Session.set(&issuer, &value, 60).unwrap();
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let headers = brought(&[format!("{before}{pair}; last=1")]);
            prop_assert_eq!(Cookie::Session.of(&issuer, &headers), Some(value.as_str()));
            prop_assert_eq!(Cookie::Device.of(&issuer, &headers), None, "each has a name of its own");
        }

        #[test]
        fn nothing_is_found_that_does_not_stand_there_by_its_name(
            issuer in issuer(), lines in prop::collection::vec("((__Host-)?vestibule(-device)?[=; a-z]{0,4}){0,4}", 0..4),
        ) {
            for cookie in [Cookie::Session, Cookie::Device] {
                let mut pairs = lines.iter().flat_map(|line| line.split(';')).map(str::trim);
                let start = format!("{}=", cookie.name(&issuer));
                let expected = pairs.find_map(|pair| pair.strip_prefix(&start));
                let headers = brought(&lines);
                prop_assert_eq!(cookie.of(&issuer, &headers), expected);
            }
        }

        #[test]
        fn no_value_adds_an_attribute_or_a_header(issuer in issuer(), value in any::<String>()) {
            if let Some((_, set)) = Cookie::Session.set(&issuer, &value, 60) {
                prop_assert!(!set.as_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
            }
        }
    }
}
