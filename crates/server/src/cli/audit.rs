//! `audit`

use std::time::Duration;

use clap::Args;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};
use serde_json::{Value, json};

use super::user::moment;
use super::{CliError, open_store};
use crate::clock::{Clock, UnixMillis, millis};
use crate::config::Config;
use crate::password::{canonical_email, canonical_username};
use crate::store::Store;
use crate::store::audit::Entry;
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    /// Only what is about this user name or e-mail address
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only from then on: a moment (2026-01-31, 2026-01-31T12:00:00Z, UTC) or a time span before now (24h, 7days)
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Print the entries as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: Config, arguments: &AuditArguments) -> Result<(), CliError> {
    let since = match &arguments.since {
        Some(since) => moment_of(since, Clock::System.now()).ok_or_else(|| CliError::NotAMoment(since.clone()))?,
        None => 0,
    };
    let store = open_store(&config).await?;
    let username = match &arguments.user {
        Some(name) => Some(username_of(&store, name).await?),
        None => None,
    };
    let entries = store.audit(username.as_deref(), since).await?;
    store.close().await;
    if arguments.json {
        let list: Vec<Value> = entries.iter().map(as_json).collect();
        return Ok(terminal::list(&Value::from(list).to_string())?);
    }
    for entry in &entries {
        terminal::list(&line(entry))?;
    }
    Ok(())
}

/// Removed accounts have entries too: a user name need not be an account's any more.
async fn username_of(store: &Store, name: &str) -> Result<String, CliError> {
    let unknown = || CliError::NoSuchAccount(name.to_owned());
    if !name.contains('@') {
        let username = canonical_username(name).ok_or_else(unknown)?;
        let is_there = store.account_by_username(&username).await?.is_some();
        let was_there = is_there || !store.audit(Some(&username), 0).await?.is_empty();
        return was_there.then_some(username).ok_or_else(unknown);
    }
    let email = canonical_email(name).ok_or_else(unknown)?;
    store.account_by_email(&email).await?.map(|account| account.username).ok_or_else(unknown)
}

fn moment_of(text: &str, now: UnixMillis) -> Option<UnixMillis> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_millisecond());
    }
    if let Ok(date) = text.parse::<Date>() {
        return Some(TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()?.as_millisecond());
    }
    let span: Span = text.parse().ok()?;
    let span = Duration::try_from(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok()?;
    Some(now.saturating_sub(millis(span)))
}

fn line(entry: &Entry) -> String {
    let parts = [
        Some(entry.event.as_str()),
        Some(entry.outcome.as_str()),
        entry.username.as_deref().or(entry.name_key.as_deref()),
        entry.client_address.as_deref(),
        entry.user_agent.as_deref(),
    ];
    // What a browser calls itself must not move the cursor of whoever reads this.
    let parts = parts.map(|part| part.unwrap_or("-").replace(char::is_control, "\u{fffd}"));
    format!("{}\t{}", moment(entry.at), parts.join("\t"))
}

fn as_json(entry: &Entry) -> Value {
    json!({
        "at": moment(entry.at),
        "event": entry.event,
        "outcome": entry.outcome,
        "username": entry.username,
        "name_key": entry.name_key,
        "client_address": entry.client_address,
        "user_agent": entry.user_agent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        let now = 1_767_323_045_000;
        for (text, expected) in [
            ("2026-01-02T03:04:05Z", Some(now)),
            ("2026-01-02T04:04:05+01:00", Some(now)),
            ("2026-01-02", Some(1_767_312_000_000)),
            ("24h", Some(now - 86_400_000)),
            ("7days", Some(now - 7 * 86_400_000)),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(moment_of(text, now), expected, "{text:?}");
        }
    }

    #[test]
    fn a_line_moves_no_cursor() {
        let entry = Entry {
            at: 1_767_323_045_678,
            event: "password".into(),
            outcome: "failure".into(),
            username: Some("ada".into()),
            name_key: None,
            client_address: None,
            user_agent: Some("\u{1b}[2Jx".into()),
        };
        assert_eq!(line(&entry), "2026-01-02T03:04:05Z\tpassword\tfailure\tada\t-\t\u{fffd}[2Jx");
    }
}
