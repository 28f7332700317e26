//! `user …`: accounts. Every act is audited; passwords are never arguments.

mod import;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;
use vestibule_protocol::Secret;

use super::output::{moment, show};
use crate::clock::millis;
use crate::config::Config;
use crate::password::{Busy, NewPasswordError, canonical_email, canonical_username, check_new, generate};
use crate::serve::{ServeError, assemble};
use crate::state::Shared;
use crate::steps::throttle_keys;
use crate::store::accounts::{Account, AccountError, Change, Email, NewAccount};
use crate::store::audit::{Caller, Event, Outcome, Record, Whom};
use crate::store::{StoreError, in_transaction, throttle};

/// How long a generated password is good, unless its owner changes it.
const GENERATED_LIFE: Duration = Duration::from_hours(7 * 24);

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make an account; its password is asked for, or read from standard input.
    Add(AddArgs),
    /// List all accounts.
    List {
        /// As one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Show one account.
    Show {
        name: String,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Set a password, asked for or read from standard input; ends the account's sessions.
    SetPassword {
        name: String,
        /// Make one up and print it; it is good for 7 days.
        #[arg(long)]
        generate: bool,
    },
    /// Set the e-mail address; ends the account's sessions.
    SetEmail { name: String, email: String },
    /// Turn two-factor authentication on; ends the account's sessions.
    #[command(name = "enable-2fa")]
    EnableTwoFactor { name: String },
    /// Turn two-factor authentication off.
    #[command(name = "disable-2fa")]
    DisableTwoFactor { name: String },
    /// Let nobody sign in with the account; ends its sessions.
    Disable { name: String },
    /// Let its owner sign in again.
    Enable { name: String },
    /// Forget its failures, so that its owner need not wait.
    Unlock { name: String },
    /// Remove the account with everything that is its own.
    Remove { name: String },
    /// Make the accounts of a CSV file with the columns username, name, email, `two_factor`, password: all, or none.
    Import { file: PathBuf },
}

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// User name.
    name: String,
    #[arg(long)]
    email: Option<String>,
    /// Name to show [default: the user name].
    #[arg(long)]
    display_name: Option<String>,
    /// Turn two-factor authentication on.
    #[arg(long)]
    two_factor: bool,
    /// Make a password up and print it; it is good for 7 days.
    #[arg(long)]
    generate: bool,
}

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum UserError {
    #[error(transparent)]
    Server(#[from] ServeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("`{0}` is no user name: it must not contain @, blanks or signs that user names cannot have")]
    Username(String),
    #[error("`{0}` is no e-mail address")]
    Email(String),
    #[error(transparent)]
    Password(#[from] NewPasswordError),
    #[error("the machine is too busy to hash a password; try again")]
    Busy(#[from] Busy),
    #[error("no account is called `{0}`; `user list` shows all")]
    Unknown(String),
    #[error("the two passwords differ")]
    Differ,
    #[error(transparent)]
    Import(#[from] import::ImportError),
    #[error("terminal: {0}")]
    Terminal(#[from] std::io::Error),
}

pub(super) async fn run(config: Config, command: UserCommand) -> Result<(), UserError> {
    let server = assemble(config).await?;
    match command {
        UserCommand::Add(arguments) => add(&server, arguments).await,
        UserCommand::List { json } => {
            let accounts = server.store.accounts().await?;
            if json {
                let list: Vec<_> = accounts.iter().map(as_json).collect();
                return Ok(show(&json!(list).to_string())?);
            }
            for account in &accounts {
                show(&as_line(account))?;
            }
            Ok(())
        }
        UserCommand::Show { name, json } => {
            let account = find(&server, &name).await?;
            Ok(show(&if json { as_json(&account).to_string() } else { as_line(&account) })?)
        }
        UserCommand::SetPassword { name, generate } => {
            let account = find(&server, &name).await?;
            let (hash, expires_at) = new_password(&server, generate).await?;
            change(&server, &account, &Change::Password(hash, expires_at), "user-set-password").await
        }
        UserCommand::SetEmail { name, email } => {
            let account = find(&server, &name).await?;
            change(&server, &account, &Change::Email(Some(parse_email(&email)?)), "user-set-email").await
        }
        UserCommand::EnableTwoFactor { name } => set(&server, &name, Change::TwoFactor(true), "user-enable-2fa").await,
        UserCommand::DisableTwoFactor { name } => {
            set(&server, &name, Change::TwoFactor(false), "user-disable-2fa").await
        }
        UserCommand::Disable { name } => set(&server, &name, Change::Disabled(true), "user-disable").await,
        UserCommand::Enable { name } => set(&server, &name, Change::Disabled(false), "user-enable").await,
        UserCommand::Unlock { name } => {
            let account = find(&server, &name).await?;
            in_transaction!(server.store, |tx| {
                for key in throttle_keys(&server.keys, &account) {
                    throttle::clear(&mut tx, &key).await?;
                }
            });
            audit(&server, &account.username, "user-unlock").await
        }
        UserCommand::Remove { name } => {
            let account = find(&server, &name).await?;
            server.store.remove_account(&account.id).await?;
            audit(&server, &account.username, "user-remove").await
        }
        UserCommand::Import { file } => import::run(&server, &file).await,
    }
}

async fn add(server: &Shared, arguments: AddArgs) -> Result<(), UserError> {
    let username = parse_username(&arguments.name)?;
    let email = arguments.email.as_deref().map(parse_email).transpose()?;
    let (hash, password_expires_at) = new_password(server, arguments.generate).await?;
    let account = NewAccount {
        name: arguments.display_name.unwrap_or_else(|| arguments.name.clone()),
        username: username.clone(),
        email,
        password_hash: Some(hash),
        password_expires_at,
        two_factor: arguments.two_factor,
    };
    let accounts = [(server.random.id(), account)];
    server.store.add_accounts(&accounts, server.clock.now()).await.map_err(|(_, error)| error)?;
    audit(server, &username, "user-add").await
}

async fn find(server: &Shared, name: &str) -> Result<Account, UserError> {
    let account = match (canonical_email(name), canonical_username(name)) {
        (Some(email), _) if name.contains('@') => server.store.account_by_email(&email).await?,
        (_, Some(username)) => server.store.account_by_username(&username).await?,
        _ => None,
    };
    account.ok_or_else(|| UserError::Unknown(name.to_owned()))
}

async fn set(server: &Shared, name: &str, wanted: Change, act: &'static str) -> Result<(), UserError> {
    let account = find(server, name).await?;
    change(server, &account, &wanted, act).await
}

async fn change(server: &Shared, account: &Account, wanted: &Change, act: &'static str) -> Result<(), UserError> {
    if server.store.change_account(&account.id, wanted).await? {
        audit(server, &account.username, act).await
    } else {
        Err(UserError::Unknown(account.username.clone()))
    }
}

async fn audit(server: &Shared, username: &str, act: &'static str) -> Result<(), UserError> {
    let whom = Whom::Account(username.to_owned());
    let record = Record {
        id: server.random.id(),
        at: server.clock.now(),
        event: Event::Administration(act),
        outcome: Outcome::Success,
        whom: &whom,
        caller: &Caller::default(),
    };
    in_transaction!(server.store, |tx| record.write(&mut tx).await?);
    Ok(())
}

fn parse_username(name: &str) -> Result<String, UserError> {
    let username = canonical_username(name).filter(|username| !username.contains('@'));
    username.ok_or_else(|| UserError::Username(name.to_owned()))
}

fn parse_email(email: &str) -> Result<Email, UserError> {
    let key = canonical_email(email).ok_or_else(|| UserError::Email(email.to_owned()))?;
    Ok(Email { given: email.trim().to_owned(), key })
}

/// The hash of a new password, and when it ends if it was made up.
async fn new_password(server: &Shared, make_up: bool) -> Result<(String, Option<i64>), UserError> {
    if make_up {
        let password = generate(&server.random);
        let hash = server.hasher.hash(&check_new(password.expose())?).await?;
        show(password.expose())?;
        return Ok((hash, Some(server.clock.now() + millis(GENERATED_LIFE))));
    }
    let password = ask_password()?;
    Ok((server.hasher.hash(&check_new(password.expose())?).await?, None))
}

fn ask_password() -> Result<Secret, UserError> {
    if std::io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ")?;
        if rpassword::prompt_password("Again: ")? != password {
            return Err(UserError::Differ);
        }
        return Ok(password.into());
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    // The end of the line is the only thing that is not the password.
    Ok(line.trim_end_matches(['\n', '\r']).into())
}

fn as_json(account: &Account) -> serde_json::Value {
    json!({
        "username": account.username,
        "name": account.name,
        "email": account.email,
        "two_factor": account.two_factor,
        "disabled": account.disabled,
        "has_password": account.password_hash.is_some(),
        "password_expires_at": account.password_expires_at,
        "created_at": account.created_at,
    })
}

fn as_line(account: &Account) -> String {
    let mut line =
        format!("{}  {}  {}", account.username, account.name, account.email.as_deref().unwrap_or("no e-mail address"));
    if account.two_factor {
        line.push_str("  2FA");
    }
    if account.disabled {
        line.push_str("  disabled");
    }
    if let Some(at) = account.password_expires_at {
        line.push_str("  password ends ");
        line.push_str(&moment(at));
    }
    line
}
