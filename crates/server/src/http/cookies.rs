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
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find_map(|(found, value)| (found == name).then_some(value))
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
