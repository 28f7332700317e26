//! Changing the own password on the User tab. Whoever has changed it is signed out everywhere, here too.

use vestibule_protocol::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, ProblemKind, Secret, SetPassword};

use crate::{
    Browser, Failure, Notice, Reply,
    act::{Act, Purpose},
    trouble::Trouble,
    turn::Turn,
};

/// Why the password was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The current password was not typed.
    NoCurrent,
    /// The current password is another one.
    Wrong,
    /// No new password was typed.
    NoNew,
    /// The new password has less than [`MIN_PASSWORD_CHARS`] characters.
    TooShort,
    /// The new password has more than [`MAX_PASSWORD_CHARS`] characters.
    TooLong,
    /// The new password is one of those that are tried first.
    TooCommon,
    /// The new password holds a character that passwords cannot have.
    NotPossible,
    /// The new password is the current one.
    Unchanged,
    /// Whatever can happen to a request.
    Failure(Failure),
}

impl<U: Browser> Turn<'_, U> {
    pub(crate) fn set_password(&mut self, current_password: Secret, new_password: Secret) {
        if self.session().is_none() {
            return;
        }
        self.clear();
        if let Err(error) = check(current_password.expose(), new_password.expose()) {
            return self.refuse(Trouble::Password(error));
        }
        self.send(&Act::SetPassword(SetPassword { current_password, new_password }));
    }

    /// The server has decided.
    pub(crate) fn password_answered(&mut self, reply: Reply) {
        // A server that is ill may have changed it, and only have been unable to say so.
        let is_refused = matches!(&reply, Reply::Problem(kind, _) if *kind != ProblemKind::TemporarilyUnavailable);
        let error = match reply {
            Reply::Done => return self.end(Notice::PasswordChanged),
            Reply::Problem(ProblemKind::WrongPassword, _) => Error::Wrong,
            Reply::Problem(ProblemKind::PasswordTooShort, _) => Error::TooShort,
            Reply::Problem(ProblemKind::PasswordTooCommon, _) => Error::TooCommon,
            Reply::Problem(ProblemKind::PasswordNotPossible, _) => Error::NotPossible,
            Reply::Problem(ProblemKind::PasswordUnchanged, _) => Error::Unchanged,
            Reply::Problem(kind, retry_after) => Error::Failure(self.failure_of(&kind, retry_after)),
            _ => Error::Failure(Failure::Misunderstood),
        };
        if is_refused && let Some(session) = self.session_mut() {
            session.may_have_new_password = false;
        }
        self.refuse(Trouble::Password(error));
    }

    /// The answer may be lost: whether the session still lives tells what became of the change.
    pub(crate) fn password_lost(&mut self, failure: Failure) {
        if failure == Failure::Offline {
            self.refuse(Trouble::Password(Error::Failure(failure)));
        } else {
            self.send(&Act::Load(Purpose::AfterPassword(failure)));
        }
    }
}

/// What needs no server to be told. The server looks again, at the passwords as it prepares them.
fn check(current: &str, new: &str) -> Result<(), Error> {
    let has_more_than = |text: &str, limit: usize| text.chars().nth(limit).is_some();
    if current.is_empty() {
        return Err(Error::NoCurrent);
    }
    if has_more_than(current, MAX_PASSWORD_CHARS) {
        return Err(Error::Wrong);
    }
    if new.is_empty() {
        return Err(Error::NoNew);
    }
    if !has_more_than(new, MIN_PASSWORD_CHARS - 1) {
        return Err(Error::TooShort);
    }
    if has_more_than(new, MAX_PASSWORD_CHARS) {
        return Err(Error::TooLong);
    }
    Ok(())
}
