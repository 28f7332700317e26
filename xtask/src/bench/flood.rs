//! What a flood of passwords does to the server, and to whoever has passed the password.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use serde::Serialize;

use super::{
    Figures,
    statistics::quantile,
    subject::{Client, PASSWORD, Setup, Subject},
};
use crate::command::{Failure, say};

/// Throttling and the limits on mails off, as far as that goes: the flood must reach the hash. All come from one address.
const SETTINGS: &str = "[throttle]\nfirst_wait = \"1ms\"\nlongest_wait = \"1ms\"\naddress_failures = 100000000\n\
                        [code]\nsends_per_hour = 100000\n[limits]\nconnections_per_address = 800\n";
/// How often a code is submitted.
const EVERY: Duration = Duration::from_millis(500);

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Flood {
    clients: usize,
    seconds: u64,
    /// Memory of the server, before the flood and at the most.
    quiet_mb: f64,
    peak_mb: f64,
    /// Answers to passwords, and which of them were 503.
    passwords: u64,
    share_503: f64,
    by_status: BTreeMap<u16, u64>,
    /// Submitting a right code, in milliseconds.
    quiet: Latency,
    flooded: Latency,
}

#[derive(Debug, Serialize)]
struct Latency {
    codes: usize,
    p50_ms: f64,
    p95_ms: f64,
    max_ms: f64,
}

impl Latency {
    fn of(times: &[f64]) -> Self {
        let at = |share| quantile(times, share);
        Self { codes: times.len(), p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1.0) }
    }
}

pub(super) fn measure(clients: usize, seconds: u64) -> Result<Flood, Failure> {
    let account = Setup { name: "grace", two_factor: true, has_email: true, is_disabled: false };
    let subject = Subject::start("flood", SETTINGS, &[account])?;
    let person = subject.client();
    // Ready before the flood: to pass the password during it is not what anybody is promised.
    let submissions = usize::try_from(seconds * 1_000 / 500).unwrap_or(usize::MAX);
    say(&format!("{} sign-ins up to the code", submissions + 50));
    let waiting: Vec<_> = (0..submissions + 50).map(|_| up_to_code(&subject, &person)).collect::<Result<_, _>>()?;
    let (before, during) = waiting.split_at(50);
    let quiet = submit(&person, before, Duration::ZERO)?;
    let quiet_mb = subject.memory("VmRSS")?;

    say(&format!("{clients} clients post passwords for {seconds} seconds"));
    let is_over = AtomicBool::new(false);
    let (flooded, by_status) = thread::scope(|scope| {
        let is_over = &is_over;
        let subject = &subject;
        let posting: Vec<_> =
            (0..clients).map(|number| scope.spawn(move || post_passwords(subject, number, is_over))).collect();
        let flooded = submit(&person, during, EVERY);
        is_over.store(true, Ordering::Relaxed);
        let mut by_status = BTreeMap::new();
        for client in posting {
            let counted = client.join().map_err(|_| Failure::Bench("a client panicked".into()))??;
            for (status, count) in counted {
                *by_status.entry(status).or_default() += count;
            }
        }
        Ok::<_, Failure>((flooded?, by_status))
    })?;
    let passwords: u64 = by_status.values().sum();
    #[expect(clippy::cast_precision_loss, reason = "a flood is far smaller than 2^52 passwords")]
    let share_503 = by_status.get(&503).copied().unwrap_or(0) as f64 / passwords as f64;
    Ok(Flood {
        clients,
        seconds,
        quiet_mb,
        peak_mb: subject.memory("VmHWM")?,
        passwords,
        share_503,
        by_status,
        quiet: Latency::of(&quiet),
        flooded: Latency::of(&flooded),
    })
}

/// A sign-in that waits for its code, and the code.
fn up_to_code(subject: &Subject, person: &Client) -> Result<(String, String), Failure> {
    let session = person.account("grace")?.text("auth_session")?.to_owned();
    let asked = person.credentials(&session, "grace", PASSWORD)?;
    Ok((session, subject.code(asked.text("otp_reference")?)?))
}

/// Submits the codes, one each `every`; how long each took, in milliseconds.
fn submit(person: &Client, waiting: &[(String, String)], every: Duration) -> Result<Vec<f64>, Failure> {
    let submitted = waiting.iter().map(|(session, code)| {
        let answer = person.code(session, code)?;
        answer.text("authorization_code")?;
        thread::sleep(every.saturating_sub(answer.took));
        Ok(answer.took.as_secs_f64() * 1e3)
    });
    submitted.collect()
}

/// Posts wrong passwords, each as soon as the last one is answered; how often each status came.
fn post_passwords(subject: &Subject, number: usize, is_over: &AtomicBool) -> Result<BTreeMap<u16, u64>, Failure> {
    let client = subject.client();
    let name = format!("nobody{number}");
    let mut by_status = BTreeMap::new();
    let mut session = String::new();
    while !is_over.load(Ordering::Relaxed) {
        if session.is_empty() {
            let begun = client.account(&name)?;
            begun.text("auth_session").unwrap_or_default().clone_into(&mut session);
            continue;
        }
        *by_status.entry(client.credentials(&session, &name, "a wrong password")?.status).or_default() += 1;
    }
    Ok(by_status)
}

impl Figures for Flood {
    fn table(&self) -> String {
        let row = |name: &str, latency: &Latency| {
            let Latency { codes, p50_ms, p95_ms, max_ms } = latency;
            format!("  {name:<8} {codes:>6} {p50_ms:>8.1} {p95_ms:>8.1} {max_ms:>8.1}")
        };
        format!(
            "{} clients, {} s: {} passwords answered, {:.1} % of them 503 {:?}\n\
             memory: {:.1} MB before, {:.1} MB at the most\n\
             code     submitted   p50 ms   p95 ms   max ms\n{}\n{}",
            self.clients,
            self.seconds,
            self.passwords,
            self.share_503 * 100.0,
            self.by_status,
            self.quiet_mb,
            self.peak_mb,
            row("quiet", &self.quiet),
            row("flooded", &self.flooded)
        )
    }
}
