//! `keys` and `sessions`, against a server on the same database.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

mod program;

use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use vestibule_protocol::BUILT_IN_CLIENT;
use vestibule_server::config::Config;
use vestibule_server::keys::sha256;
use vestibule_server::{http, serve, state};

const PASSWORD: &str = "a blue kettle";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-pkce-0123456789";

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = program::run(folder, arguments, PASSWORD);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = program::run(folder, arguments, PASSWORD);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A server, and the folder that the commands work in; `ada` has an account.
async fn server() -> (tempfile::TempDir, state::Shared) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("vestibule.toml"), "[database]\nurl = \"sqlite:vestibule.db\"\n").unwrap();
    done(folder.path(), &["user", "add", "ada"]);
    let mut config = Config::default();
    config.database.url = format!("sqlite:{}", folder.path().join("vestibule.db").display());
    (folder, serve::assemble(config).await.unwrap())
}

async fn form(router: &Router, path: &str, members: &[(&str, &str)]) -> Value {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    let request = Request::post(path)
        .header(header::HOST, "localhost:8080")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::USER_AGENT, "A browser\tof a kind")
        .body(Body::from(body));
    let answer = router.clone().oneshot(request.unwrap()).await.unwrap();
    serde_json::from_slice(&answer.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

/// Signs `ada` in; the access token.
async fn sign_in(router: &Router) -> String {
    let code_challenge = sha256(VERIFIER);
    let account = [
        ("client_id", BUILT_IN_CLIENT),
        ("response_type", "code"),
        ("code_challenge", &code_challenge),
        ("code_challenge_method", "S256"),
        ("username", "ada"),
    ];
    let begun = form(router, "/oauth/authorize-challenge", &account).await;
    let session = begun["auth_session"].as_str().unwrap();
    let credentials = [("auth_session", session), ("uc_username", "ada"), ("password", PASSWORD)];
    let verified = form(router, "/oauth/authorize-challenge", &credentials).await;
    let redemption = [
        ("grant_type", "authorization_code"),
        ("client_id", BUILT_IN_CLIENT),
        ("code", verified["authorization_code"].as_str().unwrap()),
        ("code_verifier", VERIFIER),
    ];
    form(router, "/oauth/token", &redemption).await["access_token"].as_str().unwrap().to_owned()
}

async fn get(router: &Router, path: &str, token: &str) -> (StatusCode, Value) {
    let request = Request::get(path)
        .header(header::HOST, "localhost:8080")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty());
    let answer = router.clone().oneshot(request.unwrap()).await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let (folder, server) = server().await;
    let router = http::router(&server);
    let tokens = [sign_in(&router).await, sign_in(&router).await, sign_in(&router).await];
    let listed = done(folder.path(), &["sessions", "list", "ada"]);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let listed: Value = serde_json::from_str(&done(folder.path(), &["sessions", "list", "ada", "--json"])).unwrap();
    let id = listed[0]["id"].as_str().unwrap();
    assert_eq!((&listed[0]["kind"], &listed[0]["bound"]), (&json!("token"), &json!(false)));

    assert!(refused(folder.path(), &["sessions", "end", "ada"]).contains("--id"));
    assert!(refused(folder.path(), &["sessions", "end", "ada", "--id", "x"]).contains("no session `x`"));
    assert_eq!(done(folder.path(), &["sessions", "end", "ada", "--id", id]), "1 ended\n");
    let mut alive = 0;
    for token in &tokens {
        alive += usize::from(get(&router, "/api/me", token).await.0 == StatusCode::OK);
    }
    assert_eq!(alive, 2);
    assert_eq!(done(folder.path(), &["sessions", "end", "ada", "--all"]), "2 ended\n");
    for token in &tokens {
        assert_eq!(get(&router, "/api/me", token).await.0, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(done(folder.path(), &["sessions", "list", "ada"]), "");
    let audit = done(folder.path(), &["audit", "--user", "ada"]);
    assert_eq!(audit.lines().filter(|line| line.contains("\tsessions-end\t")).count(), 2, "{audit}");
}

#[tokio::test]
async fn rotating_the_keys_signs_nobody_out() {
    let (folder, server) = server().await;
    let router = http::router(&server);
    let token = sign_in(&router).await;
    let before: Value = serde_json::from_str(&done(folder.path(), &["keys", "export"])).unwrap();
    assert_eq!(before, get(&router, "/oauth/jwks", "").await.1);

    let new = done(folder.path(), &["keys", "rotate"]);
    let new = new.split('\t').next().unwrap();
    assert!(refused(folder.path(), &["keys", "rotate"]).contains("a new key is waiting already"));
    server.keys.reload(&server.store, &server.random, &server.clock).await.unwrap();
    let after: Value = serde_json::from_str(&done(folder.path(), &["keys", "export"])).unwrap();
    assert_eq!(after["keys"].as_array().unwrap().len(), 2);
    assert_eq!((&after["keys"][0], &after["keys"][1]["kid"]), (&before["keys"][0], &json!(new)));
    assert_eq!(get(&router, "/oauth/jwks", "").await.1, after);
    assert_eq!(get(&router, "/api/me", &token).await.0, StatusCode::OK);
    let audit = done(folder.path(), &["audit", "--since", "1h"]);
    assert_eq!(audit.lines().filter(|line| line.contains("\tkeys-rotate\t")).count(), 1, "{audit}");
}

#[tokio::test]
async fn replacing_a_stolen_key_ends_its_tokens_but_no_session() {
    let (folder, server) = server().await;
    let router = http::router(&server);
    let token = sign_in(&router).await;
    done(folder.path(), &["keys", "rotate"]);
    done(folder.path(), &["keys", "rotate", "--at-once"]);
    server.keys.reload(&server.store, &server.random, &server.clock).await.unwrap();
    assert_eq!(get(&router, "/oauth/jwks", "").await.1["keys"].as_array().unwrap().len(), 1);
    assert_eq!(get(&router, "/api/me", &token).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(done(folder.path(), &["sessions", "list", "ada"]).lines().count(), 1);
    let new = sign_in(&router).await;
    assert_eq!(get(&router, "/api/me", &new).await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_exported_pem_is_the_key_that_signs() {
    let (folder, server) = server().await;
    let token = sign_in(&http::router(&server)).await;
    done(folder.path(), &["keys", "rotate"]);
    let pems = done(folder.path(), &["keys", "export", "--pem"]);
    assert_eq!(pems.matches("-----BEGIN PUBLIC KEY-----\n").count(), 2, "{pems}");
    let key = jsonwebtoken::DecodingKey::from_ec_pem(pems.as_bytes()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_audience(&["http://localhost:8080"]);
    let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap().claims;
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!((life, &claims["client_id"]), (600, &json!(BUILT_IN_CLIENT)));
}
