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
    family: Family,
    /// Whether the person is signed in elsewhere too.
    pub(super) is_elsewhere: bool,
    pub(super) password: &'static str,
    /// Whether it is of a build that answers with a code, whatever it is asked for.
    pub(super) is_older: bool,
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
    /// The sign-in that they came from.
    sign_in: usize,
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
            Effect::OpenSession(_, _, request) => self.open(request.code.expose()),
            Effect::Token(_, _, TokenRequest::AuthorizationCode { code, .. }, binding) => {
                let Reply::Me(_) = self.open(code.expose()) else {
                    return Reply::NoTokens(ErrorCode::InvalidGrant, None);
                };
                let sign_in: usize = code.expose().parse().unwrap();
                let key = self.prover(*binding);
                assert!(self.sign_ins[sign_in].key.is_none_or(|begun| key == Some(begun)), "redeemed by another key");
                let given = self.family.given;
                self.family = Family { key, given, spent: None, oldest_access: given + 1, sign_in };
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
            | Effect::SetRouteCallsToCell(_, _, access, _) => self.with_access(access, Self::me),
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
            Effect::EndSession(..) | Effect::Revoke(..) => {
                self.session = None;
                Reply::Done
            }
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

    fn me(&mut self) -> Reply {
        self.signed_in(|_| Reply::Me(Box::new(me())))
    }

    fn tokens(&mut self) -> Reply {
        self.family.given += 1;
        let name = self.family.given.to_string();
        if self.family.key.is_some() { bound_tokens(&name) } else { tokens(&name) }
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
        let (Access::Bearer(token) | Access::Bound(token)) = access else { return self.signed_in(answer) };
        assert_eq!(matches!(access, Access::Bound(_)), self.family.key.is_some(), "a token is used as what it is");
        let number: usize = token.expose().parse().unwrap();
        if self.session.is_none() || number < self.family.oldest_access {
            return Reply::Problem(ProblemKind::NotSignedIn, None);
        }
        // The first use of a session uses up the sign-in that it came from.
        self.sign_ins[self.family.sign_in].waits_for = WaitsFor::Over;
        self.signed_in(answer)
    }

    /// Time passes: no access token counts any more.
    pub(super) fn expire_access(&mut self) {
        self.family.oldest_access = self.family.given + 1;
    }

    fn signed_in(&mut self, answer: impl FnOnce(&mut Self) -> Reply) -> Reply {
        match self.session {
            Some(_) => answer(self),
            None => Reply::Problem(ProblemKind::NotSignedIn, None),
        }
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

    fn open(&mut self, code: &str) -> Reply {
        let sign_in = code.parse::<usize>().ok().and_then(|index| self.sign_ins.get_mut(index));
        match sign_in {
            Some(sign_in) if sign_in.waits_for == WaitsFor::Nothing => {
                self.session = Some(sign_in.code);
                self.me()
            }
            _ => Reply::Problem(ProblemKind::InvalidCode, None),
        }
    }
}
