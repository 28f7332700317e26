//! The second stage: who signs in, and on which cell phone.

use vestibule_protocol::{
    AccountName, AccountNameError, AccountRequest, CellNumber, CellNumberError, ChallengeStep, PROFILE_SCOPE, Secret,
};

use crate::{Browser, Failure, Stage, act::Act, effect::History, pkce, stored::Account, trouble::Trouble, turn::Turn};

/// Why no sign-in has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// What was typed is no user name.
    Username(AccountNameError),
    /// What was typed is no cell number.
    CellNumber(CellNumberError),
    /// The server says that the cell number cannot be dialled.
    CellNumberRefused,
    /// Whatever can happen to a request.
    Failure(Failure),
}

impl<U: Browser> Turn<'_, U> {
    pub(crate) fn account(&mut self, username: &str, cell_number: Option<&str>) {
        if self.state.stage != Stage::Account {
            return;
        }
        self.clear();
        let name = match AccountName::parse(username) {
            Ok(name) => name,
            Err(error) => return self.refuse(Trouble::Account(Error::Username(error))),
        };
        let cell_number = match cell_number.map(CellNumber::parse) {
            None | Some(Err(CellNumberError::Empty)) => None,
            Some(Ok(number)) => Some(number),
            Some(Err(error)) => return self.refuse(Trouble::Account(Error::CellNumber(error))),
        };
        let account = Account { name, cell_number };
        if self.state.sign_in().is_some_and(|sign_in| sign_in.account == account) {
            self.abandon();
            self.show(Stage::Credentials, History::Push);
        } else {
            self.begin_sign_in(account, None);
        }
    }

    /// Sends the account step; with a password, the credentials step follows by itself.
    pub(crate) fn begin_sign_in(&mut self, account: Account, password: Option<Secret>) {
        let verifier = pkce::verifier(&self.moment.random);
        let request = AccountRequest {
            scope: Some(PROFILE_SCOPE.to_owned()),
            code_challenge: pkce::challenge(&verifier),
            username: account.name.as_str().to_owned(),
            phone_number: account.cell_number.as_ref().map(|number| number.as_str().to_owned()),
            ui_locales: self.state.page.languages.clone(),
        };
        self.challenge(Act::Begin { account, verifier, password }, ChallengeStep::Account(request));
    }
}
