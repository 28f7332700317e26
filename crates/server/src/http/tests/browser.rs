use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use vestibule_protocol::BUILT_IN_CLIENT;

use super::harness::{Harness, PASSWORD, Reply, VERIFIER, form_request};
use super::sessions::own;
use crate::keys::sha256;

/// A browser at an address, with the cookie that its device is known by.
pub(super) struct Browser<'a> {
    harness: &'a Harness,
    address: IpAddr,
    device_cookie: Mutex<Option<String>>,
}

impl<'a> Browser<'a> {
    pub(super) fn at(harness: &'a Harness, address: &str) -> Self {
        Self { harness, address: address.parse().unwrap(), device_cookie: Mutex::default() }
    }

    /// The same device at another address.
    pub(super) fn moved_to(&self, address: &str) -> Self {
        let device_cookie = Mutex::new(self.device_cookie());
        Self { device_cookie, ..Self::at(self.harness, address) }
    }

    pub(super) fn device_cookie(&self) -> Option<String> {
        self.device_cookie.lock().unwrap().clone()
    }

    async fn send(&self, mut request: Request<Body>) -> Reply {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((self.address, 4000))));
        let session = request.headers().get(header::COOKIE).map(|cookie| cookie.to_str().unwrap().to_owned());
        let cookies: Vec<String> = session.into_iter().chain(self.device_cookie()).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let reply = self.harness.send(request).await;
        let cookies = reply.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
        for cookie in cookies.filter(|cookie| cookie.starts_with("vestibule-device=")) {
            *self.device_cookie.lock().unwrap() = cookie.split(';').next().map(str::to_owned);
        }
        reply
    }

    async fn challenge(&self, members: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        self.send(form_request("/oauth/authorize-challenge", &body)).await
    }

    pub(super) async fn account(&self, username: &str) -> Reply {
        let challenge = sha256(VERIFIER);
        let members = [
            ("client_id", BUILT_IN_CLIENT),
            ("response_type", "code"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("username", username),
        ];
        self.challenge(&members).await
    }

    /// A sign-in that is begun and given a password.
    pub(super) async fn try_password(&self, username: &str, password: &str) -> Reply {
        let session = self.account(username).await.text("auth_session");
        self.credentials(&session, username, password).await
    }

    pub(super) async fn credentials(&self, session: &str, username: &str, password: &str) -> Reply {
        self.challenge(&[("auth_session", session), ("uc_username", username), ("password", password)]).await
    }

    pub(super) async fn code(&self, session: &str, otp: &str) -> Reply {
        self.challenge(&[("auth_session", session), ("otp", otp)]).await
    }

    pub(super) async fn resend(&self, session: &str) -> Reply {
        self.challenge(&[("auth_session", session), ("otp_resend", "true")]).await
    }

    /// Turns an authorization code into a cookie session.
    pub(super) async fn open(&self, code: &str) -> Reply {
        let body = json!({"code": code, "code_verifier": VERIFIER});
        self.send(own(Method::POST, "/api/session", None, &body)).await
    }

    /// Changes the password of the session that a cookie holds.
    pub(super) async fn set_password(&self, session: &str, current: &str, new: &str) -> Reply {
        let body = json!({"current_password": current, "new_password": new});
        self.send(own(Method::PUT, "/api/me/password", Some(session), &body)).await
    }

    /// Ends every other session of the account, by the one that a cookie holds; how many.
    pub(super) async fn sign_out_elsewhere(&self, session: &str) -> usize {
        let list = self.send(own(Method::GET, "/api/sessions", Some(session), &Value::Null)).await;
        let others = list.body["sessions"].as_array().unwrap().iter().filter(|other| other["current"] == false);
        let paths: Vec<_> = others.map(|other| format!("/api/sessions/{}", other["id"].as_str().unwrap())).collect();
        for path in &paths {
            let ended = self.send(own(Method::DELETE, path, Some(session), &Value::Null)).await;
            assert_eq!(ended.status, StatusCode::NO_CONTENT);
        }
        paths.len()
    }

    pub(super) async fn sign_out(&self, session: &str) -> Reply {
        self.send(own(Method::DELETE, "/api/session", Some(session), &Value::Null)).await
    }

    /// Signs in, on the first try; the cookie of the session.
    pub(super) async fn sign_in(&self, username: &str) -> String {
        let earlier = self.harness.mail_files();
        let mut reply = self.try_password(username, PASSWORD).await;
        if reply.error() == "insufficient_authorization" {
            let code = self.harness.code_in_mail_since(&earlier, &format!("reference {}", reply.text("otp_reference")));
            reply = self.code(&reply.text("auth_session"), &code).await;
        }
        let opened = self.open(&reply.text("authorization_code")).await;
        assert_eq!(opened.status, StatusCode::OK, "{opened:?}");
        let cookies = opened.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
        let session = cookies.filter_map(|cookie| cookie.split(';').next()).find(|cookie| !cookie.contains("device="));
        session.unwrap().to_owned()
    }
}
