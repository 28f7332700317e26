//! The server that is measured: the release build, with a database of its own, on a free port; and a client of it.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use ureq::Agent;

use super::{free_address, process};
use crate::{
    command::{Failure, checked, run, say, started},
    place,
    server::{self, Account},
};

/// What every account has.
pub(super) const PASSWORD: &str = "seven green kettles";
/// S256 of a verifier that is never needed: no code is redeemed.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A running server. It ends with this value.
pub(super) struct Subject {
    origin: String,
    folder: PathBuf,
    process: Child,
}

/// An answer, and how long it took.
#[derive(Debug)]
pub(super) struct Timed {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) took: Duration,
}

impl Timed {
    /// A text of the answer, which must be there.
    pub(super) fn text(&self, member: &str) -> Result<&str, Failure> {
        let text = self.body[member].as_str();
        text.ok_or_else(|| Failure::Bench(format!("no {member} in {} {}", self.status, self.body)))
    }
}

/// An account, and what is then done to it.
pub(super) struct Setup<'a> {
    pub(super) name: &'a str,
    pub(super) two_factor: bool,
    pub(super) has_email: bool,
    pub(super) is_disabled: bool,
}

impl Subject {
    /// Builds the server, adds the accounts, and starts it with these settings.
    pub(super) fn start(name: &str, settings: &str, accounts: &[Setup<'_>]) -> Result<Self, Failure> {
        say("Building the server");
        run(Command::new("cargo")
            .args(["build", "--release", "--package", "vestibule-server"])
            .stdout(Stdio::null())
            .current_dir(place::root()))?;
        let folder = place::target().join("bench").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
        }
        fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        let address = free_address()?;
        let config = folder.join("vestibule.toml");
        let text = format!(
            "listen = \"{address}\"\npublic_addresses = \"http://{address}\"\nlog.format = \"json\"\n\
             database.url = \"sqlite:{0}/vestibule.db\"\nmail.outbox = \"{0}/outbox\"\nmail.warnings = false\n{settings}",
            folder.display()
        );
        fs::write(&config, text).map_err(Failure::file(&config))?;
        for account in accounts {
            add(&config, account)?;
        }
        let mut command = server::command(&place::server(), &config);
        let child = command.arg("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut process = started(&command, child)?;
        let mut log = BufReader::new(process.stderr.take().ok_or_else(|| Failure::Bench("no log".into()))?).lines();
        let is_ready = log.any(|line| line.is_ok_and(|line| line.contains("\"ready\"")));
        // What is logged later must go somewhere, or the server would wait for its reader.
        std::thread::spawn(move || log.for_each(drop));
        let subject = Self { origin: format!("http://{address}"), folder, process };
        if is_ready { Ok(subject) } else { Err(Failure::Bench("the server did not start".into())) }
    }

    /// A client with connections of its own.
    pub(super) fn client(&self) -> Client {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_mins(1)));
        Client { agent: config.build().into(), endpoint: format!("{}/oauth/authorize-challenge", self.origin) }
    }

    /// A figure of the process in MB: `VmRSS`, or `VmHWM` for the most so far.
    pub(super) fn memory(&self, key: &str) -> Result<f64, Failure> {
        process::memory(self.process.id(), key)
    }

    /// The code in the mail with this reference.
    pub(super) fn code(&self, reference: &str) -> Result<String, Failure> {
        let outbox = self.folder.join("outbox");
        let subject = format!("reference {reference}\r\n");
        for entry in fs::read_dir(&outbox).map_err(Failure::file(&outbox))? {
            let file = entry.map_err(Failure::file(&outbox))?.path();
            let mail = fs::read_to_string(&file).map_err(Failure::file(&file))?;
            if mail.contains(&subject)
                && let Some((before, _)) = mail.split_once(" is your access code")
                && let Some(code) = before.get(before.len().saturating_sub(6)..)
            {
                let code = code.to_owned();
                // References are few: the next sign-in may be given the same.
                fs::remove_file(&file).map_err(Failure::file(&file))?;
                return Ok(code);
            }
        }
        Err(Failure::Bench(format!("no mail with the reference {reference}")))
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        if self.process.kill().is_ok() {
            drop(self.process.wait());
        }
    }
}

fn add(config: &std::path::Path, setup: &Setup<'_>) -> Result<(), Failure> {
    let (binary, name) = (place::server(), setup.name);
    let email = format!("{name}@example.com");
    let account = Account { name, email: &email, display_name: name, two_factor: setup.two_factor, password: PASSWORD };
    server::add(&binary, config, &account)?;
    let changes = [(!setup.has_email, vec!["set-email", name, "--remove"]), (setup.is_disabled, vec!["disable", name])];
    for (_, arguments) in changes.into_iter().filter(|(is_wanted, _)| *is_wanted) {
        let mut command = server::command(&binary, config);
        let status = command.arg("user").args(arguments).stdout(Stdio::null()).status();
        let status = started(&command, status)?;
        checked(&command, status)?;
    }
    Ok(())
}

/// Whoever signs in.
pub(super) struct Client {
    agent: Agent,
    endpoint: String,
}

impl Client {
    fn post(&self, form: &[(&str, &str)]) -> Result<Timed, Failure> {
        let failed = |error: ureq::Error| Failure::Bench(error.to_string());
        #[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
        let begun = Instant::now();
        let mut response = self.agent.post(&self.endpoint).send_form(form.iter().copied()).map_err(failed)?;
        let text = response.body_mut().read_to_string().map_err(failed)?;
        let took = begun.elapsed();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Timed { status: response.status().as_u16(), body, took })
    }

    /// Begins a sign-in.
    pub(super) fn account(&self, username: &str) -> Result<Timed, Failure> {
        self.post(&[
            ("client_id", "vestibule"),
            ("response_type", "code"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("username", username),
        ])
    }

    /// Gives a password.
    pub(super) fn credentials(&self, session: &str, username: &str, password: &str) -> Result<Timed, Failure> {
        self.post(&[("auth_session", session), ("uc_username", username), ("password", password)])
    }

    /// Gives an access code.
    pub(super) fn code(&self, session: &str, otp: &str) -> Result<Timed, Failure> {
        self.post(&[("auth_session", session), ("otp", otp)])
    }
}
