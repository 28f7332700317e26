//! The words of the mails, one catalogue a language. There is no text for people elsewhere in the mails.

use super::Warning;

/// Tags of the languages that mails are written in (BCP 47), for discovery.
pub const LANGUAGES: &[&str] = &[ENGLISH.language];

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
    /// Years, months and so on as `strftime` knows them.
    pub(super) moment: &'static str,
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
    let known = locales.iter().find_map(|tag| CATALOGUES.iter().find(|messages| messages.language == primary(tag)));
    known.unwrap_or(&&ENGLISH)
}

static CATALOGUES: &[&Messages] = &[&ENGLISH];

const ENGLISH: Messages = Messages {
    language: "en",
    direction: "ltr",
    subject: |service, reference| format!("{service}: access code, reference {reference}"),
    code_is: |code, service| format!("{code} is your access code for {service}."),
    greeting: |name, reference| {
        format!(
            "Hello {name}, the reference of this mail is {reference}: the page shows the same letters for the code that \
             it waits for."
        )
    },
    good_for_minutes: |minutes| match minutes {
        1 => "The code is good for 1 minute.".to_owned(),
        _ => format!("The code is good for {minutes} minutes."),
    },
    good_for_seconds: |seconds| match seconds {
        1 => "The code is good for 1 second.".to_owned(),
        _ => format!("The code is good for {seconds} seconds."),
    },
    asked_for: |moment, browser, server| {
        format!("It was asked for on {moment} UTC by {browser}, to sign in at {server}.")
    },
    browser_on_system: |browser, system| format!("{browser} on {system}"),
    unknown_browser: "an unknown browser",
    moment: "%-d %B %Y at %H:%M",
    not_you: "If this was not you, somebody knows your password: tell your system administrator. Give the code to \
              nobody, not even to somebody who says that they work for the service.",
    happened: |name, moment, browser, server| {
        format!("Hello {name}, this was on {moment} UTC by {browser}, at {server}.")
    },
    codes_exhausted: WarningMessages {
        subject: |service| format!("{service}: wrong access codes"),
        what: |service| {
            format!(
                "Somebody gave your password for {service}, and then wrong access codes until none was left to try."
            )
        },
        if_not_you: "Nobody was signed in by that. If it was you, begin again. If it was not, somebody knows your \
                     password: change it, and tell your system administrator.",
    },
    new_browser: WarningMessages {
        subject: |service| format!("{service}: a sign-in by a new browser"),
        what: |service| {
            format!("Somebody signed in to {service} as you, by a browser that had not been used for that before.")
        },
        if_not_you: "If it was you, there is nothing to do. If it was not, somebody knows your password: change it, \
                     which signs everybody out, and tell your system administrator.",
    },
    password_changed: WarningMessages {
        subject: |service| format!("{service}: your password was changed"),
        what: |service| format!("Your password for {service} was changed, and you were signed out everywhere."),
        if_not_you: "If it was you, there is nothing to do. If it was not, tell your system administrator at once.",
    },
};
