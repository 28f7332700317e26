//! The session list, and changing the own password.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use vestibule_protocol::BUILT_IN_CLIENT;

use super::harness::{Harness, PASSWORD, Reply, VERIFIER, form_request};
use super::sessions::{authorization_code, cookie_session, get_me, own};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn ask(harness: &Harness, method: Method, path: &str, cookie: &str, body: Value) -> Reply {
    harness.send(own(method, path, Some(cookie), &body)).await
}

async fn sessions(harness: &Harness, cookie: &str) -> Reply {
    ask(harness, Method::GET, "/api/sessions", cookie, Value::Null).await
}

pub(super) async fn set_password(harness: &Harness, cookie: &str, current: &str, new: &str) -> Reply {
    let body = json!({"current_password": current, "new_password": new});
    ask(harness, Method::PUT, "/api/me/password", cookie, body).await
}

/// A session of `ada` by tokens, from Firefox on Linux: its access token.
async fn token_session(harness: &Harness) -> String {
    let code = authorization_code(harness, &[]).await;
    let members = [
        ("grant_type", "authorization_code"),
        ("client_id", BUILT_IN_CLIENT),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    let mut request = form_request("/oauth/token", &body);
    request.headers_mut().insert(header::USER_AGENT, FIREFOX.parse().unwrap());
    harness.send(request).await.text("access_token")
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in() {
    let harness = Harness::new().await;
    token_session(&harness).await;
    harness.server.clock.advance(Duration::from_hours(1));
    let (_, cookie) = cookie_session(&harness, &[]).await;
    harness.server.clock.advance(Duration::from_mins(1));
    let mut reply = sessions(&harness, &cookie).await;
    for session in reply.body["sessions"].as_array_mut().unwrap() {
        session.as_object_mut().unwrap().remove("id").unwrap();
    }
    let expected = json!({"sessions": [
        {"current": true, "signed_in_ago": 60, "last_used_ago": 0},
        {
            "current": false, "signed_in_ago": 3660, "last_used_ago": 3660, "client_address": "192.0.2.1",
            "browser": "Firefox", "system": "Linux",
        },
    ]});
    assert_eq!((reply.status, reply.body), (StatusCode::OK, expected));
}

#[tokio::test]
async fn one_signs_out_elsewhere_and_stays() {
    let harness = Harness::new().await;
    let token = token_session(&harness).await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let list = sessions(&harness, &cookie).await;
    let other = list.body["sessions"].as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/api/sessions/{}", other["id"].as_str().unwrap());
    let ended = ask(&harness, Method::DELETE, &path, &cookie, Value::Null).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert!(!ended.headers.contains_key(header::SET_COOKIE));
    assert_eq!(get_me(&harness, token).await.status, StatusCode::UNAUTHORIZED);
    let again = ask(&harness, Method::DELETE, &path, &cookie, Value::Null).await;
    assert_eq!((again.status, again.text("type")), (StatusCode::NOT_FOUND, problem("no-such-session")));
    for made_up in ["/api/sessions/x", "/api/sessions/%ff", "/api/sessions/%00"] {
        let reply = ask(&harness, Method::DELETE, made_up, &cookie, Value::Null).await;
        assert_eq!(
            (reply.status, reply.text("type")),
            (StatusCode::NOT_FOUND, problem("no-such-session")),
            "{made_up}"
        );
    }
    assert_eq!(sessions(&harness, &cookie).await.body["sessions"].as_array().unwrap().len(), 1);
}

fn problem(kind: &str) -> String {
    format!("urn:vestibule:problem:{kind}")
}

#[tokio::test]
async fn ending_the_own_session_signs_out_here() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let list = sessions(&harness, &cookie).await;
    let path = format!("/api/sessions/{}", list.body["sessions"][0]["id"].as_str().unwrap());
    let ended = ask(&harness, Method::DELETE, &path, &cookie, Value::Null).await;
    assert!(ended.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(sessions(&harness, &cookie).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_of_somebody_else_is_no_session() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let signin = harness.at_code().await;
    let code = harness.code(&signin, &harness.mailed_code()).await.text("authorization_code");
    let token = harness.redeem(&code, VERIFIER).await.text("access_token");
    let grace = harness.server.store.sessions_of("grace", harness.server.clock.now()).await.unwrap();
    let path = format!("/api/sessions/{}", grace[0].id);
    assert_eq!(ask(&harness, Method::DELETE, &path, &cookie, Value::Null).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get_me(&harness, token).await.status, StatusCode::OK);
    assert_eq!(sessions(&harness, &cookie).await.body["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn sessions_are_ended_from_our_page_alone() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    for (method, path) in [(Method::DELETE, "/api/sessions/x"), (Method::PUT, "/api/me/password")] {
        let mut request = own(method, path, Some(&cookie), &Value::Null);
        request.headers_mut().remove(header::ORIGIN);
        assert_eq!(harness.send(request).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let bare = Request::get("/api/sessions").header(header::HOST, "localhost:8080").body(Body::empty()).unwrap();
    assert_eq!(harness.send(bare).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_new_password_counts_at_once_and_signs_out_everywhere() {
    let harness = Harness::new().await;
    let token = token_session(&harness).await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let running = harness.account("ada").await;
    let changed = set_password(&harness, &cookie, PASSWORD, "a blue kettle").await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{changed:?}");
    assert!(changed.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(sessions(&harness, &cookie).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get_me(&harness, token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(harness.state(&running).await.error(), "invalid_session");

    let session = harness.account("ada").await;
    assert_eq!(harness.credentials(&session, "ada", PASSWORD).await.error(), "invalid_credentials");
    harness.server.clock.advance(Duration::from_secs(1));
    assert_eq!(harness.credentials(&session, "ada", "a blue kettle").await.status, StatusCode::OK);
    let entries = harness.server.store.audit(Some("ada"), 0).await.unwrap();
    let change = entries.iter().find(|entry| entry.event == "password-change").unwrap();
    assert_eq!(change.outcome, "success");
}

#[tokio::test]
async fn a_password_is_changed_with_the_current_one_and_wrong_ones_make_wait() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    for wait in [1_u64, 2, 4] {
        let wrong = set_password(&harness, &cookie, "wrong", "a blue kettle").await;
        assert_eq!((wrong.status, wrong.text("type")), (StatusCode::FORBIDDEN, problem("wrong-password")));
        let soon = set_password(&harness, &cookie, PASSWORD, "a blue kettle").await;
        assert_eq!((soon.status, soon.text("type")), (StatusCode::TOO_MANY_REQUESTS, problem("rate-limited")));
        assert_eq!(soon.headers[header::RETRY_AFTER], wait.to_string().as_str());
        harness.server.clock.advance(Duration::from_secs(wait));
    }
    assert_eq!(sessions(&harness, &cookie).await.status, StatusCode::OK, "nothing has changed");
    assert_eq!(set_password(&harness, &cookie, PASSWORD, "a blue kettle").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn strangers_cannot_keep_the_owner_from_changing_the_password() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let session = harness.account("ada").await;
    assert_eq!(harness.credentials(&session, "ada", "wrong").await.error(), "invalid_credentials");
    assert_eq!(harness.credentials(&session, "ada", "wrong").await.error(), "rate_limited");
    assert_eq!(set_password(&harness, &cookie, PASSWORD, "a blue kettle").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_new_password_must_be_a_good_one() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    for (new, kind) in [
        ("short", "password-too-short"),
        ("password1", "password-too-common"),
        ("", "password-not-possible"),
        ("a\u{0}bcdefghi", "password-not-possible"),
        (&"x".repeat(1025), "password-not-possible"),
    ] {
        let reply = set_password(&harness, &cookie, PASSWORD, new).await;
        assert_eq!((reply.status, reply.text("type")), (StatusCode::UNPROCESSABLE_ENTITY, problem(kind)), "{new:?}");
    }
    let malformed = ask(&harness, Method::PUT, "/api/me/password", &cookie, json!({"new_password": "x"})).await;
    assert_eq!(malformed.status, StatusCode::BAD_REQUEST);
    assert_eq!(set_password(&harness, &cookie, PASSWORD, "a blue kettle").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_current_password_is_no_new_one_and_that_is_no_failure_either() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let wrong = set_password(&harness, &cookie, "a blue kettle", "a blue kettle").await;
    assert_eq!(wrong.text("type"), problem("wrong-password"), "told only to whoever knows it");
    harness.server.clock.advance(Duration::from_secs(1));
    // On another keyboard it is still the same one.
    for new in [PASSWORD, PASSWORD, "correct\u{a0}horse", "correct\u{3000}horse"] {
        let reply = set_password(&harness, &cookie, PASSWORD, new).await;
        let expected = (StatusCode::UNPROCESSABLE_ENTITY, problem("password-unchanged"));
        assert_eq!((reply.status, reply.text("type")), expected, "{new:?}");
    }
    assert_eq!(sessions(&harness, &cookie).await.status, StatusCode::OK, "nothing has ended");
    assert_eq!(set_password(&harness, &cookie, PASSWORD, "a blue kettle").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_password_that_was_not_checked_is_no_failure() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    harness.server.hasher.fill_up();
    for _ in 0..3 {
        let reply = set_password(&harness, &cookie, PASSWORD, "a blue kettle").await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(reply.headers.contains_key(header::RETRY_AFTER));
    }
}

#[tokio::test]
async fn of_two_changes_at_once_one_counts() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let (one, other) = tokio::join!(
        set_password(&harness, &cookie, PASSWORD, "a blue kettle"),
        set_password(&harness, &cookie, PASSWORD, "a red kettle")
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], StatusCode::NO_CONTENT);
    assert!(matches!(statuses[1], StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_however_much_it_is_used() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let mut refresh_token = harness.tokens().await.text("refresh_token");
    for day in (5..30).step_by(5) {
        harness.server.clock.advance(Duration::from_hours(5 * 24));
        assert_eq!(sessions(&harness, &cookie).await.status, StatusCode::OK, "day {day}");
        refresh_token = refresh(&harness, &refresh_token).await.text("refresh_token");
    }
    harness.server.clock.advance(Duration::from_hours(5 * 24));
    assert_eq!(sessions(&harness, &cookie).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refresh(&harness, &refresh_token).await.error(), "invalid_grant");
}

pub(super) async fn refresh(harness: &Harness, token: &str) -> Reply {
    let members = [("grant_type", "refresh_token"), ("client_id", BUILT_IN_CLIENT), ("refresh_token", token)];
    harness.form("/oauth/token", &members).await
}
