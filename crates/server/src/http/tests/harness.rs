use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;
use vestibule_protocol::BUILT_IN_CLIENT;

use crate::clock::Clock;
use crate::config::{Config, PasswordHashConfig};
use crate::keys::sha256;
use crate::password::prepare;
use crate::random::Random;
use crate::serve::assemble_with;
use crate::state::Shared;
use crate::store::accounts::{Account, Email, NewAccount};
use crate::store::testing::Database;

pub(super) const ORIGIN: &str = "http://localhost:8080";
pub(super) const PASSWORD: &str = "correct horse";
pub(super) const VERIFIER: &str = "a-verifier-that-is-long-enough-for-pkce-0123456789";

/// A server of its own: set clock, seeded generator, mails in a folder.
#[derive(Clone)]
pub(super) struct Harness {
    pub(super) server: Shared,
    outbox: PathBuf,
    router: Router,
    database: Arc<Database>,
    folder: Arc<tempfile::TempDir>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: axum::http::HeaderMap,
    pub(super) body: Value,
    /// The body, byte for byte.
    pub(super) raw: String,
}

impl Reply {
    pub(super) fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or("")
    }

    pub(super) fn text(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member} in {self:?}")).to_owned()
    }

    pub(super) fn number(&self, member: &str) -> u64 {
        self.body[member].as_u64().unwrap_or_else(|| panic!("no {member} in {self:?}"))
    }
}

impl Harness {
    /// `ada` without 2FA, `grace` with it, both with the same password.
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path().join("outbox");
        let mut config = Config { default_region: Some("DE".into()), ..Config::default() };
        let database = Database::new().await;
        config.database = database.config.clone();
        config.mail.outbox = Some(outbox.clone());
        // Tests count mails, and nearly all of them sign in by a new browser.
        config.mail.warnings = false;
        config.password_hash = PasswordHashConfig { memory_kib: 8, passes: 1, ..config.password_hash };
        change(&mut config);
        let server = serve(config, Clock::set_to(1_800_000_000_000), [42; 32]).await;
        let router = crate::http::router(&server);
        let harness = Self { server, outbox, router, database: Arc::new(database), folder: Arc::new(folder) };
        for (username, two_factor) in [("ada", false), ("grace", true)] {
            harness.add_account(username, Some(&format!("{username}@example.com")), two_factor).await;
        }
        harness
    }

    /// Another server on the same database.
    pub(super) async fn beside(&self) -> Self {
        self.beside_with(|_| {}).await
    }

    /// The same, configured otherwise.
    pub(super) async fn beside_with(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.server.config.clone();
        change(&mut config);
        let server = serve(config, self.server.clock.clone(), [43; 32]).await;
        let router = crate::http::router(&server);
        let (database, folder) = (self.database.clone(), self.folder.clone());
        Self { server, outbox: self.outbox.clone(), router, database, folder }
    }

    /// An account with [`PASSWORD`]; its id is its user name.
    pub(super) async fn add_account(&self, username: &str, email: Option<&str>, two_factor: bool) {
        let hash = self.server.hasher.hash(&prepare(PASSWORD).unwrap()).await.unwrap();
        let account = NewAccount {
            username: username.into(),
            name: username.to_uppercase(),
            email: email.map(|email| Email { given: email.into(), key: email.into() }),
            password_hash: Some(hash),
            password_expires_at: None,
            two_factor,
        };
        let mut tx = self.server.store.begin().await.unwrap();
        Account::add(&mut tx, username, &account, self.server.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Reply {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let raw = String::from_utf8(bytes.to_vec()).unwrap();
        Reply { status: parts.status, headers: parts.headers, body, raw }
    }

    pub(super) async fn form(&self, path: &str, members: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        self.send(form_request(path, &body)).await
    }

    pub(super) async fn challenge(&self, members: &[(&str, &str)]) -> Reply {
        self.form("/oauth/authorize-challenge", members).await
    }

    pub(super) async fn account_with(&self, username: &str, more: &[(&str, &str)]) -> Reply {
        let challenge = sha256(VERIFIER);
        let members = [
            ("client_id", BUILT_IN_CLIENT),
            ("response_type", "code"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("username", username),
        ];
        self.challenge(&[&members[..], more].concat()).await
    }

    /// Begins a sign-in and gives its `auth_session`.
    pub(super) async fn account(&self, username: &str) -> String {
        self.account_with(username, &[]).await.text("auth_session")
    }

    pub(super) async fn credentials(&self, session: &str, username: &str, password: &str) -> Reply {
        self.challenge(&[("auth_session", session), ("uc_username", username), ("password", password)]).await
    }

    pub(super) async fn code(&self, session: &str, otp: &str) -> Reply {
        self.challenge(&[("auth_session", session), ("otp", otp)]).await
    }

    pub(super) async fn resend(&self, session: &str) -> Reply {
        self.challenge(&[("auth_session", session), ("otp_resend", "true")]).await
    }

    pub(super) async fn state(&self, session: &str) -> Reply {
        self.challenge(&[("auth_session", session)]).await
    }

    /// A sign-in of `grace` that waits for its code.
    pub(super) async fn at_code(&self) -> String {
        let session = self.account("grace").await;
        let reply = self.credentials(&session, "grace", PASSWORD).await;
        assert_eq!((reply.error(), &reply.body["otp_required"]), ("insufficient_authorization", &Value::Bool(true)));
        session
    }

    /// A session of `ada` by tokens.
    pub(super) async fn tokens(&self) -> Reply {
        let session = self.account("ada").await;
        let code = self.credentials(&session, "ada", PASSWORD).await.text("authorization_code");
        self.redeem(&code, VERIFIER).await
    }

    pub(super) async fn redeem(&self, code: &str, verifier: &str) -> Reply {
        let members = [
            ("grant_type", "authorization_code"),
            ("client_id", BUILT_IN_CLIENT),
            ("code", code),
            ("code_verifier", verifier),
        ];
        self.form("/oauth/token", &members).await
    }

    /// How many mails have gone out.
    pub(super) fn mails(&self) -> usize {
        std::fs::read_dir(&self.outbox).map_or(0, Iterator::count)
    }

    /// Waits for what nobody waits for, as a server that is told to stop does.
    pub(super) async fn quiet(&self) {
        self.server.steps.settled(Duration::MAX).await;
    }

    /// Whatever stands in the database: equal where nothing was written in between.
    pub(super) async fn database(&self) -> Vec<Vec<u8>> {
        self.database.contents(&self.server.store).await
    }

    /// Mails cannot go out until the outbox is found again.
    pub(super) fn lose_outbox(&self) {
        std::fs::remove_dir_all(&self.outbox).unwrap();
    }

    pub(super) fn find_outbox(&self) {
        std::fs::create_dir(&self.outbox).unwrap();
    }

    /// The files of all mails, oldest first; those of the same moment in any order. None while the outbox is lost.
    pub(super) fn mail_files(&self) -> BTreeSet<PathBuf> {
        std::fs::read_dir(&self.outbox).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }

    /// All mails, oldest first.
    pub(super) fn mail_texts(&self) -> Vec<String> {
        self.mail_files().iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }

    /// The code in the newest mail.
    pub(super) fn mailed_code(&self) -> String {
        self.code_in_mail_with("")
    }

    /// The code in the newest mail that holds a text.
    pub(super) fn code_in_mail_with(&self, text: &str) -> String {
        self.code_in_mail_since(&BTreeSet::new(), text)
    }

    /// The code in the newest mail that holds a text and is none of the earlier ones: two of the same moment may have the
    /// same reference. Which of those is meant would be chance.
    pub(super) fn code_in_mail_since(&self, earlier: &BTreeSet<PathBuf>, text: &str) -> String {
        let new = self.mail_files().into_iter().filter(|file| !earlier.contains(file));
        let mails = new.map(|file| (moment(&file), std::fs::read_to_string(file).unwrap()));
        let mut mails: Vec<_> = mails.filter(|(_, mail)| mail.contains(text)).collect();
        let (at, mail) = mails.pop().unwrap_or_else(|| panic!("no mail with {text}"));
        assert!(mails.last().is_none_or(|(before, _)| *before != at), "which of the mails of {at} is not said");
        code_in(&mail).to_owned()
    }
}

/// The part of a mail's file name that says when it was written.
fn moment(file: &Path) -> String {
    let name = file.file_name().unwrap().to_str().unwrap();
    name.split('-').next().unwrap().to_owned()
}

/// The code in the text of a mail. It is not looked for before that: among the random letters and digits between the
/// parts there may be six digits in a row.
fn code_in(mail: &str) -> &str {
    let (_, part) = mail.split_once("Content-Type: text/plain").unwrap_or_else(|| panic!("no text in {mail}"));
    let (_, text) = part.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no text in {mail}"));
    let runs = text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6);
    runs.unwrap_or_else(|| panic!("no code in {mail}"))
}

#[test]
fn digits_between_the_parts_of_a_mail_are_no_code() {
    let part = |kind: &str, text: &str| format!("--a271828b\r\nContent-Type: {kind}\r\n\r\n{text}\r\n");
    let parts =
        part("text/plain; charset=utf-8", "314159 is it.") + &part("text/html; charset=utf-8", "<p>314159 is it.");
    let mail = format!("Content-Type: multipart/alternative; boundary=\"a271828b\"\r\n\r\n{parts}--a271828b--\r\n");
    assert_eq!(code_in(&mail), "314159");
}

async fn serve(config: Config, clock: Clock, seed: [u8; 32]) -> Shared {
    assemble_with(config, clock, Random::from_seed(seed)).await.unwrap()
}

pub(super) fn form_request(path: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header(header::HOST, "localhost:8080")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(axum::extract::ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4000))))
        .body(Body::from(body.to_owned()))
        .unwrap()
}

/// A code that is not the right one.
pub(super) fn wrong(code: &str, by: u32) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + by) % 1_000_000)
}
