//! Polish.

use super::{Messages, WarningMessages};

pub(super) const MESSAGES: Messages = Messages {
    language: "pl",
    direction: "ltr",
    subject: |service, reference| format!("{service}: kod dostępu, oznaczenie {reference}"),
    code_is: |code, service| format!("{code} to kod dostępu do usługi {service}."),
    greeting: |name, reference| {
        format!(
            "Dzień dobry, {name}. Oznaczenie tego e-maila to {reference}: strona pokazuje te same litery przy kodzie, \
             na który czeka."
        )
    },
    good_for_minutes: |minutes| match (minutes, minutes % 10, minutes % 100) {
        (1, ..) => "Kod jest ważny przez 1 minutę.".to_owned(),
        (_, 2..=4, 0..=11 | 15..) => format!("Kod jest ważny przez {minutes} minuty."),
        _ => format!("Kod jest ważny przez {minutes} minut."),
    },
    good_for_seconds: |seconds| match (seconds, seconds % 10, seconds % 100) {
        (1, ..) => "Kod jest ważny przez 1 sekundę.".to_owned(),
        (_, 2..=4, 0..=11 | 15..) => format!("Kod jest ważny przez {seconds} sekundy."),
        _ => format!("Kod jest ważny przez {seconds} sekund."),
    },
    asked_for: |moment, browser, server| {
        format!("Prośbę o kod wysłano {moment} UTC, aby zalogować się na serwerze {server}. Przeglądarka: {browser}.")
    },
    browser_on_system: |browser, system| format!("{browser} ({system})"),
    unknown_browser: "nieznana",
    months: [
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ],
    moment: |day, month, year, time| format!("{day} {month} {year} o {time}"),
    not_you: "Jeśli to nie Ty, ktoś zna Twoje hasło: zgłoś to administratorowi systemu. Nie podawaj kodu nikomu, nawet \
              osobie, która twierdzi, że pracuje dla tej usługi.",
    happened: |name, moment, browser, server| {
        format!("Dzień dobry, {name}. Stało się to {moment} UTC na serwerze {server}. Przeglądarka: {browser}.")
    },
    codes_exhausted: WarningMessages {
        subject: |service| format!("{service}: błędne kody dostępu"),
        what: |service| {
            format!("Ktoś podał Twoje hasło do usługi {service}, a potem błędne kody dostępu, aż do wyczerpania prób.")
        },
        if_not_you: "Nikt się w ten sposób nie zalogował. Jeśli to Ty, zacznij od nowa. Jeśli to nie Ty, ktoś zna \
                     Twoje hasło: zmień je i zgłoś to administratorowi systemu.",
    },
    new_browser: WarningMessages {
        subject: |service| format!("{service}: logowanie w nowej przeglądarce"),
        what: |service| {
            format!(
                "Ktoś zalogował się do usługi {service} na Twoje konto w przeglądarce, której wcześniej do tego nie \
                 używano."
            )
        },
        if_not_you: "Jeśli to Ty, nie trzeba nic robić. Jeśli to nie Ty, ktoś zna Twoje hasło: zmień je, co wyloguje \
                     wszystkich, i zgłoś to administratorowi systemu.",
    },
    password_changed: WarningMessages {
        subject: |service| format!("{service}: hasło zostało zmienione"),
        what: |service| {
            format!("Twoje hasło do usługi {service} zostało zmienione i nastąpiło wylogowanie ze wszystkich miejsc.")
        },
        if_not_you: "Jeśli to Ty, nie trzeba nic robić. Jeśli to nie Ty, natychmiast zgłoś to administratorowi \
                     systemu.",
    },
};
