use std::task::Poll;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::harness::{Harness, PASSWORD, VERIFIER, wrong};
use super::sessions::{authorization_code, get_me, own};
use crate::config::ClientConfig;

/// What the audit trail says, without what every sign-in writes.
pub(super) async fn trail(harness: &Harness) -> Vec<String> {
    let entries = harness.server.store.audit(None, 0).await.unwrap();
    let mut told: Vec<_> =
        entries.iter().map(|entry| (entry.at, format!("{} {}", entry.event, entry.outcome))).collect();
    told.retain(|(_, what)| what != "signin-begun success" && what != "password success");
    told.into_iter().map(|(_, what)| what).collect()
}

#[tokio::test]
async fn mails_and_further_mails_are_told_apart_the_refused_ones_too() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    harness.server.clock.advance(Duration::from_secs(1));
    harness.resend(&session).await;
    harness.server.clock.advance(Duration::from_secs(30));
    harness.resend(&session).await;
    assert_eq!(trail(&harness).await, ["code-sent success", "code-resent limited", "code-resent success"]);
}

#[tokio::test]
async fn what_comes_after_the_last_try_is_written_too() {
    let harness = Harness::with(|config| config.code.attempts = 1).await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    for otp in [wrong(&code, 1), code] {
        harness.server.clock.advance(Duration::from_secs(1));
        harness.code(&session, &otp).await;
    }
    harness.server.clock.advance(Duration::from_secs(1));
    harness.resend(&session).await;
    let expected = ["code-sent success", "code exhausted", "code exhausted", "code-resent exhausted"];
    assert_eq!(trail(&harness).await, expected);
}

#[tokio::test]
async fn a_lock_is_written_once() {
    let harness = Harness::with(|config| config.throttle.longest_wait = Duration::from_secs(2)).await;
    let session = harness.account("ada").await;
    for _ in 0..3 {
        harness.credentials(&session, "ada", "wrong").await;
        harness.server.clock.advance(Duration::from_secs(2));
    }
    let entries = trail(&harness).await;
    assert_eq!(entries.iter().filter(|entry| *entry == "locked limited").count(), 1, "{entries:?}");
    assert_eq!(entries.iter().filter(|entry| *entry == "password failure").count(), 3, "{entries:?}");
}

#[tokio::test]
async fn an_account_that_no_code_can_be_mailed_to_leaves_a_trace() {
    let harness = Harness::with(|config| config.require_2fa = true).await;
    harness.add_account("carol", None, false).await;
    let session = harness.account("carol").await;
    assert_eq!(harness.credentials(&session, "carol", PASSWORD).await.error(), "otp_delivery_failed");
    assert_eq!(trail(&harness).await, ["code-sent not-delivered"]);
}

#[tokio::test]
async fn a_step_ends_although_its_client_has_gone() {
    let harness = Harness::new().await;
    let session = harness.account("grace").await;
    let mut request = Box::pin(harness.credentials(&session, "grace", PASSWORD));
    std::future::poll_fn(|cx| {
        assert!(request.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    drop(request);
    harness.quiet().await;
    assert_eq!((harness.mails(), trail(&harness).await.len()), (1, 1));
}

#[tokio::test]
async fn a_code_that_comes_with_the_wrong_verifier_leaves_a_trace_and_stays_good() {
    let harness = Harness::new().await;
    let code = authorization_code(&harness, &[]).await;
    let verifier = "another-verifier-that-is-long-enough-0123456789";
    assert_eq!(harness.redeem(&code, verifier).await.error(), "invalid_grant");
    let body = json!({"code": code, "code_verifier": verifier});
    let reply = harness.send(own(Method::POST, "/api/session", None, &body)).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    harness.redeem("no-such-code", verifier).await;
    assert_eq!(trail(&harness).await, ["session-begun foreign", "session-begun foreign"]);
    let of_ada = harness.server.store.audit(Some("ada"), 0).await.unwrap();
    assert_eq!(of_ada.iter().filter(|entry| entry.outcome == "foreign").count(), 2);

    assert_eq!(harness.redeem(&code, VERIFIER).await.status, StatusCode::OK);
    harness.redeem(&code, VERIFIER).await;
    assert_eq!(trail(&harness).await.len(), 3, "its owner is no stranger");
}

#[tokio::test]
async fn a_token_that_another_client_gives_back_leaves_a_trace_and_stays_good() {
    let other = ClientConfig { id: "other".into(), origins: Vec::new(), scopes: Vec::new() };
    let harness = Harness::with(|config| config.clients = vec![other]).await;
    let tokens = harness.tokens().await;
    for kind in ["access_token", "refresh_token"] {
        harness.server.clock.advance(Duration::from_secs(1));
        let reply = harness.form("/oauth/revoke", &[("token", &tokens.text(kind)), ("client_id", "other")]).await;
        assert_eq!((reply.status, reply.error()), (StatusCode::BAD_REQUEST, "unauthorized_client"));
    }
    let expected = ["session-begun success", "session-ended foreign", "session-ended foreign"];
    assert_eq!(trail(&harness).await, expected);
    assert_eq!(get_me(&harness, tokens.text("access_token")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_trail_is_read_to_its_end_however_long_it_is() {
    let harness = Harness::new().await;
    let store = &harness.server.store;
    let mut tx = store.begin().await.unwrap();
    for number in 0..2_500_i64 {
        // Most of them at the same moment.
        let query =
            sqlx::query("INSERT INTO audit (id, at, event, outcome, username) VALUES ($1, $2, 'x', 'x', 'lin')");
        query.bind(number.to_string()).bind(7 + number / 2_000).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    for username in [None, Some("lin")] {
        let entries = store.audit(username, 7).await.unwrap();
        assert_eq!(entries.iter().filter(|entry| entry.event == "x").count(), 2_500);
        assert!(entries.is_sorted_by_key(|entry| entry.at));
    }
    assert_eq!(store.audit(Some("lin"), 8).await.unwrap().len(), 500);
}
