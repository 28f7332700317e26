//! Spanish.

use super::{Messages, WarningMessages};

pub(super) const MESSAGES: Messages = Messages {
    language: "es",
    direction: "ltr",
    subject: |service, reference| format!("{service}: código de acceso, referencia {reference}"),
    code_is: |code, service| format!("{code} es su código de acceso para {service}."),
    greeting: |name, reference| {
        format!(
            "Hola, {name}. La referencia de este correo es {reference}: la página muestra las mismas letras para el \
             código que espera."
        )
    },
    good_for_minutes: |minutes| match minutes {
        1 => "El código es válido durante 1 minuto.".to_owned(),
        _ => format!("El código es válido durante {minutes} minutos."),
    },
    good_for_seconds: |seconds| match seconds {
        1 => "El código es válido durante 1 segundo.".to_owned(),
        _ => format!("El código es válido durante {seconds} segundos."),
    },
    asked_for: |moment, browser, server| {
        format!("Se pidió el {moment} UTC con {browser}, para iniciar sesión en {server}.")
    },
    browser_on_system: |browser, system| format!("{browser} en {system}"),
    unknown_browser: "un navegador desconocido",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    moment: |day, month, year, time| {
        let at = if time.starts_with("01") { "a la" } else { "a las" };
        format!("{day} de {month} de {year} {at} {time}")
    },
    not_you: "Si no ha sido usted, alguien conoce su contraseña: avise al administrador del sistema. No dé el código a \
              nadie, ni siquiera a quien diga que trabaja para el servicio.",
    happened: |name, moment, browser, server| {
        format!("Hola, {name}. Ocurrió el {moment} UTC con {browser}, en {server}.")
    },
    codes_exhausted: WarningMessages {
        subject: |service| format!("{service}: códigos de acceso incorrectos"),
        what: |service| {
            format!(
                "Alguien introdujo su contraseña de {service} y después códigos de acceso incorrectos hasta agotar los \
                 intentos."
            )
        },
        if_not_you: "Nadie ha podido iniciar sesión así. Si ha sido usted, empiece de nuevo. Si no, alguien conoce su \
                     contraseña: cámbiela y avise al administrador del sistema.",
    },
    new_browser: WarningMessages {
        subject: |service| format!("{service}: inicio de sesión con un navegador nuevo"),
        what: |service| {
            format!(
                "Alguien ha iniciado sesión en {service} con su cuenta, desde un navegador que no se había usado antes \
                 para ello."
            )
        },
        if_not_you: "Si ha sido usted, no tiene que hacer nada. Si no, alguien conoce su contraseña: cámbiela, lo que \
                     cierra todas las sesiones, y avise al administrador del sistema.",
    },
    password_changed: WarningMessages {
        subject: |service| format!("{service}: se ha cambiado su contraseña"),
        what: |service| format!("Se ha cambiado su contraseña de {service} y se han cerrado todas sus sesiones."),
        if_not_you: "Si ha sido usted, no tiene que hacer nada. Si no, avise de inmediato al administrador del \
                     sistema.",
    },
};
