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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn a_sum_of_units_is_what_it_says(days in 0_u64..400, hours in 0_u64..48, minutes in 0_u64..120, seconds in 0_u64..120) {
            let written = format!("{days}d {hours}h {minutes}min {seconds}s");
            let expected = Duration::from_secs(((days * 24 + hours) * 60 + minutes) * 60 + seconds);
            prop_assert_eq!(parse(&written), Some(expected));
            prop_assert_eq!(parse(&format!("-{written}")), expected.is_zero().then_some(expected));
        }

        #[test]
        fn no_text_makes_reading_panic(text in prop_oneof!["-?[0-9]{1,20}[.]?[0-9]{0,3} ?(ms|s|min|h|d|days|weeks|y)?( ago)?", any::<String>()]) {
            if let Some(duration) = parse(&text) {
                prop_assert_eq!(parse(&format!("{}ns", duration.as_nanos())).unwrap_or(duration), duration);
            }
        }
    }
}
