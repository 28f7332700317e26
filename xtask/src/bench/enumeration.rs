//! Whether the time of an answer tells what kind of account a name is.

use std::fmt::Write;

use serde::Serialize;

use super::{
    Figures,
    statistics::{mann_whitney, median},
    subject::{Client, Setup, Subject},
};
use crate::command::{Failure, say};

/// Names of each kind. The first is what the others are compared with; the second is of the same kind, and shows what
/// chance alone does.
const KINDS: [(&str, &str); 6] = [
    ("nobody", "unknown"),
    ("noone", "unknown (reference)"),
    ("ada", "existing"),
    ("dave", "disabled"),
    ("grace", "with 2FA"),
    ("carol", "without e-mail"),
];
const REFERENCE: usize = 1;

/// Throttling off, as far as that goes: it is not what is measured. The hash is the default one.
const SETTINGS: &str = "[throttle]\nfirst_wait = \"1ms\"\nlongest_wait = \"1ms\"\naddress_failures = 1000000\n";

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Enumeration {
    /// The smallest probability of any kind, at either step, of being the same as an unknown name.
    p_min: f64,
    /// The largest gap between medians, of any kind, at either step.
    median_gap_us: f64,
    /// The same between two unknown names: what chance does.
    reference_p_min: f64,
    reference_gap_us: f64,
    /// How many probabilities `p_min` is the smallest of.
    comparisons: usize,
    rounds: usize,
    steps: Vec<Step>,
}

#[derive(Debug, Serialize)]
struct Step {
    step: &'static str,
    kinds: Vec<Kind>,
}

#[derive(Debug, Serialize)]
struct Kind {
    name: &'static str,
    median_us: f64,
    gap_us: f64,
    p: f64,
}

/// Times of one kind, in microseconds.
#[derive(Clone, Debug, Default)]
struct Times {
    account: Vec<f64>,
    credentials: Vec<f64>,
}

pub(super) fn measure(rounds: usize) -> Result<Enumeration, Failure> {
    let setup = |name, has_email, two_factor, is_disabled| Setup { name, two_factor, has_email, is_disabled };
    let accounts = [
        setup("ada", true, false, false),
        setup("dave", true, false, true),
        setup("grace", true, true, false),
        setup("carol", false, false, false),
    ];
    let subject = Subject::start("enumeration", SETTINGS, &accounts)?;
    let client = subject.client();
    say(&format!("{rounds} rounds of {} names", KINDS.len()));
    let mut times = vec![Times::default(); KINDS.len()];
    let mut order: Vec<usize> = (0..KINDS.len()).collect();
    // The first answers find everything cold.
    for round in 0..rounds + 10 {
        shuffle(&mut order)?;
        for kind in &order {
            let (account, credentials) = attempt(&client, KINDS[*kind].0)?;
            if round >= 10 {
                times[*kind].account.push(account);
                times[*kind].credentials.push(credentials);
            }
        }
    }
    Ok(compare(&times, rounds))
}

/// One sign-in with a wrong password: how long its two answers took.
fn attempt(client: &Client, name: &str) -> Result<(f64, f64), Failure> {
    let begun = client.account(name)?;
    let refused = client.credentials(begun.text("auth_session")?, name, "a wrong password")?;
    match refused.text("error")? {
        "invalid_credentials" => Ok((begun.took.as_secs_f64() * 1e6, refused.took.as_secs_f64() * 1e6)),
        error => Err(Failure::Bench(format!("{name}: {error}"))),
    }
}

fn compare(times: &[Times], rounds: usize) -> Enumeration {
    let step = |step, of: fn(&Times) -> &Vec<f64>| {
        let first = of(&times[0]);
        let kinds = KINDS.iter().zip(times).map(|((_, name), times)| {
            let median_us = median(of(times));
            Kind { name, median_us, gap_us: (median_us - median(first)).abs(), p: mann_whitney(first, of(times)) }
        });
        Step { step, kinds: kinds.collect() }
    };
    let steps = vec![step("account", |times| &times.account), step("credentials", |times| &times.credentials)];
    let worst = |is_reference: bool| {
        let kinds = steps.iter().flat_map(|step| step.kinds.iter().enumerate().skip(1));
        let kinds = kinds.filter(move |(at, _)| (*at == REFERENCE) == is_reference);
        kinds.fold((1.0, 0.0), |(p, gap), (_, kind)| (kind.p.min(p), kind.gap_us.max(gap)))
    };
    let ((p_min, median_gap_us), (reference_p_min, reference_gap_us)) = (worst(false), worst(true));
    let comparisons = steps.len() * (KINDS.len() - 2);
    Enumeration { p_min, median_gap_us, reference_p_min, reference_gap_us, comparisons, rounds, steps }
}

fn shuffle(order: &mut [usize]) -> Result<(), Failure> {
    for end in (1..order.len()).rev() {
        let random = getrandom::u64().map_err(Failure::Randomness)?;
        let at = usize::try_from(random % (u64::try_from(end).unwrap_or(0) + 1)).unwrap_or(0);
        order.swap(at, end);
    }
    Ok(())
}

impl Figures for Enumeration {
    fn table(&self) -> String {
        let mut table = format!("{} requests of each kind, compared with unknown names\n", self.rounds);
        for Step { step, kinds } in &self.steps {
            let _ = writeln!(table, "{step:<22} {:>10} {:>8} {:>8}", "median µs", "gap µs", "p");
            for Kind { name, median_us, gap_us, p } in kinds {
                let _ = writeln!(table, "  {name:<20} {median_us:>10.0} {gap_us:>8.1} {p:>8.4}");
            }
        }
        let _ = write!(
            table,
            "smallest p {:.4} of {} comparisons, largest gap {:.1} µs; by chance alone {:.4} of 2, {:.1} µs",
            self.p_min, self.comparisons, self.median_gap_us, self.reference_p_min, self.reference_gap_us
        );
        table
    }
}
