//! `db …`: the database as a whole.

use clap::Subcommand;

use super::{CliError, database_trouble, open_store};
use crate::config::{Config, DatabaseConfig};
use crate::store::copy::copy;
use crate::store::{Store, sqlite_file};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(super) enum DbCommand {
    /// Copy everything from an SQLite database into the empty one of the configuration: whoever is signed in stays so.
    /// Stop the server first
    Copy {
        /// What `database.url` was before, like sqlite:vestibule.db
        from: String,
    },
}

pub(super) async fn run(config: Config, command: DbCommand) -> Result<(), CliError> {
    let DbCommand::Copy { from } = command;
    let source = DatabaseConfig::at(from);
    // Opening it would make it.
    if sqlite_file(&source.url).is_some_and(|file| !file.exists()) {
        return Err(CliError::Database(format!("{}: no such file", source.url)));
    }
    let place = |url: &str| sqlite_file(url).and_then(|file| file.canonicalize().ok());
    if place(&source.url).is_some_and(|source| place(&config.database.url) == Some(source)) {
        let problem = "still names the database that is to be copied; set it to the new one";
        return Err(CliError::Database(format!("database.url: {}: {problem}", config.database.shown())));
    }
    let from = Store::open(&source).await.map_err(|error| CliError::Database(database_trouble(&source, &error)))?;
    let to = open_store(&config).await?;
    let copied = copy(&from, &to).await;
    from.close().await;
    to.close().await;
    for (table, rows) in copied? {
        terminal::show(&format!("{table}\t{rows}"))?;
    }
    Ok(())
}
