//! Whole sign-ins with two-factor authentication, so many at once.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::Failure;
use crate::mail::{self, Mailed};
use crate::request::{Connection, Said};

/// A verifier and its S256 (RFC 7636, appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const ENDPOINT: &str = "/oauth/authorize-challenge";

/// What is to be done.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Plan {
    /// Where the server, or what stands before it, listens.
    server: SocketAddr,
    /// Where mails come.
    mail: SocketAddr,
    /// What all accounts have.
    password: String,
    /// The accounts are called `person1`, `person2` and so on; the first to sign in, and how many there are.
    first: u32,
    accounts: u32,
    /// People at the same time.
    at_once: u32,
    /// Sign-ins in all.
    sign_ins: u32,
}

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    sign_ins: usize,
    per_s: f64,
    /// Of each step, in milliseconds.
    steps: BTreeMap<&'static str, Latency>,
    /// Of all requests.
    all: Latency,
    failed: usize,
    /// The first failure.
    failure: Option<String>,
}

#[derive(Debug, Serialize)]
struct Latency {
    p50_ms: f64,
    p99_ms: f64,
}

impl Latency {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        // Nearest rank.
        let at = |percent: usize| times.get((times.len() * percent).div_ceil(100).max(1) - 1).copied();
        let ms = |percent| at(percent).unwrap_or_default().as_secs_f64() * 1e3;
        Self { p50_ms: ms(50), p99_ms: ms(99) }
    }
}

/// How long the steps of one sign-in took.
type Steps = [(&'static str, Duration); 5];

pub(crate) fn measure(plan: Plan) -> Result<Found, Failure> {
    Runtime::new()?.block_on(sign_all_in(plan))
}

async fn sign_all_in(plan: Plan) -> Result<Found, Failure> {
    let mailed = mail::serve(plan.mail).await?;
    let plan = Arc::new(plan);
    let next = Arc::new(AtomicU32::new(0));
    #[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
    let begun = Instant::now();
    let mut people = JoinSet::new();
    for _ in 0..plan.at_once {
        let (plan, next, mailed) = (plan.clone(), next.clone(), mailed.clone());
        people.spawn(async move {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= plan.sign_ins {
                    return done;
                }
                done.push(sign_in(&plan, number, &mailed).await);
            }
        });
    }
    let mut results = Vec::new();
    while let Some(done) = people.join_next().await {
        results.extend(done.map_err(|_| Failure::Panicked)?);
    }
    report(results, begun.elapsed())
}

fn report(results: Vec<Result<Steps, Failure>>, took: Duration) -> Result<Found, Failure> {
    let (mut by_step, mut all) = (BTreeMap::<_, Vec<Duration>>::new(), Vec::new());
    let (mut sign_ins, mut failed, mut failure) = (0_u32, 0, None);
    for result in results {
        match result {
            Ok(steps) => {
                sign_ins += 1;
                for (step, took) in steps {
                    by_step.entry(step).or_default().push(took);
                    all.push(took);
                }
            }
            Err(error) => {
                failed += 1;
                failure = failure.or(Some(error.to_string()));
            }
        }
    }
    if sign_ins == 0 && failure.is_none() {
        return Err(Failure::Nothing);
    }
    Ok(Found {
        sign_ins: sign_ins as usize,
        per_s: f64::from(sign_ins) / took.as_secs_f64(),
        steps: by_step.into_iter().map(|(step, times)| (step, Latency::of(times))).collect(),
        all: Latency::of(all),
        failed,
        failure,
    })
}

async fn sign_in(plan: &Plan, number: u32, mailed: &Mailed) -> Result<Steps, Failure> {
    let name = format!("person{}", (plan.first + number - 1) % plan.accounts + 1);
    let mut connection = Connection::open(plan.server, plan.first + number).await?;
    let account = [
        ("client_id", "vestibule"),
        ("response_type", "code"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("username", &name),
        ("ui_locales", "en"),
    ];
    let (begun, account) = connection.take("account", ENDPOINT, Said::Form(&account), 403).await?;
    let session = text(&begun, "auth_session");
    let credentials = [("auth_session", session), ("uc_username", &name), ("password", &plan.password)];
    let (_, credentials) = connection.take("credentials", ENDPOINT, Said::Form(&credentials), 403).await?;
    let address = format!("{name}@example.com");
    let otp = mailed.take(&address).ok_or(Failure::NoMail(address))?;
    let code = [("auth_session", session), ("otp", &otp)];
    let (verified, code) = connection.take("code", ENDPOINT, Said::Form(&code), 200).await?;
    let token = [
        ("grant_type", "authorization_code"),
        ("client_id", "vestibule"),
        ("code", text(&verified, "authorization_code")),
        ("code_verifier", VERIFIER),
    ];
    let (tokens, token) = connection.take("token", "/oauth/token", Said::Form(&token), 200).await?;
    let (_, me) = connection.take("me", "/api/me", Said::Token(text(&tokens, "access_token")), 200).await?;
    Ok([("account", account), ("credentials", credentials), ("code", code), ("token", token), ("me", me)])
}

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().unwrap_or_default()
}
