//! The same request twice at once: two tabs, or a client that does not wait for a lost answer.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::json;
use vestibule_protocol::BUILT_IN_CLIENT;

use super::harness::{Harness, PASSWORD, VERIFIER};
use super::sessions::{authorization_code, own};

async fn live_sessions(harness: &Harness) -> usize {
    let store = &harness.server.store;
    let ada = store.sessions_of("ada", harness.server.clock.now()).await.unwrap();
    let grace = store.sessions_of("grace", harness.server.clock.now()).await.unwrap();
    ada.len() + grace.len()
}

#[tokio::test]
async fn two_right_codes_give_one_authorization_code() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    let (one, other) = tokio::join!(harness.code(&session, &code), harness.code(&session, &code));
    assert_eq!(one.text("authorization_code"), other.text("authorization_code"));
}

#[tokio::test]
async fn two_redemptions_for_tokens_make_one_session() {
    let harness = Harness::new().await;
    let code = authorization_code(&harness, &[]).await;
    let (one, other) = tokio::join!(harness.redeem(&code, VERIFIER), harness.redeem(&code, VERIFIER));
    let mut errors = [one.error(), other.error()];
    errors.sort_unstable();
    assert_eq!((errors, live_sessions(&harness).await), (["", "invalid_grant"], 1));
}

#[tokio::test]
async fn two_redemptions_for_a_cookie_make_one_session() {
    let harness = Harness::new().await;
    let body = json!({"code": authorization_code(&harness, &[]).await, "code_verifier": VERIFIER});
    let redeem = || harness.send(own(Method::POST, "/api/session", None, &body));
    let (one, other) = tokio::join!(redeem(), redeem());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!((statuses, live_sessions(&harness).await), ([StatusCode::OK, StatusCode::BAD_REQUEST], 1));
}

#[tokio::test]
async fn two_tabs_that_ask_for_the_state_make_one_session() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    harness.credentials(&session, "ada", PASSWORD).await;
    let sign_in = || async {
        let code = harness.state(&session).await.text("authorization_code");
        harness.redeem(&code, VERIFIER).await.status
    };
    let (one, other) = tokio::join!(sign_in(), sign_in());
    assert!([one, other].contains(&StatusCode::OK), "{one} {other}");
    assert_eq!(live_sessions(&harness).await, 1);
}

#[tokio::test]
async fn of_two_refreshes_with_an_unbound_token_one_wins_and_the_family_ends() {
    let harness = Harness::new().await;
    let token = harness.tokens().await.text("refresh_token");
    let members = [("grant_type", "refresh_token"), ("client_id", BUILT_IN_CLIENT), ("refresh_token", &token)];
    let refresh = || harness.form("/oauth/token", &members);
    let (one, other) = tokio::join!(refresh(), refresh());
    let mut errors = [one.error(), other.error()];
    errors.sort_unstable();
    assert_eq!((errors, live_sessions(&harness).await), (["", "invalid_grant"], 0));
}

#[tokio::test]
async fn two_resends_mail_one_code() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    harness.server.clock.advance(Duration::from_secs(30));
    let (one, other) = tokio::join!(harness.resend(&session), harness.resend(&session));
    let mut errors = [one.error(), other.error()];
    errors.sort_unstable();
    assert_eq!((errors, harness.mails()), (["insufficient_authorization", "rate_limited"], 2));
}
