//! Whole sign-ins, many at once, and what they are measured beside: bare password hashes. `cargo xtask bench server` runs
//! it, apart from the server, whose processor time alone counts. Built as a release, for it shares the processors.
//!
//! It is told what to do by one JSON object on its standard input, and answers with one on its standard output.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a terminal program speaks to the terminal")]

mod mail;
mod reference;
mod request;
mod sign_in;

use std::net::SocketAddr;
use std::process::ExitCode;

use serde::Deserialize;

/// What to do.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Task {
    /// Checks passwords, and nothing else.
    Reference {
        /// As many at once.
        threads: usize,
        /// For so long.
        seconds: u64,
        /// Work of a hash.
        memory_kib: u32,
        passes: u32,
    },
    /// Signs in.
    SignIn(sign_in::Plan),
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the task: {0}")]
    Task(#[from] serde_json::Error),
    #[error("{0}")]
    System(#[from] std::io::Error),
    #[error("argon2: {0}")]
    Hash(argon2::Error),
    #[error("{0} did not answer: {1}")]
    NoAnswer(SocketAddr, hyper::Error),
    #[error("no request can be made of {0}")]
    Request(String),
    #[error("{step}: {status} {body}")]
    Refused { step: &'static str, status: u16, body: String },
    #[error("no mail came to {0}")]
    NoMail(String),
    #[error("no sign-in was wanted")]
    Nothing,
    #[error("a part of it panicked")]
    Panicked,
}

fn main() -> ExitCode {
    match run() {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, Failure> {
    let figures = match serde_json::from_reader(std::io::stdin().lock())? {
        Task::Reference { threads, seconds, memory_kib, passes } => {
            serde_json::to_string(&reference::measure(threads, seconds, memory_kib, passes)?)
        }
        Task::SignIn(plan) => serde_json::to_string(&sign_in::measure(plan)?),
    };
    Ok(figures?)
}
