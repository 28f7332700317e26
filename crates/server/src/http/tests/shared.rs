//! Two servers that share a database: whatever one of them has said, the other stands by.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};
use tokio::task::JoinSet;
use vestibule_protocol::{BUILT_IN_CLIENT, SetPassword};

use super::account::refresh;
use super::harness::{Harness, PASSWORD, Reply, VERIFIER, wrong};
use super::sessions::{cookie_session, get_me, own};

async fn two() -> [Harness; 2] {
    two_with(|_| {}).await
}

async fn two_with(change: impl FnOnce(&mut crate::config::Config)) -> [Harness; 2] {
    let one = Harness::with(change).await;
    let other = one.beside().await;
    [one, other]
}

/// Nobody waits for an earlier try, and this many codes may be mailed to an account in an hour.
async fn two_that_mail(sends_per_hour: u32) -> [Harness; 2] {
    two_with(|config| {
        config.throttle.first_wait = Duration::ZERO;
        config.throttle.longest_wait = Duration::ZERO;
        config.code.sends_per_hour = sends_per_hour;
    })
    .await
}

async fn live_sessions(harness: &Harness, account: &str) -> usize {
    harness.server.store.sessions_of(account, harness.server.clock.now()).await.unwrap().len()
}

#[tokio::test]
async fn every_step_of_a_sign_in_can_be_taken_at_another_server() {
    let [one, other] = two().await;
    let session = one.account("grace").await;
    other.credentials(&session, "grace", PASSWORD).await;
    let code = other.mailed_code();
    let authorization_code = one.code(&session, &code).await.text("authorization_code");
    assert_eq!(other.state(&session).await.text("authorization_code"), authorization_code);
    let tokens = other.redeem(&authorization_code, VERIFIER).await;
    assert_eq!(get_me(&one, tokens.text("access_token")).await.text("username"), "grace");
    let token = tokens.text("refresh_token");
    let members = [("grant_type", "refresh_token"), ("client_id", BUILT_IN_CLIENT), ("refresh_token", &token)];
    let fresh = one.form("/oauth/token", &members).await;
    assert_eq!(get_me(&other, fresh.text("access_token")).await.status, StatusCode::OK);
    assert_eq!(other.form("/oauth/token", &members).await.error(), "invalid_grant", "spent at the first one");
}

#[tokio::test]
async fn a_cookie_of_one_server_counts_at_the_other_until_either_ends_it() {
    let [one, other] = two().await;
    let (_, cookie) = cookie_session(&one, &[]).await;
    let me = || other.send(own(Method::GET, "/api/me", Some(&cookie), &Value::Null));
    assert_eq!(me().await.status, StatusCode::OK);
    one.send(own(Method::DELETE, "/api/session", Some(&cookie), &Value::Null)).await;
    assert_eq!(me().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_code_at_two_servers_at_the_same_moment_makes_one_session() {
    let [one, other] = two().await;
    for round in 0..10 {
        one.server.clock.advance(Duration::from_hours(2));
        let session = one.at_code().await;
        let code = one.mailed_code();
        let sign_in = |harness: &Harness| {
            let (session, code) = (session.clone(), code.clone());
            let harness = harness.clone();
            tokio::spawn(async move {
                let code = harness.code(&session, &code).await.text("authorization_code");
                harness.redeem(&code, VERIFIER).await.status
            })
        };
        let (first, second) = (sign_in(&one), sign_in(&other));
        let statuses = [first.await.unwrap(), second.await.unwrap()];
        assert!(statuses.contains(&StatusCode::OK), "{statuses:?}");
        assert_eq!(live_sessions(&one, "grace").await, round + 1);
    }
}

#[tokio::test]
async fn a_column_that_a_newer_build_adds_is_in_nobodys_way() {
    let [one, other] = two().await;
    let tokens = one.tokens().await;
    one.at_code().await;
    let mut tx = other.server.store.begin().await.unwrap();
    // With names that a table read beside it has.
    for (table, columns) in [
        ("account", "newer account_id client_id kind locales phone_number revision scope stage expires_at"),
        ("signin", "newer email name username two_factor kind used_at"),
        ("access_code", "newer"),
        ("authorization_code", "newer stage"),
        ("session", "newer email name username two_factor stage used"),
        ("refresh_token", "newer kind scope idle_expires_at"),
        ("server_key", "newer"),
        ("audit", "newer"),
    ] {
        for column in columns.split(' ') {
            let add = format!("ALTER TABLE {table} ADD COLUMN {column} TEXT");
            tx.execute(AssertSqlSafe(add)).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    // With what was prepared before.
    assert_eq!(get_me(&one, tokens.text("access_token")).await.status, StatusCode::OK);
    one.server.clock.advance(Duration::from_secs(1));
    let session = one.at_code().await;
    let code = one.code(&session, &one.mailed_code()).await.text("authorization_code");
    assert_eq!(one.redeem(&code, VERIFIER).await.status, StatusCode::OK);
    assert_eq!(refresh(&one, &tokens.text("refresh_token")).await.status, StatusCode::OK);
    one.server.keys.reload(&one.server.store, &one.server.random, &one.server.clock).await.unwrap();
    assert!(!one.server.store.audit(None, 0).await.unwrap().is_empty());
}

/// Of so many wrong codes, over both servers and many connections, those that were told to be wrong.
async fn told_to_be_wrong(tries: u32) -> usize {
    const AT_ONCE: u32 = 20;
    // Nothing but the attempts of the sign-in keeps anybody from trying.
    let servers = two_with(|config| {
        config.throttle.first_wait = Duration::ZERO;
        config.throttle.longest_wait = Duration::ZERO;
    })
    .await;
    let session = servers[0].at_code().await;
    let code = servers[0].mailed_code();
    let mut guessers = JoinSet::new();
    for guesser in 0..AT_ONCE {
        let (servers, session, code) = (servers.clone(), session.clone(), code.clone());
        guessers.spawn(async move {
            let mut wrong_ones = 0;
            for guess in (guesser..tries).step_by(AT_ONCE as usize) {
                let harness = &servers[guess as usize / AT_ONCE as usize % 2];
                match harness.code(&session, &wrong(&code, guess + 1)).await.error() {
                    "invalid_otp" => wrong_ones += 1,
                    "otp_attempts_exhausted" => {}
                    error => panic!("{error}"),
                }
            }
            wrong_ones
        });
    }
    let wrong_ones = guessers.join_all().await.into_iter().sum();
    assert_eq!(servers[1].code(&session, &code).await.error(), "otp_attempts_exhausted", "the right one is too late");
    wrong_ones
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_at_two_servers_are_counted_together() {
    // The fifth uses up the last attempt.
    assert_eq!(told_to_be_wrong(200).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute; `cargo xtask test postgres` runs it"]
async fn of_ten_thousand_wrong_codes_in_parallel_none_is_one_too_many() {
    assert_eq!(told_to_be_wrong(10_000).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_gets_its_mails_of_an_hour_however_many_sign_ins_ask_at_two_servers() {
    let servers = two_that_mail(4).await;
    let mut signins = JoinSet::new();
    for number in 0..12 {
        let harness = servers[number % 2].clone();
        signins.spawn(async move {
            let session = harness.account("grace").await;
            harness.credentials(&session, "grace", PASSWORD).await.error().to_owned()
        });
    }
    let answers = signins.join_all().await;
    let mailed = answers.iter().filter(|error| *error == "insufficient_authorization").count();
    let limited = answers.iter().filter(|error| *error == "rate_limited").count();
    assert_eq!((mailed, limited, servers[0].mails()), (4, 8, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_whatever_other_servers_begin_with_the_old_one() {
    let [one, other] = two().await;
    for round in 0..10 {
        let (old, new) = (format!("{PASSWORD} {round}"), format!("{PASSWORD} {}", round + 1));
        let (old, new) = (if round == 0 { PASSWORD.to_owned() } else { old }, new);
        let session = one.account("ada").await;
        let code = one.credentials(&session, "ada", &old).await.text("authorization_code");
        let cookie = super::sessions::open(&one, &code).await;
        let body = json!(SetPassword { current_password: old.as_str().into(), new_password: new.as_str().into() });
        let change = own(Method::PUT, "/api/me/password", Some(&cookie), &body);
        let changing = {
            let one = one.clone();
            tokio::spawn(async move { one.send(change).await.status })
        };
        let signing_in = {
            let other = other.clone();
            tokio::spawn(async move {
                let session = other.account("ada").await;
                let reply = other.credentials(&session, "ada", &old).await;
                if let Some(code) = reply.body["authorization_code"].as_str() {
                    other.redeem(code, VERIFIER).await;
                }
            })
        };
        assert_eq!(changing.await.unwrap(), StatusCode::NO_CONTENT);
        signing_in.await.unwrap();
        assert_eq!(live_sessions(&one, "ada").await, 0, "round {round}");
        one.server.clock.advance(Duration::from_hours(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_and_sign_ins_of_the_same_moment_do_not_wait_for_each_other() {
    let servers = two_that_mail(10_000).await;
    let mut password = PASSWORD.to_owned();
    for round in 0..60 {
        let [one, other] = &servers;
        let new = format!("{PASSWORD} {round}");
        let begun = |harness: &Harness| {
            let (harness, password) = (harness.clone(), password.clone());
            async move { (harness.account("ada").await, password) }
        };
        let verified = |harness: &Harness| {
            let (harness, begun) = (harness.clone(), begun(harness));
            async move {
                let (session, password) = begun.await;
                harness.credentials(&session, "ada", &password).await.text("authorization_code")
            }
        };
        let cookie = super::sessions::open(one, &verified(one).await).await;
        let unused = super::sessions::open(other, &verified(other).await).await;
        let (code, session) = (verified(other).await, begun(other).await);

        let mut answers = JoinSet::new();
        let body = json!(SetPassword { current_password: password.as_str().into(), new_password: new.as_str().into() });
        let change = own(Method::PUT, "/api/me/password", Some(&cookie), &body);
        let me = own(Method::GET, "/api/me", Some(&unused), &Value::Null);
        for request in [change, me] {
            let harness = one.clone();
            answers.spawn(async move { vec![harness.send(request).await] });
        }
        let harness = other.clone();
        answers.spawn(async move { vec![harness.redeem(&code, VERIFIER).await] });
        for harness in &servers {
            let (harness, (session, password)) = (harness.clone(), session.clone());
            answers.spawn(async move {
                let answer = harness.credentials(&session, "ada", &password).await;
                let Some(code) = answer.body["authorization_code"].as_str().map(str::to_owned) else {
                    return vec![answer];
                };
                vec![answer, harness.redeem(&code, VERIFIER).await, harness.state(&session).await]
            });
        }
        let answers: Vec<Reply> = answers.join_all().await.into_iter().flatten().collect();
        // One that is undone because it waits for another that waits for it is told so.
        let undone: Vec<_> = answers.iter().filter(|answer| answer.status == StatusCode::SERVICE_UNAVAILABLE).collect();
        assert!(undone.is_empty(), "round {round}: {undone:?}");
        assert!(answers.iter().any(|answer| answer.status == StatusCode::NO_CONTENT), "round {round}: {answers:?}");
        assert_eq!(live_sessions(one, "ada").await, 0, "round {round}");
        password = new;
        one.server.clock.advance(Duration::from_hours(1));
    }
}
