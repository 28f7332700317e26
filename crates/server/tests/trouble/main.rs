//! What a server depends on, where that cannot do its work, or takes its time: each has its line in the log and in `check`,
//! and nothing that was answered is lost.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot do its work has failed")]

mod mail;
mod postgres;
#[path = "../program/mod.rs"]
mod program;
mod serving;
mod sqlite;

use std::path::PathBuf;
use std::process::Command;

/// The real binary.
fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_vestibule-server"))
}

/// The folder with PostgreSQL's programs, set by `cargo xtask test postgres`.
fn programs() -> PathBuf {
    std::env::var_os("TEST_POSTGRES_PROGRAMS").unwrap().into()
}
