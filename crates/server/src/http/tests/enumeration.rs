//! Nobody learns who has an account: byte for byte the same answers, the same limits.

use std::time::Duration;

use super::browser::Browser;
use super::harness::{Harness, PASSWORD, Reply};
use crate::store::accounts::{Account, Change};

/// Everything that a client sees, without what is random in every answer.
fn seen(reply: &Reply) -> String {
    let session = reply.body["auth_session"].as_str().unwrap_or("none");
    let headers = reply.headers.iter().filter(|(name, _)| *name != "dpop-nonce" && *name != "date");
    let headers: Vec<_> = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    format!("{}\n{}\n{}", reply.status, headers.join("\n"), reply.raw.replace(session, "S"))
}

#[tokio::test]
async fn accounts_of_every_kind_and_names_that_nobody_has_are_answered_alike() {
    let harness = Harness::new().await;
    harness.add_account("carol", None, false).await;
    harness.add_account("dave", Some("dave@example.com"), true).await;
    let mut tx = harness.server.store.begin().await.unwrap();
    Account::change(&mut tx, "dave", &Change::Disabled(true)).await.unwrap();
    tx.commit().await.unwrap();

    let browser = Browser::at(&harness, "192.0.2.1");
    let mut conversations = Vec::new();
    // Without 2FA, with it, without an e-mail address, disabled (with the right password), and nobody, by both names.
    for (name, uc_username, password) in [
        ("ada", "ada", "wrong"),
        ("grace", "grace", "wrong"),
        ("carol", "carol", "wrong"),
        ("dave", "dave", PASSWORD),
        ("nobody", "nobody", PASSWORD),
        ("ada@example.com", "ada@example.com", "wrong"),
        ("nobody@example.com", "nobody@example.com", PASSWORD),
        ("ADA", "grace", PASSWORD),
        ("GRACE", "no\u{1}name", PASSWORD),
    ] {
        let begun = browser.account(name).await;
        let session = begun.text("auth_session");
        let mut replies = vec![begun];
        for wait in [1, 2, 4] {
            replies.push(browser.credentials(&session, uc_username, password).await);
            replies.push(browser.credentials(&session, uc_username, password).await);
            harness.server.clock.advance(Duration::from_secs(wait));
        }
        let conversation: Vec<String> = replies.iter().map(seen).collect();
        conversations.push((name, conversation));
        // Other spellings of a name share its waits.
        harness.server.clock.advance(Duration::from_hours(24));
    }
    for (name, conversation) in &conversations {
        assert_eq!(conversation, &conversations[0].1, "{name}");
    }
    let first = &conversations[0].1;
    assert!(first[1].contains("invalid_credentials") && first[2].contains("rate_limited"), "{first:#?}");
    assert!(first[6].contains("retry-after: 4"), "{first:#?}");
}
