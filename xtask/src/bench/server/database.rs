//! The database that is measured with: as it is run for good, and filled with many accounts.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::ValueEnum;
use serde::Serialize;
use vestibule_testbed::Postgres;

use super::servers::{Fleet, TEMPLATE};
use crate::{
    command::{Failure, output_of},
    postgres,
};

/// Live sessions, whose they may be.
const SESSIONS: u32 = 100_000;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Engine {
    /// A file
    Sqlite,
    /// A server of its own, started for this
    Postgres,
}

pub(super) enum Database {
    Sqlite(PathBuf),
    Postgres(Box<Postgres>),
}

impl Database {
    pub(super) fn make(engine: Engine, folder: &Path) -> Result<Self, Failure> {
        let file = folder.join("vestibule.db");
        Ok(match engine {
            Engine::Sqlite => {
                for end in ["", "-wal", "-shm"] {
                    // Those of the run before, if there was one.
                    drop(fs::remove_file(format!("{}{end}", file.display())));
                }
                Self::Sqlite(file)
            }
            Engine::Postgres => Self::Postgres(Box::new(postgres::start_counting()?)),
        })
    }

    pub(super) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    pub(super) fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite:{}", file.display()),
            Self::Postgres(postgres) => postgres.url(),
        }
    }

    /// Runs statements; what they say.
    pub(super) fn run(&self, sql: &str) -> Result<String, Failure> {
        match self {
            Self::Sqlite(file) => output_of(Command::new("sqlite3").arg("-bail").arg(file), sql),
            Self::Postgres(postgres) => output_of(&mut postgres.terminal(), sql),
        }
    }

    /// Makes accounts `person1`, `person2` and so on, like the one that the server itself made, and sessions of them.
    pub(super) fn fill(&self, fleet: &Fleet, accounts: u32) -> Result<(), Failure> {
        fleet.add_template(TEMPLATE)?;
        // Ids are random, as those of the server are: it matters for indexes.
        let (id, tidy) = match self {
            Self::Sqlite(_) => ("lower(hex(randomblob(16)))", "PRAGMA wal_checkpoint(TRUNCATE);"),
            Self::Postgres(_) => ("md5(CAST(random() AS TEXT) || n)", "VACUUM ANALYZE; CHECKPOINT;"),
        };
        let days = |count: i64| count * 24 * 3_600_000;
        self.run(&format!(
            "BEGIN;
             INSERT INTO account (id, username, name, email, email_key, password_hash, two_factor, disabled, created_at,
                 hash_cost)
             SELECT {id}, 'person' || n, 'Person ' || n, 'person' || n || '@example.com',
                 'person' || n || '@example.com', password_hash, 1, 0, created_at, hash_cost
             FROM {}, account WHERE username = '{TEMPLATE}';
             INSERT INTO session (id, kind, account_id, issuer, client_id, scope, cookie_hash, preferred_device,
                 route_calls_to_cell, created_at, used_at, idle_expires_at, expires_at)
             SELECT {id}, 'cookie', account.id, '{issuer}', 'vestibule', 'profile', {id}, 'desk-phone', 0, created_at,
                 created_at, created_at + {week}, created_at + {month}
             FROM {} JOIN account ON username = 'person' || (n % {accounts} + 1);
             INSERT INTO audit (id, at, event, outcome, username, client_address)
             SELECT {id}, created_at, 'session-begun', 'success', username, '192.0.2.1'
             FROM {} JOIN account ON username = 'person' || n;
             COMMIT;
             {tidy}",
            numbers(accounts),
            numbers(SESSIONS),
            numbers(accounts),
            issuer = fleet.origin(),
            week = days(7),
            month = days(30),
        ))?;
        if let Self::Postgres(_) = self {
            self.run("CREATE EXTENSION pg_stat_statements")?;
        }
        Ok(())
    }

    /// What it takes on the disk, in MB (10^6 bytes).
    pub(super) fn size_mb(&self) -> Result<f64, Failure> {
        match self {
            Self::Sqlite(file) => {
                let size = fs::metadata(file).map_err(Failure::file(file))?.len();
                #[expect(clippy::cast_precision_loss, reason = "files are far smaller than 2^52 bytes")]
                Ok(size as f64 / 1e6)
            }
            Self::Postgres(_) => Ok(self.number("SELECT pg_database_size(current_database())")? / 1e6),
        }
    }

    /// Statements so far, where they are counted.
    pub(super) fn statements(&self) -> Result<Option<f64>, Failure> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(_) => self.number("SELECT sum(calls) FROM pg_stat_statements").map(Some),
        }
    }

    fn number(&self, query: &str) -> Result<f64, Failure> {
        let said = self.run(query)?;
        said.trim().parse().map_err(|_| Failure::Bench(format!("{query}: {said}")))
    }
}

/// The numbers from 1 on, as a table of both databases.
pub(super) fn numbers(count: u32) -> String {
    format!(
        "(WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count})
          SELECT n FROM number) AS numbers"
    )
}
