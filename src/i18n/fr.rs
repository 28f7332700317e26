//! French.

use super::{
    messages::{
        AccountMessages, CodeMessages, ConnectMessages, CredentialsMessages, FailureMessages, Messages, NoticeMessages,
        PasswordMessages, SessionsMessages, StartMessages, UserMessages,
    },
    plural::Plural,
};

pub(super) const MESSAGES: Messages = Messages {
    product: "Vestibule",
    step: "{} sur {}",
    cancel: "Annuler",
    language: "Langue",
    language_not_loaded: "Cette langue n’a pas pu être chargée. Vérifiez votre connexion réseau, puis choisissez-la à \
        nouveau.",
    not_encrypted: "La connexion à ce serveur n’est pas chiffrée.",
    change_server: "Modifier",
    server_line: "Serveur",
    resuming: "Reprise là où vous en étiez…",
    resuming_heading: "Un instant",
    try_again_in: "Vous pourrez réessayer dans {}.",
    try_again_now: "Vous pouvez réessayer maintenant.",
    notice: NoticeMessages {
        sign_in_expired: "Votre connexion a expiré. Recommencez ici\u{202f}; votre nom d’utilisateur est conservé.",
        attempts_exhausted: "Trop de codes d’accès incorrects. Recommencez ici pour en recevoir un nouveau.",
        sends_exhausted: "Aucun autre e-mail ne sera envoyé pour cette connexion, et son dernier code d’accès n’est \
            plus valable. Recommencez ici\u{202f}; votre nom d’utilisateur est conservé.",
        begun_elsewhere: "Une nouvelle connexion a été commencée dans un autre onglet. Celle-ci reste possible avec \
            son propre code d’accès.",
        signed_in_elsewhere: "La connexion a abouti dans un autre onglet.",
        key_lost: "Ce navigateur n’a plus la clé dont votre connexion a besoin. Veuillez vous reconnecter.",
        session_ended: "Votre session est terminée. Veuillez vous reconnecter.",
        signed_out: "Déconnexion effectuée.",
        password_changed: "Votre mot de passe est modifié et toutes vos sessions sont fermées. Connectez-vous avec le \
            nouveau.",
        password_may_be_changed: "Votre session est terminée. Votre mot de passe a peut-être été modifié\u{a0}: \
            connectez-vous avec le nouveau ou, à défaut, avec l’ancien.",
    },
    failure: FailureMessages {
        offline: "Cet appareil n’a pas de connexion réseau. Rétablissez-la, puis réessayez.",
        no_answer: "Le serveur n’a pas répondu. Vérifiez votre connexion réseau, puis réessayez. Votre saisie est \
            conservée.",
        too_slow: "Le serveur a mis trop de temps à répondre. Veuillez réessayer.",
        ill: "Le serveur est momentanément en panne. Veuillez réessayer dans quelques minutes.",
        wait: "Trop de tentatives en peu de temps.",
        not_allowed: "Ce serveur n’autorise pas la connexion depuis cette page. Votre administrateur système peut vous \
            dire pourquoi.",
        misunderstood: "Cette page et le serveur ne se comprennent pas. Rechargez la page. Si cela ne suffit pas, \
            contactez votre administrateur système.",
    },
    connect: ConnectMessages {
        understood: "Connexion au serveur {}",
        remembered: "Adresses enregistrées",
        forget: "Oublier {}",
        use_address: "Utiliser {}",
        use_unencrypted: "Utiliser {} sans chiffrement",
        empty: "Saisissez l’adresse du serveur, par exemple https://uc.example.com.",
        too_long: "C’est trop long pour une adresse de serveur.",
        email_address: "C’est une adresse e-mail. Saisissez ici l’adresse du serveur.",
        user_part: "Une adresse de serveur n’a rien devant un @. Supprimez cette partie.",
        other_scheme: "Une adresse de serveur commence par http:// ou https://.",
        doubled_scheme: "L’adresse commence deux fois par http:// ou https://. Supprimez-en un.",
        not_an_address: "Ce n’est pas une adresse de serveur. Vérifiez votre saisie.",
        blocked: "Le navigateur ne laisse pas cette page chiffrée accéder à une adresse qui commence par http://.",
        local_network: "Cette adresse appartient à un réseau local et n’a pas pu être jointe. Si le navigateur demande \
            l’autorisation pour cette page de rechercher des appareils sur votre réseau, accordez-la. Sinon, vérifiez \
            que cet appareil se trouve sur ce réseau.",
        silent: "Rien ne répond à cette adresse. Le nom ou le port est peut-être incorrect, le certificat du serveur \
            n’est peut-être pas reconnu, ou un VPN est désactivé\u{a0}: un navigateur ne peut pas faire la différence.",
        silent_encrypted: "Rien ne répond à cette adresse aux demandes chiffrées. Le nom ou le port est peut-être \
            incorrect, le certificat du serveur n’est peut-être pas reconnu, un VPN est désactivé, ou le serveur n’a \
            pas de chiffrement\u{a0}: un navigateur ne peut pas faire la différence.",
        closed: "Quelque chose répond à cette adresse, mais n’autorise pas la connexion depuis cette page. C’est \
            peut-être un autre type de serveur, une panne de proxy ou un serveur qui ne connaît pas cette page. Votre \
            administrateur système peut vous le dire.",
        not_a_sign_in_server: "Ce qui répond à cette adresse n’est pas un serveur de connexion. Vérifiez l’adresse.",
        other_address: "Ce serveur est à joindre à une autre adresse.",
        foreign_endpoint: "Ce serveur enverrait vos données de connexion à une autre machine\u{202f}; rien n’a donc \
            été envoyé. Veuillez prévenir votre administrateur système.",
    },
    account: AccountMessages {
        heading: "Compte",
        username: "Nom d’utilisateur",
        username_hint: "Votre nom d’utilisateur ou votre adresse e-mail.",
        cell_number: "Numéro de portable",
        cell_number_help: "Le numéro pour l’option «\u{a0}Téléphone portable\u{a0}». Sans lui, cette option n’est pas \
            disponible après la connexion.",
        submit: "Se connecter",
        pending: "Connexion…",
        username_empty: "Saisissez votre nom d’utilisateur.",
        username_too_long: "Un nom d’utilisateur contient au plus 254 caractères.",
        username_control: "Un nom d’utilisateur n’a pas de caractères de contrôle. Saisissez-le à nouveau.",
        number_character: "Un numéro de portable ne contient pas «\u{a0}{}\u{a0}». Utilisez des chiffres, et + au \
            début.",
        number_extension: "Un numéro de portable n’a pas de numéro de poste. Supprimez cette partie.",
        number_too_short: "Ce numéro de portable est trop court.",
        number_too_long: "Ce numéro de portable est trop long.",
        number_refused: "Ce numéro de portable ne peut pas être composé. Vérifiez-le, avec + et l’indicatif du pays au \
            début.",
    },
    credentials: CredentialsMessages {
        heading: "Identifiants",
        username: "Nom d’utilisateur ou e-mail",
        password: "Mot de passe",
        submit: "Se connecter",
        pending: "Connexion…",
        no_password: "Saisissez votre mot de passe.",
        refused: "Le nom d’utilisateur ou le mot de passe est incorrect. Vérifiez les deux, puis réessayez.",
    },
    code: CodeMessages {
        heading: "Code d’accès",
        sent_to: "Un code d’accès a été envoyé à {}",
        not_sent: "Aucun e-mail n’a encore été envoyé. «\u{a0}Renvoyer le code\u{a0}» en envoie un.",
        access_code: "Code d’accès",
        help: "{} chiffres. Le dernier envoie le code automatiquement.",
        help_to_submit: "{} chiffres. «\u{a0}Valider\u{a0}» envoie le code.",
        reference: "Référence",
        sent_at: "Envoyé à",
        before_noon: "{}",
        after_noon: "{}",
        life: "Valable encore",
        expires_in: "{}",
        has_expired: "Expiré",
        attempts: "Tentatives",
        attempts_left: Plural {
            one: "{} tentative restante",
            many: "{} de tentatives restantes",
            ..Plural::of("{} tentatives restantes")
        },
        submit: "Valider",
        checking: "Vérification…",
        resend: "Renvoyer le code",
        resending: "Envoi…",
        resend_in: "Possible dans {}",
        resend_now: "Un nouveau code peut être envoyé maintenant.",
        sends_left: Plural {
            one: "{} e-mail restant",
            many: "{} d’e-mails restants",
            ..Plural::of("{} e-mails restants")
        },
        announce_sent: "Un nouveau code d’accès a été envoyé. Sa référence est {}.",
        announce_minute: "Le code d’accès est encore valable 60 secondes.",
        announce_expired: "Le code d’accès a expiré. «\u{a0}Renvoyer le code\u{a0}» en envoie un nouveau.",
        empty: "Saisissez le code d’accès reçu par e-mail.",
        not_a_digit: "Un code d’accès ne contient que des chiffres, pas «\u{a0}{}\u{a0}».",
        too_short: "Le code d’accès a {} chiffres\u{202f}; il en manque.",
        too_long: "Le code d’accès a {} chiffres\u{202f}; il y en a trop ici.",
        wrong: "Ce code d’accès est incorrect. Comparez-le à l’e-mail qui porte la référence affichée ici.",
        expired: "Ce code d’accès n’est plus valable. «\u{a0}Renvoyer le code\u{a0}» en envoie un nouveau.",
        superseded: "Ce code d’accès vient d’un e-mail plus ancien. C’est celui qui porte la référence affichée ici \
            qui compte.",
        sends_exhausted: "Aucun autre e-mail ne sera envoyé pour cette connexion. Le dernier code d’accès reste \
            valable.",
        not_delivered: "Le serveur de messagerie n’a pas accepté l’e-mail. «\u{a0}Renvoyer le code\u{a0}» réessaie \
            aussitôt.",
    },
    user: UserMessages {
        heading: "Utilisateur",
        signed_in: "Connexion réussie",
        username: "Nom d’utilisateur",
        email: "E-mail",
        cell_number: "Numéro de portable",
        configuration: "Configuration",
        server: "Serveur",
        integrated: "Intégrée",
        uc_only: "UC uniquement",
        voice_only: "Voix uniquement",
        preferred_device: "Appareil préféré",
        desk_phone: "Téléphone fixe",
        mobile_phone: "Téléphone portable",
        auto_pilot: "Auto-Pilot",
        route_calls: "Diriger les appels vers le portable",
        route_calls_help: "Les appels sonnent aussi sur votre numéro de portable.",
        saving: "Enregistrement…",
        saved: "Enregistré.",
        sign_out: "Se déconnecter",
        signing_out: "Déconnexion…",
        not_available: "Ce réglage n’est plus disponible. Reconnectez-vous pour voir ceux qui le sont.",
    },
    sessions: SessionsMessages {
        heading: "Vos sessions ouvertes",
        browser_on: "{} sur {}",
        unknown_browser: "Navigateur inconnu",
        this_one: "Session actuelle",
        signed_in: "Connexion le {}",
        last_used: "Dernière utilisation le {}",
        sign_out_there: "Fermer la session",
        sign_out_of: "Fermer la session\u{a0}: {}",
        signing_out: "Fermeture…",
        signed_out: "La session a été fermée.",
    },
    password: PasswordMessages {
        show: "Afficher",
        hide: "Masquer",
        show_password: "Afficher le mot de passe",
        hide_password: "Masquer le mot de passe",
        caps_lock: "Le verrouillage des majuscules est activé.",
        too_long: "Un mot de passe contient au plus 1\u{202f}024 caractères.",
        heading: "Modifier le mot de passe",
        current: "Mot de passe actuel",
        show_current: "Afficher le mot de passe actuel",
        hide_current: "Masquer le mot de passe actuel",
        new: "Nouveau mot de passe",
        show_new: "Afficher le nouveau mot de passe",
        hide_new: "Masquer le nouveau mot de passe",
        new_hint: "Au moins {} caractères. Toutes vos sessions sont ensuite fermées, et vous vous connectez avec le \
            nouveau mot de passe.",
        submit: "Modifier le mot de passe",
        pending: "Modification…",
        no_current: "Saisissez votre mot de passe actuel.",
        wrong: "Ce n’est pas votre mot de passe actuel. Vérifiez-le, puis réessayez.",
        no_new: "Saisissez un nouveau mot de passe.",
        too_short: "Un mot de passe contient au moins {} caractères.",
        too_common: "Ce mot de passe est de ceux que l’on essaie en premier. Choisissez-en un autre.",
        not_possible: "Ce mot de passe contient un caractère impossible dans un mot de passe. Choisissez-en un autre.",
        unchanged: "C’est votre mot de passe actuel. Choisissez-en un autre.",
    },
};

pub(super) const START: StartMessages = StartMessages {
    direction: "ltr",
    connect_heading: "Connexion au serveur",
    connect_server_address: "Adresse du serveur",
    connect_help: "Si vous ne vous souvenez plus de l’adresse du serveur, contactez votre administrateur système.",
    connect_submit: "Joindre le serveur",
    connect_pending: "Connexion au serveur…",
    starting: "La page est encore en cours de chargement…",
    noscript: "Cette page a besoin de JavaScript et de WebAssembly pour vous connecter. Activez-les pour cette page dans les réglages de votre navigateur, ou ouvrez la page dans un autre navigateur. Si vous avez besoin d’aide, contactez votre administrateur système.",
    reload: "Recharger",
    help: "Si vous avez besoin d’aide, contactez votre administrateur système.",
    unsupported_heading: "Ce navigateur ne permet pas la connexion",
    unsupported: "La page a besoin de WebAssembly, que ce navigateur n’a pas ou qui est désactivé. Activez-le dans les \
        paramètres, mettez le navigateur à jour ou ouvrez la page dans un autre.",
    blocked_heading: "La page n’a pas été autorisée à démarrer",
    blocked: "Ce navigateur refuse le WebAssembly de la page. Il est peut-être désactivé pour cette page, bloqué par \
        une extension ou par votre réseau, ou le navigateur est trop ancien. Mettez-le à jour ou ouvrez la page dans \
        un autre.",
    missing_heading: "Une partie de la page manque",
    missing: "Un intermédiaire a retenu un fichier de cette page, ou une version plus récente est en train de la \
        remplacer. Rechargez-la dans une minute. Une connexion déjà commencée est conservée.",
    missing_help: "Si cela ne suffit pas, contactez votre administrateur système.",
    offline_heading: "Pas de réseau",
    offline: "Cet appareil n’a pas de connexion réseau. La page se chargera d’elle-même une fois la connexion \
        rétablie. Une connexion déjà commencée est conservée.",
    slow_heading: "C’est inhabituellement long",
    slow: "La page est encore en cours de chargement. Attendez encore un peu, ou vérifiez votre connexion réseau et \
        rechargez-la.",
    panic_heading: "La page s’est arrêtée",
    panic: "Une erreur dans cette page l’a arrêtée. Une connexion déjà commencée est conservée\u{a0}: rechargez la \
        page pour reprendre là où vous en étiez.",
    panic_help: "Si elle s’arrête à nouveau, contactez votre administrateur système.",
};
