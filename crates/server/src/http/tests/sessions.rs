use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use vestibule_protocol::{BUILT_IN_CLIENT, UcConfiguration};

use super::harness::{Harness, ORIGIN, PASSWORD, Reply, VERIFIER, form_request};
use crate::store::accounts::{Account, Change};

pub(super) async fn get_me(harness: &Harness, token: String) -> Reply {
    let request = Request::get("/api/me").header(header::HOST, "localhost:8080");
    harness.send(request.header(header::AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap()).await
}

/// A request as our own page makes it.
pub(super) fn own(method: Method, path: &str, cookie: Option<&str>, body: &Value) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:8080")
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-vestibule", "1");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    request.body(Body::from(body.to_string())).unwrap()
}

pub(super) async fn authorization_code(harness: &Harness, more: &[(&str, &str)]) -> String {
    let session = harness.account_with("ada", more).await.text("auth_session");
    harness.credentials(&session, "ada", PASSWORD).await.text("authorization_code")
}

/// Signs in with a cookie; the User tab, and the cookie to send back.
pub(super) async fn cookie_session(harness: &Harness, more: &[(&str, &str)]) -> (Reply, String) {
    let body = json!({"code": authorization_code(harness, more).await, "code_verifier": VERIFIER});
    let reply = harness.send(own(Method::POST, "/api/session", None, &body)).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let cookie = cookie_of(&reply);
    (reply, cookie)
}

/// Turns an authorization code into a session with a cookie; the cookie to send back.
pub(super) async fn open(harness: &Harness, code: &str) -> String {
    let body = json!({"code": code, "code_verifier": VERIFIER});
    cookie_of(&harness.send(own(Method::POST, "/api/session", None, &body)).await)
}

/// The cookie that an answer sets, to send back.
fn cookie_of(reply: &Reply) -> String {
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_lasts_thirty_days() {
    let harness = Harness::new().await;
    let (me, _) = cookie_session(&harness, &[]).await;
    let cookie = me.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"), "{cookie}");
    assert_eq!((me.text("username"), me.text("email")), ("ada".into(), "a***@example.com".into()));
}

#[tokio::test]
async fn a_cookie_counts_only_with_our_header_and_from_our_page() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let body = json!({"preferred_device": "auto-pilot"});
    let path = "/api/me/preferred-device";
    assert_eq!(harness.send(own(Method::PUT, path, Some(&cookie), &body)).await.status, StatusCode::OK);
    for spoil in ["x-vestibule", "origin", "foreign"] {
        let mut request = own(Method::PUT, path, Some(&cookie), &body);
        if spoil == "foreign" {
            request.headers_mut().insert(header::ORIGIN, "https://evil.example.org".parse().unwrap());
        } else {
            request.headers_mut().remove(spoil);
        }
        assert_eq!(harness.send(request).await.status, StatusCode::FORBIDDEN, "{spoil}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_removes_the_cookie() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let out = harness.send(own(Method::DELETE, "/api/session", Some(&cookie), &Value::Null)).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    let me = harness.send(own(Method::GET, "/api/me", Some(&cookie), &Value::Null)).await;
    assert_eq!(
        (me.status, &me.body["type"]),
        (StatusCode::UNAUTHORIZED, &"urn:vestibule:problem:not-signed-in".into())
    );
    let again = harness.send(own(Method::DELETE, "/api/session", Some(&cookie), &Value::Null)).await;
    assert_eq!(again.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn signing_out_ends_the_sign_in_too() {
    let harness = Harness::new().await;
    for by_cookie in [true, false] {
        let signin = harness.account("ada").await;
        let code = harness.credentials(&signin, "ada", PASSWORD).await.text("authorization_code");
        let out = if by_cookie {
            let body = json!({"code": code, "code_verifier": VERIFIER});
            let cookie = cookie_of(&harness.send(own(Method::POST, "/api/session", None, &body)).await);
            harness.send(own(Method::DELETE, "/api/session", Some(&cookie), &Value::Null)).await
        } else {
            let token = harness.redeem(&code, VERIFIER).await.text("refresh_token");
            harness.form("/oauth/revoke", &[("token", &token), ("client_id", BUILT_IN_CLIENT)]).await
        };
        assert!(out.status.is_success(), "{out:?}");
        assert_eq!(harness.state(&signin).await.error(), "invalid_session", "by cookie: {by_cookie}");
    }
}

#[tokio::test]
async fn signing_out_by_cookie_demands_the_origin() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let mut request = own(Method::DELETE, "/api/session", Some(&cookie), &Value::Null);
    request.headers_mut().remove(header::ORIGIN);
    assert_eq!(harness.send(request).await.status, StatusCode::FORBIDDEN);
    let me = harness.send(own(Method::GET, "/api/me", Some(&cookie), &Value::Null)).await;
    assert_eq!(me.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_in_anew_ends_the_session_of_the_cookie_that_is_replaced() {
    let harness = Harness::new().await;
    let (_, first) = cookie_session(&harness, &[]).await;
    let body = json!({"code": authorization_code(&harness, &[]).await, "code_verifier": VERIFIER});
    let second = cookie_of(&harness.send(own(Method::POST, "/api/session", Some(&first), &body)).await);
    let me =
        |cookie: String| async { harness.send(own(Method::GET, "/api/me", Some(&{ cookie }), &Value::Null)).await };
    assert_eq!(me(first).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(me(second).await.status, StatusCode::OK);
    let entries = harness.server.store.audit(Some("ada"), 0).await.unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.event == "session-ended").count(), 1);
}

#[tokio::test]
async fn a_lost_cookie_is_replaced_without_ending_the_sign_in() {
    let harness = Harness::new().await;
    let signin = harness.account("ada").await;
    let code = harness.credentials(&signin, "ada", PASSWORD).await.text("authorization_code");
    let body = json!({"code": code, "code_verifier": VERIFIER});
    let first = cookie_of(&harness.send(own(Method::POST, "/api/session", None, &body)).await);
    let code = harness.state(&signin).await.text("authorization_code");
    let body = json!({"code": code, "code_verifier": VERIFIER});
    let second = harness.send(own(Method::POST, "/api/session", Some(&first), &body)).await;
    assert_eq!(second.status, StatusCode::OK);
    assert_eq!(harness.state(&signin).await.status, StatusCode::OK, "until the session is used");
}

#[tokio::test]
async fn the_user_tab_demands_its_scope() {
    let harness = Harness::with(|config| {
        config.clients = vec![crate::config::ClientConfig {
            id: BUILT_IN_CLIENT.into(),
            origins: Vec::new(),
            scopes: vec!["calls".into()],
        }];
    })
    .await;
    for (scope, status) in [("calls", StatusCode::FORBIDDEN), ("calls profile", StatusCode::OK)] {
        let code = authorization_code(&harness, &[("scope", scope)]).await;
        let tokens = harness.redeem(&code, VERIFIER).await;
        assert_eq!(tokens.text("scope"), scope);
        let me = get_me(&harness, tokens.text("access_token")).await;
        assert_eq!(me.status, status, "{me:?}");
        if status == StatusCode::FORBIDDEN {
            assert!(me.headers["www-authenticate"].to_str().unwrap().contains("error=\"insufficient_scope\""));
        }
    }
    for scope in [" ", "admin", "profile admin"] {
        assert_eq!(harness.account_with("ada", &[("scope", scope)]).await.error(), "invalid_scope", "{scope:?}");
    }
}

#[tokio::test]
async fn settings_follow_configuration_and_cell_number() {
    let number = [("phone_number", "+4915112345678")];
    for (configuration, more, devices, route) in [
        (UcConfiguration::Integrated, &number[..], json!(["desk-phone", "mobile-phone", "auto-pilot"]), Value::Null),
        (UcConfiguration::Integrated, &[], json!(["desk-phone", "auto-pilot"]), Value::Null),
        (UcConfiguration::UcOnly, &number, json!(["desk-phone", "mobile-phone"]), Value::Null),
        (UcConfiguration::UcOnly, &[], json!(["desk-phone"]), Value::Null),
        (UcConfiguration::VoiceOnly, &number, json!([]), json!(false)),
        (UcConfiguration::VoiceOnly, &[], json!([]), Value::Null),
    ] {
        let harness = Harness::with(|config| config.configuration = configuration).await;
        let (me, _) = cookie_session(&harness, more).await;
        assert_eq!((&me.body["devices"], &me.body["route_calls_to_cell"]), (&devices, &route), "{configuration:?}");
    }
}

#[tokio::test]
async fn calls_are_routed_to_the_cell_while_auto_pilot_is_preferred() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[("phone_number", "+4915112345678")]).await;
    let put = |path: &str, body: Value| harness.send(own(Method::PUT, path, Some(&cookie), &body));
    let on = json!({"route_calls_to_cell": true});
    assert_eq!(put("/api/me/route-calls-to-cell", on.clone()).await.status, StatusCode::CONFLICT);
    put("/api/me/preferred-device", json!({"preferred_device": "auto-pilot"})).await;
    assert_eq!(put("/api/me/route-calls-to-cell", on).await.body["route_calls_to_cell"], true);
    let broken = put("/api/me/route-calls-to-cell", json!({"route_calls_to_cell": "yes"})).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn sessions_end_when_idle_for_a_week() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let me = || harness.send(own(Method::GET, "/api/me", Some(&cookie), &Value::Null));
    for _ in 0..4 {
        harness.server.clock.advance(Duration::from_hours(24 * 6));
        assert_eq!(me().await.status, StatusCode::OK);
    }
    harness.server.clock.advance(Duration::from_hours(24 * 7));
    assert_eq!(me().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_spent_refresh_token_ends_its_family() {
    let harness = Harness::new().await;
    let first = harness.tokens().await;
    let refresh = |token: String| async {
        let token = token;
        let members = [("grant_type", "refresh_token"), ("client_id", BUILT_IN_CLIENT), ("refresh_token", &token)];
        harness.form("/oauth/token", &members).await
    };
    let second = refresh(first.text("refresh_token")).await;
    assert_eq!(second.status, StatusCode::OK);
    assert_eq!(refresh(first.text("refresh_token")).await.error(), "invalid_grant");
    assert_eq!(refresh(second.text("refresh_token")).await.error(), "invalid_grant");
    assert_eq!(get_me(&harness, second.text("access_token")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_access_token_ends_after_ten_minutes_or_when_it_is_given_back() {
    let harness = Harness::new().await;
    let tokens = harness.tokens().await;
    assert_eq!(get_me(&harness, tokens.text("access_token")).await.status, StatusCode::OK);
    harness.server.clock.advance(Duration::from_mins(10));
    assert_eq!(get_me(&harness, tokens.text("access_token")).await.status, StatusCode::UNAUTHORIZED);
    let other = harness.tokens().await;
    let revoke = [("token", other.text("refresh_token")), ("client_id", BUILT_IN_CLIENT.to_owned())];
    let revoke: Vec<_> = revoke.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(harness.form("/oauth/revoke", &revoke).await.status, StatusCode::OK);
    assert_eq!(harness.form("/oauth/revoke", &revoke).await.status, StatusCode::OK);
    assert_eq!(get_me(&harness, other.text("access_token")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_new_password_ends_sessions_and_running_sign_ins() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let running = harness.account("ada").await;
    let mut tx = harness.server.store.begin().await.unwrap();
    assert!(Account::change(&mut tx, "ada", &Change::Password("x".into(), None)).await.unwrap());
    tx.commit().await.unwrap();
    let me = harness.send(own(Method::GET, "/api/me", Some(&cookie), &Value::Null)).await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
    assert_eq!(harness.state(&running).await.error(), "invalid_session");
}

#[tokio::test]
async fn only_listed_origins_may_ask_and_others_can_read_the_refusal() {
    let harness = Harness::with(|config| {
        config.clients = vec![crate::config::ClientConfig {
            id: BUILT_IN_CLIENT.into(),
            origins: vec!["https://page.example.org".parse().unwrap()],
            scopes: Vec::new(),
        }];
    })
    .await;
    for (origin, status) in [
        ("https://page.example.org", StatusCode::BAD_REQUEST),
        ("https://evil.example.org", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
    ] {
        let mut request = form_request("/oauth/authorize-challenge", "auth_session=x");
        request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        let reply = harness.send(request).await;
        let allowed = reply.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().unwrap());
        assert_eq!((reply.status, allowed), (status, (origin != "null").then_some(origin)));
        assert!(reply.headers.get(header::ACCESS_CONTROL_ALLOW_CREDENTIALS).is_none());
    }
}

#[tokio::test]
async fn a_foreign_origin_may_ask_to_send_a_proof_and_nothing_else() {
    let harness = Harness::new().await;
    for (path, origin, wanted, expected) in [
        ("/oauth/authorize-challenge", "https://evil.example.org", "dpop", Some("https://evil.example.org")),
        ("/oauth/token", "https://evil.example.org", "DPoP", Some("https://evil.example.org")),
        ("/oauth/token", "null", "dpop", None),
        ("/oauth/token", "https://evil.example.org", "authorization,dpop", None),
        ("/oauth/introspect", "https://evil.example.org", "dpop", None),
        ("/api/me", "https://evil.example.org", "dpop", None),
        ("/api/session", "https://evil.example.org", "x-vestibule", None),
    ] {
        let request = Request::options(path)
            .header(header::HOST, "localhost:8080")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, wanted);
        let reply = harness.send(request.body(Body::empty()).unwrap()).await;
        let allowed = reply.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().unwrap());
        assert_eq!(allowed, expected, "{origin} {path} {wanted}");
    }
}

#[tokio::test]
async fn discovery_is_open_and_names_the_address_that_was_asked() {
    let harness = Harness::new().await;
    let path = "/.well-known/oauth-authorization-server";
    let request =
        Request::get(path).header(header::HOST, "localhost:8080").header(header::ORIGIN, "https://x.example.org");
    let reply = harness.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(reply.text("issuer"), ORIGIN);
    assert_eq!(reply.text("authorization_challenge_endpoint"), format!("{ORIGIN}/oauth/authorize-challenge"));
}
