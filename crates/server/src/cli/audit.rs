//! `audit`: the trail, oldest first.

use clap::Args;
use jiff::{Span, SpanRelativeTo, Timestamp};

use super::output::{moment, show};
use crate::clock::Clock;
use crate::config::Config;
use crate::password::canonical_username;
use crate::store::audit::Entry;
use crate::store::{Store, StoreError};

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    /// Only entries about this user name.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only entries since a moment (2026-11-25T09:00:00Z) or of a time (2h, 7days).
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// As one JSON array.
    #[arg(long)]
    json: bool,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub(super) enum AuditError {
    #[error("database.url: {0}")]
    Store(#[from] StoreError),
    #[error("--since: `{0}` is neither a moment like 2026-11-25T09:00:00Z nor a time like 7days")]
    Since(String),
    #[error("the trail cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
}

pub(super) async fn run(config: Config, arguments: AuditArgs) -> Result<(), AuditError> {
    let since = match &arguments.since {
        Some(text) => since(text, Clock::System.now()).ok_or_else(|| AuditError::Since(text.clone()))?,
        None => 0,
    };
    let user = arguments.user.map(|name| canonical_username(&name).unwrap_or(name));
    let store = Store::open(&config.database.url).await?;
    let entries = store.audit(user.as_deref(), since).await?;
    if arguments.json {
        return Ok(show(&serde_json::to_string(&entries)?)?);
    }
    for entry in &entries {
        show(&line(entry))?;
    }
    Ok(())
}

fn since(text: &str, now: i64) -> Option<i64> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_millisecond());
    }
    let span: Span = text.parse().ok()?;
    let gone = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(now - i64::try_from(gone.as_millis()).ok()?.abs())
}

fn line(entry: &Entry) -> String {
    let whom = entry.username.as_deref().or(entry.name_key.as_deref()).unwrap_or("-");
    let address = entry.client_address.as_deref().unwrap_or("-");
    format!("{}  {:<16} {:<13} {whom}  {address}", moment(entry.at), entry.event, entry.outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_or_a_time_says_since_when() {
        for (text, expected) in [
            ("1970-01-01T00:00:10Z", Some(10_000)),
            ("2h", Some(100_000_000 - 7_200_000)),
            ("1day", Some(100_000_000 - 86_400_000)),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(since(text, 100_000_000), expected, "{text}");
        }
    }
}
