//! French.

use super::{Messages, WarningMessages};

pub(super) const MESSAGES: Messages = Messages {
    language: "fr",
    direction: "ltr",
    subject: |service, reference| format!("{service}\u{a0}: code d’accès, référence {reference}"),
    code_is: |code, service| format!("{code} est votre code d’accès pour {service}."),
    greeting: |name, reference| {
        format!(
            "Bonjour {name}, la référence de cet e-mail est {reference}\u{a0}: la page affiche les mêmes lettres pour \
             le code qu’elle attend."
        )
    },
    good_for_minutes: |minutes| match minutes {
        1 => "Le code est valable 1 minute.".to_owned(),
        _ => format!("Le code est valable {minutes} minutes."),
    },
    good_for_seconds: |seconds| match seconds {
        1 => "Le code est valable 1 seconde.".to_owned(),
        _ => format!("Le code est valable {seconds} secondes."),
    },
    asked_for: |moment, browser, server| {
        format!("Il a été demandé le {moment} UTC avec {browser}, pour une connexion à {server}.")
    },
    browser_on_system: |browser, system| format!("{browser} sur {system}"),
    unknown_browser: "un navigateur inconnu",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    moment: |day, month, year, time| match day {
        1 => format!("1er {month} {year} à {time}"),
        _ => format!("{day} {month} {year} à {time}"),
    },
    not_you: "Si ce n’était pas vous, quelqu’un connaît votre mot de passe\u{a0}: prévenez votre administrateur \
              système. Ne donnez le code à personne, pas même à quelqu’un qui dit travailler pour le service.",
    happened: |name, moment, browser, server| {
        format!("Bonjour {name}, cela s’est passé le {moment} UTC avec {browser}, sur {server}.")
    },
    codes_exhausted: WarningMessages {
        subject: |service| format!("{service}\u{a0}: codes d’accès incorrects"),
        what: |service| {
            format!(
                "Quelqu’un a saisi votre mot de passe pour {service}, puis des codes d’accès incorrects jusqu’à \
                 épuiser les tentatives."
            )
        },
        if_not_you: "Cela n’a permis à personne de se connecter. Si c’était vous, recommencez. Sinon, quelqu’un \
                     connaît votre mot de passe\u{a0}: modifiez-le et prévenez votre administrateur système.",
    },
    new_browser: WarningMessages {
        subject: |service| format!("{service}\u{a0}: connexion avec un nouveau navigateur"),
        what: |service| {
            format!(
                "Quelqu’un s’est connecté à {service} avec votre compte, dans un navigateur qui n’avait encore jamais \
                 servi à cela."
            )
        },
        if_not_you: "Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un connaît votre mot de passe\u{a0}: \
                     modifiez-le, ce qui ferme toutes les sessions, et prévenez votre administrateur système.",
    },
    password_changed: WarningMessages {
        subject: |service| format!("{service}\u{a0}: votre mot de passe a été modifié"),
        what: |service| {
            format!("Votre mot de passe pour {service} a été modifié et toutes vos sessions ont été fermées.")
        },
        if_not_you: "Si c’était vous, il n’y a rien à faire. Sinon, prévenez immédiatement votre administrateur \
                     système.",
    },
};
