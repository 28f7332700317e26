//! Counting what passed and what failed, from what the test programs themselves report.

use std::{
    io::{BufRead, BufReader},
    ops::AddAssign,
    process::{Command, Stdio},
};

use anstream::adapter::strip_str;

use crate::command::{Failure, started};

/// How many tests passed and failed, and which failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, and programs that ended badly without saying which test it was.
    pub(crate) failed: u64,
    /// The names of those that failed, and what is known of each, for the end of a long run's output.
    pub(crate) failures: Vec<String>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.extend(other.failures);
    }
}

impl Tally {
    /// One check, of this name, that passed or failed as a whole.
    pub(crate) fn of(name: &str, succeeded: bool) -> Self {
        Self { passed: u64::from(succeeded), ..Self::default() }.ended(name, succeeded)
    }

    /// A program that ended badly counts as a failure, even where all the tests that it named passed.
    fn ended(mut self, name: &str, succeeded: bool) -> Self {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
            self.failures.push(name.to_owned());
        }
        self
    }

    /// The numbers in a summary line of Rust's test harness.
    fn from_summary(line: &str) -> Option<Self> {
        let (_, numbers) = line.split_once("test result: ")?;
        let number_before = |word: &str| numbers.split_once(word)?.0.rsplit(' ').next()?.parse().ok();
        Some(Self { passed: number_before(" passed")?, failed: number_before(" failed")?, failures: Vec::new() })
    }

    /// What a line of Rust's test harness says: a summary, or that a test failed.
    fn read(&mut self, line: &str) {
        if let Some(summary) = Self::from_summary(line) {
            *self += summary;
        } else if let Some(name) = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
    }
}

/// A command as it is typed.
fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Runs a check whose exit code is all that it says.
pub(crate) fn check(command: &mut Command) -> Result<Tally, Failure> {
    let result = command.status();
    let succeeded = started(command, result)?.success();
    Ok(Tally::of(&line_of(command), succeeded))
}

/// Runs `cargo test`, shows what it prints and adds up its summaries.
pub(crate) fn cargo_test(command: &mut Command) -> Result<Tally, Failure> {
    let child = command.stdout(Stdio::piped()).spawn();
    let mut child = started(command, child)?;
    let mut tally = Tally::default();
    for line in child.stdout.take().into_iter().flat_map(|stdout| BufReader::new(stdout).lines()) {
        let line = line.map_err(Failure::file(command.get_program().as_ref()))?;
        println!("{line}");
        tally.read(&line);
    }
    let status = child.wait().map_err(Failure::file(command.get_program().as_ref()))?;
    Ok(tally.ended(&line_of(command), status.success()))
}

/// What is read of Playwright's JSON report.
#[derive(serde::Deserialize)]
struct Report {
    stats: Stats,
    #[serde(default)]
    suites: Vec<Suite>,
}

#[derive(serde::Deserialize)]
struct Suite {
    title: String,
    #[serde(default)]
    suites: Vec<Suite>,
    #[serde(default)]
    specs: Vec<Spec>,
}

#[derive(serde::Deserialize)]
struct Spec {
    title: String,
    ok: bool,
    #[serde(default)]
    tests: Vec<Runs>,
}

#[derive(serde::Deserialize)]
struct Runs {
    results: Vec<Run>,
}

#[derive(serde::Deserialize)]
struct Run {
    #[serde(default)]
    errors: Vec<Complaint>,
}

#[derive(serde::Deserialize)]
struct Complaint {
    #[serde(default)]
    message: String,
}

impl Suite {
    /// The tests of this suite that failed, each with its errors below it.
    fn failures(&self, above: &str) -> Vec<String> {
        let path = format!("{above}{} › ", self.title);
        let failed = self.specs.iter().filter(|spec| !spec.ok).map(|spec| {
            let runs = spec.tests.iter().flat_map(|test| &test.results);
            let complaints = runs.flat_map(|run| &run.errors).map(|error| format!("\n{}", strip_str(&error.message)));
            format!("{path}{}{}", spec.title, complaints.collect::<String>())
        });
        failed.chain(self.suites.iter().flat_map(|suite| suite.failures(&path))).collect()
    }
}

#[derive(serde::Deserialize)]
struct Stats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
}

/// What a run of Playwright, of this name, reported; a run without a report is a failure.
pub(crate) fn playwright(name: &str, report: &str, succeeded: bool) -> Tally {
    let Ok(report) = serde_json::from_str::<Report>(report) else { return Tally::of(name, false) };
    let failures = report.suites.iter().flat_map(|suite| suite.failures("")).collect();
    let Stats { expected, unexpected, flaky } = report.stats;
    Tally { passed: expected, failed: unexpected + flaky, failures }.ended(name, succeeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(passed: u64, failures: &[&str]) -> Tally {
        let failed = u64::try_from(failures.len()).unwrap_or(u64::MAX);
        Tally { passed, failed, failures: failures.iter().map(|&name| name.to_owned()).collect() }
    }

    #[test]
    fn what_the_test_harness_prints_is_counted_and_failures_are_named() {
        let mut tally = Tally::default();
        for line in [
            "test one::passes ... ok",
            "test one::fails ... FAILED",
            "test result: FAILED. 12 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
        ] {
            tally.read(line);
        }
        assert_eq!(tally, failed(15, &["one::fails"]));
    }

    #[test]
    fn a_program_that_ends_badly_without_a_failed_test_is_a_failure() {
        assert_eq!(failed(5, &[]).ended("a", false), failed(5, &["a"]));
        assert_eq!(failed(5, &["b", "c"]).ended("a", false), failed(5, &["b", "c"]));
        assert_eq!(failed(5, &[]).ended("a", true), failed(5, &[]));
        assert_eq!(Tally::of("a", true), failed(1, &[]));
        assert_eq!(Tally::of("a", false), failed(0, &["a"]));
    }

    #[test]
    fn a_browser_run_is_counted_and_says_what_failed_and_why() {
        assert_eq!(playwright("e2e", "", true), failed(0, &["e2e"]));
        let report = r#"{
            "suites": [{ "title": "a.spec.ts", "specs": [{ "title": "works", "ok": true }], "suites": [{
                "title": "a group",
                "specs": [{ "title": "breaks", "ok": false, "tests": [{ "results": [{ "errors": [{ "message": "\u001b[31mwhy\u001b[39m" }] }] }] }]
            }] }],
            "stats": { "expected": 4, "unexpected": 1, "flaky": 0, "skipped": 0 }
        }"#;
        assert_eq!(playwright("e2e", report, false), failed(4, &["a.spec.ts › a group › breaks\nwhy"]));
    }
}
