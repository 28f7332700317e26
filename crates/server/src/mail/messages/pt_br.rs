//! Portuguese, as written in Brazil.

use super::{Messages, WarningMessages};

pub(super) const MESSAGES: Messages = Messages {
    language: "pt-BR",
    direction: "ltr",
    subject: |service, reference| format!("{service}: código de acesso, referência {reference}"),
    code_is: |code, service| format!("{code} é o seu código de acesso para {service}."),
    greeting: |name, reference| {
        format!(
            "Olá, {name}. A referência deste e-mail é {reference}: a página mostra as mesmas letras para o código que \
             espera."
        )
    },
    good_for_minutes: |minutes| match minutes {
        1 => "O código é válido por 1 minuto.".to_owned(),
        _ => format!("O código é válido por {minutes} minutos."),
    },
    good_for_seconds: |seconds| match seconds {
        1 => "O código é válido por 1 segundo.".to_owned(),
        _ => format!("O código é válido por {seconds} segundos."),
    },
    asked_for: |moment, browser, server| {
        format!("Ele foi solicitado em {moment} UTC com {browser}, para fazer login em {server}.")
    },
    browser_on_system: |browser, system| format!("{browser} no {system}"),
    unknown_browser: "um navegador desconhecido",
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    moment: |day, month, year, time| {
        let ordinal = if day == 1 { "º" } else { "" };
        let at = if time.starts_with("01") { "à" } else { "às" };
        format!("{day}{ordinal} de {month} de {year} {at} {time}")
    },
    not_you: "Se não foi você, alguém sabe sua senha: avise o administrador do sistema. Não dê o código a ninguém, nem \
              mesmo a quem disser que trabalha para o serviço.",
    happened: |name, moment, browser, server| {
        format!("Olá, {name}. Isso ocorreu em {moment} UTC com {browser}, em {server}.")
    },
    codes_exhausted: WarningMessages {
        subject: |service| format!("{service}: códigos de acesso incorretos"),
        what: |service| {
            format!(
                "Alguém digitou sua senha de {service} e depois códigos de acesso incorretos até esgotar as \
                 tentativas."
            )
        },
        if_not_you: "Ninguém fez login com isso. Se foi você, comece de novo. Se não foi, alguém sabe sua senha: \
                     altere-a e avise o administrador do sistema.",
    },
    new_browser: WarningMessages {
        subject: |service| format!("{service}: login com um novo navegador"),
        what: |service| {
            format!(
                "Alguém fez login em {service} com sua conta, em um navegador que nunca tinha sido usado para isso."
            )
        },
        if_not_you: "Se foi você, não é preciso fazer nada. Se não foi, alguém sabe sua senha: altere-a, o que encerra \
                     todas as sessões, e avise o administrador do sistema.",
    },
    password_changed: WarningMessages {
        subject: |service| format!("{service}: sua senha foi alterada"),
        what: |service| format!("Sua senha de {service} foi alterada e todas as suas sessões foram encerradas."),
        if_not_you: "Se foi você, não é preciso fazer nada. Se não foi, avise imediatamente o administrador do \
                     sistema.",
    },
};
