//! The fifth stage: signed in. Opening the session, its settings, and its end.

use vestibule_protocol::{
    AuthorizationCode, BUILT_IN_CLIENT, ErrorCode, Me, PreferredDevice, ProblemKind, Secret, SessionInfo,
    SessionRequest, TokenRequest, TokenResponse,
};

use crate::{
    Failure, Reply, Server, ServerAddress, Stage, UrlParser,
    act::{Act, Asked, Opening, Purpose, Why},
    effect::{Access, Binding, Effect, History},
    state::Progress,
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

/// Tokens, where no cookie can hold the session. In memory only.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    access: Secret,
    refresh: Secret,
    binding: Binding,
    /// Renewed, and not taken by the server since: to be refused now is not a matter of age.
    pub(crate) is_fresh: bool,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
}

impl Tokens {
    fn new(answer: TokenResponse, token_endpoint: String, revocation_endpoint: Option<String>) -> Self {
        let is_bound = answer.token_type.eq_ignore_ascii_case("DPoP");
        Self {
            binding: if is_bound { Binding::Key } else { Binding::None },
            access: answer.access_token,
            refresh: answer.refresh_token,
            is_fresh: true,
            token_endpoint,
            revocation_endpoint,
        }
    }

    /// What they open the User tab as.
    pub(crate) fn opens(&self) -> Access {
        match self.binding {
            Binding::None => Access::Bearer(self.access.clone()),
            Binding::Key => Access::Bound(self.access.clone()),
        }
    }
}

impl<U: UrlParser> Turn<'_, U> {
    /// Turns the code into a session: a cookie on the page's own origin, tokens elsewhere.
    pub(crate) fn open(&mut self, code: AuthorizationCode, opening: Opening) {
        let Progress::Connected(connection) = &self.state.progress else { return };
        let Some(sign_in) = &connection.sign_in else { return };
        let (code, code_verifier) = (code.authorization_code, sign_in.verifier.clone());
        let address = connection.server.address.clone();
        let binding = self.binding(&connection.server);
        if self.has_cookie(&address) {
            let number = self.begin(Act::Open(opening), REQUEST_LIMIT);
            self.effects.push(Effect::OpenSession(number, address, SessionRequest { code, code_verifier }));
        } else if let Some(endpoint) = connection.server.token_endpoint.clone() {
            let number = self.begin(Act::Open(opening), REQUEST_LIMIT);
            let client_id = BUILT_IN_CLIENT.to_owned();
            let request = TokenRequest::AuthorizationCode { client_id, code, code_verifier };
            self.effects.push(Effect::Token(number, endpoint, request, binding));
        } else {
            self.fail(Failure::Misunderstood);
        }
    }

    pub(crate) fn has_cookie(&self, address: &ServerAddress) -> bool {
        let page = &self.state.page;
        page.cookies && page.address.as_ref().is_some_and(|page| page.origin() == address.origin())
    }

    /// Tokens are bound to the key of this browser where the server takes proofs; a cookie needs none.
    pub(crate) fn binding(&self, server: &Server) -> Binding {
        if server.takes_proofs && !self.has_cookie(&server.address) { Binding::Key } else { Binding::None }
    }

    pub(crate) fn opened(&mut self, opening: Opening, reply: Reply) {
        match reply {
            Reply::Me(me) => self.signed_in(*me, None),
            Reply::Tokens(answer) => {
                let Progress::Connected(connection) = &self.state.progress else { return };
                let server = connection.server.clone();
                let Some(endpoint) = server.token_endpoint else { return };
                self.load_signed_in(Tokens::new(*answer, endpoint, server.revocation_endpoint));
            }
            // The code came too late, or the answer was lost: the server gives another one.
            Reply::Problem(ProblemKind::InvalidCode, _)
            | Reply::NoTokens(ErrorCode::InvalidGrant, _)
            | Reply::Lost(_)
                if opening == Opening::First =>
            {
                self.ask(Why::Reopen);
            }
            Reply::Problem(ProblemKind::InvalidCode, _) | Reply::NoTokens(ErrorCode::InvalidGrant, _) => {
                self.restart(Notice::SignInExpired);
            }
            Reply::Lost(lost) => self.fail(lost.into()),
            Reply::NoTokens(error, retry_after) => {
                self.fail(Failure::of(&error, retry_after, self.moment.now));
            }
            Reply::Problem(kind, retry_after) => self.problem(&kind, retry_after),
            _ => self.fail(Failure::Misunderstood),
        }
    }

    fn load_signed_in(&mut self, tokens: Tokens) {
        let Progress::Connected(connection) = &self.state.progress else { return };
        let address = connection.server.address.clone();
        let access = tokens.opens();
        let number = self.begin(Act::Load(Purpose::SignIn(tokens)), REQUEST_LIMIT);
        self.effects.push(Effect::LoadMe(number, address, access));
    }

    /// Tokens whose User tab has not come yet: the server may have used up the sign-in that they came from.
    pub(crate) fn keep_tokens(&mut self, act: Act) {
        if let (Act::Load(Purpose::SignIn(tokens)), Some(sign_in)) = (act, self.state.sign_in_mut()) {
            sign_in.tokens = Some(tokens);
        }
    }

    /// Goes on with tokens that are there already; `false` if there are none.
    pub(crate) fn load_with_tokens(&mut self) -> bool {
        let Some(tokens) = self.state.sign_in_mut().and_then(|sign_in| sign_in.tokens.take()) else { return false };
        self.load_signed_in(tokens);
        true
    }

    fn signed_in(&mut self, me: Me, tokens: Option<Tokens>) {
        let Progress::Connected(connection) = std::mem::take(&mut self.state.progress) else { return };
        let server = connection.server;
        let address = server.address.clone();
        self.state.record.sign_in = None;
        self.state.record.session = Some(address.clone());
        self.state.progress = Progress::SignedIn(Box::new(Session::new(address, Some(server), me, tokens)));
        self.store();
        self.show(Stage::User, History::Push);
    }

    /// Goes on with the session that a cookie of the page's own origin may hold.
    pub(crate) fn resume_session(&mut self) {
        let Some(address) = self.state.page.address.clone() else { return };
        let address = self.state.record.session.clone().unwrap_or(address);
        let number = self.begin(Act::Load(Purpose::Resume), REQUEST_LIMIT);
        self.effects.push(Effect::LoadMe(number, address, Access::Cookie));
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

    /// Gives back what opens the session: asked for by the person, or by the page after another tab.
    pub(crate) fn sign_out(&mut self, asked: Asked) {
        let Some(session) = self.session() else { return };
        let (address, tokens) = (session.address.clone(), session.tokens.clone());
        self.clear();
        match tokens {
            None => {
                let number = self.begin(Act::SignOut(asked), REQUEST_LIMIT);
                self.effects.push(Effect::EndSession(number, address));
            }
            Some(Tokens { refresh, revocation_endpoint: Some(endpoint), .. }) => {
                let number = self.begin(Act::SignOut(asked), REQUEST_LIMIT);
                self.effects.push(Effect::Revoke(number, endpoint, refresh));
            }
            // Nowhere to give them back: forgetting them is all there is.
            Some(Tokens { revocation_endpoint: None, .. }) => self.signed_out(asked),
        }
    }

    pub(crate) fn user_answered(&mut self, act: Act, reply: Reply) {
        match (act, reply) {
            (Act::SignOut(asked), Reply::Done | Reply::Problem(ProblemKind::NotSignedIn, _)) => {
                self.signed_out(asked);
            }
            (Act::Load(Purpose::SignIn(tokens)), Reply::Me(me)) => {
                self.signed_in(*me, Some(Tokens { is_fresh: false, ..tokens }));
            }
            (Act::Load(Purpose::Resume), Reply::Me(me)) => self.resumed(*me),
            (Act::Renew(act), Reply::Tokens(answer)) => self.renewed(&act, *answer),
            (Act::Load(Purpose::Resume), Reply::Problem(ProblemKind::NotSignedIn, _))
            | (Act::Renew(_), Reply::NoTokens(ErrorCode::InvalidGrant, _)) => self.end(Notice::SessionEnded),
            (Act::Renew(act), Reply::NoTokens(error, retry_after)) => {
                self.failed(*act, Failure::of(&error, retry_after, self.moment.now));
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

    pub(crate) fn renew(&mut self, act: Act, tokens: Tokens) {
        let number = self.begin(Act::Renew(Box::new(act)), REQUEST_LIMIT);
        let client_id = BUILT_IN_CLIENT.to_owned();
        let request = TokenRequest::RefreshToken { client_id, refresh_token: tokens.refresh };
        self.effects.push(Effect::Token(number, tokens.token_endpoint, request, tokens.binding));
    }

    fn renewed(&mut self, act: &Act, answer: TokenResponse) {
        if let Progress::SignedIn(session) = &mut self.state.progress
            && let Some(tokens) = &mut session.tokens
        {
            tokens.access = answer.access_token;
            tokens.refresh = answer.refresh_token;
            tokens.is_fresh = true;
        }
        self.send(act);
    }

    fn resumed(&mut self, me: Me) {
        let address = self.state.record.session.clone().or_else(|| self.state.page.address.clone());
        let Some(address) = address else { return self.finish() };
        self.state.progress = Progress::SignedIn(Box::new(Session::new(address, None, me, None)));
        self.show(Stage::User, History::Replace);
        self.look();
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
        self.store();
        self.show(Stage::Connect, History::Replace);
        self.state.notice = was_signed_in.then_some(notice);
        self.look();
    }
}
