use vestibule_protocol::{PreferredDevice, Secret, SetPassword};

use crate::{
    Doing, Failure, Server, Stage,
    connect::Hunt,
    stored::Account,
    tokens::{Exchange, Tokens},
};

/// What is under way, with what it takes to go on when the answer is there.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Looking for a server.
    Hunt(Hunt),
    /// This server was found; the key of the browser is being made ready for it.
    PrepareKey(Hunt, Box<Server>),
    /// The account step; with a password, the credentials step follows in the same tap.
    Begin { account: Account, verifier: Secret, password: Option<Secret> },
    /// The credentials step.
    Credentials,
    /// The code step.
    Code,
    /// The resend step; knows the reference of the mail that counted before.
    Resend { reference: Option<String> },
    /// The state step.
    Ask(Why),
    /// The record is being made safe; then the stage shows.
    Keep(Stage),
    /// The code of RFC 6749 becomes a session that a cookie holds.
    Open(Opening),
    /// The User tab is being fetched.
    Load(Purpose),
    /// The preferred device is being set.
    Prefer(PreferredDevice),
    /// Route Calls to Cell is being set.
    RouteCallsToCell(bool),
    /// The list of places where the person is signed in is being fetched.
    ListSessions(Asked),
    /// Signing out in the place of this id.
    SignOutThere(String),
    /// The own password is being changed.
    SetPassword(SetPassword),
    /// A code or a refresh token becomes tokens.
    Exchange(Box<Exchange>),
    /// Signing out, here or after another tab.
    SignOut(Asked),
}

/// Why the state of the sign-in is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// To go on where the person left, at this stage or the last before it that can be shown.
    Resume(Stage),
    /// The answer to the credentials step was lost.
    Credentials(Failure),
    /// The answer to the code step was lost.
    Code(Failure),
    /// The answer to the resend step was lost.
    Resend(Failure, Option<String>),
    /// The code of RFC 6749 came to nothing: one more.
    Reopen,
    /// Time has passed unseen: quietly.
    Check,
}

/// How a session is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// For the first time.
    First,
    /// Once more, after the first answer was lost or the code came too late.
    Again,
}

/// Why the User tab is fetched.
#[derive(Clone, Debug)]
pub(crate) enum Purpose {
    /// To go on with a session after a reload: with these tokens, or by cookie.
    Resume(Option<Tokens>),
    /// A sign-in has just brought these tokens.
    SignIn(Tokens),
    /// The page is seen again: quietly.
    Check,
    /// The answer to a change of the password was lost: a session that still lives tells that nothing came of it.
    AfterPassword(Failure),
}

/// Who asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The person, who waits for it.
    ByThePerson,
    /// The page, quietly.
    Quietly,
}

impl Act {
    /// What the person sees of it. Nothing of what runs quietly.
    pub(crate) fn doing(&self) -> Option<Doing> {
        Some(match self {
            Self::Hunt(hunt) | Self::PrepareKey(hunt, _) => return hunt.doing(),
            Self::Keep(Stage::Account) => Doing::Connecting,
            Self::Begin { password: None, .. } | Self::Keep(Stage::Credentials) => Doing::Beginning,
            Self::Code | Self::Ask(Why::Code(_) | Why::Reopen) | Self::Open(_) | Self::Load(Purpose::SignIn(_)) => {
                Doing::CheckingCode
            }
            Self::Resend { .. } | Self::Ask(Why::Resend(..)) => Doing::Resending,
            Self::Ask(Why::Resume(_)) | Self::Load(Purpose::Resume(_)) => Doing::Resuming,
            Self::Begin { .. } | Self::Credentials | Self::Ask(Why::Credentials(_)) | Self::Keep(_) => {
                Doing::CheckingCredentials
            }
            Self::Prefer(_) | Self::RouteCallsToCell(_) => Doing::Saving,
            Self::ListSessions(Asked::ByThePerson) => Doing::ListingSessions,
            Self::SignOutThere(_) => Doing::SigningOutThere,
            Self::SetPassword(_) | Self::Load(Purpose::AfterPassword(_)) => Doing::ChangingPassword,
            Self::Exchange(exchange) => return exchange.doing(),
            Self::SignOut(_) => Doing::SigningOut,
            Self::Ask(Why::Check) | Self::Load(Purpose::Check) | Self::ListSessions(Asked::Quietly) => return None,
        })
    }
}
