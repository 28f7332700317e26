use vestibule_protocol::{ChallengeRequest, PreferredDevice, Secret, SessionRequest, SetPassword, TokenRequest};

use crate::{ServerAddress, Stage};

/// The number of a try. Answers to any other than the pending one are late, and change nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Try(pub(crate) u32);

impl Try {
    /// The try of this number.
    #[must_use]
    pub fn of(number: u32) -> Self {
        Self(number)
    }

    /// Its number: 0 for what nobody waits for.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

/// Something to do. Requests are answered by `Event::Reply` with the same try.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Fetch a discovery document from this URL, following redirects.
    Discover(Try, String),
    /// Find out whether anything answers there, whatever it says.
    Probe(Try, String),
    /// Have the key of this browser ready, for the requests that are bound to it; answered by what there is.
    PrepareKey(Try),
    /// Send a challenge request to this URL.
    Challenge(Try, String, ChallengeRequest, Binding),
    /// Turn a code into a cookie; answered by the User tab.
    OpenSession(Try, ServerAddress, SessionRequest),
    /// Ask the token endpoint at this URL.
    Token(Try, String, TokenRequest, Binding),
    /// Wait until no other tab exchanges tokens; answered by what another one has stored. This tab has its turn for as
    /// long as the try is pending.
    Lock(Try),
    /// Fetch the User tab.
    LoadMe(Try, ServerAddress, Access),
    /// Set the preferred device; answered by the User tab.
    SetPreferredDevice(Try, ServerAddress, Access, PreferredDevice),
    /// Set whether calls are routed to the cell number; answered by the User tab.
    SetRouteCallsToCell(Try, ServerAddress, Access, bool),
    /// Fetch the list of places where the person is signed in.
    ListSessions(Try, ServerAddress, Access),
    /// Sign out in the place of this id.
    SignOutThere(Try, ServerAddress, Access, String),
    /// Change the own password.
    SetPassword(Try, ServerAddress, Access, SetPassword),
    /// End the session that a cookie holds.
    EndSession(Try, ServerAddress),
    /// Give a refresh token back at this URL (RFC 7009).
    Revoke(Try, String, Secret),
    /// Say `TimedOut` after so many milliseconds.
    Timer(Try, u32),
    /// Abort every request of this try.
    Abort(Try),
    /// Store the record so that it survives a killed browser, and answer once it is safe, or cannot be.
    Store(Try, String),
    /// Make the URL name this stage.
    Navigate(Stage, History),
}

/// How a navigation shows in the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// A step that the person took: Back leads to where it was taken.
    Push,
    /// A correction: Back does not lead to it.
    Replace,
}

/// What opens the User tab.
#[derive(Clone, Debug)]
pub enum Access {
    /// The cookie that the browser sends by itself.
    Cookie,
    /// An access token that opens it for whoever has it.
    Bearer(Secret),
    /// An access token that opens it only with a proof of this browser's key (RFC 9449 §7).
    Bound(Secret),
}

/// Whether a request is bound to the key of this browser, by a DPoP proof (RFC 9449).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// It is not.
    None,
    /// It is, and is not sent without a proof.
    Key,
}
