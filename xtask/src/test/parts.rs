//! What each part runs.

use std::{fs, path::PathBuf, process::Command};

use super::tally::{Tally, cargo_test, check, playwright};
use crate::{
    command::{Failure, run, say},
    dist, place, postgres, server, size, tools,
};

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(args).current_dir(place::root());
    command
}

/// Format, lints for both sides, documentation, and all tests that need no browser.
pub(super) fn host() -> Result<Tally, Failure> {
    tools::for_host_checks()?;
    tools::wasm_target()?;
    let mut tally = Tally::default();
    say("Format");
    tally += check(&mut cargo(&["fmt", "--all", "--check"]))?;
    say("Lints");
    tally += check(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    tally += check(&mut cargo(&[
        "clippy",
        "--package",
        "vestibule",
        "--all-targets",
        "--target",
        tools::WASM,
        "--",
        "-D",
        "warnings",
    ]))?;
    say("Documentation");
    tally += check(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    say("Unit and router tests");
    tally += cargo_test(&mut cargo(&["test", "--workspace", "--no-fail-fast"]))?;
    Ok(tally)
}

/// The server's tests once more, with PostgreSQL for their database.
pub(super) fn postgres() -> Result<Tally, Failure> {
    tools::haproxy()?;
    let postgres = postgres::start()?;
    // Of all packages, but for those whose tests need no database: by itself, the server asks for other features of what it
    // depends on, and all of that would be compiled once more.
    let elsewhere = ["flow", "protocol", "testbed"].map(|name| format!("--exclude=vestibule-{name}"));
    let mut command = cargo(&["test", "--workspace"]);
    command.args(elsewhere).args(["--lib", "--test=*", "--no-fail-fast", "--", "--include-ignored"]);
    // Some tests start another one, to restart it.
    command.env("TEST_POSTGRES_URL", postgres.url()).env("TEST_POSTGRES_PROGRAMS", tools::postgres()?);
    cargo_test(&mut command)
}

/// The page's own tests in a headless Chromium.
pub(super) fn wasm() -> Result<Tally, Failure> {
    tools::wasm_target()?;
    tools::wasm_bindgen()?;
    let chromium = tools::chromium()?;
    let chromedriver = tools::chromedriver()?;
    let capabilities = place::target().join("webdriver.json");
    let mut options = serde_json::json!({
        "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
    if let Some(chromium) = chromium {
        options["binary"] = serde_json::json!(chromium);
    }
    let text = serde_json::json!({ "goog:chromeOptions": options }).to_string();
    fs::write(&capabilities, text).map_err(Failure::file(&capabilities))?;
    cargo_test(
        cargo(&["test", "--package", "vestibule", "--target", tools::WASM, "--no-fail-fast"])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
            .env("CHROMEDRIVER", chromedriver)
            .env("PATH", tools::path()),
    )
}

/// The whole sign-in, in Chromium, against the release build.
pub(super) fn e2e() -> Result<Tally, Failure> {
    server::build()?;
    tools::for_browser_tests()?;
    say("How heavy the page is");
    let light = match size::size(false, false) {
        Ok(()) => true,
        Err(failure @ Failure::TooHeavy(_)) => {
            eprintln!("{failure}");
            false
        }
        Err(other) => return Err(other),
    };
    let mut tally = Tally::of("size", light);
    say("Types of the browser tests");
    tally += check(Command::new("npm").args(["run", "--silent", "check"]).current_dir(place::tests()))?;
    say("The sign-in in Chromium");
    tally += playwright_project("e2e", tools::headless_chromium()?)?;
    Ok(tally)
}

/// What cannot be lost, in Chromium, against the release build and the page for a WebView.
pub(super) fn lost() -> Result<Tally, Failure> {
    server::build()?;
    dist::shell("/")?;
    tools::for_browser_tests()?;
    say("What cannot be lost, in Chromium");
    playwright_project("lost", tools::headless_chromium()?)
}

/// OAuth clients that others wrote, against the release build.
pub(super) fn clients() -> Result<Tally, Failure> {
    server::build()?;
    tools::for_browser_tests()?;
    tools::python(&place::tests().join("clients").join("requirements.txt"))?;
    tools::haproxy()?;
    say("OAuth clients");
    playwright_project("clients", None)
}

/// Every engine, and a whole Chromium, against the release build.
pub(super) fn engines() -> Result<Tally, Failure> {
    server::build()?;
    tools::for_browser_tests()?;
    tools::engines()?;
    say("The sign-in in other browsers");
    playwright_project("engines", tools::chromium()?)
}

/// One project of the browser tests.
fn playwright_project(project: &str, chromium: Option<PathBuf>) -> Result<Tally, Failure> {
    let report = place::target().join("e2e").join("report.json");
    if report.exists() {
        fs::remove_file(&report).map_err(Failure::file(&report))?;
    }
    let mut command = Command::new("npx");
    command.args(["playwright", "test", "--project", project]).current_dir(place::tests());
    if let Some(chromium) = chromium {
        command.env("E2E_CHROMIUM", chromium);
    }
    let succeeded = match run(&mut command) {
        Ok(()) => true,
        Err(Failure::Failed { .. }) => false,
        Err(other) => return Err(other),
    };
    Ok(playwright(project, &fs::read_to_string(&report).unwrap_or_default(), succeeded))
}
