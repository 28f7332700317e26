//! `sessions …`: where an account is signed in.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::CliError;
use super::desk::Desk;
use super::user::moment;
use crate::config::Config;
use crate::store::in_transaction;
use crate::store::sessions::{Kind, Session};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(super) enum SessionsCommand {
    /// List where an account is signed in
    List {
        /// User name or e-mail address
        name: String,
        /// Print the sessions as JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign an account out
    End(EndArguments),
}

#[derive(Debug, Args)]
pub(super) struct EndArguments {
    /// User name or e-mail address
    name: String,
    /// Only this session, as `sessions list` names it
    #[arg(long, value_name = "SESSION", required_unless_present = "all", allow_hyphen_values = true)]
    id: Option<String>,
    /// All sessions
    #[arg(long, conflicts_with = "id")]
    all: bool,
}

pub(super) async fn run(config: Config, command: SessionsCommand) -> Result<(), CliError> {
    let desk = Desk::open(&config).await?;
    let done = match command {
        SessionsCommand::List { name, json } => list(&desk, &name, json).await,
        SessionsCommand::End(arguments) => end(&desk, arguments).await,
    };
    desk.store.close().await;
    done
}

async fn list(desk: &Desk, name: &str, is_json: bool) -> Result<(), CliError> {
    let account = desk.account(name).await?;
    let sessions = desk.store.sessions_of(&account.id, desk.clock.now()).await?;
    if is_json {
        let list: Vec<Value> = sessions.iter().map(as_json).collect();
        return Ok(terminal::list(&Value::from(list).to_string())?);
    }
    for session in &sessions {
        terminal::list(&line(session))?;
    }
    Ok(())
}

async fn end(desk: &Desk, EndArguments { name, id, .. }: EndArguments) -> Result<(), CliError> {
    let account = desk.account(&name).await?;
    let sessions = desk.store.sessions_of(&account.id, desk.clock.now()).await?;
    let mut chosen: Vec<Session> = sessions;
    if let Some(id) = id {
        chosen.retain(|session| session.id == id);
        if chosen.is_empty() {
            return Err(CliError::NoSuchSession(account.username, id));
        }
    }
    in_transaction!(desk.store, |tx| {
        for session in &chosen {
            Session::end(&mut tx, &session.id).await?;
        }
        desk.record(&mut tx, "sessions-end", &account.username).await?;
    });
    Ok(terminal::show(&format!("{} ended", chosen.len()))?)
}

/// One line: what a browser calls itself moves no cursor.
fn line(session: &Session) -> String {
    let texts = [
        Some(session.id.as_str()),
        Some(kind(session)),
        session.client_address.as_deref(),
        session.user_agent.as_deref(),
    ];
    let texts = texts.map(|text| text.unwrap_or("-").replace(char::is_control, "\u{fffd}"));
    format!("{}\t{}\t{}", moment(session.created_at), moment(session.used_at), texts.join("\t"))
}

fn kind(session: &Session) -> &'static str {
    match session.kind {
        Kind::Cookie => "cookie",
        Kind::Token => "token",
    }
}

fn as_json(session: &Session) -> Value {
    json!({
        "id": session.id,
        "kind": kind(session),
        "client_id": session.client_id,
        "issuer": session.issuer,
        "signed_in_at": moment(session.created_at),
        "used_at": moment(session.used_at),
        "client_address": session.client_address,
        "user_agent": session.user_agent,
        "bound": session.dpop_jkt.is_some(),
    })
}
