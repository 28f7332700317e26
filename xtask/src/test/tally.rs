//! Counting what passed and what failed, from what the test programs themselves report.

use std::{
    io::{BufRead, BufReader},
    ops::AddAssign,
    process::{Command, Stdio},
};

use crate::command::{Failure, started};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, and programs that ended badly without saying which test it was.
    pub(crate) failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// One check that passed or failed as a whole.
    pub(crate) fn of(succeeded: bool) -> Self {
        Self { passed: u64::from(succeeded), failed: u64::from(!succeeded) }
    }

    /// A program that ended badly counts as a failure, even where all the tests that it named passed.
    fn ended(mut self, succeeded: bool) -> Self {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    /// The numbers in a summary line of Rust's test harness.
    fn from_summary(line: &str) -> Option<Self> {
        let (_, numbers) = line.split_once("test result: ")?;
        let number_before = |word: &str| numbers.split_once(word)?.0.rsplit(' ').next()?.parse().ok();
        Some(Self { passed: number_before(" passed")?, failed: number_before(" failed")? })
    }
}

/// Runs a check whose exit code is all that it says.
pub(crate) fn check(command: &mut Command) -> Result<Tally, Failure> {
    let result = command.status();
    Ok(Tally::of(started(command, result)?.success()))
}

/// Runs `cargo test`, shows what it prints and adds up its summaries.
pub(crate) fn cargo_test(command: &mut Command) -> Result<Tally, Failure> {
    let child = command.stdout(Stdio::piped()).spawn();
    let mut child = started(command, child)?;
    let mut tally = Tally::default();
    for line in child.stdout.take().into_iter().flat_map(|stdout| BufReader::new(stdout).lines()) {
        let line = line.map_err(Failure::file(command.get_program().as_ref()))?;
        println!("{line}");
        tally += Tally::from_summary(&line).unwrap_or_default();
    }
    let status = child.wait().map_err(Failure::file(command.get_program().as_ref()))?;
    Ok(tally.ended(status.success()))
}

/// The statistics in Playwright's JSON report.
#[derive(serde::Deserialize)]
struct Report {
    stats: Stats,
}

#[derive(serde::Deserialize)]
struct Stats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
}

/// What a run of Playwright reported; a run without a report is a failure.
pub(crate) fn playwright(report: &str, succeeded: bool) -> Tally {
    let stats = serde_json::from_str::<Report>(report).map(|report| report.stats);
    stats.map_or(Tally { passed: 0, failed: 1 }, |stats| {
        Tally { passed: stats.expected, failed: stats.unexpected + stats.flaky }.ended(succeeded)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_the_test_harness_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s";
        assert_eq!(Tally::from_summary(line), Some(Tally { passed: 12, failed: 3 }));
        assert_eq!(Tally::from_summary("test a_test ... ok"), None);
    }

    #[test]
    fn a_program_that_ends_badly_without_a_failed_test_is_a_failure() {
        assert_eq!(Tally { passed: 5, failed: 0 }.ended(false), Tally { passed: 5, failed: 1 });
        assert_eq!(Tally { passed: 5, failed: 2 }.ended(false), Tally { passed: 5, failed: 2 });
        assert_eq!(Tally { passed: 5, failed: 0 }.ended(true), Tally { passed: 5, failed: 0 });
    }

    #[test]
    fn a_browser_run_without_a_report_is_a_failure() {
        assert_eq!(playwright("", true), Tally { passed: 0, failed: 1 });
        let report = r#"{"stats": {"expected": 4, "unexpected": 1, "flaky": 1, "skipped": 0}}"#;
        assert_eq!(playwright(report, false), Tally { passed: 4, failed: 2 });
    }
}
