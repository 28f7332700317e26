//! `user unlock`, against what a running server counts in the same database.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

mod program;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::sync::Semaphore;
use tower::ServiceExt;
use vestibule_protocol::BUILT_IN_CLIENT;
use vestibule_server::brand::Brand;
use vestibule_server::clock::Clock;
use vestibule_server::config::{Config, PasswordHashConfig};
use vestibule_server::keys::{Keys, sha256};
use vestibule_server::mail::Mailer;
use vestibule_server::password::Hasher;
use vestibule_server::random::Random;
use vestibule_server::services::Services;
use vestibule_server::state::{Server, Steps};
use vestibule_server::steps::MAX_BEGINNING;
use vestibule_server::store::Store;

const PASSWORD: &str = "a blue kettle";

fn administer(folder: &Path, arguments: &[&str]) {
    let output = program::run(folder, arguments, PASSWORD);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A server on the database that the commands use. One failure makes the next try wait longer than any test takes.
async fn server(folder: &Path) -> Router {
    let mut config = Config::default();
    config.database.url = format!("sqlite:{}", folder.join("vestibule.db").display());
    config.mail.outbox = Some(folder.join("outbox"));
    config.throttle.first_wait = Duration::from_mins(15);
    config.password_hash = PasswordHashConfig { memory_kib: 8, passes: 1, ..config.password_hash };
    // Seeded: the code that is mailed is the same in every run.
    let (random, clock) = (Random::from_seed([7; 32]), Clock::System);
    let store = Store::open(&config.database).await.unwrap();
    let keys = Keys::load(&store, &random, &clock).await.unwrap();
    let hasher = Hasher::new(&config.password_hash, random.clone()).unwrap();
    let mailer = Mailer::from_config(&config.mail, random.clone()).unwrap();
    vestibule_server::http::router(&Arc::new(Server {
        brand: Brand::default(),
        config,
        clock,
        random,
        store,
        keys,
        beginning: Semaphore::new(MAX_BEGINNING),
        hasher,
        mailer,
        services: Services::default(),
        steps: Steps::default(),
        is_stopping: AtomicBool::new(false),
    }))
}

async fn challenge(server: &Router, members: &[(&str, &str)]) -> Value {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    let request = Request::post("/oauth/authorize-challenge")
        .header(header::HOST, "localhost:8080")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    let answer = server.clone().oneshot(request).await.unwrap();
    serde_json::from_slice(&answer.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

async fn begin(server: &Router, name: &str) -> String {
    let code_challenge = sha256("a-verifier-that-is-long-enough-for-pkce-0123456789");
    let members = [
        ("client_id", BUILT_IN_CLIENT),
        ("response_type", "code"),
        ("code_challenge", &code_challenge),
        ("code_challenge_method", "S256"),
        ("username", name),
    ];
    challenge(server, &members).await["auth_session"].as_str().unwrap().to_owned()
}

async fn error_of_password(server: &Router, session: &str, name: &str, password: &str) -> Value {
    let members = [("auth_session", session), ("uc_username", name), ("password", password)];
    challenge(server, &members).await["error"].clone()
}

#[tokio::test]
async fn unlock_ends_the_wait_after_wrong_passwords_by_either_name_and_after_wrong_codes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("vestibule.toml"), "[database]\nurl = \"sqlite:vestibule.db\"\n").unwrap();
    administer(folder.path(), &["user", "add", "grace", "--email", "Grace@example.com", "--two-factor"]);
    let server = server(folder.path()).await;

    let mut session = String::new();
    for name in ["grace", "grace@example.com"] {
        session = begin(&server, name).await;
        assert_eq!(error_of_password(&server, &session, name, "wrong").await, "invalid_credentials", "{name}");
        assert_eq!(error_of_password(&server, &session, name, PASSWORD).await, "rate_limited", "{name}");
        administer(folder.path(), &["user", "unlock", "grace"]);
        assert_eq!(error_of_password(&server, &session, name, PASSWORD).await, "insufficient_authorization", "{name}");
    }

    // The same wrong code again would cost nothing.
    let code = |otp| [("auth_session", session.as_str()), ("otp", otp)];
    assert_eq!(challenge(&server, &code("000000")).await["error"], "invalid_otp");
    assert_eq!(challenge(&server, &code("000001")).await["error"], "rate_limited");
    administer(folder.path(), &["user", "unlock", "grace"]);
    assert_eq!(challenge(&server, &code("000001")).await["error"], "invalid_otp");
}
