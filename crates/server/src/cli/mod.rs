//! The command line: serving, and the administration.

mod audit;
mod check;
mod db;
mod desk;
mod keys;
mod migrate;
mod openapi;
mod password;
mod serve;
mod sessions;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, DatabaseConfig};
use crate::keys::KeysError;
use crate::password::{Busy, NewPasswordError};
use crate::serve::ServeError;
use crate::store::accounts::AccountError;
use crate::store::copy::CopyError;
use crate::store::{Store, StoreError, sqlite_file};
use crate::terminal;

/// Sign-in server of a unified-communications service.
#[derive(Debug, Parser)]
#[command(name = "vestibule-server", version, propagate_version = true)]
struct Arguments {
    /// Configuration file [default: vestibule.toml, or else /etc/vestibule/vestibule.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until told to stop (SIGTERM or Ctrl-C)
    Serve,
    /// Make, change and list accounts
    #[command(subcommand)]
    User(user::UserCommand),
    /// List and end the sessions of an account
    #[command(subcommand)]
    Sessions(sessions::SessionsCommand),
    /// Rotate and export the keys that sign access tokens
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Show who tried what, and what came of it
    Audit(audit::AuditArguments),
    /// Check configuration, database, mail, certificate and clock
    Check,
    /// Bring the schema of the database up to date, as `serve` does when it starts
    Migrate,
    /// Move to another database
    #[command(subcommand)]
    Db(db::DbCommand),
    /// Print the OpenAPI document of the server's endpoints
    Openapi,
}

/// Why a command was not done. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("{0}")]
    Database(String),
    #[error("database.url: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("password_hash: {0}")]
    PasswordHash(String),
    #[error("no account has the user name or e-mail address `{0}`; `user list` shows all")]
    NoSuchAccount(String),
    #[error("{0} has no session `{1}`; `sessions list` shows all")]
    NoSuchSession(String, String),
    #[error("a new key is waiting already and signs from {0} on; `--at-once` replaces all keys instead")]
    KeyWaits(String),
    #[error("`{0}` is no user name: letters, digits and signs without blanks and without @, 254 at the most")]
    NotAUsername(String),
    #[error("`{0}` is no e-mail address; write it like ada@example.com")]
    NotAnEmail(String),
    #[error("`{0}` cannot be a name to show: one line of 254 characters at the most")]
    NotAName(String),
    #[error("{name}: {error}")]
    Account { name: String, error: AccountError },
    #[error(transparent)]
    NewPassword(#[from] NewPasswordError),
    #[error("the two passwords are not the same")]
    NotTheSame,
    #[error("the password could not be read: {0}")]
    NoPassword(std::io::Error),
    #[error("{0}")]
    Import(String),
    #[error("`{0}` is neither a moment like 2026-01-31 or 2026-01-31T12:00:00Z nor a time span like 24h or 7days")]
    NotAMoment(String),
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error("this machine has no randomness to give: {0}")]
    NoRandomness(String),
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
    /// What failed has been told already.
    #[error("some checks failed")]
    Told,
}

/// A database that cannot be opened: what is wrong with which, and the mend.
fn database_trouble(database: &DatabaseConfig, problem: &StoreError) -> String {
    let code = match problem {
        StoreError::Database(sqlx::Error::Database(error)) => error.code(),
        _ => None,
    };
    let mend = match problem {
        StoreError::Database(_) if database.is_postgres() => {
            "; PostgreSQL must be there, with this database, and let this user in"
        }
        // SQLITE_NOTADB.
        StoreError::Database(_) if code.as_deref() == Some("26") => {
            "; put back a backup, or name another file: where there is none, a new database is made"
        }
        // SQLITE_CORRUPT.
        StoreError::Database(_) if code.as_deref() == Some("11") => "; put back a backup",
        StoreError::Database(_) => "; the file and its folder must be there and writable for this user",
        // These say themselves what to do.
        _ => "",
    };
    if let StoreError::Config(invalid) = problem {
        return format!("{}: {}", invalid.key, invalid.problem);
    }
    format!("database.url: {}: {problem}{mend}", database.shown())
}

/// Opens the database. Of a file that was not there before it is told where it is: in another folder than the service's, a
/// relative address names another file.
async fn open_store(config: &Config) -> Result<Store, CliError> {
    let database = &config.database;
    let missing = sqlite_file(&database.url).filter(|file| !file.exists());
    let opened = Store::open(database).await;
    if let Some(file) = missing.and_then(|file| file.canonicalize().ok()) {
        terminal::complain(&format!("vestibule-server: {}: newly made, for there was no database", file.display()));
    }
    opened.map_err(|error| CliError::Database(database_trouble(database, &error)))
}

/// Reads the arguments, does what they ask for, and tells what went wrong.
pub async fn main() -> ExitCode {
    let Arguments { config, command } = Arguments::parse();
    match run(config, command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(CliError::Told) => ExitCode::FAILURE,
        Err(error) => {
            terminal::complain(&format!("vestibule-server: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Option<PathBuf>, command: Command) -> Result<(), CliError> {
    let load = || Config::load(config.as_deref());
    match command {
        Command::Serve => serve::run(load()?).await,
        Command::User(command) => user::run(load()?, command).await,
        Command::Sessions(command) => sessions::run(load()?, command).await,
        Command::Keys(command) => keys::run(load()?, command).await,
        Command::Audit(arguments) => audit::run(load()?, &arguments).await,
        Command::Check => check::run(Config::file(config.as_deref()).as_deref(), load()).await,
        Command::Db(command) => db::run(load()?, command).await,
        Command::Migrate => migrate::run(&load()?).await,
        Command::Openapi => openapi::run(),
    }
}
