//! Tokens, where no cookie can hold the session. Whoever has tokens of the Bearer kind can use them: they stay in
//! memory. A refresh token that is bound to the key of this browser is of use nowhere else: where the browser keeps that
//! key, the token is stored, outlives the page, and is shared by all tabs, which take turns at exchanging it.

use vestibule_protocol::{BUILT_IN_CLIENT, ErrorCode, Secret, TokenRequest, TokenResponse};

use crate::{
    Browser, Doing, Failure, Reply,
    act::{Act, Opening, Purpose, Why},
    effect::{Access, Binding, Effect},
    state::Progress,
    trouble::Notice,
    turn::{REQUEST_LIMIT, Turn},
};

/// How long the renewal of bound tokens may take, in milliseconds. A second one after a lost answer must come within 30 s
/// of the first: later, a spent refresh token ends its session.
const RENEWAL_LIMIT: u32 = 10_000;

/// What opens the User tab, and what renews that.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    access: Secret,
    refresh: Secret,
    pub(crate) binding: Binding,
    /// Renewed for the request under way: to be refused is not a matter of age.
    pub(crate) is_fresh: bool,
    token_endpoint: String,
    pub(crate) revocation_endpoint: Option<String>,
}

impl Tokens {
    fn new(answer: TokenResponse, token_endpoint: String, revocation_endpoint: Option<String>) -> Self {
        let is_bound = answer.token_type.eq_ignore_ascii_case("DPoP");
        Self {
            access: answer.access_token,
            refresh: answer.refresh_token,
            binding: if is_bound { Binding::Key } else { Binding::None },
            is_fresh: false,
            token_endpoint,
            revocation_endpoint,
        }
    }

    /// What they open the User tab as.
    pub(crate) fn access(&self) -> Access {
        match self.binding {
            Binding::None => Access::Bearer(self.access.clone()),
            Binding::Key => Access::Bound(self.access.clone()),
        }
    }
}

/// Something is exchanged for tokens.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    grant: Grant,
    step: Step,
}

#[derive(Clone, Debug)]
enum Grant {
    /// The code that the sign-in has come to.
    Code(Secret, Opening),
    /// The refresh token, for what is to be done with the new tokens.
    Refresh(Act, Opening),
}

#[derive(Clone, Debug)]
enum Step {
    /// Other tabs may be at it.
    Wait,
    /// The server is asked.
    Ask,
    /// What came of it is being stored.
    Keep(Tokens),
}

impl Exchange {
    pub(crate) fn doing(&self) -> Option<Doing> {
        self.renews_for().map_or(Some(Doing::CheckingCode), Act::doing)
    }

    /// What needs the tokens that are being renewed.
    pub(crate) fn renews_for(&self) -> Option<&Act> {
        match &self.grant {
            Grant::Code(..) => None,
            Grant::Refresh(then, _) => Some(then),
        }
    }

    /// Has this done with the tokens that are being renewed, in the place of what they were for; gives that back.
    pub(crate) fn renew_for(&mut self, then: Act) -> Option<Act> {
        match &mut self.grant {
            Grant::Code(..) => None,
            Grant::Refresh(before, _) => Some(std::mem::replace(before, then)),
        }
    }

    /// Whether the network has no part in what is under way.
    pub(crate) fn is_local(&self) -> bool {
        !matches!(self.step, Step::Ask)
    }

    /// Tokens that a sign-in has come to.
    pub(crate) fn signed_in_with(self) -> Option<Tokens> {
        match (self.grant, self.step) {
            (Grant::Code(..), Step::Keep(tokens)) => Some(tokens),
            _ => None,
        }
    }
}

impl<U: Browser> Turn<'_, U> {
    /// Whether every tab of this browser can use these, and the page after a reload.
    pub(crate) fn is_shared(&self, tokens: &Tokens) -> bool {
        tokens.binding == Binding::Key && self.keeps_key()
    }

    /// Turns the code that the sign-in has come to into tokens.
    pub(crate) fn redeem(&mut self, code: Secret, opening: Opening) {
        self.exchange(Grant::Code(code, opening));
    }

    /// Gets new tokens, and does this with them.
    pub(crate) fn renew(&mut self, then: Act) {
        self.exchange(Grant::Refresh(then, Opening::First));
    }

    fn exchange(&mut self, grant: Grant) {
        let Some((_, binding, _)) = self.request(&grant) else { return self.fail(Failure::Misunderstood) };
        let limit = match (&grant, binding) {
            (Grant::Refresh(..), Binding::Key) => RENEWAL_LIMIT,
            _ => REQUEST_LIMIT,
        };
        let act = Act::Exchange(Box::new(Exchange { grant: grant.clone(), step: Step::Wait }));
        let number = self.begin(act, limit);
        match binding {
            Binding::Key => self.effects.push(Effect::Lock(number)),
            // Nobody else has what is exchanged.
            Binding::None => self.ask_for_tokens(grant),
        }
    }

    /// What is to be sent, how it is bound, and where it goes.
    fn request(&self, grant: &Grant) -> Option<(TokenRequest, Binding, String)> {
        let client_id = BUILT_IN_CLIENT.to_owned();
        let stored = |session| self.state.record.refresh.clone().filter(|_| self.state.record.session == session);
        Some(match (grant, &self.state.progress) {
            (Grant::Code(code, _), Progress::Connected(connection)) => {
                let code_verifier = connection.sign_in.as_ref()?.verifier.clone();
                let request = TokenRequest::AuthorizationCode { client_id, code: code.clone(), code_verifier };
                (request, self.binding(&connection.server), connection.server.token_endpoint.clone()?)
            }
            (Grant::Refresh(..), Progress::Connected(connection)) => {
                let refresh_token = stored(Some(connection.server.address.clone()))?;
                let request = TokenRequest::RefreshToken { client_id, refresh_token };
                (request, Binding::Key, connection.server.token_endpoint.clone()?)
            }
            (Grant::Refresh(..), Progress::SignedIn(session)) => {
                let tokens = session.tokens.as_ref()?;
                let refresh_token = self.latest_refresh_token(tokens);
                let request = TokenRequest::RefreshToken { client_id, refresh_token };
                (request, tokens.binding, tokens.token_endpoint.clone())
            }
            _ => return None,
        })
    }

    /// Another tab may have renewed tokens that all share.
    pub(crate) fn latest_refresh_token(&self, tokens: &Tokens) -> Secret {
        let is_ours = match &self.state.progress {
            Progress::SignedIn(session) => self.state.record.session.as_ref() == Some(&session.address),
            _ => false,
        };
        let shared = self.state.record.refresh.clone().filter(|_| is_ours && self.is_shared(tokens));
        shared.unwrap_or_else(|| tokens.refresh.clone())
    }

    pub(crate) fn exchanged(&mut self, exchange: Exchange, reply: Reply) {
        match (exchange.step, reply) {
            (Step::Wait, Reply::Locked(news)) => self.locked(exchange.grant, news.as_deref()),
            (Step::Ask, Reply::Tokens(answer)) => self.got_tokens(exchange.grant, *answer),
            (Step::Ask, Reply::NoTokens(error, retry_after)) => {
                let failure = Failure::of(&error, retry_after, self.moment.now);
                self.got_no_tokens(exchange.grant, &error, failure);
            }
            (Step::Keep(tokens), Reply::Done) => {
                self.finish();
                self.use_tokens(exchange.grant, tokens);
            }
            // The code may be spent: the server gives another one.
            (_, Reply::Lost(_)) if matches!(exchange.grant, Grant::Code(_, Opening::First)) => self.ask(Why::Reopen),
            (step, Reply::Lost(lost)) => self.exchange_failed(Exchange { step, ..exchange }, lost.into()),
            (step, _) => self.exchange_failed(Exchange { step, ..exchange }, Failure::Misunderstood),
        }
    }

    /// It is this tab's turn. What another one has stored until then comes first.
    fn locked(&mut self, grant: Grant, news: Option<&str>) {
        let turn = self.state.pending.as_ref().map(|(number, _)| *number);
        if let Some(record) = news {
            self.elsewhere(record);
        }
        if self.state.pending.as_ref().map(|(number, _)| *number) == turn {
            self.ask_for_tokens(grant);
        }
    }

    /// Under the number and the time limit of the whole exchange.
    fn ask_for_tokens(&mut self, grant: Grant) {
        let Some((request, binding, endpoint)) = self.request(&grant) else {
            // Another tab has signed out meanwhile.
            return self.end(Notice::SignedOut);
        };
        let Some((number, _)) = self.state.pending.take() else { return };
        self.effects.push(Effect::Token(number, endpoint, request, binding));
        self.state.pending = Some((number, Act::Exchange(Box::new(Exchange { grant, step: Step::Ask }))));
    }

    fn got_tokens(&mut self, grant: Grant, answer: TokenResponse) {
        let (address, tokens) = match &mut self.state.progress {
            Progress::Start => return self.finish(),
            Progress::Connected(connection) => {
                let server = &connection.server;
                let Some(endpoint) = server.token_endpoint.clone() else { return self.finish() };
                (server.address.clone(), Tokens::new(answer, endpoint, server.revocation_endpoint.clone()))
            }
            Progress::SignedIn(session) => {
                let Some(tokens) = &mut session.tokens else { return self.finish() };
                *tokens = Tokens::new(answer, tokens.token_endpoint.clone(), tokens.revocation_endpoint.clone());
                (session.address.clone(), tokens.clone())
            }
        };
        let is_shared = self.is_shared(&tokens);
        let record = &mut self.state.record;
        if is_shared && matches!(grant, Grant::Code(..)) {
            // The sign-in has come to its end, whatever becomes of the User tab.
            record.sign_in = None;
            record.session = Some(address.clone());
        }
        if !is_shared || record.session.as_ref() != Some(&address) {
            self.finish();
            return self.use_tokens(grant, tokens);
        }
        record.refresh = Some(tokens.refresh.clone());
        let Some((number, _)) = self.state.pending.take() else { return };
        // The next tab whose turn it is must find them.
        self.effects.push(Effect::Store(number, self.state.record.write()));
        self.state.pending = Some((number, Act::Exchange(Box::new(Exchange { grant, step: Step::Keep(tokens) }))));
    }

    fn got_no_tokens(&mut self, grant: Grant, error: &ErrorCode, failure: Failure) {
        let is_refused = *error == ErrorCode::InvalidGrant;
        match grant {
            // The code came too late, or it is spent because its answer was lost: the server gives another one.
            Grant::Code(_, Opening::First) if is_refused => self.ask(Why::Reopen),
            Grant::Code(_, Opening::Again) if is_refused => self.restart(Notice::SignInExpired),
            Grant::Code(..) => self.fail(failure),
            Grant::Refresh(..) if is_refused => self.end(Notice::SessionEnded),
            Grant::Refresh(then, _) => {
                self.finish();
                self.failed(then, failure);
            }
        }
    }

    fn use_tokens(&mut self, grant: Grant, tokens: Tokens) {
        match (grant, &self.state.progress) {
            (Grant::Code(..), _) => self.load_with(Purpose::SignIn(tokens)),
            (Grant::Refresh(..), Progress::Connected(_)) => self.load_with(Purpose::Resume(Some(tokens))),
            (Grant::Refresh(then, _), _) => {
                self.send(&then);
                if let Some(tokens) = self.session_mut().and_then(|session| session.tokens.as_mut()) {
                    tokens.is_fresh = true;
                }
            }
        }
    }

    pub(crate) fn exchange_failed(&mut self, exchange: Exchange, failure: Failure) {
        // A spent token that is bound is still taken for a while; another one ends its session.
        let is_bound = matches!(self.request(&exchange.grant), Some((_, Binding::Key, _)));
        match (exchange.grant, exchange.step) {
            // Without storage all works, but resuming.
            (grant, Step::Keep(tokens)) => {
                self.finish();
                self.use_tokens(grant, tokens);
            }
            (Grant::Code(..), _) => self.fail(failure),
            // The answer may be lost: once more, at once.
            (Grant::Refresh(then, Opening::First), _) if is_bound && failure != Failure::Offline => {
                self.exchange(Grant::Refresh(then, Opening::Again));
            }
            (Grant::Refresh(then, _), _) => {
                self.finish();
                self.failed(then, failure);
            }
        }
    }

    fn load_with(&mut self, purpose: Purpose) {
        let (Purpose::SignIn(tokens) | Purpose::Resume(Some(tokens))) = &purpose else { return };
        let Progress::Connected(connection) = &self.state.progress else { return };
        let address = connection.server.address.clone();
        let access = tokens.access();
        let number = self.begin(Act::Load(purpose), REQUEST_LIMIT);
        self.effects.push(Effect::LoadMe(number, address, access));
    }

    /// Tokens whose User tab has not come yet: the server may have used up the sign-in that they came from.
    pub(crate) fn keep_tokens(&mut self, act: Act) {
        let tokens = match act {
            Act::Load(Purpose::SignIn(tokens)) => Some(tokens),
            Act::Exchange(exchange) => exchange.signed_in_with(),
            _ => None,
        };
        if let (Some(tokens), Some(sign_in)) = (tokens, self.state.sign_in_mut()) {
            sign_in.tokens = Some(tokens);
        }
    }

    /// Goes on with tokens that are there already; `false` if there are none.
    pub(crate) fn load_with_tokens(&mut self) -> bool {
        let Some(tokens) = self.state.sign_in_mut().and_then(|sign_in| sign_in.tokens.take()) else { return false };
        self.load_with(Purpose::SignIn(tokens));
        true
    }
}
