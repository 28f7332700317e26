//! German.

use super::{Messages, WarningMessages};

pub(super) const MESSAGES: Messages = Messages {
    language: "de",
    direction: "ltr",
    subject: |service, reference| format!("{service}: Zugangscode, Referenz {reference}"),
    code_is: |code, service| format!("{code} ist Ihr Zugangscode für {service}."),
    greeting: |name, reference| {
        format!(
            "Guten Tag {name}, die Referenz dieser E-Mail ist {reference}: Die Seite zeigt dieselben Buchstaben für den \
             Code, auf den sie wartet."
        )
    },
    good_for_minutes: |minutes| match minutes {
        1 => "Der Code gilt 1 Minute.".to_owned(),
        _ => format!("Der Code gilt {minutes} Minuten."),
    },
    good_for_seconds: |seconds| match seconds {
        1 => "Der Code gilt 1 Sekunde.".to_owned(),
        _ => format!("Der Code gilt {seconds} Sekunden."),
    },
    asked_for: |moment, browser, server| {
        format!("Er wurde am {moment} UTC mit {browser} angefordert, für die Anmeldung bei {server}.")
    },
    browser_on_system: |browser, system| format!("{browser} auf {system}"),
    unknown_browser: "einem unbekannten Browser",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    moment: |day, month, year, time| format!("{day}. {month} {year} um {time}"),
    not_you: "Wenn Sie das nicht waren, kennt jemand Ihr Passwort: Sagen Sie es Ihrem Systemadministrator. Geben Sie den \
              Code niemandem, auch niemandem, der angeblich für den Dienst arbeitet.",
    happened: |name, moment, browser, server| {
        format!("Guten Tag {name}, das war am {moment} UTC mit {browser}, bei {server}.")
    },
    codes_exhausted: WarningMessages {
        subject: |service| format!("{service}: falsche Zugangscodes"),
        what: |service| {
            format!(
                "Jemand hat Ihr Passwort für {service} eingegeben und danach falsche Zugangscodes, bis kein Versuch \
                 mehr übrig war."
            )
        },
        if_not_you: "Dadurch wurde niemand angemeldet. Waren Sie es, beginnen Sie neu. Waren Sie es nicht, kennt jemand \
                     Ihr Passwort: Ändern Sie es, und sagen Sie es Ihrem Systemadministrator.",
    },
    new_browser: WarningMessages {
        subject: |service| format!("{service}: Anmeldung mit einem neuen Browser"),
        what: |service| {
            format!(
                "Jemand hat sich bei {service} als Sie angemeldet, mit einem Browser, der dafür noch nie benutzt wurde."
            )
        },
        if_not_you: "Waren Sie es, ist nichts zu tun. Waren Sie es nicht, kennt jemand Ihr Passwort: Ändern Sie es, das \
                     meldet alle ab, und sagen Sie es Ihrem Systemadministrator.",
    },
    password_changed: WarningMessages {
        subject: |service| format!("{service}: Ihr Passwort wurde geändert"),
        what: |service| format!("Ihr Passwort für {service} wurde geändert, und Sie wurden überall abgemeldet."),
        if_not_you: "Waren Sie es, ist nichts zu tun. Waren Sie es nicht, sagen Sie es sofort Ihrem Systemadministrator.",
    },
};
