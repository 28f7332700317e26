//! Dutch.

use super::{Messages, WarningMessages};

pub(super) const MESSAGES: Messages = Messages {
    language: "nl",
    direction: "ltr",
    subject: |service, reference| format!("{service}: toegangscode, referentie {reference}"),
    code_is: |code, service| format!("{code} is uw toegangscode voor {service}."),
    greeting: |name, reference| {
        format!(
            "Beste {name}, de referentie van deze e-mail is {reference}: de pagina toont dezelfde letters bij de code \
             waarop zij wacht."
        )
    },
    good_for_minutes: |minutes| match minutes {
        1 => "De code is 1 minuut geldig.".to_owned(),
        _ => format!("De code is {minutes} minuten geldig."),
    },
    good_for_seconds: |seconds| match seconds {
        1 => "De code is 1 seconde geldig.".to_owned(),
        _ => format!("De code is {seconds} seconden geldig."),
    },
    asked_for: |moment, browser, server| {
        format!("De code is aangevraagd op {moment} UTC met {browser}, om aan te melden bij {server}.")
    },
    browser_on_system: |browser, system| format!("{browser} op {system}"),
    unknown_browser: "een onbekende browser",
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    moment: |day, month, year, time| format!("{day} {month} {year} om {time}"),
    not_you: "Was u dit niet, dan kent iemand uw wachtwoord: laat dit aan uw systeembeheerder weten. Geef de code aan \
              niemand, ook niet aan iemand die zegt voor de dienst te werken.",
    happened: |name, moment, browser, server| {
        format!("Beste {name}, dit gebeurde op {moment} UTC met {browser}, bij {server}.")
    },
    codes_exhausted: WarningMessages {
        subject: |service| format!("{service}: onjuiste toegangscodes"),
        what: |service| {
            format!(
                "Iemand heeft uw wachtwoord voor {service} ingevuld en daarna onjuiste toegangscodes, tot er geen \
                 poging meer over was."
            )
        },
        if_not_you: "Daarmee is niemand aangemeld. Was u dit, begin dan opnieuw. Was u dit niet, dan kent iemand uw \
                     wachtwoord: wijzig het en laat dit aan uw systeembeheerder weten.",
    },
    new_browser: WarningMessages {
        subject: |service| format!("{service}: aanmelding met een nieuwe browser"),
        what: |service| {
            format!(
                "Iemand heeft zich bij {service} als u aangemeld, met een browser die daarvoor nog niet was gebruikt."
            )
        },
        if_not_you: "Was u dit, dan hoeft u niets te doen. Was u dit niet, dan kent iemand uw wachtwoord: wijzig het, \
                     waarmee iedereen wordt afgemeld, en laat dit aan uw systeembeheerder weten.",
    },
    password_changed: WarningMessages {
        subject: |service| format!("{service}: uw wachtwoord is gewijzigd"),
        what: |service| format!("Uw wachtwoord voor {service} is gewijzigd en u bent overal afgemeld."),
        if_not_you: "Was u dit, dan hoeft u niets te doen. Was u dit niet, laat dit dan meteen aan uw systeembeheerder \
                     weten.",
    },
};
