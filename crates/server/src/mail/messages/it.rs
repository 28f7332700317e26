//! Italian.

use super::{Messages, WarningMessages};

pub(super) const MESSAGES: Messages = Messages {
    language: "it",
    direction: "ltr",
    subject: |service, reference| format!("{service}: codice di accesso, riferimento {reference}"),
    code_is: |code, service| format!("{code} è il suo codice di accesso per {service}."),
    greeting: |name, reference| {
        format!(
            "Buongiorno {name}, il riferimento di questa e-mail è {reference}: la pagina mostra le stesse lettere per \
             il codice che attende."
        )
    },
    good_for_minutes: |minutes| match minutes {
        1 => "Il codice è valido per 1 minuto.".to_owned(),
        _ => format!("Il codice è valido per {minutes} minuti."),
    },
    good_for_seconds: |seconds| match seconds {
        1 => "Il codice è valido per 1 secondo.".to_owned(),
        _ => format!("Il codice è valido per {seconds} secondi."),
    },
    // Before a day, the article would depend on how the number is spoken.
    asked_for: |moment, browser, server| {
        format!("È stato richiesto in data {moment} UTC con {browser}, per l’accesso a {server}.")
    },
    browser_on_system: |browser, system| format!("{browser} su {system}"),
    unknown_browser: "un browser sconosciuto",
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    moment: |day, month, year, time| match day {
        1 => format!("1º {month} {year} alle ore {time}"),
        _ => format!("{day} {month} {year} alle ore {time}"),
    },
    not_you: "Se non l’ha richiesto lei, qualcuno conosce la sua password: avvisi l’amministratore di sistema. Non dia \
              il codice a nessuno, nemmeno a chi dice di lavorare per il servizio.",
    happened: |name, moment, browser, server| {
        format!("Buongiorno {name}, è avvenuto in data {moment} UTC con {browser}, su {server}.")
    },
    codes_exhausted: WarningMessages {
        subject: |service| format!("{service}: codici di accesso errati"),
        what: |service| {
            format!(
                "Qualcuno ha inserito la sua password per {service} e poi codici di accesso errati fino a esaurire i \
                 tentativi."
            )
        },
        if_not_you: "In questo modo nessuno ha effettuato l’accesso. Se l’ha fatto lei, ricominci. Altrimenti qualcuno \
                     conosce la sua password: la cambi e avvisi l’amministratore di sistema.",
    },
    new_browser: WarningMessages {
        subject: |service| format!("{service}: accesso con un nuovo browser"),
        what: |service| {
            format!(
                "Qualcuno ha effettuato l’accesso a {service} con il suo account, da un browser mai usato prima per \
                 questo."
            )
        },
        if_not_you: "Se l’ha fatto lei, non deve fare nulla. Altrimenti qualcuno conosce la sua password: la cambi, \
                     così si chiudono tutte le sessioni, e avvisi l’amministratore di sistema.",
    },
    password_changed: WarningMessages {
        subject: |service| format!("{service}: la sua password è stata cambiata"),
        what: |service| {
            format!("La sua password per {service} è stata cambiata e tutte le sue sessioni sono state chiuse.")
        },
        if_not_you: "Se l’ha fatto lei, non deve fare nulla. Altrimenti avvisi subito l’amministratore di sistema.",
    },
};
