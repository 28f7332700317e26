use crate::{Failure, Stage, account, code, connect, credentials, password, user};

/// What went wrong at a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// At connect.
    Connect(connect::Error),
    /// At account.
    Account(account::Error),
    /// At credentials.
    Credentials(credentials::Error),
    /// At code.
    Code(code::Error),
    /// At user.
    User(user::Error),
    /// At user, about the places where the person is signed in.
    Sessions(Failure),
    /// At user, about changing the password.
    Password(password::Error),
}

/// Why a stage is shown that the person did not go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The sign-in has expired: it starts again.
    SignInExpired,
    /// Too many wrong codes: the sign-in starts again.
    AttemptsExhausted,
    /// No code counts any more, and no more mails are sent in this sign-in: it starts again.
    SendsExhausted,
    /// Another tab has begun a sign-in. This one still works, but only the other is gone on with after a reload.
    BegunElsewhere,
    /// Another tab has finished the sign-in, and this one cannot share its session.
    SignedInElsewhere,
    /// What the sign-in or the session is bound to is not there: it starts again.
    KeyLost,
    /// The session has ended.
    SessionEnded,
    /// Signed out, as wanted.
    SignedOut,
    /// The password is changed, and every session has ended with it.
    PasswordChanged,
    /// The session has ended, and a change of the password, whose answer was lost, may be why.
    PasswordMayBeChanged,
}

impl Trouble {
    pub(crate) fn of(stage: Stage, failure: Failure) -> Self {
        match stage {
            Stage::Connect => Self::Connect(connect::Error::Failure(failure)),
            Stage::Account => Self::Account(account::Error::Failure(failure)),
            Stage::Credentials => Self::Credentials(credentials::Error::Failure(failure)),
            Stage::Code => Self::Code(code::Error::Failure(failure)),
            Stage::User => Self::User(user::Error::Failure(failure)),
        }
    }

    #[cfg(test)]
    pub(crate) fn stage(&self) -> Stage {
        match self {
            Self::Connect(_) => Stage::Connect,
            Self::Account(_) => Stage::Account,
            Self::Credentials(_) => Stage::Credentials,
            Self::Code(_) => Stage::Code,
            Self::User(_) | Self::Sessions(_) | Self::Password(_) => Stage::User,
        }
    }

    /// What happened to a request, where that is what went wrong.
    fn failure(&self) -> Option<Failure> {
        match self {
            Self::Connect(connect::Error::Failure(failure))
            | Self::Account(account::Error::Failure(failure))
            | Self::Credentials(credentials::Error::Failure(failure))
            | Self::Code(code::Error::Failure(failure))
            | Self::User(user::Error::Failure(failure))
            | Self::Sessions(failure)
            | Self::Password(password::Error::Failure(failure)) => Some(*failure),
            _ => None,
        }
    }

    /// Whether it is said of what was typed, and not of a request.
    pub(crate) fn is_about_input(&self) -> bool {
        match self {
            Self::Code(error) => {
                matches!(error, code::Error::Malformed(_) | code::Error::Wrong(_) | code::Error::Superseded)
            }
            Self::User(_) => false,
            _ => self.failure().is_none(),
        }
    }

    /// Whether only the network is missing, so that it is left behind when the network returns.
    pub(crate) fn is_offline(&self) -> bool {
        self.failure() == Some(Failure::Offline)
    }
}
