//! `user import FILE.csv`: all accounts of a file, or none.

use std::path::{Path, PathBuf};

use super::{UserError, audit, parse_email, parse_username};
use crate::password::check_new;
use crate::state::Shared;
use crate::store::accounts::NewAccount;

/// The first line of the file.
const COLUMNS: [&str; 5] = ["username", "name", "email", "two_factor", "password"];

/// What is wrong with the file, and where.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ImportError {
    #[error("{0}: {1}")]
    File(PathBuf, csv::Error),
    #[error("{0}, line 1: the columns must be {columns}", columns = COLUMNS.join(","))]
    Columns(PathBuf),
    #[error("{file}, line {line}, column {column}: {problem}; nothing was imported")]
    Value { file: PathBuf, line: u64, column: &'static str, problem: String },
}

pub(super) async fn run(server: &Shared, file: &Path) -> Result<(), UserError> {
    let unreadable = |error| ImportError::File(file.to_owned(), error);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_path(file).map_err(unreadable)?;
    if reader.headers().map_err(unreadable)?.iter().ne(COLUMNS) {
        return Err(ImportError::Columns(file.to_owned()).into());
    }
    let mut lines = Vec::new();
    let mut accounts = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        let wrong = |column, problem: String| ImportError::Value { file: file.to_owned(), line, column, problem };
        let field = |index: usize| record.get(index).unwrap_or("");
        let username = parse_username(field(0)).map_err(|error| wrong("username", error.to_string()))?;
        let email = match field(2).trim() {
            "" => None,
            email => Some(parse_email(email).map_err(|error| wrong("email", error.to_string()))?),
        };
        let two_factor = match field(3).trim() {
            "true" => true,
            "" | "false" => false,
            other => return Err(wrong("two_factor", format!("`{other}` is neither true nor false")).into()),
        };
        let password = check_new(field(4)).map_err(|error| wrong("password", error.to_string()))?;
        let name = if field(1).trim().is_empty() { field(0) } else { field(1) };
        let account = NewAccount {
            username,
            name: name.trim().to_owned(),
            email,
            password_hash: Some(server.hasher.hash(&password).await?),
            password_expires_at: None,
            two_factor,
        };
        lines.push(line);
        accounts.push((server.random.id(), account));
    }
    if let Err((index, error)) = server.store.add_accounts(&accounts, server.clock.now()).await {
        let line = lines.get(index).copied().unwrap_or(0);
        return Err(
            ImportError::Value { file: file.to_owned(), line, column: "username", problem: error.to_string() }.into()
        );
    }
    for (_, account) in &accounts {
        audit(server, &account.username, "user-import").await?;
    }
    Ok(())
}
