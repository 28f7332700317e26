//! All tests, or some parts of them, with one line at the end that says how it went.

mod parts;
mod tally;

use std::{process::ExitCode, time::Instant};

use clap::ValueEnum;
use tally::Tally;

use crate::command::{Failure, say};

/// What can be run on its own, in the order in which all of it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// Format, lints, documentation, unit and router tests
    Host,
    /// The server's tests on PostgreSQL
    Postgres,
    /// The page's parts that need a browser's interfaces
    Wasm,
    /// The whole sign-in in Chromium, against the real server
    E2e,
    /// Everything that could lose a sign-in: reloads, killed browsers, cut networks, deployments, faults
    Lost,
    /// OAuth clients that others wrote, against the real server
    Clients,
    /// The sign-in in Firefox, in WebKit, on an emulated phone, and where nothing may be stored
    Engines,
}

impl Part {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn is_fast(self) -> bool {
        self == Self::Host
    }

    fn run(self) -> Result<Tally, Failure> {
        match self {
            Self::Host => parts::host(),
            Self::Postgres => parts::postgres(),
            Self::Wasm => parts::wasm(),
            Self::E2e => parts::e2e(),
            Self::Lost => parts::lost(),
            Self::Clients => parts::clients(),
            Self::Engines => parts::engines(),
        }
    }
}

/// Runs these parts, or all without any named, each even where an earlier one failed.
pub(crate) fn test(parts: &[Part], fast: bool) -> ExitCode {
    let mut parts = if parts.is_empty() { Part::value_variants().to_vec() } else { parts.to_vec() };
    parts.retain(|part| !fast || part.is_fast());
    parts.sort();
    parts.dedup();
    let mut lines = Vec::new();
    let mut total = Tally::default();
    for part in parts {
        say(&format!("Tests: {}", part.name()));
        #[expect(clippy::disallowed_methods, reason = "a task shows how long it took; nothing is decided by it")]
        let start = Instant::now();
        let tally = part.run().unwrap_or_else(|failure| {
            eprintln!("{failure}");
            Tally::of(&failure.to_string(), false)
        });
        let seconds = start.elapsed().as_secs();
        lines.push(format!("{:<8} {} passed, {} failed, {seconds} s", part.name(), tally.passed, tally.failed));
        total += tally;
    }
    println!();
    for failure in &total.failures {
        println!("failed: {failure}\n");
    }
    for line in &lines {
        println!("{line}");
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    // A run without a single test proves nothing.
    if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
