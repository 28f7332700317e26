//! The commands of `vestibule-server`.

mod audit;
mod check;
mod output;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError};
use crate::http::openapi;
use crate::logging;
use crate::serve::{self, ServeError};

use output::{complain, show};

/// The server that the sign-in page signs in to.
#[derive(Debug, Parser)]
#[command(name = "vestibule-server", version)]
struct Cli {
    /// Configuration file [default: ./vestibule.toml, else /etc/vestibule/vestibule.toml].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until told to stop (SIGTERM, SIGINT).
    Serve,
    /// Make, show and change accounts.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Show the audit trail.
    Audit(audit::AuditArgs),
    /// Check configuration, database, mail server, certificate and clock.
    Check,
    /// Print the OpenAPI document.
    Openapi,
}

/// Why a command failed: one variant for each thing that the administrator can mend.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Server(#[from] ServeError),
    #[error(transparent)]
    User(#[from] user::UserError),
    #[error(transparent)]
    Audit(#[from] audit::AuditError),
    #[error("{0} of the checks failed")]
    Check(usize),
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
    #[error("the document cannot be written: {0}")]
    Document(#[from] serde_json::Error),
}

/// Runs the command that was given; errors go to standard error, with exit code 1.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error),
    }
}

async fn run(cli: Cli) -> Result<(), CliError> {
    let load = || Config::load(cli.config.as_deref());
    match cli.command {
        Command::Serve => {
            let config = load()?;
            logging::init(&config.log);
            Ok(serve::run(config).await?)
        }
        Command::User(command) => Ok(user::run(load()?, command).await?),
        Command::Audit(arguments) => Ok(audit::run(load()?, arguments).await?),
        Command::Check => check::run(load()).await,
        Command::Openapi => Ok(show(&serde_json::to_string_pretty(&openapi::document())?)?),
    }
}
