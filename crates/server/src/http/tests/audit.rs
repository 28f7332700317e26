use std::task::Poll;
use std::time::Duration;

use super::harness::{Harness, PASSWORD, wrong};

/// What the audit trail says, without what every sign-in writes.
async fn trail(harness: &Harness) -> Vec<String> {
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
    harness.server.steps.close();
    harness.server.steps.wait().await;
    assert_eq!((harness.mails(), trail(&harness).await.len()), (1, 1));
}
