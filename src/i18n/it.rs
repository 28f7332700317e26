//! Italian.

use super::{
    messages::{
        AccountMessages, CodeMessages, ConnectMessages, CredentialsMessages, FailureMessages, Messages, NoticeMessages,
        PasswordMessages, SessionsMessages, StartMessages, UserMessages,
    },
    plural::Plural,
};

pub(super) const MESSAGES: Messages = Messages {
    product: "Vestibule",
    step: "{} di {}",
    cancel: "Annulla",
    language: "Lingua",
    language_not_loaded: "Non è stato possibile caricare questa lingua. Controlli la connessione di rete e la scelga \
        di nuovo.",
    not_encrypted: "La connessione a questo server non è crittografata.",
    change_server: "Cambia",
    server_line: "Server",
    resuming: "Si riprende da dove era…",
    resuming_heading: "Un momento",
    try_again_in: "Potrà riprovare tra {}.",
    try_again_now: "Ora può riprovare.",
    notice: NoticeMessages {
        sign_in_expired: "L’accesso è scaduto. Ricominci da qui; il nome utente è conservato.",
        attempts_exhausted: "Troppi codici di accesso errati. Ricominci da qui per riceverne uno nuovo.",
        sends_exhausted: "Per quell’accesso non si inviano altre e-mail, e il suo ultimo codice di accesso non è più \
            valido. Ricominci da qui; il nome utente è conservato.",
        begun_elsewhere: "Un nuovo accesso è stato iniziato in un’altra scheda. Questo funziona ancora con il proprio \
            codice di accesso.",
        signed_in_elsewhere: "Ha effettuato l’accesso in un’altra scheda.",
        key_lost: "Questo browser non ha più la chiave necessaria per l’accesso. Effettui di nuovo l’accesso.",
        session_ended: "La sessione è terminata. Effettui di nuovo l’accesso.",
        signed_out: "Uscita effettuata.",
        password_changed: "La password è cambiata e tutte le sue sessioni sono state chiuse. Acceda con quella nuova.",
        password_may_be_changed: "La sessione è terminata. La password potrebbe essere cambiata: acceda con quella \
            nuova o, altrimenti, con quella vecchia.",
    },
    failure: FailureMessages {
        offline: "Questo dispositivo non ha una connessione di rete. Lo connetta, poi riprovi.",
        no_answer: "Il server non ha risposto. Controlli la connessione di rete, poi riprovi. Quello che ha scritto è \
            conservato.",
        too_slow: "Il server ha impiegato troppo tempo a rispondere. Riprovi.",
        ill: "In questo momento il server ha un guasto. Riprovi tra qualche minuto.",
        wait: "Troppi tentativi in poco tempo.",
        not_allowed: "Questo server non consente l’accesso da questa pagina. L’amministratore di sistema può dirle \
            perché.",
        misunderstood: "Questa pagina e il server non si capiscono. Ricarichi la pagina. Se non basta, contatti \
            l’amministratore di sistema.",
    },
    connect: ConnectMessages {
        understood: "Connessione a {}",
        remembered: "Indirizzi memorizzati",
        forget: "Dimentica {}",
        use_address: "Usa {}",
        use_unencrypted: "Usa {} senza crittografia",
        empty: "Inserisca l’indirizzo del server, per esempio https://uc.example.com.",
        too_long: "È troppo lungo per un indirizzo di server.",
        email_address: "Questo è un indirizzo e-mail. Inserisca qui l’indirizzo del server.",
        user_part: "Un indirizzo di server non ha nulla prima di una @. Tolga quella parte.",
        other_scheme: "Un indirizzo di server inizia con http:// o https://.",
        doubled_scheme: "L’indirizzo inizia due volte con http:// o https://. Ne tolga uno.",
        not_an_address: "Questo non è un indirizzo di server. Controlli di averlo scritto bene.",
        blocked: "Il browser non lascia che questa pagina crittografata raggiunga un indirizzo che inizia con http://.",
        local_network: "Questo indirizzo appartiene a una rete locale e non è stato raggiunto. Se il browser chiede il \
            permesso per questa pagina di cercare dispositivi nella sua rete, lo conceda. Altrimenti controlli che \
            questo dispositivo si trovi in quella rete.",
        silent: "A questo indirizzo non risponde nulla. Il nome o la porta potrebbero essere errati, il certificato \
            del server potrebbe non essere attendibile, o una VPN potrebbe essere disattivata: un browser non può \
            distinguerlo.",
        silent_encrypted: "A questo indirizzo nulla risponde alle richieste crittografate. Il nome o la porta \
            potrebbero essere errati, il certificato del server potrebbe non essere attendibile, una VPN potrebbe \
            essere disattivata, o il server potrebbe non avere la crittografia: un browser non può distinguerlo.",
        closed: "A questo indirizzo risponde qualcosa che però non consente l’accesso da questa pagina. Può essere un \
            altro tipo di server, un guasto di un proxy o un server che non conosce questa pagina. L’amministratore di \
            sistema può dirle di che cosa si tratta.",
        not_a_sign_in_server: "Quello che risponde a questo indirizzo non è un server di accesso. Controlli \
            l’indirizzo.",
        other_address: "Questo server si raggiunge a un altro indirizzo.",
        foreign_endpoint: "Questo server invierebbe i suoi dati di accesso a un’altra macchina, quindi non è stato \
            inviato nulla. Avvisi l’amministratore di sistema.",
    },
    account: AccountMessages {
        heading: "Account",
        username: "Nome utente",
        username_hint: "Il suo nome utente o il suo indirizzo e-mail.",
        cell_number: "Numero di cellulare",
        cell_number_help: "Il numero per l’opzione «Telefono cellulare». Senza, l’opzione non è disponibile dopo \
            l’accesso.",
        submit: "Accedi",
        pending: "Accesso in corso…",
        username_empty: "Inserisca il nome utente.",
        username_too_long: "Un nome utente ha al massimo 254 caratteri.",
        username_control: "Un nome utente non ha caratteri di controllo. Lo scriva di nuovo.",
        number_character: "Un numero di cellulare non contiene «{}». Usi le cifre, e + all’inizio.",
        number_extension: "Un numero di cellulare non ha un interno. Tolga quella parte.",
        number_too_short: "Questo numero di cellulare è troppo corto.",
        number_too_long: "Questo numero di cellulare è troppo lungo.",
        number_refused: "Non è possibile chiamare questo numero di cellulare. Lo controlli, con + e il prefisso \
            internazionale all’inizio.",
    },
    credentials: CredentialsMessages {
        heading: "Credenziali",
        username: "Nome utente o e-mail",
        password: "Password",
        submit: "Accedi",
        pending: "Accesso in corso…",
        no_password: "Inserisca la password.",
        refused: "Il nome utente o la password non è corretto. Li controlli entrambi, poi riprovi.",
    },
    code: CodeMessages {
        heading: "Codice di accesso",
        sent_to: "Un codice di accesso è stato inviato a {}",
        not_sent: "Non è ancora stata inviata nessuna e-mail. «Reinvia codice» ne invia una.",
        access_code: "Codice di accesso",
        help: "{} cifre. Con l’ultima il codice viene inviato automaticamente.",
        help_to_submit: "{} cifre. «Verifica» invia il codice.",
        reference: "Riferimento",
        sent_at: "Inviato alle",
        before_noon: "{}",
        after_noon: "{}",
        life: "Valido ancora",
        expires_in: "{}",
        has_expired: "Scaduto",
        attempts: "Tentativi",
        attempts_left: Plural {
            one: "{} tentativo rimasto",
            many: "{} di tentativi rimasti",
            ..Plural::of("{} tentativi rimasti")
        },
        submit: "Verifica",
        checking: "Verifica in corso…",
        resend: "Reinvia codice",
        resending: "Invio in corso…",
        resend_in: "Possibile tra {}",
        resend_now: "Ora è possibile inviare un nuovo codice.",
        sends_left: Plural {
            one: "{} e-mail rimasta",
            many: "{} di e-mail rimaste",
            ..Plural::of("{} e-mail rimaste")
        },
        announce_sent: "Un nuovo codice di accesso è stato inviato. Il suo riferimento è {}.",
        announce_minute: "Il codice di accesso è valido per altri 60 secondi.",
        announce_expired: "Il codice di accesso è scaduto. «Reinvia codice» ne invia uno nuovo.",
        empty: "Inserisca il codice di accesso ricevuto per e-mail.",
        not_a_digit: "Un codice di accesso ha solo cifre, non «{}».",
        too_short: "Il codice di accesso ha {} cifre; ne mancano alcune.",
        too_long: "Il codice di accesso ha {} cifre; queste sono troppe.",
        wrong: "Questo codice di accesso è errato. Lo confronti con l’e-mail che porta il riferimento mostrato qui.",
        expired: "Questo codice di accesso non è più valido. «Reinvia codice» ne invia uno nuovo.",
        superseded: "Questo codice di accesso è di un’e-mail precedente. Vale quello con il riferimento mostrato qui.",
        sends_exhausted: "Per questo accesso non si inviano altre e-mail. L’ultimo codice di accesso è ancora valido.",
        not_delivered: "Il server di posta non ha accettato l’e-mail. «Reinvia codice» riprova subito.",
    },
    user: UserMessages {
        heading: "Utente",
        signed_in: "Accesso effettuato",
        username: "Nome utente",
        email: "E-mail",
        cell_number: "Numero di cellulare",
        configuration: "Configurazione",
        server: "Server",
        integrated: "Integrata",
        uc_only: "Solo UC",
        voice_only: "Solo voce",
        preferred_device: "Dispositivo preferito",
        desk_phone: "Telefono fisso",
        mobile_phone: "Telefono cellulare",
        auto_pilot: "Auto-Pilot",
        route_calls: "Indirizza le chiamate al cellulare",
        route_calls_help: "Le chiamate squillano anche al suo numero di cellulare.",
        saving: "Salvataggio…",
        saved: "Salvato.",
        sign_out: "Esci",
        signing_out: "Uscita in corso…",
        not_available: "Questa impostazione non è più disponibile. Acceda di nuovo per vedere quali lo sono.",
    },
    sessions: SessionsMessages {
        heading: "Le sue sessioni aperte",
        browser_on: "{} su {}",
        unknown_browser: "Browser sconosciuto",
        this_one: "Sessione attuale",
        signed_in: "Accesso: {}",
        last_used: "Ultimo utilizzo: {}",
        sign_out_there: "Chiudi la sessione",
        sign_out_of: "Chiudi la sessione: {}",
        signing_out: "Chiusura in corso…",
        signed_out: "La sessione è stata chiusa.",
    },
    password: PasswordMessages {
        show: "Mostra",
        hide: "Nascondi",
        show_password: "Mostra la password",
        hide_password: "Nascondi la password",
        caps_lock: "Il blocco maiuscole è attivo.",
        too_long: "Una password ha al massimo 1024 caratteri.",
        heading: "Cambia la password",
        current: "Password attuale",
        show_current: "Mostra la password attuale",
        hide_current: "Nascondi la password attuale",
        new: "Nuova password",
        show_new: "Mostra la nuova password",
        hide_new: "Nascondi la nuova password",
        new_hint: "Almeno {} caratteri. Poi tutte le sue sessioni vengono chiuse, e accederà con la nuova password.",
        submit: "Cambia la password",
        pending: "Modifica in corso…",
        no_current: "Inserisca la password attuale.",
        wrong: "Questa non è la sua password attuale. La controlli, poi riprovi.",
        no_new: "Inserisca una nuova password.",
        too_short: "Una password ha almeno {} caratteri.",
        too_common: "Questa password è una di quelle che si provano per prime. Ne scelga un’altra.",
        not_possible: "Questa password ha un carattere non ammesso nelle password. Ne scelga un’altra.",
        unchanged: "Questa è la password attuale. Ne scelga un’altra.",
    },
};

pub(super) const START: StartMessages = StartMessages {
    direction: "ltr",
    connect_heading: "Connessione",
    connect_server_address: "Indirizzo del server",
    connect_help: "Se non ricorda l’indirizzo del server, contatti l’amministratore di sistema.",
    connect_submit: "Connetti",
    connect_pending: "Connessione in corso…",
    starting: "La pagina si sta ancora caricando…",
    noscript: "Questa pagina ha bisogno di JavaScript e WebAssembly per l’accesso. Li attivi per questa pagina nelle impostazioni del browser, oppure apra la pagina in un altro browser. Se le serve aiuto, si rivolga all’amministratore di sistema.",
    reload: "Ricarica",
    help: "Se ha bisogno di aiuto, contatti l’amministratore di sistema.",
    unsupported_heading: "Con questo browser non è possibile accedere",
    unsupported: "La pagina ha bisogno di WebAssembly, che questo browser non ha o che è disattivato. Lo attivi nelle \
        impostazioni, aggiorni il browser o apra la pagina in un altro.",
    blocked_heading: "Alla pagina non è stato consentito avviarsi",
    blocked: "Questo browser rifiuta il WebAssembly della pagina. Potrebbe essere disattivato per questa pagina o \
        bloccato da un’estensione o dalla rete, oppure il browser è troppo vecchio. Lo aggiorni, o apra la pagina in \
        un altro.",
    missing_heading: "Manca una parte della pagina",
    missing: "Qualcosa lungo il percorso ha trattenuto un file di questa pagina, o la pagina sta per essere sostituita \
        da una più recente. La ricarichi tra un minuto. Un accesso già iniziato è conservato.",
    missing_help: "Se non basta, contatti l’amministratore di sistema.",
    offline_heading: "Nessuna rete",
    offline: "Questo dispositivo non ha una connessione di rete. La pagina si caricherà da sola appena sarà connesso. \
        Un accesso già iniziato è conservato.",
    slow_heading: "Ci vuole più tempo del solito",
    slow: "La pagina si sta ancora caricando. Attenda ancora un po’, o controlli la connessione di rete e la \
        ricarichi.",
    panic_heading: "La pagina si è fermata",
    panic: "Un errore in questa pagina l’ha fermata. Un accesso già iniziato è conservato: ricarichi la pagina per \
        riprendere da dove era.",
    panic_help: "Se si ferma di nuovo, contatti l’amministratore di sistema.",
};
