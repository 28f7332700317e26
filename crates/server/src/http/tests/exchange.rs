//! Whoever is signed in gets tokens for services behind (RFC 8693).

mod refused;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use vestibule_protocol::{ACCESS_TOKEN_TYPE, BUILT_IN_CLIENT, TOKEN_EXCHANGE};

use super::audit::trail;
use super::dpop::{Client, client};
use super::harness::{Harness, ORIGIN, Reply, form_request};
use super::sessions::{cookie_session, get_me, own};
use crate::config::{ClientConfig, Config, ServiceClaim, ServiceConfig};
use crate::keys::sha256;

const SECRET: &str = "a secret of 24 characters, or more";

fn services(config: &mut Config) {
    let service = |id: &str, secret: Option<&str>, claims| ServiceConfig {
        id: id.into(),
        secret: secret.map(Into::into),
        claims,
        ..ServiceConfig::default()
    };
    let all = vec![
        ServiceClaim::Name,
        ServiceClaim::UcConfiguration,
        ServiceClaim::PhoneNumber,
        ServiceClaim::PreferredDevice,
        ServiceClaim::RouteCallsToCell,
    ];
    config.services = vec![
        service("media", Some(SECRET), Some(all)),
        service("calls", Some(SECRET), Some(vec![])),
        service("pbx", Some(SECRET), None),
    ];
    config.clients =
        vec![ClientConfig { id: "phone".into(), origins: vec![], scopes: vec!["profile".into(), "calls".into()] }];
}

async fn harness() -> Harness {
    Harness::with(services).await
}

fn exchange(audience: &str) -> [(&str, &str); 3] {
    [("grant_type", TOKEN_EXCHANGE), ("client_id", BUILT_IN_CLIENT), ("audience", audience)]
}

/// As our own page asks, by its cookie.
fn by_cookie(cookie: &str, members: &[(&str, &str)]) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    let mut request = form_request("/oauth/token", &body);
    for (name, value) in [("cookie", cookie), ("origin", ORIGIN), ("x-vestibule", "1")] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

async fn for_cookie(harness: &Harness, cookie: &str, audience: &str) -> Reply {
    harness.send(by_cookie(cookie, &exchange(audience))).await
}

fn with_subject<'a>(token: &'a str, audience: &'a str) -> Vec<(&'a str, &'a str)> {
    [&exchange(audience)[..], &[("subject_token", token), ("subject_token_type", ACCESS_TOKEN_TYPE)]].concat()
}

async fn for_token(client: &Client<'_>, token: &str, audience: &str) -> Reply {
    client.form("/oauth/token", &with_subject(token, audience)).await
}

/// Header and claims of a token; the signature is not looked at.
fn read(token: &str) -> (Value, Value) {
    let part = |at| {
        let part = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap();
        serde_json::from_slice(&part).unwrap()
    };
    (part(0), part(1))
}

#[track_caller]
fn refused(reply: &Reply, error: &str) {
    let status = if error == "access_denied" { StatusCode::FORBIDDEN } else { StatusCode::BAD_REQUEST };
    assert_eq!((reply.status, reply.error()), (status, error), "{reply:?}");
    assert!(reply.body["access_token"].is_null());
}

async fn introspect(harness: &Harness, service: &str, token: &str) -> Reply {
    let members = [("client_id", service), ("client_secret", SECRET), ("token", token)];
    harness.form("/oauth/introspect", &members).await
}

async fn me(harness: &Harness, cookie: &str) -> StatusCode {
    harness.send(own(Method::GET, "/api/me", Some(cookie), &Value::Null)).await.status
}

#[tokio::test]
async fn a_page_with_a_cookie_gets_a_token_for_one_service() {
    let harness = harness().await;
    let (_, cookie) = cookie_session(&harness, &[("phone_number", "+49 30 1234567")]).await;
    let reply = for_cookie(&harness, &cookie, "media").await;
    assert_eq!((reply.status, &reply.headers[header::CACHE_CONTROL]), (StatusCode::OK, &"no-store".parse().unwrap()));
    let token = reply.text("access_token");
    let answered = json!({
        "access_token": token, "issued_token_type": ACCESS_TOKEN_TYPE, "token_type": "Bearer", "expires_in": 120,
    });
    assert_eq!(reply.body, answered);

    let now = harness.server.clock.now();
    let (head, mut claims) = read(&token);
    let kid = &harness.server.keys.signing(now).id;
    assert_eq!(head, json!({"typ": "at+jwt", "alg": "ES256", "kid": kid}));
    let claim = |claims: &mut Value, name: &str| claims.as_object_mut().unwrap().remove(name).unwrap();
    assert_eq!(claim(&mut claims, "jti").as_str().unwrap().len(), 22);
    assert_eq!(claim(&mut claims, "sid").as_str().unwrap().len(), 32);
    let expected = json!({
        "iss": ORIGIN, "sub": "ada", "aud": "media", "client_id": BUILT_IN_CLIENT, "iat": now / 1000,
        "exp": now / 1000 + 120, "preferred_username": "ada", "name": "ADA", "uc_configuration": "integrated",
        "phone_number": "+49301234567", "preferred_device": "desk-phone",
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn a_client_with_a_key_gets_a_token_that_is_not_bound() {
    let harness = harness().await;
    let client = client(&harness, 1);
    let token = client.tokens().await.text("access_token");
    let reply = for_token(&client, &token, "calls").await;
    assert_eq!((reply.status, reply.text("token_type")), (StatusCode::OK, "Bearer".to_owned()));
    let (_, claims) = read(&reply.text("access_token"));
    let mut names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let least = ["aud", "client_id", "exp", "iat", "iss", "jti", "preferred_username", "sid", "sub"];
    assert_eq!(names, least, "nothing but the user name is told where nothing else is configured");

    let mut proven = client.claims("POST", "/oauth/token");
    proven["ath"] = json!(sha256(&token));
    let proof = [client.key.proof(&proven)];
    let reply = client.form_with("/oauth/token", &with_subject(&token, "media"), &proof).await;
    assert_eq!(reply.status, StatusCode::OK, "a proof may name the token: {reply:?}");
}

#[tokio::test]
async fn a_proof_counts_for_one_exchange() {
    let harness = harness().await;
    let client = client(&harness, 1);
    let token = client.tokens().await.text("access_token");
    let proof = [client.key.proof(&client.claims("POST", "/oauth/token"))];
    let (members, unknown) = (with_subject(&token, "media"), with_subject(&token, "nobody"));
    refused(&client.form_with("/oauth/token", &unknown, &proof).await, "invalid_target");
    let send = || client.form_with("/oauth/token", &members, &proof);
    let (one, other) = tokio::join!(send(), send());
    let mut errors = [one.error(), other.error()];
    errors.sort_unstable();
    assert_eq!(errors, ["", "invalid_dpop_proof"]);
}

#[tokio::test]
async fn no_token_outlives_its_session_or_the_life_of_any_other() {
    for (access, idle, life, expected) in [(600, 604_800, 2_592_000, 120), (60, 600, 600, 60), (600, 30, 600, 30)] {
        let harness = Harness::with(|config| {
            services(config);
            config.token.access_life = Duration::from_secs(access);
            config.session.idle = Duration::from_secs(idle);
            config.session.life = Duration::from_secs(life);
        })
        .await;
        let (_, cookie) = cookie_session(&harness, &[]).await;
        assert_eq!(for_cookie(&harness, &cookie, "media").await.number("expires_in"), expected);
    }
    let harness = Harness::with(|config| {
        services(config);
        config.session.life = Duration::from_mins(10);
        config.session.idle = Duration::from_mins(10);
    })
    .await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    harness.server.clock.advance(Duration::from_millis(590_500));
    let reply = for_cookie(&harness, &cookie, "media").await;
    let (_, claims) = read(&reply.text("access_token"));
    assert_eq!(claims["exp"].as_i64().unwrap() * 1000, 1_800_000_000_000 + 600_000);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 10);
}

#[tokio::test]
async fn a_token_for_a_service_opens_nothing_else() {
    let harness = harness().await;
    let client = client(&harness, 1);
    let (_, cookie) = cookie_session(&harness, &[]).await;
    let token = for_cookie(&harness, &cookie, "media").await.text("access_token");
    assert_eq!(get_me(&harness, token.clone()).await.status, StatusCode::UNAUTHORIZED);
    refused(&for_token(&client, &token, "media").await, "invalid_request");
    refused(&for_token(&client, &token, "calls").await, "invalid_request");
    harness.form("/oauth/revoke", &[("client_id", BUILT_IN_CLIENT), ("token", &token)]).await;
    assert_eq!(me(&harness, &cookie).await, StatusCode::OK, "it signs nobody out");

    for other in ["calls", "pbx"] {
        assert_eq!(introspect(&harness, other, &token).await.body, json!({"active": false}));
    }
    let mut told = introspect(&harness, "media", &token).await.body;
    let now = harness.server.clock.now() / 1000;
    assert!(told.as_object_mut().unwrap().remove("jti").is_some());
    let expected = json!({
        "active": true, "client_id": BUILT_IN_CLIENT, "username": "ada", "token_type": "Bearer", "exp": now + 120,
        "iat": now, "sub": "ada", "aud": "media", "iss": ORIGIN,
    });
    assert_eq!(told, expected);
    harness.send(own(Method::DELETE, "/api/session", Some(&cookie), &Value::Null)).await;
    assert_eq!(introspect(&harness, "media", &token).await.body, json!({"active": false}));
}

#[tokio::test]
async fn many_at_once_are_as_many_tokens_and_leave_nothing_behind() {
    let harness = harness().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    for_cookie(&harness, &cookie, "media").await;
    let before = trail(&harness).await;
    let asked = (0..50).map(|_| {
        let (harness, cookie) = (harness.clone(), cookie.clone());
        tokio::spawn(async move { for_cookie(&harness, &cookie, "media").await.text("access_token") })
    });
    let mut tokens = Vec::new();
    for asked in asked.collect::<Vec<_>>() {
        tokens.push(asked.await.unwrap());
    }
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 50);
    assert_eq!(trail(&harness).await, before, "a page asks every two minutes, all day long");
    let before = harness.database().await;
    for _ in 0..50 {
        for_cookie(&harness, &cookie, "nobody").await;
        for_cookie(&harness, "vestibule=x", "media").await;
        harness.form("/oauth/token", &with_subject("x", "media")).await;
    }
    assert!(harness.database().await == before, "what is refused writes nothing");
}
