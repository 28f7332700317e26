//! `user import`: accounts from a CSV file (RFC 4180), all of them or none.

use std::collections::HashMap;
use std::path::Path;

use csv::{Position, StringRecord, Trim};
use serde_json::json;
use vestibule_protocol::Secret;

use super::super::CliError;
use super::super::desk::Desk;
use super::add::{display_name, username};
use super::{GENERATED_LIFE, email, hash, show};
use crate::clock::{UnixMillis, millis};
use crate::password::{check_new, generate};
use crate::store::accounts::{Account, AccountError, NewAccount};
use crate::store::in_transaction;
use crate::terminal;

const COLUMNS: [&str; 5] = ["username", "name", "email", "two_factor", "password"];

/// A line that can be an account, before its password is hashed.
struct Row {
    line: u64,
    account: NewAccount,
    password: Secret,
    is_generated: bool,
}

/// What is wrong with the file, and where.
struct Problem {
    line: u64,
    column: Option<&'static str>,
    text: String,
}

pub(super) async fn run(desk: &Desk, file: &Path, is_json: bool) -> Result<(), CliError> {
    let content = std::fs::read(file).map_err(|error| CliError::Import(format!("{}: {error}", file.display())))?;
    let expires_at = desk.clock.now().saturating_add(millis(GENERATED_LIFE));
    let mut rows = read(&content, desk, expires_at).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(|problem| told(file, problem)).collect();
        CliError::Import(lines.join("\n"))
    })?;
    for row in &mut rows {
        row.account.password_hash = Some(hash(desk, &row.password).await?);
    }
    let now = desk.clock.now();
    in_transaction!(desk.store, |tx| {
        for Row { line, account, .. } in &rows {
            let added = Account::add(&mut tx, &desk.random.id(), account, now).await;
            added.map_err(|error| refused(file, *line, error))?;
            desk.record(&mut tx, "user-import", &account.username).await?;
        }
    });
    show_generated(&rows, expires_at, is_json)
}

fn show_generated(rows: &[Row], expires_at: UnixMillis, is_json: bool) -> Result<(), CliError> {
    let generated = rows.iter().filter(|row| row.is_generated);
    let until = show::moment(expires_at);
    if is_json {
        let entry = |row: &Row| {
            json!({
                "username": row.account.username,
                "password": row.password.expose(),
                "password_expires_at": until,
            })
        };
        return Ok(terminal::show(&json!(generated.map(entry).collect::<Vec<_>>()).to_string())?);
    }
    for row in generated {
        terminal::show(&format!("{}\t{}\tgood until {until}", row.account.username, row.password.expose()))?;
    }
    Ok(())
}

/// All lines, or everything that is wrong with them.
fn read(content: &[u8], desk: &Desk, expires_at: UnixMillis) -> Result<Vec<Row>, Vec<Problem>> {
    let mut reader = csv::ReaderBuilder::new().trim(Trim::Headers).from_reader(content);
    let columns = match reader.headers() {
        Ok(headers) => columns(headers).map_err(|problem| vec![problem])?,
        Err(error) => return Err(vec![malformed(&error)]),
    };
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for record in reader.records() {
        match record {
            Ok(record) => match row(&record, &columns, desk, expires_at) {
                Ok(row) => rows.push(row),
                Err(problem) => problems.push(problem),
            },
            Err(error) => problems.push(malformed(&error)),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// Where each column is.
fn columns(headers: &StringRecord) -> Result<HashMap<&'static str, usize>, Problem> {
    let mut columns = HashMap::new();
    let problem = |text| Problem { line: 1, column: None, text };
    for (index, header) in headers.iter().enumerate() {
        let Some(name) = COLUMNS.into_iter().find(|name| *name == header) else {
            let known = COLUMNS.join(", ");
            return Err(problem(format!("column {}, `{header}`, is not known; there are {known}", index + 1)));
        };
        if columns.insert(name, index).is_some() {
            return Err(problem(format!("column {}, `{header}`, is there twice", index + 1)));
        }
    }
    if columns.contains_key("username") {
        Ok(columns)
    } else {
        Err(problem("the column username is missing".to_owned()))
    }
}

fn row(
    record: &StringRecord,
    columns: &HashMap<&'static str, usize>,
    desk: &Desk,
    expires_at: UnixMillis,
) -> Result<Row, Problem> {
    let line = record.position().map_or(0, Position::line);
    // Blanks around a password belong to it; around anything else they are an accident.
    let whole = |column| columns.get(column).and_then(|index| record.get(*index)).unwrap_or_default();
    let value = |column| whole(column).trim();
    let wrong = |column, error: CliError| Problem { line, column: Some(column), text: error.to_string() };

    let name = username(value("username")).map_err(|error| wrong("username", error))?;
    let shown = Some(value("name")).filter(|name| !name.is_empty()).unwrap_or(value("username"));
    let display_name = display_name(shown).map_err(|error| wrong("name", error))?;
    let address = Some(value("email")).filter(|address| !address.is_empty()).map(email).transpose();
    let email = address.map_err(|error| wrong("email", error))?;
    let two_factor = match value("two_factor").to_lowercase().as_str() {
        "true" | "yes" | "1" => true,
        "false" | "no" | "0" | "" => false,
        other => {
            let text = format!("`{other}` is neither true nor false");
            return Err(Problem { line, column: Some("two_factor"), text });
        }
    };
    if (two_factor || desk.demands_email) && email.is_none() {
        return Err(Problem { line, column: Some("email"), text: AccountError::EmailNeeded.to_string() });
    }
    let is_generated = whole("password").is_empty();
    let password = if is_generated { generate(&desk.random) } else { whole("password").into() };
    check_new(password.expose()).map_err(|error| wrong("password", error.into()))?;
    let account = NewAccount {
        username: name,
        name: display_name,
        email,
        password_hash: None,
        password_expires_at: is_generated.then_some(expires_at),
        two_factor,
    };
    Ok(Row { line, account, password, is_generated })
}

fn malformed(error: &csv::Error) -> Problem {
    let line = error.position().map_or(1, Position::line);
    let text = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("has {len} columns, not {expected_len}"),
        csv::ErrorKind::Utf8 { err, .. } => format!("column {} is not UTF-8", err.field() + 1),
        _ => error.to_string(),
    };
    Problem { line, column: None, text }
}

fn refused(file: &Path, line: u64, error: AccountError) -> CliError {
    let column = match error {
        AccountError::UsernameTaken => "username",
        AccountError::EmailTaken | AccountError::EmailNeeded => "email",
        AccountError::Store(error) => return CliError::Store(error),
    };
    CliError::Import(told(file, &Problem { line, column: Some(column), text: error.to_string() }))
}

fn told(file: &Path, problem: &Problem) -> String {
    let column = problem.column.map(|column| format!(", column {column}")).unwrap_or_default();
    format!("{}, line {}{column}: {}", file.display(), problem.line, problem.text)
}
