//! Durations as people write them: `10min`, `7days`, `1h 30min`.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use serde::de::{Deserialize, Deserializer, Error};

/// Reads a duration. A day has 24 hours.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no duration; write it like 30s, 10min or 7days")))
}

fn parse(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    Duration::try_from(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, expected) in [
            ("10ms", Some(Duration::from_millis(10))),
            ("30s", Some(Duration::from_secs(30))),
            ("10min", Some(Duration::from_mins(10))),
            ("10 minutes", Some(Duration::from_mins(10))),
            ("1h 30min", Some(Duration::from_mins(90))),
            ("24h", Some(Duration::from_hours(24))),
            ("7days", Some(Duration::from_hours(7 * 24))),
            ("0s", Some(Duration::ZERO)),
            ("10", None),
            ("", None),
            ("-5s", None),
            ("5s ago", None),
            ("1 year", None),
        ] {
            assert_eq!(parse(text), expected, "{text:?}");
        }
    }
}
