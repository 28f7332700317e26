//! Whoever signs in: `tests/bench/load`, a program of its own.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, process::Command};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{super::free_address, servers::Cost};
use crate::{
    command::{Failure, output_of},
    place,
};

/// How long bare hashes are made.
const REFERENCE_SECONDS: u64 = 4;

/// What is asked of it.
#[derive(Debug, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(super) enum Task {
    Reference {
        threads: usize,
        seconds: u64,
        #[serde(flatten)]
        cost: Cost,
    },
    SignIn {
        server: SocketAddr,
        mail: SocketAddr,
        password: &'static str,
        first: u32,
        accounts: u32,
        at_once: u32,
        sign_ins: u32,
    },
}

/// What it found of bare hashes.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Reference {
    pub(super) per_s: f64,
    /// Processor time of one.
    pub(super) cpu_ms: f64,
}

impl Reference {
    /// The middle of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self { per_s: f64::midpoint(self.per_s, other.per_s), cpu_ms: f64::midpoint(self.cpu_ms, other.cpu_ms) }
    }
}

/// What it found of sign-ins.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Found {
    pub(super) sign_ins: u32,
    pub(super) per_s: f64,
    pub(super) steps: BTreeMap<String, Latency>,
    pub(super) all: Latency,
    pub(super) failed: u32,
    pub(super) failure: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Latency {
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

/// The program, and where it takes mails.
pub(super) struct Load {
    program: PathBuf,
    mail: SocketAddr,
}

impl Load {
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self { program: place::server().with_file_name("vestibule-load"), mail: free_address()? })
    }

    /// Where mails have to go.
    pub(super) fn mail(&self) -> SocketAddr {
        self.mail
    }

    /// Bare hashes, so many at once.
    pub(super) fn reference(&self, threads: usize, cost: Cost) -> Result<Reference, Failure> {
        self.run(&Task::Reference { threads, seconds: REFERENCE_SECONDS, cost })
    }

    pub(super) fn run<T: DeserializeOwned>(&self, task: &Task) -> Result<T, Failure> {
        let understood = |error: serde_json::Error| Failure::Bench(error.to_string());
        let mut command = Command::new(&self.program);
        let found = output_of(&mut command, &serde_json::to_string(task).map_err(understood)?)?;
        serde_json::from_str(&found).map_err(understood)
    }
}
