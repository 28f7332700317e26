use std::time::Duration;

use axum::http::StatusCode;

use super::harness::{Harness, PASSWORD, wrong};

#[tokio::test]
async fn five_wrong_codes_end_the_sign_in_for_the_right_code_too() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    for by in 1..=5 {
        let reply = harness.code(&session, &wrong(&code, by)).await;
        let expected = if by == 5 { "otp_attempts_exhausted" } else { "invalid_otp" };
        assert_eq!(reply.error(), expected, "{by}");
        harness.server.clock.advance(Duration::from_secs(20));
    }
    assert_eq!(harness.code(&session, &code).await.error(), "otp_attempts_exhausted");
    assert_eq!(harness.state(&session).await.error(), "otp_attempts_exhausted");
    assert_eq!(harness.resend(&session).await.error(), "otp_attempts_exhausted");
}

#[tokio::test]
async fn a_resend_gives_no_new_attempts() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    harness.code(&session, &wrong(&harness.mailed_code(), 1)).await;
    harness.server.clock.advance(Duration::from_secs(30));
    assert_eq!(harness.resend(&session).await.number("otp_attempts_remaining"), 4);
}

#[tokio::test]
async fn mails_that_are_refused_use_nothing_up_however_many_are_asked_for() {
    let harness = Harness::with(|config| config.code.life = Duration::from_hours(1)).await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    harness.lose_outbox();
    harness.server.clock.advance(Duration::from_secs(30));
    // There are 441 references.
    for _ in 0..450 {
        let reply = harness.resend(&session).await;
        assert_eq!((reply.error(), reply.number("otp_sends_remaining")), ("otp_delivery_failed", 4));
    }
    harness.find_outbox();
    assert_eq!(harness.resend(&session).await.error(), "insufficient_authorization");
    let resent = harness.mailed_code();
    assert_eq!(harness.code(&session, &code).await.error(), "superseded_otp");
    assert_eq!(harness.code(&session, &resent).await.status, StatusCode::OK);
}

#[tokio::test]
async fn wrong_codes_in_parallel_are_counted_once_each() {
    let harness = Harness::with(|config| config.throttle.first_wait = Duration::from_nanos(1)).await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    let guesses: Vec<String> = (1..=8).map(|by| wrong(&code, by)).collect();
    let replies = futures_join(guesses.iter().map(|guess| harness.code(&session, guess))).await;
    let counted = replies.iter().filter(|reply| reply.error() == "invalid_otp").count();
    assert_eq!(counted, 4, "{replies:#?}");
    assert_eq!(harness.code(&session, &code).await.error(), "otp_attempts_exhausted");
}

pub(super) async fn futures_join<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    use std::task::Poll;
    let mut pending: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        for (future, answer) in pending.iter_mut().filter(|(_, answer)| answer.is_none()) {
            if let Poll::Ready(value) = future.as_mut().poll(cx) {
                *answer = Some(value);
            }
        }
        if pending.iter().all(|(_, answer)| answer.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    pending.into_iter().filter_map(|(_, answer)| answer).collect()
}

#[tokio::test]
async fn waits_grow_with_wrong_passwords_whether_the_account_exists_or_not() {
    let harness = Harness::new().await;
    for name in ["ada", "nobody"] {
        let session = harness.account(name).await;
        for wait in [1_u64, 2, 4] {
            assert_eq!(harness.credentials(&session, name, "wrong").await.error(), "invalid_credentials");
            let reply = harness.credentials(&session, name, PASSWORD).await;
            assert_eq!((reply.status, reply.error()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
            assert_eq!(reply.headers["retry-after"], wait.to_string().as_str());
            harness.server.clock.advance(Duration::from_secs(wait));
        }
    }
}

#[tokio::test]
async fn right_passwords_cost_nothing() {
    let harness = Harness::new().await;
    for _ in 0..5 {
        harness.at_code().await;
    }
}

#[tokio::test]
async fn an_early_resend_is_told_when_it_is_possible() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let reply = harness.resend(&session).await;
    assert_eq!((reply.status, reply.error()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    assert_eq!((&reply.headers["retry-after"], reply.number("otp_resend_in")), (&"30".parse().unwrap(), 30));
    assert_eq!(harness.mails(), 1);
}

#[tokio::test]
async fn five_mails_are_the_most_of_a_sign_in_and_the_last_code_still_counts() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    for _ in 0..4 {
        harness.server.clock.advance(Duration::from_secs(30));
        assert_eq!(harness.resend(&session).await.error(), "insufficient_authorization");
    }
    harness.server.clock.advance(Duration::from_secs(30));
    assert_eq!(harness.resend(&session).await.error(), "otp_sends_exhausted");
    assert_eq!(harness.mails(), 5);
    assert_eq!(harness.code(&session, &harness.mailed_code()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn ten_mails_an_hour_are_the_most_of_an_account() {
    let harness = Harness::new().await;
    for _ in 0..10 {
        harness.at_code().await;
    }
    let session = harness.account("grace").await;
    let reply = harness.credentials(&session, "grace", PASSWORD).await;
    assert_eq!((reply.error(), &reply.headers["retry-after"]), ("rate_limited", &"3600".parse().unwrap()));
    harness.server.clock.advance(Duration::from_hours(1));
    harness.at_code().await;
}
