//! The words of the mails, one catalogue a language. There is no text for people elsewhere in the mails.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod it;
mod nl;
mod pl;
mod pt_br;

use jiff::{Timestamp, tz::Offset};

use super::Warning;

/// Tags of the languages that mails are written in (BCP 47), for discovery.
pub const LANGUAGES: [&str; CATALOGUES.len()] = {
    let mut tags = [""; CATALOGUES.len()];
    let mut index = 0;
    while index < tags.len() {
        tags[index] = CATALOGUES[index].language;
        index += 1;
    }
    tags
};

const CATALOGUES: [&Messages; 9] = [
    &en::MESSAGES,
    &ar::MESSAGES,
    &de::MESSAGES,
    &es::MESSAGES,
    &fr::MESSAGES,
    &it::MESSAGES,
    &nl::MESSAGES,
    &pl::MESSAGES,
    &pt_br::MESSAGES,
];

/// A catalogue. A language that lacks a message does not build.
pub(super) struct Messages {
    /// BCP 47.
    pub(super) language: &'static str,
    /// `ltr` or `rtl`.
    pub(super) direction: &'static str,
    /// Service and reference.
    pub(super) subject: fn(&str, &str) -> String,
    /// Code and service. The first line, so that a notification shows the code.
    pub(super) code_is: fn(&str, &str) -> String,
    /// Name of the person and reference.
    pub(super) greeting: fn(&str, &str) -> String,
    /// Whole minutes, at least one.
    pub(super) good_for_minutes: fn(u64) -> String,
    /// Seconds, less than a minute.
    pub(super) good_for_seconds: fn(u64) -> String,
    /// When (UTC), by which browser, at which server.
    pub(super) asked_for: fn(&str, &str, &str) -> String,
    /// Browser and system.
    pub(super) browser_on_system: fn(&str, &str) -> String,
    pub(super) unknown_browser: &'static str,
    /// Names of the months, as they stand in a date.
    pub(super) months: [&'static str; 12],
    /// Day of the month, name of the month, year, time of day.
    pub(super) moment: fn(i8, &str, i16, &str) -> String,
    pub(super) not_you: &'static str,
    /// Name of the person, when (UTC), by which browser, at which server.
    pub(super) happened: fn(&str, &str, &str, &str) -> String,
    pub(super) codes_exhausted: WarningMessages,
    pub(super) new_browser: WarningMessages,
    pub(super) password_changed: WarningMessages,
}

/// The words of one warning.
pub(super) struct WarningMessages {
    /// Service.
    pub(super) subject: fn(&str) -> String,
    /// Service. The first line, so that a notification shows what happened.
    pub(super) what: fn(&str) -> String,
    pub(super) if_not_you: &'static str,
}

impl Messages {
    /// A moment of UTC, as one writes it.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        let at = Offset::UTC.to_datetime(at);
        let month = usize::try_from(at.month() - 1).ok().and_then(|index| self.months.get(index)).unwrap_or(&"");
        (self.moment)(at.day(), month, at.year(), &at.strftime("%H:%M").to_string())
    }

    pub(super) fn warning(&self, warning: Warning) -> &WarningMessages {
        match warning {
            Warning::CodesExhausted => &self.codes_exhausted,
            Warning::NewBrowser => &self.new_browser,
            Warning::PasswordChanged => &self.password_changed,
        }
    }
}

/// The catalogue in the first of these languages that there is one in.
pub(super) fn for_locales(locales: &[String]) -> &'static Messages {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let serves = |messages: &&&Messages, tag: &str| primary(messages.language) == primary(tag);
    let known = locales.iter().find_map(|tag| CATALOGUES.iter().find(|messages| serves(messages, tag)));
    known.unwrap_or(&&en::MESSAGES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tag() -> impl Strategy<Value = String> {
        prop_oneof!["(de|en|es|fr|it|nl|pl|pt|ar|xx|\\*|DE|Pt)([-_](AT|br|BR|Latn|1)){0,2}", any::<String>()]
    }

    proptest! {
        #[test]
        fn the_first_language_that_there_are_mails_in_is_taken(tags in prop::collection::vec(tag(), 0..5)) {
            let known = |tag: &String| {
                let primary: String = tag.chars().take_while(|c| !matches!(c, '-' | '_')).collect();
                LANGUAGES.into_iter().find(|language| language[..2] == primary.to_lowercase())
            };
            let expected = tags.iter().find_map(known).unwrap_or("en");
            prop_assert_eq!(for_locales(&tags).language, expected);
        }
    }
}
