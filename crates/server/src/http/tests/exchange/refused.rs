//! Who gets no token for a service.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use vestibule_protocol::{ACCESS_TOKEN_TYPE, BUILT_IN_CLIENT, TOKEN_EXCHANGE};

use super::super::audit::trail;
use super::super::dpop::client;
use super::super::harness::{Harness, ORIGIN, PASSWORD, VERIFIER};
use super::super::sessions::{cookie_session, own};
use super::{by_cookie, exchange, for_cookie, for_token, harness, refused, with_subject};
use crate::keys::sha256;
use crate::store::accounts::{Account, Change};

#[tokio::test]
async fn there_are_tokens_for_services_that_get_some_and_for_one_at_a_time() {
    let harness = harness().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let long = "x".repeat(50_000);
    for audience in ["pbx", "nobody", "MEDIA", "media ", "media calls", "media,calls", ORIGIN, BUILT_IN_CLIENT, &long] {
        refused(&for_cookie(&harness, &cookie, audience).await, "invalid_target");
    }
    let with = |name, value| [&exchange("media")[..], &[(name, value)]].concat();
    for (member, error) in [
        (("audience", "calls"), "invalid_request"),
        (("audience", "media"), "invalid_request"),
        (("resource", "https://media.example.com"), "invalid_target"),
        (("scope", "profile"), "invalid_scope"),
        (("actor_token", "x"), "invalid_request"),
        (("actor_token_type", ACCESS_TOKEN_TYPE), "invalid_request"),
        (("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"), "invalid_request"),
    ] {
        refused(&harness.send(by_cookie(&cookie, &with(member.0, member.1))).await, error);
    }
    refused(&for_cookie(&harness, &cookie, "").await, "invalid_request");
    let said = harness.send(by_cookie(&cookie, &with("requested_token_type", ACCESS_TOKEN_TYPE))).await;
    assert_eq!(said.status, StatusCode::OK);

    let none = Harness::new().await;
    let (_, cookie) = cookie_session(&none, &[]).await;
    refused(&for_cookie(&none, &cookie, "media").await, "unsupported_grant_type");
    for (harness, is_named) in [(&harness, true), (&none, false)] {
        let metadata = Request::get("/.well-known/oauth-authorization-server").header(header::HOST, "localhost:8080");
        let metadata = harness.send(metadata.body(Body::empty()).unwrap()).await;
        let grants = metadata.body["grant_types_supported"].as_array().unwrap();
        assert_eq!(grants.contains(&json!(TOKEN_EXCHANGE)), is_named);
    }
}

#[tokio::test]
async fn a_cookie_counts_for_our_own_page_alone() {
    let harness = harness().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    for (what, name, value) in [
        ("a form", "x-vestibule", None),
        ("another value", "x-vestibule", Some("2")),
        ("no browser", "origin", None),
        ("a foreign page", "origin", Some("https://evil.example.org")),
        ("a page without an origin", "origin", Some("null")),
    ] {
        let mut request = by_cookie(&cookie, &exchange("media"));
        match value {
            Some(value) => drop(request.headers_mut().insert(name, value.parse().unwrap())),
            None => drop(request.headers_mut().remove(name)),
        }
        let reply = harness.send(request).await;
        assert_eq!((reply.status, reply.error()), (StatusCode::FORBIDDEN, "access_denied"), "{what}");
    }
    refused(&for_cookie(&harness, "vestibule=x", "media").await, "invalid_grant");
    refused(&for_cookie(&harness, "other=x", "media").await, "invalid_grant");
    let other = [("grant_type", TOKEN_EXCHANGE), ("client_id", "phone"), ("audience", "media")];
    refused(&harness.send(by_cookie(&cookie, &other)).await, "invalid_grant");
    refused(&harness.form("/oauth/token", &exchange("media")).await, "invalid_grant");
    assert_eq!(for_cookie(&harness, &cookie, "media").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_subject_token_counts_for_whoever_has_its_key_and_client() {
    let harness = harness().await;
    let (owner, thief) = (client(&harness, 1), client(&harness, 2));
    let tokens = owner.tokens().await;
    let token = tokens.text("access_token");
    let other = owner.tokens().await.text("access_token");
    refused(&for_token(&thief, &token, "media").await, "invalid_request");
    refused(&harness.form("/oauth/token", &with_subject(&token, "media")).await, "invalid_request");
    let mut about_another = owner.claims("POST", "/oauth/token");
    about_another["ath"] = json!(sha256(&other));
    let proof = [owner.key.proof(&about_another)];
    refused(&owner.form_with("/oauth/token", &with_subject(&token, "media"), &proof).await, "invalid_request");
    let mut by_phone = with_subject(&token, "media");
    by_phone[1] = ("client_id", "phone");
    refused(&owner.form("/oauth/token", &by_phone).await, "invalid_request");
    let traces = trail(&harness).await.iter().filter(|entry| *entry == "token-exchange foreign").count();
    assert_eq!(traces, 4, "its owner can see that somebody has it");

    let unbound = harness.tokens().await.text("access_token");
    refused(&for_token(&owner, &unbound, "media").await, "invalid_request");
    let spoilt = &token[..token.len() - 1];
    for useless in [spoilt, &tokens.text("refresh_token"), "x", "a.b.c", &"x".repeat(50_000)] {
        refused(&for_token(&owner, useless, "media").await, "invalid_request");
    }
    for kind in ["", "access_token", "urn:ietf:params:oauth:token-type:id_token"] {
        let mut members = with_subject(&token, "media");
        members[4].1 = kind;
        refused(&owner.form("/oauth/token", &members).await, "invalid_request");
    }
    refused(&for_token(&owner, &token, "nobody").await, "invalid_target");
    assert_eq!(for_token(&owner, &token, "media").await.status, StatusCode::OK, "nobody spoilt it");
    harness.server.clock.advance(Duration::from_mins(10));
    refused(&for_token(&owner, &token, "media").await, "invalid_request");
}

#[tokio::test]
async fn who_has_signed_out_gets_none() {
    let harness = harness().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    harness.send(own(Method::DELETE, "/api/session", Some(&cookie), &Value::Null)).await;
    refused(&for_cookie(&harness, &cookie, "media").await, "invalid_grant");

    let client = client(&harness, 1);
    let tokens = client.tokens().await;
    let members = [("client_id", BUILT_IN_CLIENT), ("token", &tokens.text("refresh_token"))];
    assert_eq!(harness.form("/oauth/revoke", &members).await.status, StatusCode::OK);
    refused(&for_token(&client, &tokens.text("access_token"), "media").await, "invalid_request");

    let (_, cookie) = cookie_session(&harness, &[]).await;
    harness.server.clock.advance(harness.server.config.session.idle);
    refused(&for_cookie(&harness, &cookie, "media").await, "invalid_grant");
}

#[tokio::test]
async fn a_session_without_the_scope_profile_tells_nobody_who_it_is() {
    let harness = harness().await;
    let client = client(&harness, 1);
    let challenge = sha256(VERIFIER);
    let account = [
        ("client_id", "phone"),
        ("response_type", "code"),
        ("scope", "calls"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("username", "ada"),
    ];
    let session = client.challenge(&account).await.text("auth_session");
    let members = [("auth_session", session.as_str()), ("uc_username", "ada"), ("password", PASSWORD)];
    let code = client.challenge(&members).await.text("authorization_code");
    let redemption =
        [("grant_type", "authorization_code"), ("client_id", "phone"), ("code", &code), ("code_verifier", VERIFIER)];
    let token = client.form("/oauth/token", &redemption).await.text("access_token");
    let mut members = with_subject(&token, "media");
    members[1] = ("client_id", "phone");
    refused(&client.form("/oauth/token", &members).await, "invalid_scope");
}

#[tokio::test]
async fn whoever_is_disabled_or_signed_out_elsewhere_gets_none() {
    let harness = harness().await;
    let beside = harness.beside().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    assert_eq!(for_cookie(&beside, &cookie, "media").await.status, StatusCode::OK);
    let mut tx = beside.server.store.begin().await.unwrap();
    Account::change(&mut tx, "ada", &Change::Disabled(true)).await.unwrap();
    tx.commit().await.unwrap();
    refused(&for_cookie(&harness, &cookie, "media").await, "invalid_grant");
}
