//! `user add`

use clap::Args;

use super::super::CliError;
use super::super::desk::Desk;
use super::{NewPassword, email, new_password, refused};
use crate::password::canonical_username;
use crate::store::accounts::{Account, AccountError, NewAccount};
use crate::store::in_transaction;
use crate::terminal;

/// The longest name to show, in characters.
const MAX_NAME_CHARS: usize = 254;

#[derive(Debug, Args)]
pub(in crate::cli) struct AddArguments {
    /// User name
    name: String,
    /// E-mail address, for access codes and to sign in with
    #[arg(long)]
    email: Option<String>,
    /// Name to show [default: the user name]
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// Turn two-factor authentication on
    #[arg(long)]
    two_factor: bool,
    /// Make a password and print it; good for 7 days unless its owner changes it
    #[arg(long)]
    generate: bool,
}

pub(super) async fn run(desk: &Desk, arguments: AddArguments) -> Result<(), CliError> {
    let username = username(&arguments.name)?;
    let name = display_name(arguments.display_name.as_deref().unwrap_or(&arguments.name))?;
    let email = arguments.email.as_deref().map(email).transpose()?;
    if email.is_none() && desk.demands_email {
        return Err(refused(&username, AccountError::EmailNeeded));
    }
    let NewPassword { hash, expires_at, shown } = new_password(desk, &username, arguments.generate).await?;
    let account = NewAccount {
        username,
        name,
        email,
        password_hash: Some(hash),
        password_expires_at: expires_at,
        two_factor: arguments.two_factor,
    };
    let id = desk.random.id();
    in_transaction!(desk.store, |tx| {
        let added = Account::add(&mut tx, &id, &account, desk.clock.now()).await;
        added.map_err(|error| refused(&account.username, error))?;
        desk.record(&mut tx, "user-add", &account.username).await?;
    });
    terminal::show(&added(&account, desk.demands_email))?;
    if let Some(shown) = shown {
        terminal::show(&shown)?;
    }
    Ok(())
}

/// What was done, in one line: a misspelt name shows here.
fn added(account: &NewAccount, is_2fa_demanded: bool) -> String {
    let codes = match (&account.email, account.two_factor || is_2fa_demanded) {
        (Some(email), true) => format!("access codes go to {}", email.given),
        (Some(email), false) => format!("e-mail address {}, no two-factor authentication", email.given),
        (None, _) => "no e-mail address, no two-factor authentication".to_owned(),
    };
    format!("Added {} ({}): {codes}", account.username, account.name)
}

pub(super) fn username(given: &str) -> Result<String, CliError> {
    canonical_username(given).ok_or_else(|| CliError::NotAUsername(given.to_owned()))
}

pub(super) fn display_name(given: &str) -> Result<String, CliError> {
    let name = given.trim();
    let fits = !name.is_empty() && name.chars().nth(MAX_NAME_CHARS).is_none() && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(CliError::NotAName(given.to_owned())) }
}
