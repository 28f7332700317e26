use std::time::Duration;

use axum::http::StatusCode;

use super::harness::{Harness, PASSWORD, VERIFIER, wrong};

#[tokio::test]
async fn the_password_again_mails_no_second_code() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let again = harness.credentials(&session, "grace", PASSWORD).await;
    assert_eq!((again.error(), &again.body["otp_required"]), ("insufficient_authorization", &true.into()));
    assert_eq!(harness.mails(), 1);
}

#[tokio::test]
async fn the_same_wrong_code_again_costs_nothing_more() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let guess = wrong(&harness.mailed_code(), 1);
    for _ in 0..10 {
        let reply = harness.code(&session, &guess).await;
        assert_eq!((reply.error(), reply.number("otp_attempts_remaining")), ("invalid_otp", 4));
    }
}

#[tokio::test]
async fn the_right_code_again_gives_the_same_authorization_code_until_it_is_redeemed() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    let first = harness.code(&session, &code).await.text("authorization_code");
    assert_eq!(harness.code(&session, &code).await.text("authorization_code"), first);
    assert_eq!(harness.state(&session).await.text("authorization_code"), first);
    assert_eq!(harness.redeem(&first, VERIFIER).await.status, StatusCode::OK);
    let second = harness.state(&session).await.text("authorization_code");
    assert_ne!(second, first);
}

#[tokio::test]
async fn the_code_that_verified_a_sign_in_stays_right_beyond_its_own_time() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    harness.server.clock.advance(Duration::from_millis(599_999));
    let first = harness.code(&session, &code).await;
    harness.server.clock.advance(Duration::from_millis(1));
    let again = harness.code(&session, &code).await;
    assert_eq!((again.status, &again.body), (StatusCode::OK, &first.body));
}

#[tokio::test]
async fn a_new_code_ends_the_session_of_the_earlier_one() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let first = harness.code(&session, &harness.mailed_code()).await.text("authorization_code");
    let lost = harness.redeem(&first, VERIFIER).await.text("access_token");
    let second = harness.state(&session).await.text("authorization_code");
    let kept = harness.redeem(&second, VERIFIER).await.text("access_token");
    let me = |token: String| super::sessions::get_me(&harness, token);
    assert_eq!(me(kept).await.status, StatusCode::OK);
    assert_eq!(me(lost).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(harness.state(&session).await.error(), "invalid_session", "the session has been used");
}

#[tokio::test]
async fn a_code_is_redeemed_once_with_its_verifier_within_a_minute() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    let code = harness.credentials(&session, "ada", PASSWORD).await.text("authorization_code");
    let thief = harness.redeem(&code, "another-verifier-that-is-long-enough-0123456789").await;
    assert_eq!(thief.error(), "invalid_grant");
    assert_eq!(harness.redeem(&code, VERIFIER).await.status, StatusCode::OK);
    assert_eq!(harness.redeem(&code, VERIFIER).await.error(), "invalid_grant");
    let late = harness.state(&session).await.text("authorization_code");
    harness.server.clock.advance(Duration::from_mins(1));
    assert_eq!(harness.redeem(&late, VERIFIER).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_verified_sign_in_answers_for_ten_minutes() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    harness.credentials(&session, "ada", PASSWORD).await;
    harness.server.clock.advance(Duration::from_mins(10));
    assert_eq!(harness.state(&session).await.error(), "invalid_session");
}
