//! A PostgreSQL of the tests' own: its data under `target`, gone with whoever started it.

use std::fs;

use vestibule_testbed::Postgres;

use crate::{
    command::{Failure, say},
    place, tools,
};

/// What is thrown away after a test need not survive a power cut.
const FORGETFUL: [&str; 3] = ["fsync=off", "full_page_writes=off", "max_connections=400"];
/// As it is run for good, but for the statements being counted.
const COUNTING: [&str; 2] = ["shared_preload_libraries=pg_stat_statements", "max_connections=200"];

/// Starts one with an empty database, for tests.
pub(crate) fn start() -> Result<Postgres, Failure> {
    start_with(&FORGETFUL)
}

/// Starts one with an empty database that writes everything as one that is run for good does, and counts statements.
pub(crate) fn start_counting() -> Result<Postgres, Failure> {
    start_with(&COUNTING)
}

fn start_with(settings: &[&str]) -> Result<Postgres, Failure> {
    let programs = tools::postgres()?;
    let data = place::target().join("postgres");
    if data.exists() {
        fs::remove_dir_all(&data).map_err(Failure::file(&data))?;
    }
    say("Starting PostgreSQL");
    Postgres::start(&programs, &data, settings).map_err(Failure::file(&data))
}
