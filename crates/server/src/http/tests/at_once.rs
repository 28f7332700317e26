//! Our own page asks for its session with the step that ends the sign-in.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use vestibule_protocol::BUILT_IN_CLIENT;

use super::audit::trail;
use super::dpop::client;
use super::harness::{Harness, ORIGIN, PASSWORD, Reply, VERIFIER, form_request, wrong};
use super::sessions::{open, own};
use crate::config::{ClientConfig, PublicAddresses};

/// The form of a step as our own page sends it, asking for the session.
pub(super) fn asking(members: &[(&str, &str)], cookie: Option<&str>) -> Request<Body> {
    let members = [members, &[("client_id", BUILT_IN_CLIENT), ("code_verifier", VERIFIER)]].concat();
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    let mut request = form_request("/oauth/authorize-challenge", &body);
    request.headers_mut().insert(header::ORIGIN, ORIGIN.parse().unwrap());
    request.headers_mut().insert("x-vestibule", "1".parse().unwrap());
    if let Some(cookie) = cookie {
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    }
    request
}

/// All cookies that an answer sets, to send back.
pub(super) fn cookies(reply: &Reply) -> Vec<String> {
    let set = reply.headers.get_all(header::SET_COOKIE).iter();
    set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

/// The cookie of the session that came at once.
fn opened(reply: &Reply) -> String {
    assert_eq!((reply.status, reply.body.get("authorization_code")), (StatusCode::OK, None), "{reply:?}");
    cookies(reply).swap_remove(0)
}

impl Harness {
    async fn ask_at_credentials(&self, session: &str) -> Reply {
        let members = [("auth_session", session), ("uc_username", "ada"), ("password", PASSWORD)];
        self.send(asking(&members, None)).await
    }

    async fn ask_at_code(&self, session: &str, otp: &str) -> Reply {
        self.send(asking(&[("auth_session", session), ("otp", otp)], None)).await
    }

    async fn ask_for_state(&self, session: &str, cookie: Option<&str>) -> Reply {
        self.send(asking(&[("auth_session", session)], cookie)).await
    }

    async fn me_of(&self, cookie: &str) -> Reply {
        self.send(own(Method::GET, "/api/me", Some(cookie), &Value::Null)).await
    }

    async fn sessions_of(&self, account: &str) -> usize {
        self.server.store.sessions_of(account, self.server.clock.now()).await.unwrap().len()
    }
}

#[tokio::test]
async fn whatever_step_ends_the_sign_in_brings_the_session_and_the_user_tab() {
    let harness = Harness::new().await;
    let by_credentials = harness.ask_at_credentials(&harness.account("ada").await).await;
    let session = harness.at_code().await;
    let by_code = harness.ask_at_code(&session, &harness.mailed_code()).await;
    let verified = harness.account("ada").await;
    harness.credentials(&verified, "ada", PASSWORD).await;
    let by_state = harness.ask_for_state(&verified, None).await;
    for (reply, name) in [(by_credentials, "ada"), (by_code, "grace"), (by_state, "ada")] {
        let cookie = opened(&reply);
        let set: Vec<_> = reply.headers.get_all(header::SET_COOKIE).iter().map(|set| set.to_str().unwrap()).collect();
        assert!(set[0].ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"), "{set:?}");
        assert!(set[1].starts_with("vestibule-device=") && set[1].contains("; HttpOnly; SameSite=Lax"), "{set:?}");
        assert_eq!(
            (reply.text("username"), &reply.headers[header::CACHE_CONTROL]),
            (name.into(), &"no-store".parse().unwrap())
        );
        assert_eq!(reply.body, harness.me_of(&cookie).await.body);
    }
    assert_eq!((harness.sessions_of("ada").await, harness.sessions_of("grace").await), (2, 1));
}

#[tokio::test]
async fn a_step_that_does_not_end_the_sign_in_brings_no_session() {
    let harness = Harness::new().await;
    let session = harness.account("grace").await;
    let begun = harness.ask_for_state(&session, None).await;
    let refused = harness.ask_at_credentials(&session).await;
    harness.server.clock.advance(Duration::from_secs(1));
    let members = [("auth_session", session.as_str()), ("uc_username", "grace"), ("password", PASSWORD)];
    let mailed = harness.send(asking(&members, None)).await;
    let guessed = harness.ask_at_code(&session, &wrong(&harness.mailed_code(), 1)).await;
    for (reply, error) in [
        (begun, "insufficient_authorization"),
        (refused, "invalid_credentials"),
        (mailed, "insufficient_authorization"),
        (guessed, "invalid_otp"),
    ] {
        assert_eq!((reply.error(), cookies(&reply).len()), (error, 0), "{reply:?}");
    }
    assert_eq!(harness.sessions_of("grace").await, 0);
}

#[tokio::test]
async fn whoever_is_not_our_own_page_gets_a_code_and_no_cookie() {
    const LISTED: &str = "https://partner.example.org";
    let harness = Harness::with(|config| {
        config.clients = vec![ClientConfig {
            id: BUILT_IN_CLIENT.into(),
            origins: vec![LISTED.parse().unwrap()],
            scopes: Vec::new(),
        }];
    })
    .await;
    let session = harness.account("ada").await;
    harness.credentials(&session, "ada", PASSWORD).await;
    for (name, value) in [("x-vestibule", None), ("x-vestibule", Some("0")), ("origin", None), ("origin", Some(LISTED))]
    {
        let mut request = asking(&[("auth_session", &session)], None);
        match value {
            Some(value) => request.headers_mut().insert(name, value.parse().unwrap()),
            None => request.headers_mut().remove(name),
        };
        let reply = harness.send(request).await;
        assert_eq!((reply.text("authorization_code").len(), cookies(&reply).len()), (43, 0), "{name}: {value:?}");
    }
    for origin in ["https://evil.example.org", "null", "http://localhost:8081"] {
        let mut request = asking(&[("auth_session", &session)], None);
        request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        let reply = harness.send(request).await;
        assert_eq!((reply.error(), cookies(&reply).len()), ("access_denied", 0), "{origin}");
    }
    assert_eq!(harness.sessions_of("ada").await, 0);
    opened(&harness.ask_for_state(&session, None).await);
}

#[tokio::test]
async fn a_sign_in_that_was_begun_otherwise_brings_a_code() {
    let harness = Harness::with(|config| {
        config.clients = vec![ClientConfig { id: "other".into(), origins: Vec::new(), scopes: vec!["profile".into()] }];
    })
    .await;
    let other_challenge = crate::keys::sha256("another-verifier-that-is-long-enough-0123456789");
    let unlike = [
        [("client_id", "other"), ("code_challenge", &crate::keys::sha256(VERIFIER))],
        [("client_id", BUILT_IN_CLIENT), ("code_challenge", &other_challenge)],
    ];
    for begun_with in unlike {
        let members = [("response_type", "code"), ("code_challenge_method", "S256"), ("username", "ada")];
        let session = harness.challenge(&[&members[..], &begun_with].concat()).await.text("auth_session");
        harness.credentials(&session, "ada", PASSWORD).await;
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("auth_session", session.as_str()), ("code_verifier", VERIFIER)])
            .finish();
        let mut request = asking(&[], None);
        *request.body_mut() = Body::from(body);
        let reply = harness.send(request).await;
        assert_eq!((reply.text("authorization_code").len(), cookies(&reply).len()), (43, 0), "{begun_with:?}");
    }
    let client = client(&harness, 1);
    let bound = client.account().await.text("auth_session");
    let reply = harness.ask_at_credentials(&bound).await;
    assert_eq!((reply.error(), cookies(&reply).len()), ("invalid_session", 0), "not without the key");
    let mut request = asking(&[("auth_session", &bound), ("uc_username", "ada"), ("password", PASSWORD)], None);
    let proof = client.key.proof(&client.claims("POST", "/oauth/authorize-challenge"));
    request.headers_mut().insert("dpop", proof.parse().unwrap());
    let reply = harness.send(request).await;
    assert_eq!((reply.text("authorization_code").len(), cookies(&reply).len()), (43, 0), "bound to a key");
    assert_eq!(harness.sessions_of("ada").await, 0);
}

#[tokio::test]
async fn whoever_proves_a_key_gets_a_code_even_where_nothing_is_bound_to_it() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    harness.credentials(&session, "ada", PASSWORD).await;
    let client = client(&harness, 1);
    let mut request = asking(&[("auth_session", &session)], None);
    let proof = client.key.proof(&client.claims("POST", "/oauth/authorize-challenge"));
    request.headers_mut().insert("dpop", proof.parse().unwrap());
    let reply = harness.send(request).await;
    assert_eq!((reply.text("authorization_code").len(), cookies(&reply).len()), (43, 0), "{reply:?}");
}

#[tokio::test]
async fn no_cookie_holds_a_session_that_may_not_see_the_user_tab() {
    let harness = Harness::with(|config| {
        config.clients =
            vec![ClientConfig { id: BUILT_IN_CLIENT.into(), origins: Vec::new(), scopes: vec!["calls".into()] }];
    })
    .await;
    let session = harness.account_with("ada", &[("scope", "calls")]).await.text("auth_session");
    let reply = harness.ask_at_credentials(&session).await;
    assert_eq!(cookies(&reply).len(), 0);
    let code = reply.text("authorization_code");
    let body = json!({"code": code, "code_verifier": VERIFIER});
    let by_code = harness.send(own(Method::POST, "/api/session", None, &body)).await;
    assert_eq!((by_code.status, cookies(&by_code).len()), (StatusCode::BAD_REQUEST, 0));
    assert_eq!(harness.redeem(&code, VERIFIER).await.text("scope"), "calls", "which is not spoilt by that");
}

#[tokio::test]
async fn the_same_step_again_brings_the_same_session_by_whichever_server() {
    let harness = Harness::new().await;
    let other = harness.beside().await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    let first = harness.ask_at_code(&session, &code).await;
    let cookie = opened(&first);
    let lost = other.ask_at_code(&session, &code).await;
    let asked = harness.ask_for_state(&session, None).await;
    let kept = other.ask_for_state(&session, Some(&cookies(&first).join("; "))).await;
    for again in [lost, asked, kept] {
        assert_eq!((opened(&again), cookies(&again), &again.body), (cookie.clone(), cookies(&first), &first.body));
    }
    assert_eq!((harness.sessions_of("grace").await, harness.mails()), (1, 1));
    assert_eq!(trail(&harness).await.iter().filter(|entry| entry.starts_with("session-ended")).count(), 0);
    assert_eq!(harness.me_of(&cookie).await.status, StatusCode::OK);
    let used = harness.ask_at_code(&session, &code).await;
    assert_eq!((used.error(), cookies(&used).len()), ("invalid_session", 0), "its session is used");
}

#[tokio::test]
async fn a_session_that_was_signed_out_does_not_come_again() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    let cookie = opened(&harness.ask_at_credentials(&session).await);
    harness.send(own(Method::DELETE, "/api/session", Some(&cookie), &Value::Null)).await;
    let reply = harness.ask_for_state(&session, None).await;
    assert_eq!((reply.error(), cookies(&reply).len()), ("invalid_session", 0));
    assert_eq!(harness.me_of(&cookie).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_that_ran_out_unused_is_good_again() {
    let harness = Harness::with(|config| config.session.idle = Duration::from_mins(1)).await;
    let session = harness.account("ada").await;
    let cookie = opened(&harness.ask_at_credentials(&session).await);
    harness.server.clock.advance(Duration::from_mins(1));
    assert_eq!(opened(&harness.ask_for_state(&session, None).await), cookie);
    assert_eq!(harness.me_of(&cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_older_page_of_the_same_browser_opens_the_same_session_by_a_code() {
    let harness = Harness::new().await;
    for old_first in [true, false] {
        let session = harness.account("ada").await;
        harness.credentials(&session, "ada", PASSWORD).await;
        let by_code = || async { open(&harness, &harness.state(&session).await.text("authorization_code")).await };
        let at_once = || async { opened(&harness.ask_for_state(&session, None).await) };
        let before = harness.sessions_of("ada").await;
        let (one, other) =
            if old_first { (by_code().await, at_once().await) } else { (at_once().await, by_code().await) };
        assert_eq!((one == other, harness.sessions_of("ada").await), (true, before + 1), "old first: {old_first}");
        assert_eq!(harness.me_of(&one).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn tokens_of_the_same_sign_in_end_the_session_and_the_other_way_round() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    let cookie = opened(&harness.ask_at_credentials(&session).await);
    let tokens = harness.redeem(&harness.state(&session).await.text("authorization_code"), VERIFIER).await;
    assert_eq!((tokens.status, harness.sessions_of("ada").await), (StatusCode::OK, 1));
    assert_eq!(harness.me_of(&cookie).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(opened(&harness.ask_for_state(&session, None).await), cookie);
    let me = super::sessions::get_me(&harness, tokens.text("access_token")).await;
    assert_eq!((me.status, harness.sessions_of("ada").await), (StatusCode::UNAUTHORIZED, 1));
    assert_eq!(harness.me_of(&cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_session_that_the_browser_had_before_ends() {
    let harness = Harness::new().await;
    let of_ada = opened(&harness.ask_at_credentials(&harness.account("ada").await).await);
    let session = harness.at_code().await;
    let members = [("auth_session", session.as_str()), ("otp", &harness.mailed_code())];
    let of_grace = opened(&harness.send(asking(&members, Some(&of_ada))).await);
    assert_eq!(harness.me_of(&of_ada).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(harness.me_of(&of_grace).await.text("username"), "grace");
    let ended = [
        "session-begun success",
        "code-sent success",
        "code success",
        "session-ended success",
        "session-begun success",
    ];
    let mut trail = trail(&harness).await;
    trail.sort_unstable();
    let mut expected = ended;
    expected.sort_unstable();
    assert_eq!(trail, expected);
}

#[tokio::test]
async fn of_two_at_once_both_get_the_cookie_of_the_one_session() {
    let harness = Harness::new().await;
    let other = harness.beside().await;
    for _ in 0..8 {
        let session = harness.account("grace").await;
        let reply = harness.credentials(&session, "grace", PASSWORD).await;
        let code = harness.code_in_mail_with(&format!("reference {}", reply.text("otp_reference")));
        let before = harness.sessions_of("grace").await;
        let (one, two) = tokio::join!(harness.ask_at_code(&session, &code), other.ask_at_code(&session, &code));
        assert_eq!((cookies(&one), opened(&one)), (cookies(&two), opened(&two)));
        assert_eq!(harness.sessions_of("grace").await, before + 1);
        assert_eq!(harness.me_of(&opened(&one)).await.status, StatusCode::OK);
        harness.server.clock.advance(Duration::from_hours(1));
    }
}

#[tokio::test]
async fn two_sign_ins_with_one_verifier_have_two_cookies() {
    let harness = Harness::new().await;
    let one = harness.ask_at_credentials(&harness.account("ada").await).await;
    let other = harness.ask_at_credentials(&harness.account("ada").await).await;
    let [one, other] = [cookies(&one), cookies(&other)];
    assert!(one.iter().all(|cookie| !other.contains(cookie)), "{one:?} {other:?}");
}

#[tokio::test]
async fn over_https_the_cookie_is_of_this_host_alone() {
    let harness = Harness::with(|config| {
        let issuers = ["https://uc.example.com", "http://192.0.2.9"].map(|issuer| issuer.parse().unwrap());
        config.public_addresses = PublicAddresses::List(issuers.to_vec());
    })
    .await;
    for (host, origin, name, ending) in [
        ("uc.example.com", "https://uc.example.com", "__Host-vestibule=", "; SameSite=Lax; Secure"),
        ("192.0.2.9", "http://192.0.2.9", "vestibule=", "; SameSite=Lax"),
    ] {
        let at = |mut request: Request<Body>| {
            request.headers_mut().insert(header::HOST, host.parse().unwrap());
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
            request
        };
        let challenge = crate::keys::sha256(VERIFIER);
        let begin = [
            ("response_type", "code"),
            ("username", "ada"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let session = harness.send(at(asking(&begin, None))).await.text("auth_session");
        let members = [("auth_session", session.as_str()), ("uc_username", "ada"), ("password", PASSWORD)];
        let reply = harness.send(at(asking(&members, None))).await;
        let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with(name) && cookie.ends_with(ending), "{cookie}");
        assert_eq!(reply.text("server"), origin);
    }
}

#[tokio::test]
async fn the_session_is_there_although_the_page_has_gone() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    let mut request = Box::pin(harness.ask_at_credentials(&session));
    std::future::poll_fn(|cx| {
        assert!(request.as_mut().poll(cx).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    drop(request);
    harness.quiet().await;
    assert_eq!(harness.sessions_of("ada").await, 1);
    let code = harness.state(&session).await.text("authorization_code");
    let body = json!({"code": code, "code_verifier": VERIFIER});
    assert_eq!(harness.send(own(Method::POST, "/api/session", None, &body)).await.status, StatusCode::OK);
    assert_eq!(harness.sessions_of("ada").await, 1);
}
