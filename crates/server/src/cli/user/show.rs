//! `user list` and `user show`

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::CliError;
use super::super::desk::Desk;
use crate::clock::UnixMillis;
use crate::store::accounts::Account;
use crate::terminal;

pub(super) async fn list(desk: &Desk, is_json: bool) -> Result<(), CliError> {
    let accounts = desk.store.accounts().await?;
    if is_json {
        let list: Vec<Value> = accounts.iter().map(as_json).collect();
        return Ok(terminal::list(&Value::from(list).to_string())?);
    }
    for account in &accounts {
        let two_factor = if account.two_factor { "2FA" } else { "-" };
        let email = account.email.as_deref().unwrap_or("-");
        let state = if account.disabled { "disabled" } else { "enabled" };
        terminal::list(&format!("{}\t{two_factor}\t{state}\t{email}\t{}", account.username, account.name))?;
    }
    Ok(())
}

pub(super) async fn one(desk: &Desk, name: &str, is_json: bool) -> Result<(), CliError> {
    let account = desk.account(name).await?;
    let shown = as_json(&account);
    if is_json {
        return Ok(terminal::list(&shown.to_string())?);
    }
    for (key, value) in shown.as_object().into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Null => "-".to_owned(),
            other => other.to_string(),
        };
        terminal::list(&format!("{key}: {value}"))?;
    }
    Ok(())
}

/// An account as scripts read it; never a hash.
fn as_json(account: &Account) -> Value {
    json!({
        "username": account.username,
        "name": account.name,
        "email": account.email,
        "two_factor": account.two_factor,
        "disabled": account.disabled,
        "has_password": account.password_hash.is_some(),
        "password_expires_at": account.password_expires_at.map(moment),
        "created_at": moment(account.created_at),
    })
}

/// A moment to read (RFC 3339, UTC, whole seconds).
pub(in crate::cli) fn moment(at: UnixMillis) -> String {
    Timestamp::from_second(at.div_euclid(1_000)).unwrap_or_default().to_string()
}
