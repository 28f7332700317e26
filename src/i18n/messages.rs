//! What there is to say, in the order of a catalogue's lines. `{}` is a placeholder.

use super::{catalogue::catalogue, plural::Plural};

catalogue! {
    /// All messages of one language.
    struct Messages {
        product: &'static str,
        /// Step and number of steps.
        step: &'static str,
        cancel: &'static str,
        language: &'static str,
        language_not_loaded: &'static str,
        not_encrypted: &'static str,
        change_server: &'static str,
        server_line: &'static str,
        resuming: &'static str,
        resuming_heading: &'static str,
        try_again_in: &'static str,
        try_again_now: &'static str,
        notice: NoticeMessages,
        failure: FailureMessages,
        connect: ConnectMessages,
        account: AccountMessages,
        credentials: CredentialsMessages,
        code: CodeMessages,
        user: UserMessages,
        sessions: SessionsMessages,
        password: PasswordMessages,
    }

    /// Why a stage is shown that the person did not go to.
    struct NoticeMessages {
        sign_in_expired: &'static str,
        attempts_exhausted: &'static str,
        sends_exhausted: &'static str,
        begun_elsewhere: &'static str,
        signed_in_elsewhere: &'static str,
        key_lost: &'static str,
        session_ended: &'static str,
        signed_out: &'static str,
        password_changed: &'static str,
        password_may_be_changed: &'static str,
    }

    /// What can happen to every request.
    struct FailureMessages {
        offline: &'static str,
        no_answer: &'static str,
        too_slow: &'static str,
        ill: &'static str,
        wait: &'static str,
        not_allowed: &'static str,
        misunderstood: &'static str,
    }

    struct ConnectMessages {
        understood: &'static str,
        remembered: &'static str,
        forget: &'static str,
        use_address: &'static str,
        use_unencrypted: &'static str,
        empty: &'static str,
        too_long: &'static str,
        email_address: &'static str,
        user_part: &'static str,
        other_scheme: &'static str,
        doubled_scheme: &'static str,
        not_an_address: &'static str,
        blocked: &'static str,
        local_network: &'static str,
        silent: &'static str,
        silent_encrypted: &'static str,
        closed: &'static str,
        not_a_sign_in_server: &'static str,
        other_address: &'static str,
        foreign_endpoint: &'static str,
    }

    struct AccountMessages {
        heading: &'static str,
        username: &'static str,
        username_hint: &'static str,
        cell_number: &'static str,
        cell_number_help: &'static str,
        submit: &'static str,
        pending: &'static str,
        username_empty: &'static str,
        username_too_long: &'static str,
        username_control: &'static str,
        number_character: &'static str,
        number_extension: &'static str,
        number_too_short: &'static str,
        number_too_long: &'static str,
        number_refused: &'static str,
    }

    struct CredentialsMessages {
        heading: &'static str,
        username: &'static str,
        password: &'static str,
        submit: &'static str,
        pending: &'static str,
        no_password: &'static str,
        refused: &'static str,
    }

    struct CodeMessages {
        heading: &'static str,
        sent_to: &'static str,
        not_sent: &'static str,
        access_code: &'static str,
        help: &'static str,
        help_to_submit: &'static str,
        reference: &'static str,
        sent_at: &'static str,
        /// The time of day. Where both are the same, it is that of 24 hours.
        before_noon: &'static str,
        after_noon: &'static str,
        life: &'static str,
        expires_in: &'static str,
        has_expired: &'static str,
        attempts: &'static str,
        attempts_left: Plural,
        submit: &'static str,
        checking: &'static str,
        resend: &'static str,
        resending: &'static str,
        resend_in: &'static str,
        resend_now: &'static str,
        sends_left: Plural,
        announce_sent: &'static str,
        announce_minute: &'static str,
        announce_expired: &'static str,
        empty: &'static str,
        not_a_digit: &'static str,
        too_short: &'static str,
        too_long: &'static str,
        wrong: &'static str,
        expired: &'static str,
        superseded: &'static str,
        sends_exhausted: &'static str,
        not_delivered: &'static str,
    }

    struct UserMessages {
        heading: &'static str,
        signed_in: &'static str,
        username: &'static str,
        email: &'static str,
        cell_number: &'static str,
        configuration: &'static str,
        server: &'static str,
        integrated: &'static str,
        uc_only: &'static str,
        voice_only: &'static str,
        preferred_device: &'static str,
        desk_phone: &'static str,
        mobile_phone: &'static str,
        auto_pilot: &'static str,
        route_calls: &'static str,
        route_calls_help: &'static str,
        saving: &'static str,
        saved: &'static str,
        sign_out: &'static str,
        signing_out: &'static str,
        not_available: &'static str,
    }

    /// Where the person is signed in.
    struct SessionsMessages {
        heading: &'static str,
        /// Browser and system.
        browser_on: &'static str,
        unknown_browser: &'static str,
        this_one: &'static str,
        signed_in: &'static str,
        last_used: &'static str,
        sign_out_there: &'static str,
        /// The same, with the place, for whoever does not see it beside the button.
        sign_out_of: &'static str,
        signing_out: &'static str,
        signed_out: &'static str,
    }

    /// Passwords: whatever is said of every field for one, and changing the own one.
    struct PasswordMessages {
        show: &'static str,
        hide: &'static str,
        show_password: &'static str,
        hide_password: &'static str,
        caps_lock: &'static str,
        too_long: &'static str,
        heading: &'static str,
        current: &'static str,
        show_current: &'static str,
        hide_current: &'static str,
        new: &'static str,
        show_new: &'static str,
        hide_new: &'static str,
        /// The least number of characters.
        new_hint: &'static str,
        submit: &'static str,
        pending: &'static str,
        no_current: &'static str,
        wrong: &'static str,
        no_new: &'static str,
        /// The least number of characters.
        too_short: &'static str,
        too_common: &'static str,
        not_possible: &'static str,
        unchanged: &'static str,
    }
}

#[cfg(not(target_arch = "wasm32"))]
catalogue! {
    /// What `index.html` says before the page runs, or where it cannot: the field names are its `data-text`.
    struct StartMessages {
        /// `ltr` or `rtl`: which way the language is written.
        direction: &'static str,
        connect_heading: &'static str,
        connect_server_address: &'static str,
        connect_help: &'static str,
        connect_submit: &'static str,
        connect_pending: &'static str,
        starting: &'static str,
        /// Where the browser runs no scripts: in the document alone, for no script can change it.
        noscript: &'static str,
        reload: &'static str,
        help: &'static str,
        unsupported_heading: &'static str,
        unsupported: &'static str,
        blocked_heading: &'static str,
        blocked: &'static str,
        missing_heading: &'static str,
        missing: &'static str,
        missing_help: &'static str,
        offline_heading: &'static str,
        offline: &'static str,
        slow_heading: &'static str,
        slow: &'static str,
        panic_heading: &'static str,
        panic: &'static str,
        panic_help: &'static str,
    }
}
