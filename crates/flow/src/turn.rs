//! One turn of the machine: an event in, effects out. What every stage needs is here.

use std::marker::PhantomData;

use vestibule_protocol::{BUILT_IN_CLIENT, ChallengeRequest, ChallengeStep};

use crate::{
    Browser, Event, Failure, Moment, Reply, Stage, State, Try,
    act::{Act, Asked, Purpose, Why},
    effect::{Binding, Effect, History},
    password,
    state::Progress,
    stored::StoredSignIn,
    trouble::{Notice, Trouble},
};

/// How long an ordinary request may take, in milliseconds: the server may wait for a mail server.
pub(crate) const REQUEST_LIMIT: u32 = 30_000;
/// How long the state of a sign-in may take to come, in milliseconds: nobody else is waited for.
const STATE_LIMIT: u32 = 10_000;
/// How long the browser may take to store the record, in milliseconds. Without storage all works, but resuming.
const STORE_LIMIT: u32 = 2_000;

pub(crate) struct Turn<'a, U> {
    pub(crate) state: &'a mut State,
    pub(crate) moment: &'a Moment,
    pub(crate) effects: Vec<Effect>,
    urls: PhantomData<U>,
}

impl<'a, U: Browser> Turn<'a, U> {
    pub(crate) fn new(state: &'a mut State, moment: &'a Moment) -> Self {
        Self { state, moment, effects: Vec::new(), urls: PhantomData }
    }

    pub(crate) fn take(&mut self, event: Event) {
        match event {
            Event::Start { page, record, route, is_return } if !self.state.is_started => {
                self.start(page, record.as_deref(), route, is_return);
            }
            _ => self.take_later(event),
        }
    }

    /// Takes what comes after the start.
    // Apart: engines compile a function as a whole when it is called first, and what shows first needs nothing of this.
    #[inline(never)]
    fn take_later(&mut self, event: Event) {
        match event {
            // Nothing starts twice.
            Event::Start { .. } => {}
            Event::Painted => self.painted(),
            Event::Route(stage) => self.route(stage),
            Event::Cancel => self.cancel(),
            Event::Returned => self.returned(),
            Event::Offline => self.offline(),
            Event::Languages(languages) => self.state.page.languages = languages,
            Event::Edited => {
                if self.state.trouble.as_ref().is_some_and(Trouble::is_about_input) {
                    self.state.trouble = None;
                }
            }
            Event::Elsewhere(record) => self.elsewhere(&record),
            Event::Forget(address) => {
                self.state.record.forget(&address);
                self.store();
            }
            Event::Reply(number, reply) => {
                if let Some(act) = self.pending(number) {
                    self.reply(act, reply);
                }
            }
            Event::TimedOut(number) => {
                if let Some(act) = self.pending(number) {
                    self.effects.push(Effect::Abort(number));
                    self.timed_out(act);
                }
            }
            // One request at a time: what a double tap, Enter and auto-submit send together is one.
            _ if self.state.doing().is_some() => self.queue(event),
            Event::Connect(typed) => self.connect(&typed),
            Event::ConnectTo(address) => self.connect_to(address),
            Event::Account { username, cell_number } => self.account(&username, cell_number.as_deref()),
            Event::Credentials { username, password } => self.credentials(&username, password),
            Event::Code { typed, by } => self.code(&typed, by),
            Event::Resend => self.resend(),
            Event::Prefer(device) => self.prefer(device),
            Event::RouteCallsToCell(on) => self.route_calls_to_cell(on),
            Event::ShowSessions => self.show_sessions(),
            Event::HideSessions => self.hide_sessions(),
            Event::SignOutThere(id) => self.sign_out_there(id),
            Event::SetPassword { current, new } => self.set_password(current, new),
            Event::SignOut => self.sign_out(Asked::ByThePerson),
        }
    }

    fn pending(&self, number: Try) -> Option<Act> {
        self.state.pending.as_ref().filter(|(pending, _)| *pending == number).map(|(_, act)| act.clone())
    }

    // Apart: engines compile a function as a whole when it is called first, and a page starts without an answer.
    #[inline(never)]
    fn reply(&mut self, act: Act, reply: Reply) {
        match act {
            Act::Hunt(hunt) => self.hunted(hunt, reply),
            Act::PrepareKey(hunt, server) => self.key_prepared(&hunt, *server, &reply),
            Act::Begin { .. } | Act::Credentials | Act::Code | Act::Resend { .. } | Act::Ask(_) => {
                self.challenged(act, reply);
            }
            Act::Keep(stage) => self.kept(stage),
            Act::Open(opening) => self.opened(opening, reply),
            Act::Load(_)
            | Act::Prefer(_)
            | Act::RouteCallsToCell(_)
            | Act::ListSessions(_)
            | Act::SignOutThere(_)
            | Act::SetPassword(_)
            | Act::SignOut(_) => self.user_answered(act, reply),
            Act::Exchange(exchange) => self.exchanged(*exchange, reply),
        }
    }

    fn timed_out(&mut self, act: Act) {
        match act {
            Act::Keep(stage) => self.kept(stage),
            act => self.failed(act, Failure::TooSlow),
        }
    }

    /// A request came to nothing. Where its answer may have been lost, the server is asked what became of it.
    pub(crate) fn failed(&mut self, act: Act, failure: Failure) {
        let may_be_lost = failure != Failure::Offline;
        self.keep_tokens(act.clone());
        match act {
            Act::Hunt(hunt) | Act::PrepareKey(hunt, _) => self.hunt_failed(&hunt, failure),
            Act::Exchange(exchange) => self.exchange_failed(*exchange, failure),
            Act::Credentials if may_be_lost => self.ask(Why::Credentials(failure)),
            Act::Code if may_be_lost => self.ask(Why::Code(failure)),
            Act::Resend { reference } if may_be_lost => self.ask(Why::Resend(failure, reference)),
            Act::Ask(Why::Resume(_)) | Act::Load(Purpose::Resume(_)) => {
                self.show(Stage::Connect, History::Replace);
                self.fail(failure);
            }
            Act::Ask(Why::Check) | Act::Load(Purpose::Check) => self.finish(),
            Act::ListSessions(_) | Act::SignOutThere(_) => self.sessions_failed(&act, failure),
            Act::SetPassword(_) => self.password_lost(failure),
            Act::Load(Purpose::AfterPassword(_)) => self.refuse(Trouble::Password(password::Error::Failure(failure))),
            _ => self.fail(failure),
        }
    }

    /// Begins an act under a number of its own, in the place of whatever was pending.
    pub(crate) fn begin(&mut self, act: Act, limit: u32) -> Try {
        self.abandon();
        let number = Try(self.state.last_try.0 + 1);
        self.state.last_try = number;
        self.state.pending = Some((number, act));
        self.effects.push(Effect::Timer(number, limit));
        number
    }

    /// Nothing is pending any more; late answers will find no one.
    pub(crate) fn finish(&mut self) {
        self.state.pending = None;
    }

    pub(crate) fn abandon(&mut self) {
        if let Some((number, act)) = self.state.pending.take() {
            self.effects.push(Effect::Abort(number));
            self.keep_tokens(act);
        }
    }

    /// A person's act: what was said before has been read.
    pub(crate) fn clear(&mut self) {
        self.state.trouble = None;
        self.state.notice = None;
    }

    pub(crate) fn refuse(&mut self, trouble: Trouble) {
        // What runs quietly is never what is refused: it is still under way.
        if !self.renews_quietly() {
            if self.state.doing().is_none() {
                self.abandon();
            }
            self.finish();
        }
        self.state.refusals += 1;
        self.state.trouble = Some(trouble);
    }

    pub(crate) fn fail(&mut self, failure: Failure) {
        if !self.state.can_show(self.state.stage) {
            self.show(self.state.furthest(), History::Replace);
        }
        self.refuse(Trouble::of(self.state.stage, failure));
    }

    /// Shows a stage, and nothing of what was said at another one.
    pub(crate) fn show(&mut self, stage: Stage, history: History) {
        self.finish();
        self.state.trouble = None;
        if self.state.stage != stage || history == History::Replace {
            self.state.stage = stage;
            self.effects.push(Effect::Navigate(stage, history));
        }
    }

    /// Sends a step of the sign-in.
    pub(crate) fn challenge(&mut self, act: Act, step: ChallengeStep) {
        let limit = if matches!(act, Act::Ask(_)) { STATE_LIMIT } else { REQUEST_LIMIT };
        let Progress::Connected(connection) = &self.state.progress else { return };
        let url = connection.server.challenge_endpoint.clone();
        let binding = self.binding(&connection.server);
        let request = ChallengeRequest {
            client_id: Some(BUILT_IN_CLIENT.to_owned()),
            code_verifier: self.verifier_for_session(&step),
            step,
        };
        let number = self.begin(act, limit);
        self.effects.push(Effect::Challenge(number, url, request, binding));
    }

    /// Asks what the sign-in waits for: no mail, no attempt counted.
    pub(crate) fn ask(&mut self, why: Why) {
        if self.load_with_tokens() {
            return;
        }
        let Some(sign_in) = self.state.sign_in() else { return };
        let auth_session = sign_in.auth_session.clone();
        self.challenge(Act::Ask(why), ChallengeStep::State { auth_session });
    }

    /// Stores the record without waiting for it.
    pub(crate) fn store(&mut self) {
        self.effects.push(Effect::Store(Try::default(), self.state.record.write()));
    }

    /// Makes the running sign-in safe before the stage shows.
    pub(crate) fn keep(&mut self, stage: Stage) {
        self.record_sign_in();
        self.keep_record(stage);
    }

    /// Makes the record safe before the stage shows.
    pub(crate) fn keep_record(&mut self, stage: Stage) {
        let number = self.begin(Act::Keep(stage), STORE_LIMIT);
        self.effects.push(Effect::Store(number, self.state.record.write()));
    }

    pub(crate) fn record_sign_in(&mut self) {
        let Progress::Connected(connection) = &self.state.progress else { return };
        let address = &connection.server.address;
        let is_bound = self.binding(&connection.server) == Binding::Key;
        self.state.record.sign_in = connection.sign_in.as_ref().map(|sign_in| StoredSignIn {
            address: address.clone(),
            account: sign_in.account.clone(),
            auth_session: sign_in.auth_session.clone(),
            verifier: sign_in.verifier.clone(),
            is_bound,
        });
    }

    fn kept(&mut self, stage: Stage) {
        self.show(stage, History::Push);
    }

    /// The sign-in is over before it came to anything: it starts again, with address and name kept.
    pub(crate) fn restart(&mut self, notice: Notice) {
        if let Progress::Connected(connection) = &mut self.state.progress {
            connection.sign_in = None;
        }
        self.state.record.sign_in = None;
        self.store();
        self.show(Stage::Account, History::Replace);
        self.state.notice = Some(notice);
    }
}
