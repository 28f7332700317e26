//! `user …`: accounts.

mod add;
mod import;
mod show;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use vestibule_protocol::Secret;

use super::desk::Desk;
use super::{CliError, password};
use crate::clock::{UnixMillis, millis};
use crate::config::Config;
use crate::password::{canonical_email, check_new, generate};
use crate::steps::throttle_keys;
use crate::store::accounts::{Account, AccountError, Change, Email};
use crate::store::devices::Device;
use crate::store::{in_transaction, throttle};
use crate::terminal;

pub(super) use show::moment;

/// How long a generated password is good, unless its owner changes it.
const GENERATED_LIFE: Duration = Duration::from_hours(7 * 24);

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make an account; its password is asked for, or read from standard input
    Add(add::AddArguments),
    /// Make accounts from a CSV file: all of them, or none
    Import {
        #[arg(help = "Columns: username, and as needed name (to show), email, two_factor (true or false), password \
                      (where it is missing, one is made and printed)")]
        file: PathBuf,
        /// Print the generated passwords as JSON
        #[arg(long)]
        json: bool,
    },
    /// List all accounts
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show an account
    Show {
        /// User name or e-mail address
        name: String,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Set a password, asked for or read from standard input; ends the account's sessions
    SetPassword {
        /// User name or e-mail address
        name: String,
        /// Make a password and print it; good for 7 days unless its owner changes it
        #[arg(long)]
        generate: bool,
    },
    /// Change the e-mail address; ends the account's sessions
    SetEmail(EmailArguments),
    /// Turn two-factor authentication on; ends the account's sessions
    #[command(name = "enable-2fa")]
    EnableTwoFactor(Named),
    /// Turn two-factor authentication off
    #[command(name = "disable-2fa")]
    DisableTwoFactor(Named),
    /// Let nobody sign in with the account; ends its sessions
    Disable(Named),
    /// Let a disabled account sign in again
    Enable(Named),
    /// Forget wrong passwords and codes, so that nobody has to wait
    Unlock(Named),
    /// Remove the account with everything that is its own
    Remove(Named),
}

/// An account.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// User name or e-mail address
    name: String,
}

#[derive(Debug, Args)]
pub(super) struct EmailArguments {
    /// User name or e-mail address
    name: String,
    /// New e-mail address
    #[arg(required_unless_present = "remove")]
    email: Option<String>,
    /// Remove the e-mail address instead
    #[arg(long, conflicts_with = "email")]
    remove: bool,
}

pub(super) async fn run(config: Config, command: UserCommand) -> Result<(), CliError> {
    let desk = Desk::open(&config).await?;
    let done = match command {
        UserCommand::Add(arguments) => add::run(&desk, arguments).await,
        UserCommand::Import { file, json } => import::run(&desk, &file, json).await,
        UserCommand::List { json } => show::list(&desk, json).await,
        UserCommand::Show { name, json } => show::one(&desk, &name, json).await,
        UserCommand::SetPassword { name, generate } => set_password(&desk, &name, generate).await,
        UserCommand::SetEmail(EmailArguments { name, email: address, .. }) => {
            let address = address.as_deref().map(email).transpose()?;
            if address.is_none() && desk.demands_email {
                return Err(refused(&name, AccountError::EmailNeeded));
            }
            let told = address.as_ref().map_or_else(
                || "no e-mail address any more".to_owned(),
                |address| format!("the e-mail address is {}", address.given),
            );
            change(&desk, &name, "user-set-email", &Change::Email(address), &told).await
        }
        UserCommand::EnableTwoFactor(Named { name }) => {
            change(&desk, &name, "user-enable-2fa", &Change::TwoFactor(true), "two-factor authentication is on").await
        }
        UserCommand::DisableTwoFactor(Named { name }) => {
            change(&desk, &name, "user-disable-2fa", &Change::TwoFactor(false), "two-factor authentication is off")
                .await
        }
        UserCommand::Disable(Named { name }) => {
            change(&desk, &name, "user-disable", &Change::Disabled(true), "disabled").await
        }
        UserCommand::Enable(Named { name }) => {
            change(&desk, &name, "user-enable", &Change::Disabled(false), "enabled").await
        }
        UserCommand::Unlock(Named { name }) => unlock(&desk, &name).await,
        UserCommand::Remove(Named { name }) => remove(&desk, &name).await,
    };
    desk.store.close().await;
    done
}

async fn set_password(desk: &Desk, name: &str, is_generated: bool) -> Result<(), CliError> {
    let account = desk.account(name).await?;
    let NewPassword { hash, expires_at, shown } = new_password(desk, &account.username, is_generated).await?;
    apply(desk, &account, "user-set-password", &Change::Password(hash, expires_at)).await?;
    match shown {
        Some(shown) => Ok(terminal::show(&shown)?),
        None => tell(&account.username, "the password is set"),
    }
}

async fn change(desk: &Desk, name: &str, act: &'static str, change: &Change, told: &str) -> Result<(), CliError> {
    let account = desk.account(name).await?;
    apply(desk, &account, act, change).await?;
    tell(&account.username, told)
}

/// Says what is so now: a name may be that of another account than the one that was meant.
fn tell(username: &str, told: &str) -> Result<(), CliError> {
    Ok(terminal::show(&format!("{username}: {told}"))?)
}

async fn apply(desk: &Desk, account: &Account, act: &'static str, change: &Change) -> Result<(), CliError> {
    let refused = |error| refused(&account.username, error);
    in_transaction!(desk.store, |tx| {
        if !Account::change(&mut tx, &account.id, change).await.map_err(refused)? {
            return Err(CliError::NoSuchAccount(account.username.clone()));
        }
        desk.record(&mut tx, act, &account.username).await?;
    });
    Ok(())
}

async fn unlock(desk: &Desk, name: &str) -> Result<(), CliError> {
    let account = desk.account(name).await?;
    in_transaction!(desk.store, |tx| {
        let devices = Device::all(&mut tx, &account.id, desk.clock.now()).await?;
        for key in throttle_keys(&desk.keys, &account, &devices) {
            throttle::clear(&mut tx, &key).await?;
        }
        desk.record(&mut tx, "user-unlock", &account.username).await?;
    });
    tell(&account.username, "unlocked")
}

async fn remove(desk: &Desk, name: &str) -> Result<(), CliError> {
    let account = desk.account(name).await?;
    in_transaction!(desk.store, |tx| {
        if !Account::remove(&mut tx, &account.id).await? {
            return Err(CliError::NoSuchAccount(account.username));
        }
        desk.record(&mut tx, "user-remove", &account.username).await?;
    });
    tell(&account.username, "removed")
}

/// A new password, hashed.
struct NewPassword {
    hash: String,
    expires_at: Option<UnixMillis>,
    /// What the administrator is told of a generated one.
    shown: Option<String>,
}

async fn new_password(desk: &Desk, username: &str, is_generated: bool) -> Result<NewPassword, CliError> {
    if !is_generated {
        let hash = hash(desk, &password::ask(username)?).await?;
        return Ok(NewPassword { hash, expires_at: None, shown: None });
    }
    let password = generate(&desk.random);
    let expires_at = desk.clock.now().saturating_add(millis(GENERATED_LIFE));
    let shown = format!("Password: {}\nGood until: {}", password.expose(), show::moment(expires_at));
    Ok(NewPassword { hash: hash(desk, &password).await?, expires_at: Some(expires_at), shown: Some(shown) })
}

async fn hash(desk: &Desk, password: &Secret) -> Result<String, CliError> {
    Ok(desk.hasher.hash(&check_new(password.expose())?).await?)
}

fn email(given: &str) -> Result<Email, CliError> {
    match canonical_email(given) {
        Some(key) => Ok(Email { given: given.to_owned(), key }),
        None => Err(CliError::NotAnEmail(given.to_owned())),
    }
}

fn refused(name: &str, error: AccountError) -> CliError {
    match error {
        AccountError::Store(error) => CliError::Store(error),
        error => CliError::Account { name: name.to_owned(), error },
    }
}
