//! Mails to the owner after something suspicious.

use std::time::Duration;

use axum::http::StatusCode;

use super::account::set_password;
use super::at_once::{asking, cookies};
use super::browser::Browser;
use super::harness::{Harness, PASSWORD, wrong};
use super::limits::futures_join;
use super::sessions::open;

const NEW_BROWSER: &str = "a sign-in by a new browser";
const CODES_EXHAUSTED: &str = "wrong access codes";
const PASSWORD_CHANGED: &str = "your password was changed";

async fn warning() -> Harness {
    Harness::with(|config| {
        config.mail.warnings = true;
        config.throttle.longest_wait = config.throttle.first_wait;
    })
    .await
}

/// What owners were warned of, oldest first, once nothing is under way any more.
async fn warnings(harness: &Harness) -> Vec<&'static str> {
    harness.quiet().await;
    let told = |mail: &String| {
        let subjects = [NEW_BROWSER, CODES_EXHAUSTED, PASSWORD_CHANGED];
        subjects.into_iter().find(|subject| mail.contains(&format!("Subject: Vestibule: {subject}\r\n")))
    };
    let mut told: Vec<_> = harness.mail_texts().iter().filter_map(told).collect();
    // Mails of the same moment have no order.
    told.sort_unstable();
    told
}

/// A stranger who has the password of `grace` and guesses codes until none is left to try.
async fn exhaust_codes(harness: &Harness) {
    harness.server.clock.advance(Duration::from_secs(1));
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    for by in 1..=5 {
        harness.code(&session, &wrong(&code, by)).await;
        harness.server.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(harness.code(&session, &code).await.error(), "otp_attempts_exhausted");
}

#[tokio::test]
async fn a_browser_is_new_once() {
    let harness = warning().await;
    let browser = Browser::at(&harness, "192.0.2.1");
    for _ in 0..2 {
        browser.sign_in("ada").await;
        harness.server.clock.advance(Duration::from_hours(2));
    }
    assert_eq!(warnings(&harness).await, [NEW_BROWSER]);
    Browser::at(&harness, "192.0.2.1").sign_in("ada").await;
    assert_eq!(warnings(&harness).await, [NEW_BROWSER, NEW_BROWSER]);
}

#[tokio::test]
async fn a_client_that_shows_nothing_to_be_known_by_is_new_every_time() {
    let harness = warning().await;
    for _ in 0..2 {
        assert_eq!(harness.tokens().await.status, StatusCode::OK);
        // The second warning does not come before the first.
        harness.quiet().await;
        harness.server.clock.advance(Duration::from_hours(1));
    }
    assert_eq!(warnings(&harness).await, [NEW_BROWSER, NEW_BROWSER]);
}

#[tokio::test]
async fn an_owner_is_told_once_when_codes_were_guessed_until_none_was_left() {
    let harness = warning().await;
    exhaust_codes(&harness).await;
    assert_eq!(warnings(&harness).await, [CODES_EXHAUSTED]);
    let entries = harness.server.store.audit(Some("grace"), 0).await.unwrap();
    let written = entries.iter().find(|entry| entry.event == "owner-warned").unwrap();
    assert_eq!((written.outcome.as_str(), written.client_address.as_deref()), ("success", Some("192.0.2.1")));
}

#[tokio::test]
async fn an_owner_is_warned_once_an_hour_whatever_happens() {
    let harness = warning().await;
    for _ in 0..3 {
        Browser::at(&harness, "192.0.2.1").sign_in("grace").await;
        exhaust_codes(&harness).await;
        assert_eq!(warnings(&harness).await.len(), 1);
    }
    Browser::at(&harness, "192.0.2.1").sign_in("ada").await;
    assert_eq!(warnings(&harness).await.len(), 2, "another owner");
    harness.server.clock.advance(Duration::from_hours(1));
    exhaust_codes(&harness).await;
    assert_eq!(warnings(&harness).await.len(), 3);
}

#[tokio::test]
async fn of_many_things_at_the_same_time_the_owner_is_told_one() {
    let harness = warning().await;
    let mut codes = Vec::new();
    for _ in 0..8 {
        let session = harness.account("ada").await;
        codes.push(harness.credentials(&session, "ada", PASSWORD).await.text("authorization_code"));
    }
    let browsers: Vec<_> = codes.iter().map(|_| Browser::at(&harness, "192.0.2.1")).collect();
    let replies = futures_join(browsers.iter().zip(&codes).map(|(browser, code)| browser.open(code))).await;
    assert!(replies.iter().all(|reply| reply.status == StatusCode::OK), "{replies:?}");
    assert_eq!(warnings(&harness).await, [NEW_BROWSER]);
}

#[tokio::test]
async fn a_session_that_comes_at_once_is_told_like_any_other() {
    let harness = warning().await;
    let session = harness.account("ada").await;
    let members = [("auth_session", session.as_str()), ("uc_username", "ada"), ("password", PASSWORD)];
    let reply = harness.send(asking(&members, None)).await;
    assert_eq!((reply.status, warnings(&harness).await), (StatusCode::OK, vec![NEW_BROWSER]));
    let known = cookies(&reply).join("; ");
    harness.server.clock.advance(Duration::from_hours(1));
    let session = harness.account("ada").await;
    let members = [("auth_session", session.as_str()), ("uc_username", "ada"), ("password", PASSWORD)];
    assert_eq!(harness.send(asking(&members, Some(&known))).await.status, StatusCode::OK);
    assert_eq!(warnings(&harness).await.len(), 1, "the browser is known by its cookie");
}

#[tokio::test]
async fn a_new_password_is_told_although_the_owner_was_just_warned() {
    let harness = warning().await;
    let mut current = PASSWORD;
    for new in ["another long password", "yet another long password"] {
        let session = harness.account("ada").await;
        let code = harness.credentials(&session, "ada", current).await.text("authorization_code");
        let cookie = open(&harness, &code).await;
        assert_eq!(set_password(&harness, &cookie, current, new).await.status, StatusCode::NO_CONTENT);
        current = new;
    }
    assert_eq!(warnings(&harness).await, [NEW_BROWSER, PASSWORD_CHANGED]);
}

#[tokio::test]
async fn nobody_is_warned_where_that_is_switched_off_or_there_is_no_address() {
    let silent = Harness::new().await;
    Browser::at(&silent, "192.0.2.1").sign_in("ada").await;
    let harness = warning().await;
    harness.add_account("carol", None, false).await;
    Browser::at(&harness, "192.0.2.1").sign_in("carol").await;
    for harness in [silent, harness] {
        assert_eq!((warnings(&harness).await.len(), harness.mails()), (0, 0));
    }
}

#[tokio::test]
async fn a_warning_that_went_nowhere_does_not_use_up_the_hour() {
    let harness = warning().await;
    harness.lose_outbox();
    Browser::at(&harness, "192.0.2.1").sign_in("ada").await;
    harness.quiet().await;
    let entries = harness.server.store.audit(Some("ada"), 0).await.unwrap();
    assert!(entries.iter().any(|entry| entry.event == "owner-warned" && entry.outcome == "not-delivered"));
    harness.find_outbox();
    Browser::at(&harness, "192.0.2.1").sign_in("ada").await;
    assert_eq!(warnings(&harness).await, [NEW_BROWSER]);
}
