//! What a request shows its device by: a cookie on the server's own origin, a key elsewhere.
//!
//! The cookie holds a secret for each account that signed in with the browser, the newest first: an account's secret
//! gives away nothing about the others, and one that somebody planted is nobody's.

use axum::http::HeaderMap;
use vestibule_protocol::Secret;

use super::cookies::{Cookie, SetCookie};
use crate::config::Issuer;
use crate::store::devices::Device;

/// Accounts that a browser is remembered for.
const MAX_SECRETS: usize = 10;
/// 256 bits as base64url.
const SECRET_CHARS: usize = 43;

/// The secrets of a device cookie.
#[derive(Debug, Default)]
pub(super) struct DeviceCookie<'a>(Vec<&'a str>);

impl<'a> DeviceCookie<'a> {
    /// Those that a request brings.
    pub(super) fn of(issuer: &Issuer, headers: &'a HeaderMap) -> Self {
        let secrets = Cookie::Device.of(issuer, headers).unwrap_or_default().split('.');
        Self(secrets.filter(|secret| secret.len() == SECRET_CHARS).take(MAX_SECRETS).collect())
    }

    /// The devices that they are of.
    pub(super) fn devices(&self) -> Vec<Device> {
        self.0.iter().map(|secret| Device::with_cookie(secret)).collect()
    }

    /// Sets the cookie after a sign-in with `device`, which is one of these or the one with the `fresh` secret.
    pub(super) fn set(&self, issuer: &Issuer, device: &Device, fresh: &'a Secret, max_age: u64) -> Option<SetCookie> {
        let known = self.0.iter().copied().find(|secret| Device::with_cookie(secret) == *device);
        let newest = known.unwrap_or(fresh.expose());
        let others = self.0.iter().copied().filter(|secret| *secret != newest);
        let secrets: Vec<&str> = std::iter::once(newest).chain(others).take(MAX_SECRETS).collect();
        Cookie::Device.set(issuer, &secrets.join("."), max_age)
    }
}

/// All that a request shows: its cookie's secrets, and the key that it was proven to be made with.
pub(super) fn shown(issuer: &Issuer, headers: &HeaderMap, proven_jkt: Option<&str>) -> Vec<Device> {
    let by_key = proven_jkt.map(Device::with_key);
    DeviceCookie::of(issuer, headers).devices().into_iter().chain(by_key).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};
    use proptest::prelude::*;

    use super::*;

    fn issuer() -> Issuer {
        "https://uc.example.com".parse().unwrap()
    }

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    fn set(brought: &str, device: &Device, fresh: &str) -> String {
        let headers = headers(&format!("other=1; __Host-vestibule-device={brought}"));
        let cookie = DeviceCookie::of(&issuer(), &headers).set(&issuer(), device, &fresh.into(), 60).unwrap().1;
        cookie.to_str().unwrap().to_owned()
    }

    #[test]
    fn the_secret_of_the_last_sign_in_stands_first_and_ten_are_kept() {
        let secrets: Vec<String> =
            (0..12).map(|n| format!("{n:x}").repeat(SECRET_CHARS)[..SECRET_CHARS].into()).collect();
        let brought = secrets[..10].join(".");
        let known = set(&brought, &Device::with_cookie(&secrets[2]), &secrets[11]);
        let expected = [&secrets[2..3], &secrets[..2], &secrets[3..10]].concat().join(".");
        let attributes = "Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(known, format!("__Host-vestibule-device={expected}; {attributes}"));
        let fresh = set(&brought, &Device::with_cookie(&secrets[11]), &secrets[11]);
        assert_eq!(
            fresh,
            format!("__Host-vestibule-device={}; {attributes}", [&secrets[11..], &secrets[..9]].concat().join("."))
        );
    }

    proptest! {
        #[test]
        fn whatever_a_client_brings_is_bounded_and_can_be_set_again(brought in "[ -~]{0,600}") {
            let headers = headers(&format!("__Host-vestibule-device={brought}"));
            let cookie = DeviceCookie::of(&issuer(), &headers);
            prop_assert!(cookie.devices().len() <= MAX_SECRETS);
            let fresh = "f".repeat(SECRET_CHARS).into();
            prop_assert!(cookie.set(&issuer(), &Device::with_cookie("x"), &fresh, 60).is_some());
        }
    }
}
