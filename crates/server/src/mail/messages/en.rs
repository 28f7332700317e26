//! English.

use super::{Messages, WarningMessages};

pub(super) const MESSAGES: Messages = Messages {
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
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    moment: |day, month, year, time| format!("{day} {month} {year} at {time}"),
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
