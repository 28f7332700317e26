/// All messages of one language. `{}` is a placeholder.
pub(crate) struct Messages {
    pub(crate) product: &'static str,
    /// Step and number of steps.
    pub(crate) step: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) not_encrypted: &'static str,
    pub(crate) change_server: &'static str,
    pub(crate) server_line: &'static str,
    pub(crate) resuming: &'static str,
    pub(crate) resuming_heading: &'static str,
    pub(crate) try_again_in: &'static str,
    pub(crate) try_again_now: &'static str,
    pub(crate) notice: NoticeMessages,
    pub(crate) failure: FailureMessages,
    pub(crate) connect: ConnectMessages,
    pub(crate) account: AccountMessages,
    pub(crate) credentials: CredentialsMessages,
    pub(crate) code: CodeMessages,
    pub(crate) user: UserMessages,
    pub(crate) sessions: SessionsMessages,
    pub(crate) password: PasswordMessages,
}

/// A message that depends on a number.
pub(crate) struct Plural {
    pub(crate) one: &'static str,
    pub(crate) other: &'static str,
}

/// Why a stage is shown that the person did not go to.
pub(crate) struct NoticeMessages {
    pub(crate) sign_in_expired: &'static str,
    pub(crate) attempts_exhausted: &'static str,
    pub(crate) sends_exhausted: &'static str,
    pub(crate) begun_elsewhere: &'static str,
    pub(crate) signed_in_elsewhere: &'static str,
    pub(crate) session_ended: &'static str,
    pub(crate) signed_out: &'static str,
    pub(crate) password_changed: &'static str,
    pub(crate) password_may_be_changed: &'static str,
}

/// What can happen to every request.
pub(crate) struct FailureMessages {
    pub(crate) offline: &'static str,
    pub(crate) no_answer: &'static str,
    pub(crate) too_slow: &'static str,
    pub(crate) ill: &'static str,
    pub(crate) wait: &'static str,
    pub(crate) not_allowed: &'static str,
    pub(crate) misunderstood: &'static str,
}

pub(crate) struct ConnectMessages {
    pub(crate) heading: &'static str,
    pub(crate) server_address: &'static str,
    pub(crate) help: &'static str,
    pub(crate) understood: &'static str,
    pub(crate) submit: &'static str,
    pub(crate) pending: &'static str,
    pub(crate) remembered: &'static str,
    pub(crate) forget: &'static str,
    pub(crate) use_address: &'static str,
    pub(crate) use_unencrypted: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) email_address: &'static str,
    pub(crate) user_part: &'static str,
    pub(crate) other_scheme: &'static str,
    pub(crate) doubled_scheme: &'static str,
    pub(crate) not_an_address: &'static str,
    pub(crate) blocked: &'static str,
    pub(crate) local_network: &'static str,
    pub(crate) silent: &'static str,
    pub(crate) silent_encrypted: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) not_a_sign_in_server: &'static str,
    pub(crate) other_address: &'static str,
    pub(crate) foreign_endpoint: &'static str,
}

pub(crate) struct AccountMessages {
    pub(crate) heading: &'static str,
    pub(crate) username: &'static str,
    pub(crate) username_hint: &'static str,
    pub(crate) cell_number: &'static str,
    pub(crate) cell_number_help: &'static str,
    pub(crate) submit: &'static str,
    pub(crate) pending: &'static str,
    pub(crate) username_empty: &'static str,
    pub(crate) username_too_long: &'static str,
    pub(crate) username_control: &'static str,
    pub(crate) number_character: &'static str,
    pub(crate) number_extension: &'static str,
    pub(crate) number_too_short: &'static str,
    pub(crate) number_too_long: &'static str,
    pub(crate) number_refused: &'static str,
}

pub(crate) struct CredentialsMessages {
    pub(crate) heading: &'static str,
    pub(crate) username: &'static str,
    pub(crate) password: &'static str,
    pub(crate) submit: &'static str,
    pub(crate) pending: &'static str,
    pub(crate) no_password: &'static str,
    pub(crate) refused: &'static str,
}

pub(crate) struct CodeMessages {
    pub(crate) heading: &'static str,
    pub(crate) sent_to: &'static str,
    pub(crate) not_sent: &'static str,
    pub(crate) access_code: &'static str,
    pub(crate) help: &'static str,
    pub(crate) help_to_submit: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) sent_at: &'static str,
    pub(crate) life: &'static str,
    pub(crate) expires_in: &'static str,
    pub(crate) has_expired: &'static str,
    pub(crate) attempts: &'static str,
    pub(crate) attempts_left: Plural,
    pub(crate) submit: &'static str,
    pub(crate) checking: &'static str,
    pub(crate) resend: &'static str,
    pub(crate) resending: &'static str,
    pub(crate) resend_in: &'static str,
    pub(crate) resend_now: &'static str,
    pub(crate) sends_left: Plural,
    pub(crate) announce_sent: &'static str,
    pub(crate) announce_minute: &'static str,
    pub(crate) announce_expired: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) not_a_digit: &'static str,
    pub(crate) too_short: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) superseded: &'static str,
    pub(crate) sends_exhausted: &'static str,
    pub(crate) not_delivered: &'static str,
}

pub(crate) struct UserMessages {
    pub(crate) heading: &'static str,
    pub(crate) signed_in: &'static str,
    pub(crate) username: &'static str,
    pub(crate) email: &'static str,
    pub(crate) cell_number: &'static str,
    pub(crate) configuration: &'static str,
    pub(crate) server: &'static str,
    pub(crate) integrated: &'static str,
    pub(crate) uc_only: &'static str,
    pub(crate) voice_only: &'static str,
    pub(crate) preferred_device: &'static str,
    pub(crate) desk_phone: &'static str,
    pub(crate) mobile_phone: &'static str,
    pub(crate) auto_pilot: &'static str,
    pub(crate) route_calls: &'static str,
    pub(crate) route_calls_help: &'static str,
    pub(crate) saving: &'static str,
    pub(crate) saved: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) signing_out: &'static str,
    pub(crate) not_available: &'static str,
}

/// Where the person is signed in.
pub(crate) struct SessionsMessages {
    pub(crate) heading: &'static str,
    /// Browser and system.
    pub(crate) browser_on: &'static str,
    pub(crate) unknown_browser: &'static str,
    pub(crate) this_one: &'static str,
    pub(crate) signed_in: &'static str,
    pub(crate) last_used: &'static str,
    pub(crate) sign_out_there: &'static str,
    /// The same, with the place, for whoever does not see it beside the button.
    pub(crate) sign_out_of: &'static str,
    pub(crate) signing_out: &'static str,
    pub(crate) signed_out: &'static str,
}

/// Passwords: whatever is said of every field for one, and changing the own one.
pub(crate) struct PasswordMessages {
    pub(crate) show: &'static str,
    pub(crate) hide: &'static str,
    pub(crate) show_password: &'static str,
    pub(crate) hide_password: &'static str,
    pub(crate) caps_lock: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) current: &'static str,
    pub(crate) show_current: &'static str,
    pub(crate) hide_current: &'static str,
    pub(crate) new: &'static str,
    pub(crate) show_new: &'static str,
    pub(crate) hide_new: &'static str,
    /// The least number of characters.
    pub(crate) new_hint: &'static str,
    pub(crate) submit: &'static str,
    pub(crate) pending: &'static str,
    pub(crate) no_current: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) no_new: &'static str,
    /// The least number of characters.
    pub(crate) too_short: &'static str,
    pub(crate) too_common: &'static str,
    pub(crate) not_possible: &'static str,
}
