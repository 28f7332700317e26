//! Services behind ask whether a token counts (RFC 7662).

use std::time::Duration;

use axum::http::{StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use vestibule_protocol::BUILT_IN_CLIENT;

use super::harness::{Harness, ORIGIN, Reply, form_request};
use crate::config::ServiceConfig;
use crate::store::accounts::{Account, Change};

const SECRET: &str = "a secret: 100% long enough";

async fn harness() -> Harness {
    Harness::with(|config| {
        let service = |id: &str, secret: &str| ServiceConfig {
            id: id.into(),
            secret: Some(secret.into()),
            ..ServiceConfig::default()
        };
        config.services = vec![service("pbx", SECRET), service("media", "another secret of 24 characters")];
    })
    .await
}

async fn introspect(harness: &Harness, token: &str) -> Reply {
    let members = [("client_id", "pbx"), ("client_secret", SECRET), ("token", token)];
    harness.form("/oauth/introspect", &members).await
}

/// With `Authorization: Basic`, its parts encoded as RFC 6749 §2.3.1 demands.
async fn introspect_basic(harness: &Harness, id: &str, secret: &str, body: &str) -> Reply {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let mut request = form_request("/oauth/introspect", body);
    let basic = BASE64_STANDARD.encode(format!("{}:{}", encode(id), encode(secret)));
    request.headers_mut().insert(header::AUTHORIZATION, format!("Basic {basic}").parse().unwrap());
    harness.send(request).await
}

#[tokio::test]
async fn a_token_that_counts_is_told_with_what_it_is() {
    let harness = harness().await;
    let token = harness.tokens().await.text("access_token");
    let reply = introspect(&harness, &token).await;
    let now = harness.server.clock.now() / 1000;
    let mut body = reply.body.clone();
    let jti = body.as_object_mut().unwrap().remove("jti").unwrap();
    assert_eq!(jti.as_str().unwrap().len(), 22);
    let expected = json!({
        "active": true, "scope": "profile", "client_id": BUILT_IN_CLIENT, "username": "ada", "token_type": "Bearer",
        "exp": now + 600, "iat": now, "sub": "ada", "aud": ORIGIN, "iss": ORIGIN,
    });
    assert_eq!((reply.status, body), (StatusCode::OK, expected));
    assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(introspect_basic(&harness, "pbx", SECRET, &format!("token={token}")).await.body, reply.body);
}

#[tokio::test]
async fn of_a_token_that_does_not_count_only_that_is_said() {
    let harness = harness().await;
    let tokens = harness.tokens().await;
    let token = tokens.text("access_token");
    let mut spoilt = token.clone();
    spoilt.pop();
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{}.", token.split('.').nth(1).unwrap());
    for token in [&spoilt, &unsigned, &tokens.text("refresh_token"), "x", "a.b.c"] {
        let reply = introspect(&harness, token).await;
        assert_eq!((reply.status, reply.body), (StatusCode::OK, json!({"active": false})), "{token}");
    }
    harness.server.clock.advance(Duration::from_mins(10));
    assert_eq!(introspect(&harness, &token).await.body, json!({"active": false}));
}

#[tokio::test]
async fn what_ends_a_session_is_told_at_once() {
    let harness = harness().await;
    let revoked = harness.tokens().await;
    let members = [("token", revoked.text("refresh_token")), ("client_id", BUILT_IN_CLIENT.to_owned())];
    let members: Vec<_> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
    harness.form("/oauth/revoke", &members).await;
    assert_eq!(introspect(&harness, &revoked.text("access_token")).await.body, json!({"active": false}));

    for change in [
        Change::Password("x".into(), None),
        Change::TwoFactor(true),
        Change::Email(Some(crate::store::accounts::Email { given: "a@b.example".into(), key: "a@b.example".into() })),
        Change::Disabled(true),
    ] {
        let harness = self::harness().await;
        let token = harness.tokens().await.text("access_token");
        let mut tx = harness.server.store.begin().await.unwrap();
        Account::change(&mut tx, "ada", &change).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(introspect(&harness, &token).await.body, json!({"active": false}), "{change:?}");
    }
    let harness = self::harness().await;
    let token = harness.tokens().await.text("access_token");
    let mut tx = harness.server.store.begin().await.unwrap();
    Account::remove(&mut tx, "ada").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(introspect(&harness, &token).await.body, json!({"active": false}));
}

#[tokio::test]
async fn only_services_may_ask() {
    let harness = harness().await;
    let token = harness.tokens().await.text("access_token");
    let body = format!("token={token}");
    let ask = |members: Vec<(&'static str, &'static str)>| {
        let token = token.clone();
        let harness = &harness;
        async move {
            let members = [members, vec![("token", &token)]].concat();
            harness.form("/oauth/introspect", &members).await
        }
    };
    for reply in [
        ask(vec![]).await,
        ask(vec![("client_id", "pbx")]).await,
        ask(vec![("client_id", "pbx"), ("client_secret", "")]).await,
        ask(vec![("client_id", "pbx"), ("client_secret", "another secret of 24 characters")]).await,
        ask(vec![("client_id", BUILT_IN_CLIENT), ("client_secret", SECRET)]).await,
        introspect_basic(&harness, "pbx", "wrong", &body).await,
        introspect_basic(&harness, "", SECRET, &body).await,
    ] {
        assert_eq!((reply.status, reply.error()), (StatusCode::UNAUTHORIZED, "invalid_client"));
        assert!(reply.headers[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Basic "));
    }
    let both = introspect_basic(&harness, "pbx", SECRET, &format!("{body}&client_secret=x")).await;
    assert_eq!((both.status, both.error()), (StatusCode::BAD_REQUEST, "invalid_request"));
    let nothing = introspect_basic(&harness, "pbx", SECRET, "").await;
    assert_eq!((nothing.status, nothing.error()), (StatusCode::BAD_REQUEST, "invalid_request"));
    let mut malformed = form_request("/oauth/introspect", &body);
    malformed.headers_mut().insert(header::AUTHORIZATION, "Basic !".parse().unwrap());
    assert_eq!(harness.send(malformed).await.error(), "invalid_client");
}

#[tokio::test]
async fn discovery_names_the_endpoint_where_there_are_services() {
    for (harness, expected) in
        [(harness().await, json!(format!("{ORIGIN}/oauth/introspect"))), (Harness::new().await, json!(null))]
    {
        let request = axum::http::Request::get("/.well-known/oauth-authorization-server");
        let request = request.header(header::HOST, "localhost:8080").body(axum::body::Body::empty()).unwrap();
        let reply = harness.send(request).await;
        assert_eq!(reply.body["introspection_endpoint"], expected);
        assert_eq!(reply.body["dpop_signing_alg_values_supported"], json!(["ES256"]));
    }
}
