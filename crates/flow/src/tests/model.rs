//! A server as protocol.md describes it, small enough to be seen through.

mod steps;

use vestibule_protocol::{ErrorCode, ProblemKind, Sessions, SetPassword, TokenRequest};

use crate::{
    Access, Binding, Effect, Reply,
    testing::{ELSEWHERE, HERE, SERVER, bound_tokens, discovered, me, place, tokens},
};

pub(super) const PASSWORD: &str = "correct horse";
pub(super) const NEW_PASSWORD: &str = "staple moth lantern";
const LOST_ANSWER_GRACE: u64 = 30_000;

/// One sign-in on the server.
#[derive(Clone, Debug)]
struct SignIn {
    name: String,
    waits_for: WaitsFor,
    codes: Vec<String>,
    attempts: u64,
    /// Whether the latest code still counts.
    is_live: bool,
    code: Asked,
    /// The number of the key that it was begun with.
    key: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WaitsFor {
    Credentials,
    Code,
    Nothing,
    Over,
}

/// Whether a code was asked for in a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Not,
    AndNotGiven,
    AndGiven,
}

#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) now: u64,
    sign_ins: Vec<SignIn>,
    /// The number of the key that the browser has.
    pub(super) key: Option<usize>,
    pub(super) mails: usize,
    /// The session, and what its sign-in was about.
    pub(super) session: Option<Asked>,
    /// The sign-in that the session came from.
    from: usize,
    cookies: Cookies,
    family: Family,
    /// Whether the person is signed in elsewhere too.
    pub(super) is_elsewhere: bool,
    pub(super) password: &'static str,
    /// Whether it is of a build that answers with a code, whatever it is asked for.
    pub(super) is_older: bool,
}

/// What a cookie says: the sign-in that it is of, and which of those it is that a server of an older build thought of.
type Cookie = (usize, usize);

#[derive(Clone, Debug, Default)]
struct Cookies {
    /// That of the session, where one holds it.
    of_session: Option<Cookie>,
    /// That of the browser.
    of_browser: Option<Cookie>,
    /// What the answer on its way sets the browser's to.
    set: Option<Cookie>,
    /// How many a server of an older build has thought of.
    thought_of: usize,
}

/// The tokens of the session.
#[derive(Clone, Debug, Default)]
struct Family {
    /// The number of the key that they are bound to.
    key: Option<usize>,
    /// How many were given out, the latest of which is the number of the one that counts.
    given: usize,
    /// The refresh token that was exchanged for the latest one, and when for the first time.
    spent: Option<(usize, u64)>,
    /// Access tokens before this one have run out.
    oldest_access: usize,
}

impl Model {
    /// A server before a browser that has the key of this number.
    pub(super) fn before(key: Option<usize>) -> Self {
        Self {
            now: 0,
            sign_ins: Vec::new(),
            key,
            mails: 0,
            session: None,
            from: 0,
            cookies: Cookies::default(),
            family: Family::default(),
            is_elsewhere: true,
            password: PASSWORD,
            is_older: false,
        }
    }

    pub(super) fn answer(&mut self, effect: &Effect) -> Reply {
        match effect {
            Effect::Discover(..) => discovered(SERVER),
            Effect::Probe(..) => Reply::Probed(true),
            Effect::Challenge(_, _, request, binding) => {
                let prover = self.prover(*binding);
                self.challenge(request, prover)
            }
            Effect::OpenSession(_, _, request) => self.open_by_cookie(request.code.expose()),
            Effect::Token(_, _, TokenRequest::AuthorizationCode { code, .. }, binding) => {
                if !self.open(code.expose()) {
                    return Reply::NoTokens(ErrorCode::InvalidGrant, None);
                }
                let key = self.prover(*binding);
                let begun_with = self.sign_ins[self.from].key;
                assert!(begun_with.is_none_or(|begun| key == Some(begun)), "redeemed by another key");
                let given = self.family.given;
                self.family = Family { key, given, spent: None, oldest_access: given + 1 };
                self.tokens()
            }
            Effect::Token(_, _, TokenRequest::RefreshToken { refresh_token, .. }, binding) => {
                let prover = self.prover(*binding);
                let number = refresh_token.expose().strip_prefix("refresh-").and_then(|number| number.parse().ok());
                match number {
                    Some(number) => {
                        assert!(self.family.key.is_none_or(|key| prover == Some(key)), "renewed by another key");
                        self.refresh(number)
                    }
                    None => Reply::NoTokens(ErrorCode::InvalidGrant, None),
                }
            }
            Effect::LoadMe(_, _, access)
            | Effect::SetPreferredDevice(_, _, access, _)
            | Effect::SetRouteCallsToCell(_, _, access, _) => self.with_access(access, |_| Reply::Me(Box::new(me()))),
            Effect::ListSessions(_, _, access) => self.with_access(access, |model| {
                let elsewhere = model.is_elsewhere.then(|| place(ELSEWHERE));
                Reply::Sessions(Sessions { sessions: [place(HERE)].into_iter().chain(elsewhere).collect() })
            }),
            Effect::SignOutThere(_, _, access, id) => self.with_access(access, |model| {
                if *id == ELSEWHERE && std::mem::take(&mut model.is_elsewhere) {
                    return Reply::Done;
                }
                Reply::Problem(ProblemKind::NoSuchSession, None)
            }),
            Effect::SetPassword(_, _, access, request) => self.with_access(access, |model| model.set_password(request)),
            Effect::EndSession(..) => {
                self.with_access(&Access::Cookie, Self::sign_out);
                Reply::Done
            }
            Effect::Revoke(..) => self.sign_out(),
            other => panic!("no request: {other:?}"),
        }
    }

    /// The number of the key that a request is proven with.
    fn prover(&self, binding: Binding) -> Option<usize> {
        match binding {
            Binding::None => None,
            Binding::Key => Some(self.key.expect("a request is bound to no key that there is not")),
        }
    }

    fn tokens(&mut self) -> Reply {
        self.family.given += 1;
        let name = self.family.given.to_string();
        if self.family.key.is_some() { bound_tokens(&name) } else { tokens(&name) }
    }

    /// The head of the last answer has come to the browser, or never will.
    pub(super) fn head(&mut self, has_come: bool) {
        let set = self.cookies.set.take().filter(|_| has_come);
        self.cookies.of_browser = set.or(self.cookies.of_browser);
    }

    /// Rotates. A spent token ends the session, except where it is bound, the latest one has not been used, and not
    /// much time has passed.
    fn refresh(&mut self, number: usize) -> Reply {
        let family = &mut self.family;
        if self.session.is_some() && number == family.given {
            family.spent = Some((number, self.now));
            return self.tokens();
        }
        let is_lost =
            |(spent, at): (usize, u64)| family.key.is_some() && spent == number && self.now < at + LOST_ANSWER_GRACE;
        if self.session.is_some() && family.spent.is_some_and(is_lost) {
            return self.tokens();
        }
        self.session = None;
        Reply::NoTokens(ErrorCode::InvalidGrant, None)
    }

    fn with_access(&mut self, access: &Access, answer: impl FnOnce(&mut Self) -> Reply) -> Reply {
        let counts = match access {
            Access::Cookie => self.cookies.of_browser.is_some() && self.cookies.of_browser == self.cookies.of_session,
            Access::Bearer(token) | Access::Bound(token) => {
                let is_bound = matches!(access, Access::Bound(_));
                assert_eq!(is_bound, self.family.key.is_some(), "a token is used as what it is");
                token.expose().parse::<usize>().unwrap() >= self.family.oldest_access
            }
        };
        if self.session.is_none() || !counts {
            return Reply::Problem(ProblemKind::NotSignedIn, None);
        }
        // The first use of a session uses up the sign-in that it came from.
        self.sign_ins[self.from].waits_for = WaitsFor::Over;
        answer(self)
    }

    /// Time passes: no access token counts any more.
    pub(super) fn expire_access(&mut self) {
        self.family.oldest_access = self.family.given + 1;
    }

    /// The session is over, and the sign-in that it came from.
    fn sign_out(&mut self) -> Reply {
        if self.session.take().is_some() {
            self.sign_ins[self.from].waits_for = WaitsFor::Over;
        }
        Reply::Done
    }

    /// Whoever changes the password is signed out everywhere, and every running sign-in is over.
    fn set_password(&mut self, request: &SetPassword) -> Reply {
        if request.current_password.expose() != self.password {
            return Reply::Problem(ProblemKind::WrongPassword, None);
        }
        if request.new_password.expose() != NEW_PASSWORD {
            return Reply::Problem(ProblemKind::PasswordTooCommon, None);
        }
        (self.password, self.session, self.is_elsewhere) = (NEW_PASSWORD, None, false);
        for sign_in in &mut self.sign_ins {
            sign_in.waits_for = WaitsFor::Over;
        }
        Reply::Done
    }

    /// Whether a code has opened a session.
    fn open(&mut self, code: &str) -> bool {
        let Some(from) = code.parse().ok().filter(|from: &usize| *from < self.sign_ins.len()) else { return false };
        let sign_in = &self.sign_ins[from];
        let is_verified = sign_in.waits_for == WaitsFor::Nothing;
        if is_verified {
            (self.session, self.from, self.cookies.of_session) = (Some(sign_in.code), from, None);
        }
        is_verified
    }

    /// Opens a session that a cookie holds. What that says is derived from the sign-in by all but older builds.
    fn open_by_cookie(&mut self, code: &str) -> Reply {
        if !self.open(code) {
            return Reply::Problem(ProblemKind::InvalidCode, None);
        }
        self.cookies.thought_of += usize::from(self.is_older);
        let cookie = (self.from, if self.is_older { self.cookies.thought_of } else { 0 });
        (self.cookies.of_session, self.cookies.set) = (Some(cookie), Some(cookie));
        Reply::Me(Box::new(me()))
    }
}
