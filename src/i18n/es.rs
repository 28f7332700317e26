//! Spanish.

use super::{
    messages::{
        AccountMessages, CodeMessages, ConnectMessages, CredentialsMessages, FailureMessages, Messages, NoticeMessages,
        PasswordMessages, SessionsMessages, StartMessages, UserMessages,
    },
    plural::Plural,
};

pub(super) const MESSAGES: Messages = Messages {
    product: "Vestibule",
    step: "{} de {}",
    cancel: "Cancelar",
    language: "Idioma",
    language_not_loaded: "No se ha podido cargar este idioma. Compruebe la conexión de red y vuelva a elegirlo.",
    not_encrypted: "La conexión con este servidor no está cifrada.",
    change_server: "Cambiar",
    server_line: "Servidor",
    resuming: "Continuando donde lo dejó…",
    resuming_heading: "Un momento",
    try_again_in: "Podrá volver a intentarlo en {}.",
    try_again_now: "Ya puede volver a intentarlo.",
    notice: NoticeMessages {
        sign_in_expired: "Su inicio de sesión ha caducado. Empiece de nuevo aquí; su nombre de usuario se conserva.",
        attempts_exhausted: "Demasiados códigos de acceso incorrectos. Empiece de nuevo aquí para recibir otro.",
        sends_exhausted: "No se enviarán más correos en ese inicio de sesión, y su último código de acceso ya no es \
            válido. Empiece de nuevo aquí; su nombre de usuario se conserva.",
        begun_elsewhere: "Se ha comenzado otro inicio de sesión en otra pestaña. Este sigue funcionando con su propio \
            código de acceso.",
        signed_in_elsewhere: "Ha iniciado sesión en otra pestaña.",
        key_lost: "Este navegador ya no tiene la clave que necesita su inicio de sesión. Vuelva a iniciar sesión.",
        session_ended: "Su sesión ha terminado. Vuelva a iniciar sesión.",
        signed_out: "Ha cerrado la sesión.",
        password_changed: "Su contraseña ha cambiado y se han cerrado todas sus sesiones. Inicie sesión con la nueva.",
        password_may_be_changed: "Su sesión ha terminado. Es posible que su contraseña haya cambiado: inicie sesión \
            con la nueva o, si no, con la anterior.",
    },
    failure: FailureMessages {
        offline: "Este dispositivo no tiene conexión de red. Conéctelo y vuelva a intentarlo.",
        no_answer: "El servidor no ha respondido. Compruebe la conexión de red y vuelva a intentarlo. Se conserva lo \
            que ha escrito.",
        too_slow: "El servidor ha tardado demasiado en responder. Vuelva a intentarlo.",
        ill: "El servidor tiene un fallo en este momento. Vuelva a intentarlo dentro de unos minutos.",
        wait: "Demasiados intentos en poco tiempo.",
        not_allowed: "Este servidor no permite iniciar sesión desde esta página. El administrador del sistema puede \
            explicarle por qué.",
        misunderstood: "Esta página y el servidor no se entienden. Vuelva a cargar la página. Si eso no ayuda, póngase \
            en contacto con el administrador del sistema.",
    },
    connect: ConnectMessages {
        understood: "Se conectará con {}",
        remembered: "Direcciones guardadas",
        forget: "Olvidar {}",
        use_address: "Usar {}",
        use_unencrypted: "Usar {} sin cifrado",
        empty: "Introduzca la dirección del servidor, por ejemplo https://uc.example.com.",
        too_long: "Es demasiado largo para una dirección de servidor.",
        email_address: "Esto es una dirección de correo electrónico. Introduzca aquí la dirección del servidor.",
        user_part: "Una dirección de servidor no lleva nada delante de una @. Quite esa parte.",
        other_scheme: "Una dirección de servidor empieza por http:// o https://.",
        doubled_scheme: "La dirección empieza dos veces por http:// o https://. Quite uno.",
        not_an_address: "Esto no es una dirección de servidor. Compruebe que esté bien escrita.",
        blocked: "El navegador no permite que esta página cifrada acceda a una dirección que empieza por http://.",
        local_network: "Esta dirección pertenece a una red local y no se ha podido acceder a ella. Si el navegador \
            pide permiso para que esta página busque dispositivos en su red, concédalo. Si no, compruebe que este \
            dispositivo está en esa red.",
        silent: "Nada responde en esta dirección. Puede que el nombre o el puerto no sean correctos, que el \
            certificado del servidor no sea de confianza o que una VPN esté desactivada: un navegador no puede \
            distinguirlo.",
        silent_encrypted: "Nada responde en esta dirección a las peticiones cifradas. Puede que el nombre o el puerto \
            no sean correctos, que el certificado del servidor no sea de confianza, que una VPN esté desactivada o que \
            el servidor no tenga cifrado: un navegador no puede distinguirlo.",
        closed: "Algo responde en esta dirección, pero no permite iniciar sesión desde esta página. Puede ser otro \
            tipo de servidor, un fallo de un proxy o un servidor que no conoce esta página. El administrador del \
            sistema puede decírselo.",
        not_a_sign_in_server: "Lo que responde en esta dirección no es un servidor de inicio de sesión. Compruebe la \
            dirección.",
        other_address: "A este servidor se accede por otra dirección.",
        foreign_endpoint: "Este servidor enviaría sus datos de inicio de sesión a otro equipo, así que no se ha \
            enviado nada. Avise al administrador del sistema.",
    },
    account: AccountMessages {
        heading: "Cuenta",
        username: "Nombre de usuario",
        username_hint: "Su nombre de usuario o su dirección de correo electrónico.",
        cell_number: "Número de móvil",
        cell_number_help: "El número para la opción «Teléfono móvil». Sin él, esa opción no estará disponible después \
            de iniciar sesión.",
        submit: "Iniciar sesión",
        pending: "Iniciando sesión…",
        username_empty: "Introduzca su nombre de usuario.",
        username_too_long: "Un nombre de usuario tiene 254 caracteres como máximo.",
        username_control: "Un nombre de usuario no tiene caracteres de control. Escríbalo de nuevo.",
        number_character: "Un número de móvil no lleva «{}». Use dígitos, y + al principio.",
        number_extension: "Un número de móvil no tiene extensión. Quite esa parte.",
        number_too_short: "Este número de móvil es demasiado corto.",
        number_too_long: "Este número de móvil es demasiado largo.",
        number_refused: "No se puede llamar a este número de móvil. Compruébelo, con + y el prefijo del país al \
            principio.",
    },
    credentials: CredentialsMessages {
        heading: "Credenciales",
        username: "Nombre de usuario o correo electrónico",
        password: "Contraseña",
        submit: "Iniciar sesión",
        pending: "Iniciando sesión…",
        no_password: "Introduzca su contraseña.",
        refused: "El nombre de usuario o la contraseña no son correctos. Compruebe ambos y vuelva a intentarlo.",
    },
    code: CodeMessages {
        heading: "Código de acceso",
        sent_to: "Se ha enviado un código de acceso a {}",
        not_sent: "Todavía no se ha enviado ningún correo. «Reenviar código» envía uno.",
        access_code: "Código de acceso",
        help: "{} dígitos. Con el último, el código se envía automáticamente.",
        help_to_submit: "{} dígitos. «Verificar» envía el código.",
        reference: "Referencia",
        sent_at: "Hora de envío",
        before_noon: "{}",
        after_noon: "{}",
        life: "Válido durante",
        expires_in: "{}",
        has_expired: "Caducado",
        attempts: "Intentos",
        attempts_left: Plural {
            one: "Queda {} intento",
            many: "Quedan {} de intentos",
            ..Plural::of("Quedan {} intentos")
        },
        submit: "Verificar",
        checking: "Verificando…",
        resend: "Reenviar código",
        resending: "Enviando…",
        resend_in: "Posible en {}",
        resend_now: "Ya se puede enviar un código nuevo.",
        sends_left: Plural { one: "Queda {} correo", many: "Quedan {} de correos", ..Plural::of("Quedan {} correos") },
        announce_sent: "Se ha enviado un código de acceso nuevo. Su referencia es {}.",
        announce_minute: "El código de acceso es válido durante 60 segundos más.",
        announce_expired: "El código de acceso ha caducado. «Reenviar código» envía uno nuevo.",
        empty: "Introduzca el código de acceso del correo.",
        not_a_digit: "Un código de acceso solo tiene dígitos, sin «{}».",
        too_short: "El código de acceso tiene {} dígitos; faltan algunos.",
        too_long: "El código de acceso tiene {} dígitos; aquí sobran.",
        wrong: "Este código de acceso no es correcto. Compárelo con el correo que lleva la referencia que se muestra \
            aquí.",
        expired: "Este código de acceso ya no es válido. «Reenviar código» envía uno nuevo.",
        superseded: "Este código de acceso es de un correo anterior. Vale el que lleva la referencia que se muestra \
            aquí.",
        sends_exhausted: "No se enviarán más correos en este inicio de sesión. El último código de acceso sigue siendo \
            válido.",
        not_delivered: "El servidor de correo no ha aceptado el correo. «Reenviar código» lo intenta de nuevo al \
            momento.",
    },
    user: UserMessages {
        heading: "Usuario",
        signed_in: "Sesión iniciada",
        username: "Nombre de usuario",
        email: "Correo electrónico",
        cell_number: "Número de móvil",
        configuration: "Configuración",
        server: "Servidor",
        integrated: "Integrada",
        uc_only: "Solo UC",
        voice_only: "Solo voz",
        preferred_device: "Dispositivo preferido",
        desk_phone: "Teléfono fijo",
        mobile_phone: "Teléfono móvil",
        auto_pilot: "Auto-Pilot",
        route_calls: "Dirigir las llamadas al móvil",
        route_calls_help: "Las llamadas suenan también en su número de móvil.",
        saving: "Guardando…",
        saved: "Guardado.",
        sign_out: "Cerrar sesión",
        signing_out: "Cerrando sesión…",
        not_available: "Este ajuste ya no está disponible. Vuelva a iniciar sesión para ver cuáles lo están.",
    },
    sessions: SessionsMessages {
        heading: "Sus sesiones abiertas",
        browser_on: "{} en {}",
        unknown_browser: "Navegador desconocido",
        this_one: "Sesión actual",
        signed_in: "Iniciada el {}",
        last_used: "Usada por última vez el {}",
        sign_out_there: "Cerrar esa sesión",
        sign_out_of: "Cerrar esa sesión: {}",
        signing_out: "Cerrando sesión…",
        signed_out: "Esa sesión se ha cerrado.",
    },
    password: PasswordMessages {
        show: "Mostrar",
        hide: "Ocultar",
        show_password: "Mostrar la contraseña",
        hide_password: "Ocultar la contraseña",
        caps_lock: "Bloq Mayús está activado.",
        too_long: "Una contraseña tiene 1024 caracteres como máximo.",
        heading: "Cambiar la contraseña",
        current: "Contraseña actual",
        show_current: "Mostrar la contraseña actual",
        hide_current: "Ocultar la contraseña actual",
        new: "Contraseña nueva",
        show_new: "Mostrar la contraseña nueva",
        hide_new: "Ocultar la contraseña nueva",
        new_hint: "Al menos {} caracteres. Después se cierran todas sus sesiones y vuelve a iniciar sesión con la \
            contraseña nueva.",
        submit: "Cambiar la contraseña",
        pending: "Cambiando…",
        no_current: "Introduzca su contraseña actual.",
        wrong: "Esta no es su contraseña actual. Compruébela y vuelva a intentarlo.",
        no_new: "Introduzca una contraseña nueva.",
        too_short: "Una contraseña tiene al menos {} caracteres.",
        too_common: "Esta contraseña es de las que se prueban primero. Elija otra.",
        not_possible: "Esta contraseña tiene un carácter que no puede haber en una contraseña. Elija otra.",
        unchanged: "Esta es su contraseña actual. Elija otra.",
    },
};

pub(super) const START: StartMessages = StartMessages {
    direction: "ltr",
    connect_heading: "Conexión",
    connect_server_address: "Dirección del servidor",
    connect_help: "Si no recuerda la dirección del servidor, póngase en contacto con el administrador del sistema.",
    connect_submit: "Conectar",
    connect_pending: "Conectando…",
    starting: "La página aún se está cargando…",
    noscript: "Esta página necesita JavaScript y WebAssembly para iniciar su sesión. Actívelos para esta página en los ajustes del navegador o abra la página en otro navegador. Si necesita ayuda, póngase en contacto con el administrador del sistema.",
    reload: "Volver a cargar",
    help: "Si necesita ayuda, póngase en contacto con el administrador del sistema.",
    unsupported_heading: "Con este navegador no se puede iniciar sesión",
    unsupported: "La página necesita WebAssembly, que este navegador no tiene o tiene desactivado. Actívelo en los \
        ajustes, actualice el navegador o abra la página en otro.",
    blocked_heading: "No se ha permitido iniciar la página",
    blocked: "Este navegador rechaza el WebAssembly de la página. Puede que esté desactivado para esta página o \
        bloqueado por una extensión o por su red, o que el navegador sea demasiado antiguo. Actualícelo o abra la \
        página en otro.",
    missing_heading: "Falta una parte de la página",
    missing: "Algo en el camino ha retenido un archivo de esta página, o la página se está sustituyendo ahora mismo \
        por una más reciente. Vuelva a cargarla dentro de un minuto. Se conserva el inicio de sesión que haya \
        comenzado.",
    missing_help: "Si eso no ayuda, póngase en contacto con el administrador del sistema.",
    offline_heading: "Sin red",
    offline: "Este dispositivo no tiene conexión de red. La página se cargará sola en cuanto la tenga. Se conserva el \
        inicio de sesión que haya comenzado.",
    slow_heading: "Está tardando más de lo habitual",
    slow: "La página todavía se está cargando. Espere un poco más, o compruebe la conexión de red y vuelva a cargarla.",
    panic_heading: "La página se ha detenido",
    panic: "Un fallo en esta página la ha detenido. Se conserva el inicio de sesión que haya comenzado: vuelva a \
        cargar la página para continuar donde estaba.",
    panic_help: "Si se detiene otra vez, póngase en contacto con el administrador del sistema.",
};
