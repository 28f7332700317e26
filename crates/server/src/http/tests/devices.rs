//! Known devices: strangers cannot lock an owner out.

use std::time::Duration;

use axum::http::StatusCode;

use super::browser::Browser;
use super::dpop::client;
use super::harness::{Harness, PASSWORD, wrong};
use crate::store::devices::Device;

const OWNER: &str = "192.0.2.1";
const STRANGER: &str = "203.0.113.9";

#[tokio::test]
async fn strangers_do_not_lock_the_owner_out_of_a_known_device() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, OWNER);
    owner.sign_in("grace").await;
    let stranger = Browser::at(&harness, STRANGER);
    for _ in 0..20 {
        stranger.try_password("grace", "wrong").await;
        harness.server.clock.advance(Duration::from_mins(15));
    }
    assert_eq!(stranger.try_password("grace", "wrong").await.error(), "invalid_credentials");
    let elsewhere = Browser::at(&harness, OWNER).try_password("grace", PASSWORD).await;
    assert_eq!((elsewhere.status, elsewhere.error()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    owner.sign_in("grace").await;
    owner.moved_to("2001:db8::1").sign_in("grace").await;
}

#[tokio::test]
async fn a_known_device_is_known_for_its_accounts_alone() {
    let harness = Harness::new().await;
    let shared = Browser::at(&harness, OWNER);
    shared.sign_in("ada").await;
    let stranger = Browser::at(&harness, STRANGER);
    for name in ["ada", "grace"] {
        stranger.try_password(name, "wrong").await;
    }
    assert_eq!(shared.try_password("grace", PASSWORD).await.error(), "rate_limited");
    shared.sign_in("ada").await;
    harness.server.clock.advance(Duration::from_secs(1));
    shared.sign_in("grace").await;
    stranger.try_password("ada", "wrong").await;
    shared.sign_in("ada").await;
    let cookie = shared.device_cookie().unwrap();
    assert_eq!(cookie.split('.').count(), 2, "one secret for each account: {cookie}");
}

#[tokio::test]
async fn a_key_is_known_where_there_is_no_cookie() {
    let harness = Harness::with(|config| config.mail.warnings = true).await;
    let (owner, thief) = (client(&harness, 1), client(&harness, 2));
    assert_eq!(owner.tokens().await.status, StatusCode::OK);
    harness.server.clock.advance(Duration::from_hours(2));
    Browser::at(&harness, STRANGER).try_password("ada", "wrong").await;
    let session = thief.account().await.text("auth_session");
    let right = [("auth_session", session.as_str()), ("uc_username", "ada"), ("password", PASSWORD)];
    assert_eq!(thief.challenge(&right).await.error(), "rate_limited");
    assert_eq!(owner.tokens().await.status, StatusCode::OK);
    harness.quiet().await;
    assert_eq!(harness.mails(), 1, "the browser was new once");
}

#[tokio::test]
async fn a_known_device_has_ten_failures_an_hour() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, OWNER);
    owner.sign_in("grace").await;
    for _ in 0..10 {
        assert_eq!(owner.try_password("grace", "wrong").await.error(), "invalid_credentials");
        harness.server.clock.advance(Duration::from_mins(1));
    }
    let reply = owner.try_password("grace", PASSWORD).await;
    assert_eq!((reply.error(), &reply.headers["retry-after"]), ("rate_limited", &"3000".parse().unwrap()));
    harness.server.clock.advance(Duration::from_mins(50));
    owner.sign_in("grace").await;
}

#[tokio::test]
async fn a_sign_in_clears_the_failures_of_its_own_device_and_no_others() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, OWNER);
    owner.sign_in("grace").await;
    let stranger = Browser::at(&harness, STRANGER);
    for _ in 0..2 {
        stranger.try_password("grace", "wrong").await;
        harness.server.clock.advance(Duration::from_secs(2));
    }
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(owner.try_password("grace", "wrong").await.error(), "invalid_credentials");
        }
        owner.sign_in("grace").await;
    }
    assert_eq!(stranger.try_password("grace", "wrong").await.error(), "invalid_credentials");
    let waiting = stranger.try_password("grace", "wrong").await;
    assert_eq!((waiting.error(), &waiting.headers["retry-after"]), ("rate_limited", &"4".parse().unwrap()));
}

#[tokio::test]
async fn a_known_device_has_mails_of_its_own() {
    let harness = Harness::with(|config| config.code.sends_per_hour = 2).await;
    let owner = Browser::at(&harness, OWNER);
    owner.sign_in("grace").await;
    let thief = Browser::at(&harness, STRANGER);
    let mut replies = Vec::new();
    for _ in 0..2 {
        replies.push(thief.try_password("grace", PASSWORD).await);
    }
    // The sign-in that the device became known by was a stranger's before.
    assert_eq!(
        replies.iter().map(super::harness::Reply::error).collect::<Vec<_>>(),
        ["insufficient_authorization", "rate_limited"]
    );
    for _ in 0..2 {
        owner.sign_in("grace").await;
    }
    assert_eq!(owner.try_password("grace", PASSWORD).await.error(), "rate_limited");
}

#[tokio::test]
async fn a_known_device_resends_although_strangers_used_up_the_mails_of_the_account() {
    let harness = Harness::with(|config| config.code.sends_per_hour = 2).await;
    let owner = Browser::at(&harness, OWNER);
    owner.sign_in("grace").await;
    Browser::at(&harness, STRANGER).try_password("grace", PASSWORD).await;
    let session = owner.try_password("grace", PASSWORD).await.text("auth_session");
    harness.server.clock.advance(Duration::from_secs(30));
    assert_eq!(owner.resend(&session).await.error(), "insufficient_authorization");
}

#[tokio::test]
async fn wrong_codes_of_strangers_do_not_make_the_owner_wait() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, OWNER);
    owner.sign_in("grace").await;
    harness.server.clock.advance(Duration::from_secs(1));
    let thief = Browser::at(&harness, STRANGER);
    let session = thief.try_password("grace", PASSWORD).await.text("auth_session");
    let code = harness.mailed_code();
    assert_eq!(thief.code(&session, &wrong(&code, 1)).await.error(), "invalid_otp");
    assert_eq!(thief.code(&session, &wrong(&code, 2)).await.error(), "rate_limited");
    owner.sign_in("grace").await;
}

#[tokio::test]
async fn a_device_is_known_for_a_year_after_its_last_sign_in() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, OWNER);
    let stranger = Browser::at(&harness, STRANGER);
    owner.sign_in("ada").await;
    for days in [364, 364] {
        harness.server.clock.advance(Duration::from_hours(days * 24));
        stranger.try_password("ada", "wrong").await;
        owner.sign_in("ada").await;
    }
    harness.server.clock.advance(Duration::from_hours(365 * 24));
    stranger.try_password("ada", "wrong").await;
    assert_eq!(owner.try_password("ada", PASSWORD).await.error(), "rate_limited");
}

#[tokio::test]
async fn a_secret_that_nobody_was_given_is_nobodys() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, OWNER);
    owner.sign_in("ada").await;
    let secret = owner.device_cookie().unwrap();
    assert!(secret.starts_with("vestibule-device=") && !secret.contains('.'), "{secret}");
    let reply = harness.tokens().await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.headers.get("set-cookie").is_none(), "tokens come without a cookie");
}

#[tokio::test]
async fn a_new_password_forgets_every_device_but_the_one_that_asks() {
    let harness = Harness::new().await;
    let (owner, thief) = (Browser::at(&harness, OWNER), Browser::at(&harness, STRANGER));
    thief.sign_in("ada").await;
    let session = owner.sign_in("ada").await;
    assert_eq!(owner.set_password(&session, PASSWORD, "a blue kettle").await.status, StatusCode::NO_CONTENT);
    let stranger = Browser::at(&harness, "203.0.113.10");
    assert_eq!(stranger.try_password("ada", "wrong").await.error(), "invalid_credentials");
    // The waits of strangers are the thief's too now, and still not the owner's.
    assert_eq!(thief.try_password("ada", PASSWORD).await.error(), "rate_limited");
    assert_eq!(owner.try_password("ada", "a blue kettle").await.text("authorization_code").len(), 43);
}

#[tokio::test]
async fn an_account_has_twenty_devices_at_a_time_and_the_oldest_are_forgotten() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, OWNER);
    owner.sign_in("ada").await;
    for n in 0..20 {
        harness.server.clock.advance(Duration::from_secs(1));
        if n == 10 {
            // Used again, it is among the youngest.
            owner.sign_in("ada").await;
        }
        Browser::at(&harness, STRANGER).sign_in("ada").await;
    }
    let mut tx = harness.server.store.begin().await.unwrap();
    let devices = Device::all(&mut tx, "ada", harness.server.clock.now()).await.unwrap();
    assert_eq!(devices.len(), 20);
    tx.rollback().await.unwrap();
    let stranger = Browser::at(&harness, "203.0.113.10");
    assert_eq!(stranger.try_password("ada", "wrong").await.error(), "invalid_credentials");
    owner.sign_in("ada").await;
}

#[tokio::test]
async fn a_session_that_is_ended_from_elsewhere_takes_its_device_along() {
    let harness = Harness::new().await;
    let (owner, lost, lost_key) = (Browser::at(&harness, OWNER), Browser::at(&harness, OWNER), client(&harness, 1));
    lost.sign_in("ada").await;
    assert_eq!(lost_key.tokens().await.status, StatusCode::OK);
    owner.sign_in("ada").await;
    let session = owner.sign_in("ada").await;
    assert_eq!(owner.sign_out_elsewhere(&session).await, 3, "one of them here");
    Browser::at(&harness, STRANGER).try_password("ada", "wrong").await;
    assert_eq!(lost.try_password("ada", PASSWORD).await.error(), "rate_limited");
    let auth_session = lost_key.account().await.text("auth_session");
    let right = [("auth_session", auth_session.as_str()), ("uc_username", "ada"), ("password", PASSWORD)];
    assert_eq!(lost_key.challenge(&right).await.error(), "rate_limited");
    owner.sign_in("ada").await;
}

#[tokio::test]
async fn signing_out_where_one_is_keeps_the_device() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, OWNER);
    let session = owner.sign_in("ada").await;
    assert_eq!(owner.sign_out(&session).await.status, StatusCode::NO_CONTENT);
    Browser::at(&harness, STRANGER).try_password("ada", "wrong").await;
    owner.sign_in("ada").await;
}
