//! More than the server can do: who is turned away costs the others nothing.

use std::time::Duration;

use axum::http::{StatusCode, header};
use serde_json::json;

use super::dpop::client;
use super::harness::{Harness, PASSWORD, VERIFIER, wrong};
use super::sessions::{cookie_session, own};

#[tokio::test]
async fn a_password_that_was_not_checked_is_no_failure() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    harness.server.hasher.fill_up();
    for _ in 0..3 {
        let reply = harness.credentials(&session, "ada", PASSWORD).await;
        assert_eq!((reply.status, reply.error()), (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"));
        assert!(reply.headers.contains_key("retry-after"));
    }
}

#[tokio::test]
async fn whoever_has_passed_the_password_gets_in_although_no_password_can_be_checked() {
    let harness = Harness::with(|config| config.throttle.address_failures = 1).await;
    let session = harness.at_code().await;
    let neighbour = harness.account("ada").await;
    harness.credentials(&neighbour, "ada", "wrong").await;
    harness.server.clock.advance(Duration::from_secs(30));
    assert_eq!(
        harness.credentials(&neighbour, "ada", PASSWORD).await.error(),
        "rate_limited",
        "the address has to wait"
    );
    harness.server.hasher.fill_up();
    assert_eq!(harness.state(&session).await.number("otp_attempts_remaining"), 5);
    assert_eq!(harness.resend(&session).await.error(), "insufficient_authorization");
    let code = harness.mailed_code();
    assert_eq!(harness.code(&session, &wrong(&code, 1)).await.error(), "invalid_otp");
    harness.server.clock.advance(Duration::from_secs(1));
    let code = harness.code(&session, &code).await.text("authorization_code");
    assert_eq!(harness.redeem(&code, VERIFIER).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_password_that_there_is_no_room_for_is_not_written_of() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let session = harness.account("ada").await;
    let change = json!({"current_password": PASSWORD, "new_password": "a blue kettle"});
    let ask = async || {
        let path = "/api/me/password";
        let changed = harness.send(own(axum::http::Method::PUT, path, Some(&cookie), &change)).await;
        let signed_in = harness.credentials(&session, "ada", "wrong").await;
        let members = [("auth_session", session.as_str()), ("uc_username", "ada"), ("password", "wrong")];
        let proven = client(&harness, 1).challenge(&members).await;
        [changed.status, signed_in.status, proven.status]
    };
    let before = harness.database().await;
    harness.server.hasher.fill_up();
    assert_eq!(ask().await, [StatusCode::SERVICE_UNAVAILABLE; 3]);
    assert_eq!(harness.database().await, before);
    harness.account("ada").await;
    assert_ne!(harness.database().await, before, "what is written can be seen");
}

#[tokio::test]
async fn a_sign_in_that_there_is_no_room_for_is_not_written_of_and_holds_up_no_other() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let before = harness.database().await;
    harness.server.beginning.close();
    for reply in [harness.account_with("ada", &[]).await, client(&harness, 1).account().await] {
        assert_eq!((reply.status, reply.error()), (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"));
        assert!(reply.headers.contains_key(header::RETRY_AFTER));
    }
    assert_eq!(harness.database().await, before);
    let code = harness.code(&session, &harness.mailed_code()).await.text("authorization_code");
    assert_eq!(harness.redeem(&code, VERIFIER).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_kept_for_those_who_have_passed_the_password_is_for_nobody_else() {
    let harness = Harness::new().await;
    let (begun, passed) = (harness.account("ada").await, harness.at_code().await);
    harness.server.store.kept().close().await;
    for reply in [harness.state(&begun).await, harness.code(&begun, "123456").await, harness.resend(&begun).await] {
        assert_eq!(reply.body["credentials_required"], true, "{reply:?}");
    }
    for reply in [harness.state(&passed).await, harness.code(&passed, "123456").await, harness.resend(&passed).await] {
        assert_eq!(reply.error(), "temporarily_unavailable");
    }
}

#[tokio::test]
async fn a_proof_beside_what_is_nobodys_is_not_written_of() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let session = ("auth_session", "x");
    let before = harness.database().await;
    for members in [
        &[session][..],
        &[session, ("otp", "123456")],
        &[session, ("otp_resend", "true")],
        &[session, ("uc_username", "ada"), ("password", PASSWORD)],
    ] {
        assert_eq!(client.challenge(members).await.error(), "invalid_session", "{members:?}");
    }
    assert_eq!(client.redeem("x").await.error(), "invalid_grant");
    assert_eq!(client.refresh("x").await.error(), "invalid_grant");
    assert_eq!(harness.database().await, before);
}

#[tokio::test]
async fn a_proof_beside_a_token_that_is_not_ours_is_not_written_of() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let token = client.tokens().await.text("access_token");
    let before = harness.database().await;
    assert_eq!(client.me(&format!("{token}x")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(harness.database().await, before);
    assert_eq!(client.me(&token).await.status, StatusCode::OK);
}
