use crate::{Failure, Stage, account, code, connect, credentials, user};

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
    /// The session has ended.
    SessionEnded,
    /// Signed out, as wanted.
    SignedOut,
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

    pub(crate) fn stage(&self) -> Stage {
        match self {
            Self::Connect(_) => Stage::Connect,
            Self::Account(_) => Stage::Account,
            Self::Credentials(_) => Stage::Credentials,
            Self::Code(_) => Stage::Code,
            Self::User(_) => Stage::User,
        }
    }

    /// Whether it is said of what was typed, and not of a request.
    pub(crate) fn is_about_input(&self) -> bool {
        match self {
            Self::Connect(error) => !matches!(error, connect::Error::Failure(_)),
            Self::Account(error) => !matches!(error, account::Error::Failure(_)),
            Self::Credentials(error) => !matches!(error, credentials::Error::Failure(_)),
            Self::Code(error) => {
                matches!(error, code::Error::Malformed(_) | code::Error::Wrong(_) | code::Error::Superseded)
            }
            Self::User(_) => false,
        }
    }

    /// Whether only the network is missing, so that it is left behind when the network returns.
    pub(crate) fn is_offline(&self) -> bool {
        *self == Self::of(self.stage(), Failure::Offline)
    }
}
