//! The third stage: the password.

use vestibule_protocol::{AccountName, AccountNameError, ChallengeStep, MAX_PASSWORD_CHARS, Secret};

use crate::{Browser, Failure, Stage, act::Act, stored::Account, trouble::Trouble, turn::Turn};

/// Why the credentials were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// What was typed is no user name and no e-mail address.
    Username(AccountNameError),
    /// No password was typed.
    NoPassword,
    /// The password has more than 1,024 characters.
    PasswordTooLong,
    /// No such account, another account, or a wrong password: the server does not say which.
    Refused,
    /// Whatever can happen to a request.
    Failure(Failure),
}

impl<U: Browser> Turn<'_, U> {
    pub(crate) fn credentials(&mut self, username: &str, password: Secret) {
        if self.state.stage != Stage::Credentials {
            return;
        }
        self.clear();
        let name = match AccountName::parse(username) {
            Ok(name) => name,
            Err(error) => return self.refuse(Trouble::Credentials(Error::Username(error))),
        };
        if password.expose().is_empty() {
            return self.refuse(Trouble::Credentials(Error::NoPassword));
        }
        if password.expose().chars().nth(MAX_PASSWORD_CHARS).is_some() {
            return self.refuse(Trouble::Credentials(Error::PasswordTooLong));
        }
        let Some(sign_in) = self.state.sign_in() else { return };
        if sign_in.account.name == name {
            self.send_credentials(password);
        } else {
            // A sign-in belongs to the name that it began with: another name begins another one.
            let account = Account { name, cell_number: sign_in.account.cell_number.clone() };
            self.begin_sign_in(account, Some(password));
        }
    }

    pub(crate) fn send_credentials(&mut self, password: Secret) {
        if self.load_with_tokens() {
            return;
        }
        let Some(sign_in) = self.state.sign_in() else { return };
        let auth_session = sign_in.auth_session.clone();
        let uc_username = sign_in.account.name.as_str().to_owned();
        self.challenge(Act::Credentials, ChallengeStep::Credentials { auth_session, uc_username, password });
    }
}
