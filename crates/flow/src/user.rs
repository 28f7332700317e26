//! The fifth stage: signed in. Opening the session, its settings, and its end.

use vestibule_protocol::{
    AuthorizationCode, ChallengeStep, Me, PreferredDevice, ProblemKind, Secret, SessionInfo, SessionRequest,
};

use crate::{
    Browser, Failure, Reply, Server, ServerAddress, Stage,
    act::{Act, Asked, Opening, Purpose, Why},
    connect::Goal,
    effect::{Access, Binding, Effect, History},
    state::Progress,
    tokens::Tokens,
    trouble::Notice,
    turn::{REQUEST_LIMIT, Turn},
};

/// Why the User tab could not do what was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The setting does not exist here (any more).
    NotAvailable,
    /// Whatever can happen to a request.
    Failure(Failure),
}

/// A session, and what opens it.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) address: ServerAddress,
    /// What discovery said; absent after a reload, which asks for less.
    pub(crate) server: Option<Server>,
    pub(crate) me: Me,
    pub(crate) tokens: Option<Tokens>,
    /// Where else the person is signed in, while that is shown.
    pub(crate) list: Option<Vec<SessionInfo>>,
    /// A change of the password went out, and whether anything came of it is not known.
    pub(crate) may_have_new_password: bool,
}

impl Session {
    fn new(address: ServerAddress, server: Option<Server>, me: Me, tokens: Option<Tokens>) -> Self {
        Self { address, server, me, tokens, list: None, may_have_new_password: false }
    }
}

impl<U: Browser> Turn<'_, U> {
    /// Turns the code into a session: a cookie on the page's own origin, tokens elsewhere.
    pub(crate) fn open(&mut self, code: AuthorizationCode, opening: Opening) {
        let Progress::Connected(connection) = &self.state.progress else { return };
        let Some(sign_in) = &connection.sign_in else { return };
        let code = code.authorization_code;
        let address = connection.server.address.clone();
        if self.has_cookie(&address) {
            let code_verifier = sign_in.verifier.clone();
            let number = self.begin(Act::Open(opening), REQUEST_LIMIT);
            self.effects.push(Effect::OpenSession(number, address, SessionRequest { code, code_verifier }));
        } else {
            self.redeem(code, opening);
        }
    }

    pub(crate) fn has_cookie(&self, address: &ServerAddress) -> bool {
        let page = &self.state.page;
        page.cookies && page.address.as_ref().is_some_and(|page| page.origin() == address.origin())
    }

    /// What asks for the session itself in the place of a code, where this step may end the sign-in: one request less. A
    /// server that knows nothing of it gives a code.
    pub(crate) fn verifier_for_session(&self, step: &ChallengeStep) -> Option<Secret> {
        let Progress::Connected(connection) = &self.state.progress else { return None };
        let begins = matches!(step, ChallengeStep::Account(_));
        let sign_in = connection.sign_in.as_ref().filter(|_| !begins && self.has_cookie(&connection.server.address))?;
        Some(sign_in.verifier.clone())
    }

    /// A step was answered with the session. Only where it was asked for: anywhere else nothing would hold it.
    pub(crate) fn opened_at_once(&mut self, act: Act, me: Me) {
        let is_asked_for = match &self.state.progress {
            Progress::Connected(connection) => self.has_cookie(&connection.server.address),
            _ => false,
        };
        if matches!(act, Act::Begin { .. }) || !is_asked_for {
            return self.failed(act, Failure::Misunderstood);
        }
        self.signed_in(me, None);
    }

    pub(crate) fn opened(&mut self, opening: Opening, reply: Reply) {
        match reply {
            Reply::Me(me) => self.signed_in(*me, None),
            // The code came too late, or the answer was lost: the server gives another one.
            Reply::Problem(ProblemKind::InvalidCode, _) | Reply::Lost(_) if opening == Opening::First => {
                self.ask(Why::Reopen);
            }
            Reply::Problem(ProblemKind::InvalidCode, _) => self.restart(Notice::SignInExpired),
            Reply::Lost(lost) => self.fail(lost.into()),
            Reply::Problem(kind, retry_after) => self.problem(&kind, retry_after),
            _ => self.fail(Failure::Misunderstood),
        }
    }

    fn signed_in(&mut self, me: Me, tokens: Option<Tokens>) {
        let Progress::Connected(connection) = std::mem::take(&mut self.state.progress) else { return };
        let server = connection.server;
        let address = server.address.clone();
        self.state.record.sign_in = None;
        self.state.record.session = Some(address.clone());
        if !tokens.as_ref().is_some_and(|tokens| self.is_shared(tokens)) {
            self.state.record.refresh = None;
        }
        self.state.progress = Progress::SignedIn(Box::new(Session::new(address, Some(server), me, tokens)));
        self.store();
        self.show(Stage::User, History::Push);
    }

    /// Whether there is more of a session than the word that there was one.
    pub(crate) fn can_resume_session(&self) -> bool {
        let record = &self.state.record;
        let has_refresh_token = record.refresh.is_some() && self.keeps_key();
        record.session.as_ref().is_some_and(|address| self.has_cookie(address) || has_refresh_token)
    }

    /// Goes on with the session that a cookie of the page's own origin may hold, or that a refresh token renews.
    pub(crate) fn resume_session(&mut self) {
        let session = self.state.record.session.clone();
        let Some(address) = session.or_else(|| self.state.page.address.clone()) else { return };
        if self.has_cookie(&address) {
            let number = self.begin(Act::Load(Purpose::Resume(None)), REQUEST_LIMIT);
            self.effects.push(Effect::LoadMe(number, address, Access::Cookie));
        } else if self.state.server().is_some_and(|server| server.address == address) {
            self.renew(Act::Load(Purpose::Resume(None)));
        } else {
            self.hunt(Goal::Session, address, true);
        }
    }

    pub(crate) fn prefer(&mut self, device: PreferredDevice) {
        if self.session().is_some_and(|session| session.me.devices.contains(&device)) {
            self.clear();
            self.send(&Act::Prefer(device));
        }
    }

    pub(crate) fn route_calls_to_cell(&mut self, on: bool) {
        if self.session().is_some_and(|session| session.me.route_calls_to_cell.is_some()) {
            self.clear();
            self.send(&Act::RouteCallsToCell(on));
        }
    }

    /// Looks whether the session still lives: quietly.
    pub(crate) fn check_session(&mut self) {
        self.send(&Act::Load(Purpose::Check));
    }

    /// Gives back what opens the session: asked for by the person, or by the page after another tab. A renewal under way
    /// is given up: with any of its tokens the session ends.
    pub(crate) fn sign_out(&mut self, asked: Asked) {
        let Some(session) = self.session() else { return };
        let (address, tokens) = (session.address.clone(), session.tokens.clone());
        self.clear();
        match tokens {
            None => {
                let number = self.begin(Act::SignOut(asked), REQUEST_LIMIT);
                self.effects.push(Effect::EndSession(number, address));
            }
            Some(tokens) => {
                let refresh = self.latest_refresh_token(&tokens);
                // Nowhere to give them back: forgetting them is all there is.
                let Some(endpoint) = tokens.revocation_endpoint else { return self.signed_out(asked) };
                let number = self.begin(Act::SignOut(asked), REQUEST_LIMIT);
                self.effects.push(Effect::Revoke(number, endpoint, refresh));
            }
        }
    }

    pub(crate) fn user_answered(&mut self, act: Act, reply: Reply) {
        match (act, reply) {
            (Act::SignOut(asked), Reply::Done | Reply::Problem(ProblemKind::NotSignedIn, _)) => {
                self.signed_out(asked);
            }
            (Act::Load(Purpose::SignIn(tokens)), Reply::Me(me)) => {
                self.signed_in(*me, Some(tokens));
            }
            (Act::Load(Purpose::Resume(tokens)), Reply::Me(me)) => self.resumed(*me, tokens),
            // It may have ended since its tokens came.
            (Act::Load(Purpose::SignIn(tokens)), Reply::Problem(ProblemKind::NotSignedIn, _))
                if tokens.binding == Binding::Key =>
            {
                self.end(Notice::SessionEnded);
            }
            (Act::Load(Purpose::Resume(_)), Reply::Problem(ProblemKind::NotSignedIn, _)) => {
                self.end(Notice::SessionEnded);
            }
            (act, Reply::Lost(lost)) => self.failed(act, lost.into()),
            (
                act @ (Act::Load(Purpose::Check | Purpose::AfterPassword(_))
                | Act::Prefer(_)
                | Act::RouteCallsToCell(_)
                | Act::ListSessions(_)
                | Act::SignOutThere(_)
                | Act::SetPassword(_)),
                reply,
            ) => self.session_answered(act, reply),
            (_, Reply::NoTokens(error, retry_after)) => {
                self.fail(Failure::of(&error, retry_after, self.moment.now));
            }
            (_, Reply::Problem(kind, retry_after)) => self.problem(&kind, retry_after),
            (act, _) => self.failed(act, Failure::Misunderstood),
        }
    }

    fn resumed(&mut self, me: Me, tokens: Option<Tokens>) {
        let (address, server) = match (std::mem::take(&mut self.state.progress), &tokens) {
            (Progress::Connected(connection), Some(_)) => {
                (Some(connection.server.address.clone()), Some(connection.server))
            }
            _ => (self.state.record.session.clone().or_else(|| self.state.page.address.clone()), None),
        };
        let Some(address) = address else { return self.finish() };
        let is_known = server.is_some();
        self.state.progress = Progress::SignedIn(Box::new(Session::new(address, server, me, tokens)));
        self.show(Stage::User, History::Replace);
        if !is_known {
            self.look();
        }
    }

    /// Signed out. Where the person wanted it here, that is why, whatever else may have happened.
    fn signed_out(&mut self, asked: Asked) {
        if asked == Asked::ByThePerson
            && let Some(session) = self.session_mut()
        {
            session.may_have_new_password = false;
        }
        self.end(Notice::SignedOut);
    }

    /// Nobody is signed in any more, and nothing of them stays on the screen. Whoever has sent a change of the password
    /// and does not know what became of it is told that first: another tab may only have noticed the end of the session.
    pub(crate) fn end(&mut self, notice: Notice) {
        self.abandon();
        let was_signed_in = self.session().is_some() || self.state.record.session.is_some();
        let may_have_new_password = self.session().is_some_and(|session| session.may_have_new_password);
        let notice = match notice {
            Notice::PasswordChanged => notice,
            _ if may_have_new_password => Notice::PasswordMayBeChanged,
            _ => notice,
        };
        self.state.progress = Progress::Start;
        self.state.record.session = None;
        self.state.record.refresh = None;
        self.store();
        self.show(Stage::Connect, History::Replace);
        self.state.notice = was_signed_in.then_some(notice);
        self.look();
    }
}
