//! German.

use super::{
    messages::{
        AccountMessages, CodeMessages, ConnectMessages, CredentialsMessages, FailureMessages, Messages, NoticeMessages,
        PasswordMessages, SessionsMessages, StartMessages, UserMessages,
    },
    plural::Plural,
};

pub(super) const MESSAGES: Messages = Messages {
    product: "Vestibule",
    step: "{} von {}",
    cancel: "Abbrechen",
    language: "Sprache",
    language_not_loaded: "Diese Sprache konnte nicht geladen werden. Prüfen Sie die Netzwerkverbindung und wählen Sie \
        sie noch einmal.",
    not_encrypted: "Die Verbindung zu diesem Server ist nicht verschlüsselt.",
    change_server: "Ändern",
    server_line: "Server",
    resuming: "Es geht weiter, wo Sie aufgehört haben…",
    resuming_heading: "Einen Moment",
    try_again_in: "Sie können es in {} noch einmal versuchen.",
    try_again_now: "Sie können es jetzt noch einmal versuchen.",
    notice: NoticeMessages {
        sign_in_expired: "Ihre Anmeldung ist abgelaufen. Beginnen Sie hier neu; Ihr Benutzername ist noch da.",
        attempts_exhausted: "Zu viele falsche Zugangscodes. Beginnen Sie hier neu, um einen neuen zu bekommen.",
        sends_exhausted: "In dieser Anmeldung werden keine E-Mails mehr verschickt, und ihr letzter Zugangscode gilt \
            nicht mehr. Beginnen Sie hier neu; Ihr Benutzername ist noch da.",
        begun_elsewhere: "In einem anderen Tab wurde eine neue Anmeldung begonnen. Diese hier geht mit ihrem eigenen \
            Zugangscode weiter.",
        signed_in_elsewhere: "Sie haben sich in einem anderen Tab angemeldet.",
        key_lost: "Dieser Browser hat den Schlüssel nicht mehr, den Ihre Anmeldung braucht. Bitte melden Sie sich wieder an.",
        session_ended: "Ihre Sitzung ist beendet. Bitte melden Sie sich wieder an.",
        signed_out: "Sie sind abgemeldet.",
        password_changed: "Ihr Passwort ist geändert, und Sie sind überall abgemeldet. Melden Sie sich mit dem neuen \
            an.",
        password_may_be_changed: "Ihre Sitzung ist beendet. Vielleicht ist Ihr Passwort schon geändert: Melden Sie \
            sich mit dem neuen an, sonst mit dem alten.",
    },
    failure: FailureMessages {
        offline: "Dieses Gerät hat keine Netzwerkverbindung. Verbinden Sie es und versuchen Sie es dann noch einmal.",
        no_answer: "Der Server hat nicht geantwortet. Prüfen Sie die Netzwerkverbindung und versuchen Sie es noch \
            einmal. Ihre Eingaben bleiben erhalten.",
        too_slow: "Der Server hat zu lange für die Antwort gebraucht. Bitte versuchen Sie es noch einmal.",
        ill: "Der Server hat im Moment eine Störung. Bitte versuchen Sie es in ein paar Minuten noch einmal.",
        wait: "Zu viele Versuche in kurzer Zeit.",
        not_allowed: "Dieser Server lässt von dieser Seite aus keine Anmeldung zu. Ihr Systemadministrator kann sagen, \
            warum.",
        misunderstood: "Diese Seite und der Server verstehen einander nicht. Laden Sie die Seite neu. Hilft das nicht, \
            wenden Sie sich bitte an Ihren Systemadministrator.",
    },
    connect: ConnectMessages {
        understood: "Verbindet mit {}",
        remembered: "Gemerkt",
        forget: "{} vergessen",
        use_address: "{} verwenden",
        use_unencrypted: "{} ohne Verschlüsselung verwenden",
        empty: "Geben Sie die Serveradresse ein, zum Beispiel https://uc.example.com.",
        too_long: "Das ist zu lang für eine Serveradresse.",
        email_address: "Das ist eine E-Mail-Adresse. Geben Sie hier die Adresse des Servers ein.",
        user_part: "In einer Serveradresse steht nichts vor einem @. Lassen Sie diesen Teil weg.",
        other_scheme: "Eine Serveradresse beginnt mit http:// oder https://.",
        doubled_scheme: "Die Adresse beginnt zweimal mit http:// oder https://. Lassen Sie eines davon weg.",
        not_an_address: "Das ist keine Serveradresse. Sehen Sie nach, ob Sie sich vertippt haben.",
        blocked: "Der Browser lässt diese verschlüsselte Seite keine Adresse erreichen, die mit http:// beginnt.",
        local_network: "Diese Adresse gehört zu einem lokalen Netzwerk und wurde nicht erreicht. Fragt der Browser, ob \
            diese Seite in Ihrem Netzwerk nach Geräten suchen darf, erlauben Sie es. Prüfen Sie sonst, ob dieses Gerät \
            in diesem Netzwerk ist.",
        silent: "Unter dieser Adresse antwortet nichts. Der Name oder der Port kann falsch sein, dem Zertifikat des \
            Servers wird vielleicht nicht vertraut, oder ein VPN ist aus: Ein Browser kann das nicht unterscheiden.",
        silent_encrypted: "Unter dieser Adresse antwortet auf verschlüsselte Anfragen nichts. Der Name oder der Port \
            kann falsch sein, dem Zertifikat des Servers wird vielleicht nicht vertraut, ein VPN ist aus, oder der \
            Server hat keine Verschlüsselung: Ein Browser kann das nicht unterscheiden.",
        closed: "Unter dieser Adresse antwortet etwas, lässt aber von dieser Seite aus keine Anmeldung zu. Es kann ein \
            anderer Server sein, ein Fehler eines Proxys oder ein Server, der diese Seite nicht kennt. Ihr \
            Systemadministrator kann es sagen.",
        not_a_sign_in_server: "Was unter dieser Adresse antwortet, ist kein Anmeldeserver. Prüfen Sie die Adresse.",
        other_address: "Dieser Server ist unter einer anderen Adresse zu erreichen.",
        foreign_endpoint: "Dieser Server würde Ihre Anmeldung an ein anderes Gerät schicken, deshalb wurde nichts \
            gesendet. Bitte sagen Sie es Ihrem Systemadministrator.",
    },
    account: AccountMessages {
        heading: "Konto",
        username: "Benutzername",
        username_hint: "Ihr Benutzername oder Ihre E-Mail-Adresse.",
        cell_number: "Handynummer",
        cell_number_help: "Die Nummer für die Auswahl „Mobiltelefon“. Ohne sie steht diese Auswahl nach dem Anmelden \
            nicht zur Verfügung.",
        submit: "Anmelden",
        pending: "Anmeldung läuft…",
        username_empty: "Geben Sie Ihren Benutzernamen ein.",
        username_too_long: "Ein Benutzername hat höchstens 254 Zeichen.",
        username_control: "Ein Benutzername enthält keine Steuerzeichen. Tippen Sie ihn neu ein.",
        number_character: "Eine Handynummer enthält kein „{}“. Verwenden Sie Ziffern und am Anfang ein +.",
        number_extension: "Eine Handynummer hat keine Durchwahl. Lassen Sie diesen Teil weg.",
        number_too_short: "Diese Handynummer ist zu kurz.",
        number_too_long: "Diese Handynummer ist zu lang.",
        number_refused: "Diese Handynummer kann nicht gewählt werden. Prüfen Sie sie; am Anfang stehen + und die \
            Landesvorwahl.",
    },
    credentials: CredentialsMessages {
        heading: "Zugangsdaten",
        username: "Benutzername oder E-Mail-Adresse",
        password: "Passwort",
        submit: "Anmelden",
        pending: "Anmeldung läuft…",
        no_password: "Geben Sie Ihr Passwort ein.",
        refused: "Benutzername oder Passwort stimmt nicht. Prüfen Sie beides und versuchen Sie es noch einmal.",
    },
    code: CodeMessages {
        heading: "Zugangscode",
        sent_to: "Ein Zugangscode wurde an {} gesendet",
        not_sent: "Es wurde noch keine E-Mail gesendet. „Code erneut senden“ schickt eine.",
        access_code: "Zugangscode",
        help: "{} Ziffern. Mit der letzten wird der Code von selbst gesendet.",
        help_to_submit: "{} Ziffern. „Senden“ schickt den Code ab.",
        reference: "Referenz",
        sent_at: "Gesendet um",
        before_noon: "{}",
        after_noon: "{}",
        life: "Gültig noch",
        expires_in: "{}",
        has_expired: "Abgelaufen",
        attempts: "Versuche",
        attempts_left: Plural { one: "Noch {} Versuch", ..Plural::of("Noch {} Versuche") },
        submit: "Senden",
        checking: "Wird geprüft…",
        resend: "Code erneut senden",
        resending: "Wird gesendet…",
        resend_in: "Möglich in {}",
        resend_now: "Ein neuer Code kann jetzt gesendet werden.",
        sends_left: Plural { one: "Noch {} E-Mail", ..Plural::of("Noch {} E-Mails") },
        announce_sent: "Ein neuer Zugangscode wurde gesendet. Seine Referenz ist {}.",
        announce_minute: "Der Zugangscode gilt noch 60 Sekunden.",
        announce_expired: "Der Zugangscode ist abgelaufen. „Code erneut senden“ schickt einen neuen.",
        empty: "Geben Sie den Zugangscode aus der E-Mail ein.",
        not_a_digit: "Ein Zugangscode besteht nur aus Ziffern, ohne „{}“.",
        too_short: "Der Zugangscode hat {} Ziffern; es fehlen noch welche.",
        too_long: "Der Zugangscode hat {} Ziffern; das sind zu viele.",
        wrong: "Dieser Zugangscode ist falsch. Vergleichen Sie ihn mit der E-Mail, die die hier gezeigte Referenz \
            trägt.",
        expired: "Dieser Zugangscode gilt nicht mehr. „Code erneut senden“ schickt einen neuen.",
        superseded: "Dieser Zugangscode stammt aus einer älteren E-Mail. Es gilt der mit der hier gezeigten Referenz.",
        sends_exhausted: "In dieser Anmeldung werden keine E-Mails mehr verschickt. Der letzte Zugangscode gilt noch.",
        not_delivered: "Der Mailserver hat die E-Mail nicht angenommen. „Code erneut senden“ versucht es sofort noch \
            einmal.",
    },
    user: UserMessages {
        heading: "Benutzer",
        signed_in: "Angemeldet",
        username: "Benutzername",
        email: "E-Mail-Adresse",
        cell_number: "Handynummer",
        configuration: "Konfiguration",
        server: "Server",
        integrated: "Integriert",
        uc_only: "Nur UC",
        voice_only: "Nur Sprache",
        preferred_device: "Bevorzugtes Gerät",
        desk_phone: "Tischtelefon",
        mobile_phone: "Mobiltelefon",
        auto_pilot: "Auto-Pilot",
        route_calls: "Anrufe zum Handy leiten",
        route_calls_help: "Anrufe klingeln auch unter Ihrer Handynummer.",
        saving: "Wird gespeichert…",
        saved: "Gespeichert.",
        sign_out: "Abmelden",
        signing_out: "Abmeldung läuft…",
        not_available: "Diese Einstellung gibt es nicht mehr. Melden Sie sich neu an, um zu sehen, was es gibt.",
    },
    sessions: SessionsMessages {
        heading: "Wo Sie angemeldet sind",
        browser_on: "{} auf {}",
        unknown_browser: "Ein Browser, der hier nicht bekannt ist",
        this_one: "Dieser hier",
        signed_in: "Angemeldet {}",
        last_used: "Zuletzt benutzt {}",
        sign_out_there: "Dort abmelden",
        sign_out_of: "Dort abmelden: {}",
        signing_out: "Abmeldung läuft…",
        signed_out: "Dort abgemeldet.",
    },
    password: PasswordMessages {
        show: "Anzeigen",
        hide: "Verbergen",
        show_password: "Passwort anzeigen",
        hide_password: "Passwort verbergen",
        caps_lock: "Die Feststelltaste ist an.",
        too_long: "Ein Passwort hat höchstens 1.024 Zeichen.",
        heading: "Passwort ändern",
        current: "Jetziges Passwort",
        show_current: "Jetziges Passwort anzeigen",
        hide_current: "Jetziges Passwort verbergen",
        new: "Neues Passwort",
        show_new: "Neues Passwort anzeigen",
        hide_new: "Neues Passwort verbergen",
        new_hint: "Mindestens {} Zeichen. Danach sind Sie überall abgemeldet und melden sich mit dem neuen Passwort \
            an.",
        submit: "Passwort ändern",
        pending: "Wird geändert…",
        no_current: "Geben Sie Ihr jetziges Passwort ein.",
        wrong: "Das ist nicht Ihr jetziges Passwort. Prüfen Sie es und versuchen Sie es noch einmal.",
        no_new: "Geben Sie ein neues Passwort ein.",
        too_short: "Ein Passwort hat mindestens {} Zeichen.",
        too_common: "Dieses Passwort gehört zu denen, die zuerst ausprobiert werden. Wählen Sie ein anderes.",
        not_possible: "Dieses Passwort hat ein Zeichen, das in Passwörtern nicht vorkommen kann. Wählen Sie ein \
            anderes.",
        unchanged: "Das ist Ihr jetziges Passwort. Wählen Sie ein anderes.",
    },
};

pub(super) const START: StartMessages = StartMessages {
    direction: "ltr",
    connect_heading: "Verbinden",
    connect_server_address: "Serveradresse",
    connect_help: "Wenn Sie Ihre Serveradresse nicht wissen, wenden Sie sich bitte an Ihren Systemadministrator.",
    connect_submit: "Verbinden",
    connect_pending: "Verbindung wird aufgebaut…",
    starting: "Die Seite lädt noch…",
    noscript: "Diese Seite braucht JavaScript und WebAssembly, um Sie anzumelden. Schalten Sie beides in den Einstellungen Ihres Browsers für diese Seite ein, oder öffnen Sie die Seite in einem anderen Browser. Wenn Sie Hilfe brauchen, wenden Sie sich bitte an Ihren Systemadministrator.",
    reload: "Neu laden",
    help: "Wenn Sie Hilfe brauchen, wenden Sie sich bitte an Ihren Systemadministrator.",
    unsupported_heading: "Mit diesem Browser können Sie sich nicht anmelden",
    unsupported: "Die Seite braucht WebAssembly; dieser Browser hat es nicht, oder es ist ausgeschaltet. Schalten Sie \
        es in den Einstellungen ein, aktualisieren Sie den Browser oder öffnen Sie die Seite in einem anderen.",
    blocked_heading: "Die Seite durfte nicht starten",
    blocked: "Dieser Browser weist das WebAssembly der Seite ab. Es kann für diese Seite ausgeschaltet sein, von einer \
        Erweiterung oder von Ihrem Netzwerk blockiert werden, oder der Browser ist zu alt. Aktualisieren Sie ihn oder \
        öffnen Sie die Seite in einem anderen.",
    missing_heading: "Ein Teil der Seite fehlt",
    missing: "Etwas auf dem Weg hat eine Datei dieser Seite zurückgehalten, oder die Seite wird gerade durch eine \
        neuere ersetzt. Laden Sie sie in einer Minute neu. Eine begonnene Anmeldung bleibt erhalten.",
    missing_help: "Hilft das nicht, wenden Sie sich bitte an Ihren Systemadministrator.",
    offline_heading: "Kein Netzwerk",
    offline: "Dieses Gerät hat keine Netzwerkverbindung. Sobald es verbunden ist, lädt die Seite von selbst. Eine \
        begonnene Anmeldung bleibt erhalten.",
    slow_heading: "Das dauert ungewöhnlich lange",
    slow: "Die Seite lädt noch. Warten Sie noch etwas, oder prüfen Sie die Netzwerkverbindung und laden Sie die Seite \
        neu.",
    panic_heading: "Die Seite ist stehen geblieben",
    panic: "Ein Fehler in dieser Seite hat sie angehalten. Eine begonnene Anmeldung bleibt erhalten: Laden Sie die \
        Seite neu, dann geht es weiter, wo Sie waren.",
    panic_help: "Bleibt sie wieder stehen, wenden Sie sich bitte an Ihren Systemadministrator.",
};
