//! Whatever people and administrators do, the database finds its rows by an index, however many there are.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::json;
use vestibule_protocol::BUILT_IN_CLIENT;

use super::browser::Browser;
use super::dpop::client;
use super::harness::{Harness, PASSWORD, wrong};
use super::metrics::metrics;
use super::sessions::own;
use crate::serve::keep;
use crate::store::accounts::{Account, Change};
use crate::store::testing::Plan;

/// A database to look at instead of one that has next to nothing in it: by its address. `cargo xtask bench plans` has one with
/// a million accounts.
const DATABASE: &str = "TEST_PLANS_DATABASE";
/// What has few rows for good, and what is no table.
const SMALL: [&str; 7] = ["schema", "server_key", "next", "live", "counted", "CONSTANT", "sqlite_master"];

/// What has many there: the others are nearly empty, and best gone through.
const LARGE: [&str; 3] = ["account", "session", "audit"];

/// What goes through all rows, and may.
fn may_scan(statement: &str) -> bool {
    // For `/metrics`, once a minute.
    statement.contains("COUNT(*) AS sessions FROM session")
        // The schema's own tables, before a migration.
        || statement.contains("information_schema.tables")
        // `check` counts all of them.
        || statement.contains("COUNT(email) AS emails FROM account")
}

/// Everything that a server does with its database, once.
async fn do_everything(harness: &Harness) {
    let (owner, stranger) = (Browser::at(harness, "192.0.2.1"), Browser::at(harness, "203.0.113.9"));
    // Passwords and codes that are wrong, mails that do not go out, names that nobody has.
    stranger.try_password("grace", "wrong").await;
    stranger.try_password("nobody", "wrong").await;
    harness.server.clock.advance(Duration::from_mins(1));
    harness.lose_outbox();
    let ill = owner.try_password("grace", PASSWORD).await.text("auth_session");
    harness.find_outbox();
    owner.resend(&ill).await;
    harness.state(&ill).await;
    let code = harness.mailed_code();
    owner.code(&ill, &wrong(&code, 1)).await;
    owner.code(&ill, &wrong(&code, 1)).await;
    harness.server.clock.advance(Duration::from_mins(1));
    owner.code(&ill, &code).await;
    // Sessions, and what one does in them.
    let session = owner.sign_in("grace").await;
    let elsewhere = stranger.sign_in("grace").await;
    for (path, body) in [
        ("/api/me/preferred-device", json!({"preferred_device": "auto-pilot"})),
        ("/api/me/route-calls-to-cell", json!({"route_calls_to_cell": true})),
    ] {
        harness.send(own(Method::PUT, path, Some(&session), &body)).await;
    }
    assert_eq!(owner.sign_out_elsewhere(&session).await, 1);
    harness.send(own(Method::GET, "/api/me", Some(&elsewhere), &json!(null))).await;
    assert_eq!(owner.set_password(&session, PASSWORD, "seven green kettles").await.status, StatusCode::NO_CONTENT);
    owner.sign_out(&session).await;
    // Tokens, bound and not.
    let tokens = harness.tokens().await;
    for token in [tokens.text("refresh_token"), tokens.text("refresh_token")] {
        let members = [("grant_type", "refresh_token"), ("client_id", BUILT_IN_CLIENT), ("refresh_token", &token)];
        harness.form("/oauth/token", &members).await;
    }
    harness.form("/oauth/revoke", &[("token", &tokens.text("refresh_token")), ("client_id", BUILT_IN_CLIENT)]).await;
    let bound = client(harness, 1);
    let tokens = bound.tokens().await;
    assert_eq!(bound.me(&tokens.text("access_token")).await.status, StatusCode::OK);
    bound.refresh(&tokens.text("refresh_token")).await;
    metrics(harness).await;
    administer(harness).await;
}

/// What commands do, and what the server does by itself.
async fn administer(harness: &Harness) {
    let (store, now) = (&harness.server.store, harness.server.clock.now());
    assert!(store.takes_writes().await.unwrap());
    store.try_to_write().await.unwrap();
    // Of what that database has, nothing is too old.
    store.tidy(0, keep(&harness.server.config)).await.unwrap();
    store.costliest_hash().await.unwrap();
    store.accounts().await.unwrap();
    store.count_accounts().await.unwrap();
    store.forget_signing_keys(now).await.unwrap();
    let account = store.account_by_username("ada").await.unwrap().unwrap();
    store.account_by_email("ada@example.com").await.unwrap();
    store.audit(Some("ada"), now).await.unwrap();
    store.audit(None, now).await.unwrap();
    store.newest_audit_entry().await.unwrap();
    store.sessions_of(&account.id, now).await.unwrap();
    for change in [Change::Disabled(true), Change::Email(None), Change::TwoFactor(false)] {
        let mut tx = store.begin().await.unwrap();
        Account::change(&mut tx, &account.id, &change).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = store.begin().await.unwrap();
    assert!(Account::remove(&mut tx, &account.id).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn every_statement_finds_its_rows_by_an_index() {
    let database = std::env::var(DATABASE).ok();
    let harness = Harness::with(|config| {
        if let Some(url) = &database {
            config.database.url.clone_from(url);
        }
        config.mail.warnings = true;
    })
    .await;
    do_everything(&harness).await;
    let (store, url) = (&harness.server.store, &harness.server.config.database.url);
    let plans = store.plans(url, true).await;
    assert!(plans.len() > 50, "{} statements", plans.len());
    let scanning: BTreeSet<_> = plans
        .iter()
        .filter(|plan| plan.scanned().iter().any(|table| !SMALL.contains(table)) && !may_scan(&plan.statement))
        .collect();
    assert!(scanning.is_empty(), "{scanning:#?}");
    if database.is_some() {
        let plans = store.plans(url, false).await;
        for plan in &plans {
            println!("{}\n    {}", plan.statement, plan.lines.join("\n    "));
        }
        println!("{} statements", plans.len());
        let scans_much = |plan: &&Plan| plan.scanned().iter().any(|table| LARGE.contains(table));
        let scanning: BTreeSet<_> = plans.iter().filter(scans_much).filter(|plan| !may_scan(&plan.statement)).collect();
        assert!(scanning.is_empty(), "{scanning:#?}");
    }
}
