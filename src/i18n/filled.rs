//! What is put into messages: numbers, spans and times, without the browser's tables, which it takes a small device longer
//! than a frame to load.

/// A message with its placeholder, `{}`, filled in. What is filled in keeps its own direction of writing.
pub(crate) fn fill(message: &str, value: &str) -> String {
    let (before, after) = around(message);
    [before, "\u{2068}", value, "\u{2069}", after].concat()
}

/// A message with its placeholder filled in by a number.
pub(crate) fn fill_number(message: &str, value: u64) -> String {
    fill(message, &value.to_string())
}

/// What stands before and after the placeholder, `{}`, of a message.
pub(crate) fn around(message: &str) -> (&str, &str) {
    // Braces stand for nothing else, and to look for a sign takes less code than to look for a text.
    let parts = message.split_once('{').and_then(|(before, rest)| Some((before, rest.strip_prefix('}')?)));
    parts.unwrap_or((message, ""))
}

/// A span of time as minutes and seconds, like a clock shows it.
pub(crate) fn minutes(seconds: u64) -> String {
    let (minutes, seconds) = ((seconds / 60).to_string(), (seconds % 60).to_string());
    [minutes.as_str(), if seconds.len() < 2 { ":0" } else { ":" }, &seconds].concat()
}

/// A time of day, given in hours of 24 and minutes. A language that says the same before noon and after has 24 hours, others
/// have twelve twice.
pub(crate) fn time_of_day((hours, minutes): (u32, u32), before_noon: &str, after_noon: &str) -> String {
    let is_of_24 = before_noon == after_noon;
    let hour = if is_of_24 { hours } else { (hours + 11) % 12 + 1 }.to_string();
    let minute = minutes.to_string();
    let zero = |digits: &str| if digits.len() < 2 { "0" } else { "" };
    let (before, after) = around(if hours < 12 { before_noon } else { after_noon });
    [before, if is_of_24 { zero(&hour) } else { "" }, &hour, ":", zero(&minute), &minute, after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_that_of_the_clock_of_the_language() {
        for (time, of_24, of_12) in [
            ((0, 0), "00:00", "12:00 AM"),
            ((0, 59), "00:59", "12:59 AM"),
            ((1, 5), "01:05", "1:05 AM"),
            ((11, 59), "11:59", "11:59 AM"),
            ((12, 0), "12:00", "12:00 PM"),
            ((13, 7), "13:07", "1:07 PM"),
            ((23, 59), "23:59", "11:59 PM"),
        ] {
            assert_eq!(time_of_day(time, "{}", "{}"), of_24);
            assert_eq!(time_of_day(time, "{} AM", "{} PM"), of_12);
        }
    }

    #[test]
    fn a_span_has_two_digits_of_seconds() {
        for (seconds, expected) in [(0, "0:00"), (9, "0:09"), (60, "1:00"), (599, "9:59"), (3_600, "60:00")] {
            assert_eq!(minutes(seconds), expected);
        }
    }

    #[test]
    fn what_is_filled_in_keeps_its_own_direction() {
        assert_eq!(fill("To {} now", "x"), "To \u{2068}x\u{2069} now");
        assert_eq!(fill_number("{}", 7), "\u{2068}7\u{2069}");
        assert_eq!(around("no placeholder"), ("no placeholder", ""));
    }
}
