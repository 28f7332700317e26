use vestibule_protocol::{
    AuthorizationCode, ChallengeError, ErrorCode, Me, PreferredDevice, ProblemKind, Secret, Sessions, SignInMetadata,
    TokenResponse,
};

use crate::{BrowserKey, Lost, ServerAddress, Stage, Try};

/// What the flow cannot know of itself, given along with every event.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Milliseconds of a clock that only goes forward. Its zero has no meaning.
    pub now: u64,
    /// Random bits that nobody else has seen.
    pub random: [u8; 32],
}

/// Where the page runs.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The base address that the page came from; absent for a page that came from no web server.
    pub address: Option<ServerAddress>,
    /// Whether cookies are switched on.
    pub cookies: bool,
    /// The languages that the person reads, best first, separated by blanks.
    pub languages: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The page has started.
    Start {
        /// Where it runs.
        page: Page,
        /// What it had stored, if anything.
        record: Option<String>,
        /// The stage that its URL names.
        route: Stage,
        /// Whether the browser came back to that URL, by a reload or through its history.
        is_return: bool,
    },
    /// What the start has led to is painted.
    Painted,
    /// The person has chosen another language: what they read, as in [`Page::languages`].
    Languages(Option<String>),
    /// The URL names another stage: Back, Forward, a bookmark.
    Route(Stage),
    /// Server Address was submitted, as typed.
    Connect(String),
    /// A server address was chosen from what the page offered.
    ConnectTo(ServerAddress),
    /// A remembered server address is not wanted any more.
    Forget(ServerAddress),
    /// The account stage was submitted.
    Account {
        /// As typed.
        username: String,
        /// As typed; absent while the field is not open.
        cell_number: Option<String>,
    },
    /// The credentials stage was submitted.
    Credentials {
        /// As typed.
        username: String,
        /// As typed.
        password: Secret,
    },
    /// A code was submitted.
    Code {
        /// As typed.
        typed: String,
        /// What made it so.
        by: SubmittedBy,
    },
    /// Something was typed: what was said of the text before it is of no use any more.
    Edited,
    /// A new code is wanted.
    Resend,
    /// A device was preferred.
    Prefer(PreferredDevice),
    /// Route Calls to Cell was switched.
    RouteCallsToCell(bool),
    /// The list of places where the person is signed in is wanted.
    ShowSessions,
    /// That list is not wanted any more.
    HideSessions,
    /// Signing out is wanted in another place, by its id in the list.
    SignOutThere(String),
    /// Another password is wanted.
    SetPassword {
        /// As typed.
        current: Secret,
        /// As typed.
        new: Secret,
    },
    /// Signing out is wanted.
    SignOut,
    /// What is pending is not wanted any more.
    Cancel,
    /// The page is seen again, or the network is back.
    Returned,
    /// The network is gone.
    Offline,
    /// Another tab has stored this record.
    Elsewhere(String),
    /// A request was answered, or never will be.
    Reply(Try, Reply),
    /// A time limit has run out.
    TimedOut(Try),
}

/// What submitted a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmittedBy {
    /// The person: a tap or Enter.
    Person,
    /// The last digit that went in. Counts once per mail, and never after a refusal.
    LastDigit,
}

/// The answer to an effect, by the number of its try.
#[derive(Clone, Debug)]
pub enum Reply {
    /// To `Discover`: the document, and the URL it came from in the end.
    Discovered(Box<SignInMetadata>, String),
    /// To `Discover`: something was read, and it is no discovery document.
    NotDiscovered,
    /// To `Probe`: whether anything answered at all.
    Probed(bool),
    /// To `PrepareKey`.
    Key(BrowserKey),
    /// To `Challenge`: the sign-in is done.
    Granted(AuthorizationCode),
    /// To `Challenge`: one more step, or an error; with `Retry-After` in seconds.
    Challenged(Box<ChallengeError>, Option<u64>),
    /// To `Lock`: it is this tab's turn; with the record that is stored, where another tab has changed it.
    Locked(Option<String>),
    /// To `Token`.
    Tokens(Box<TokenResponse>),
    /// To `Token`: an error; with `Retry-After` in seconds.
    NoTokens(ErrorCode, Option<u64>),
    /// To `OpenSession`, `LoadMe` and the settings: the User tab as it is now. To `Challenge`: the sign-in is done, and a
    /// cookie holds its session.
    Me(Box<Me>),
    /// To `ListSessions`.
    Sessions(Sessions),
    /// To `EndSession`, `Revoke`, `SignOutThere`, `SetPassword` and `Store`.
    Done,
    /// To anything under `/api`: an error; with `Retry-After` in seconds.
    Problem(ProblemKind, Option<u64>),
    /// To any request.
    Lost(Lost),
}
