//! A server as protocol.md describes it, small enough to be seen through, and a network that loses what it is told to.

use vestibule_protocol::{
    AuthorizationCode, ChallengeError, ChallengeRequest, ChallengeStep, CodeMembers, ErrorCode, ProblemKind, Sessions,
    SetPassword, TokenRequest,
};

use crate::{
    Access, Binding, BrowserKey, Effect, Event, Lost, Page, Reply, Stage, SubmittedBy, Trouble, Try, code,
    testing::{ELSEWHERE, HERE, Rig, SERVER, bound_tokens, discovered, me, members, place, tokens},
};

pub(super) const PASSWORD: &str = "correct horse";
pub(super) const NEW_PASSWORD: &str = "staple moth lantern";
const ATTEMPTS: u64 = 3;
const SENDS: usize = 3;
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
    now: u64,
    sign_ins: Vec<SignIn>,
    /// The number of the key that the browser has.
    key: Option<usize>,
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

impl Default for Model {
    fn default() -> Self {
        Self {
            now: 0,
            sign_ins: Vec::new(),
            key: None,
            mails: 0,
            session: None,
            family: Family::default(),
            is_elsewhere: true,
            password: PASSWORD,
            is_older: false,
        }
    }
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
    fn answer(&mut self, effect: &Effect) -> Reply {
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

    fn challenge(&mut self, request: &ChallengeRequest, prover: Option<usize>) -> Reply {
        match self.step(request, prover) {
            Reply::Granted(code) if request.code_verifier.is_some() && !self.is_older => {
                self.open(code.authorization_code.expose())
            }
            reply => reply,
        }
    }

    fn step(&mut self, request: &ChallengeRequest, prover: Option<usize>) -> Reply {
        match &request.step {
            ChallengeStep::Account(account) => {
                self.sign_ins.push(SignIn {
                    name: account.username.clone(),
                    waits_for: WaitsFor::Credentials,
                    codes: Vec::new(),
                    attempts: ATTEMPTS,
                    is_live: false,
                    code: Asked::Not,
                    key: prover,
                });
                self.state(self.sign_ins.len() - 1, ErrorCode::InsufficientAuthorization)
            }
            ChallengeStep::Credentials { auth_session, uc_username, password } => {
                self.with(auth_session.expose(), prover, |model, index| {
                    let sign_in = &mut model.sign_ins[index];
                    if password.expose() != model.password || *uc_username != sign_in.name {
                        return model.state(index, ErrorCode::InvalidCredentials);
                    }
                    if uc_username == "plain" {
                        sign_in.waits_for = WaitsFor::Nothing;
                    } else if sign_in.waits_for == WaitsFor::Credentials {
                        sign_in.waits_for = WaitsFor::Code;
                        sign_in.code = Asked::AndNotGiven;
                    }
                    let needs_mail = sign_in.waits_for == WaitsFor::Code && !sign_in.is_live;
                    if needs_mail && !model.mail(index) {
                        return model.state(index, ErrorCode::OtpSendsExhausted);
                    }
                    model.state(index, ErrorCode::InsufficientAuthorization)
                })
            }
            ChallengeStep::Code { auth_session, otp } => {
                self.with(auth_session.expose(), prover, |model, index| model.code(index, otp.expose()))
            }
            ChallengeStep::Resend { auth_session } => self.with(auth_session.expose(), prover, |model, index| {
                if model.sign_ins[index].waits_for == WaitsFor::Code && !model.mail(index) {
                    return model.state(index, ErrorCode::OtpSendsExhausted);
                }
                model.state(index, ErrorCode::InsufficientAuthorization)
            }),
            ChallengeStep::State { auth_session } => self.with(auth_session.expose(), prover, |model, index| {
                model.state(index, ErrorCode::InsufficientAuthorization)
            }),
        }
    }

    fn with(
        &mut self,
        auth_session: &str,
        prover: Option<usize>,
        step: impl FnOnce(&mut Self, usize) -> Reply,
    ) -> Reply {
        let index = auth_session.strip_prefix("session-").and_then(|index| index.parse::<usize>().ok());
        let key = index.and_then(|index| self.sign_ins.get(index)?.key);
        assert!(key.is_none() || key == prover, "a sign-in that was begun bound is never gone on with otherwise");
        match index {
            Some(index) if self.sign_ins.get(index).is_some_and(|sign_in| sign_in.waits_for != WaitsFor::Over) => {
                step(self, index)
            }
            _ => crate::testing::challenged(ErrorCode::InvalidSession),
        }
    }

    fn code(&mut self, index: usize, otp: &str) -> Reply {
        let sign_in = &mut self.sign_ins[index];
        match sign_in.codes.iter().rposition(|code| code == otp) {
            _ if sign_in.waits_for == WaitsFor::Credentials => self.state(index, ErrorCode::InsufficientAuthorization),
            Some(_) if !sign_in.is_live => self.state(index, ErrorCode::ExpiredOtp),
            Some(position) if position + 1 == sign_in.codes.len() => {
                sign_in.waits_for = WaitsFor::Nothing;
                sign_in.code = Asked::AndGiven;
                self.state(index, ErrorCode::InsufficientAuthorization)
            }
            Some(_) => self.state(index, ErrorCode::SupersededOtp),
            None => {
                sign_in.attempts = sign_in.attempts.saturating_sub(1);
                if sign_in.attempts == 0 {
                    sign_in.waits_for = WaitsFor::Over;
                    return crate::testing::challenged(ErrorCode::OtpAttemptsExhausted);
                }
                self.state(index, ErrorCode::InvalidOtp)
            }
        }
    }

    /// Whether there was one more mail to send.
    fn mail(&mut self, index: usize) -> bool {
        let sign_in = &mut self.sign_ins[index];
        if sign_in.codes.len() == SENDS {
            return false;
        }
        self.mails += 1;
        sign_in.is_live = true;
        sign_in.codes.push(format!("{:06}", 100_000 + self.mails));
        true
    }

    /// Time passes: no code counts any more.
    pub(super) fn expire(&mut self) {
        for sign_in in &mut self.sign_ins {
            sign_in.is_live = false;
        }
    }

    fn state(&self, index: usize, error: ErrorCode) -> Reply {
        let sign_in = &self.sign_ins[index];
        let answer =
            ChallengeError { auth_session: Some(format!("session-{index}").into()), ..ChallengeError::new(error) };
        match sign_in.waits_for {
            WaitsFor::Nothing => Reply::Granted(AuthorizationCode { authorization_code: index.to_string().into() }),
            WaitsFor::Code => {
                let reference = format!("R{}", sign_in.codes.len());
                let code = CodeMembers {
                    resend_in: 0,
                    attempts_remaining: sign_in.attempts,
                    sends_remaining: (SENDS - sign_in.codes.len()) as u64,
                    expires_in: sign_in.is_live.then_some(600),
                    ..members(&reference)
                };
                Reply::Challenged(Box::new(answer.with_code(code)), None)
            }
            _ => Reply::Challenged(Box::new(ChallengeError { credentials_required: true, ..answer }), None),
        }
    }

    /// The code in the latest mail.
    pub(super) fn latest_code(&self) -> String {
        format!("{:06}", 100_000 + self.mails)
    }
}

/// What the network does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Answered,
    LostBeforeTheServer,
    AnswerLost,
    Late,
}

/// A page, a server, and what is on its way between them.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) rig: Rig,
    pub(super) model: Model,
    page: Page,
    under_way: Vec<(Try, Effect)>,
    late: Vec<(Try, Reply)>,
    /// How long what is under way may take, in milliseconds.
    limit: u64,
    pub(super) requests: usize,
}

impl World {
    /// A page, in a browser that has this to bind tokens to.
    pub(super) fn on(page: Page, key: BrowserKey) -> Self {
        let mut world = Self {
            rig: Rig { key, ..Rig::new() },
            model: Model { key: (key != BrowserKey::None).then_some(0), ..Model::default() },
            page,
            under_way: Vec::new(),
            late: Vec::new(),
            limit: 0,
            requests: 0,
        };
        world.reload(Stage::Connect);
        world
    }

    pub(super) fn reload(&mut self, route: Stage) {
        self.under_way.clear();
        self.late.clear();
        if self.rig.key == BrowserKey::OfThePage {
            self.model.key = self.model.key.map(|number| number + 1);
        }
        self.rig.start(self.page.clone(), route);
        self.carry_out();
    }

    pub(super) fn send(&mut self, event: Event) {
        self.rig.send(event);
        self.carry_out();
    }

    fn carry_out(&mut self) {
        for effect in std::mem::take(&mut self.rig.effects) {
            match effect {
                Effect::PrepareKey(_) | Effect::Lock(_) | Effect::Navigate(..) => {}
                Effect::Timer(_, limit) => self.limit = limit.into(),
                // Whoever aborts a request cannot know whether the server has had it.
                Effect::Abort(number) => {
                    if let Some((_, effect)) = self.under_way.pop_if(|(other, _)| *other == number)
                        && matches!(effect, Effect::Token(_, _, TokenRequest::RefreshToken { .. }, _))
                    {
                        drop(self.ask(&effect));
                    }
                }
                Effect::Store(number, _) => self.send(Event::Reply(number, Reply::Done)),
                Effect::Discover(number, _)
                | Effect::Probe(number, _)
                | Effect::Challenge(number, ..)
                | Effect::OpenSession(number, ..)
                | Effect::Token(number, ..)
                | Effect::LoadMe(number, ..)
                | Effect::SetPreferredDevice(number, ..)
                | Effect::SetRouteCallsToCell(number, ..)
                | Effect::ListSessions(number, ..)
                | Effect::SignOutThere(number, ..)
                | Effect::SetPassword(number, ..)
                | Effect::EndSession(number, ..)
                | Effect::Revoke(number, ..) => self.under_way.push((number, effect)),
            }
        }
        assert!(self.under_way.len() <= 1, "one request at a time: {:?}", self.under_way);
    }

    fn ask(&mut self, effect: &Effect) -> Reply {
        self.model.now = self.rig.now;
        self.model.answer(effect)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Lets the network do something with what is on its way; `false` if nothing is.
    pub(super) fn network(&mut self, fate: Fate) -> bool {
        let Some((number, effect)) = self.under_way.pop() else { return false };
        self.requests += 1;
        let lost = Reply::Lost(Lost::NoAnswer);
        match fate {
            Fate::LostBeforeTheServer => self.send(Event::Reply(number, lost)),
            Fate::Answered => {
                let reply = self.ask(&effect);
                self.send(Event::Reply(number, reply));
            }
            Fate::AnswerLost => {
                drop(self.ask(&effect));
                self.send(Event::Reply(number, lost));
            }
            Fate::Late => {
                let reply = self.ask(&effect);
                self.late.push((number, reply));
                self.rig.now += self.limit;
                self.send(Event::TimedOut(number));
            }
        }
        true
    }

    pub(super) fn deliver_late(&mut self) {
        if let Some((number, reply)) = self.late.pop() {
            self.send(Event::Reply(number, reply));
        }
    }

    /// What a person would do next who wants to be signed in.
    pub(super) fn person(&mut self, name: &str) {
        let event = match self.rig.state.stage() {
            Stage::Connect => Event::Connect(SERVER.to_owned()),
            Stage::Account => Event::Account { username: name.to_owned(), cell_number: None },
            Stage::Credentials => {
                Event::Credentials { username: name.to_owned(), password: self.model.password.into() }
            }
            Stage::Code if self.rig.state.code().is_some_and(|code| code.members.expires_in.is_none()) => Event::Resend,
            Stage::Code if self.rig.state.trouble() == Some(&Trouble::Code(code::Error::Expired)) => Event::Resend,
            Stage::Code => Event::Code { typed: self.model.latest_code(), by: SubmittedBy::Person },
            Stage::User => return,
        };
        self.send(event);
    }

    /// Signs in with a patient person and a good network; `false` if that leads nowhere.
    pub(super) fn sign_in(&mut self, name: &str) -> bool {
        for _ in 0..60 {
            if self.rig.state.stage() == Stage::User && self.rig.state.doing().is_none() {
                return true;
            }
            if !self.network(Fate::Answered) {
                self.person(name);
            }
        }
        false
    }
}
