use vestibule_protocol::{Me, Secret, SessionInfo};

use crate::{
    Browser, BrowserKey, Event, Moment, Page, Server, ServerAddress, Stage, Try,
    act::Act,
    code::Code,
    effect::Effect,
    stored::{Account, Record},
    tokens::Tokens,
    trouble::{Notice, Trouble},
    turn::Turn,
    user::Session,
};

/// All there is to know about a sign-in, from the empty address field to the User tab.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub(crate) page: Page,
    pub(crate) record: Record,
    /// What the browser can bind requests to, once that is known.
    pub(crate) key: Option<BrowserKey>,
    /// The page's own server, once it has answered.
    pub(crate) own: Option<Server>,
    /// Whether it is known where the page runs and what it had stored.
    pub(crate) is_started: bool,
    /// Whether what the start has led to is painted.
    pub(crate) is_painted: bool,
    pub(crate) progress: Progress,
    pub(crate) stage: Stage,
    pub(crate) pending: Option<(Try, Act)>,
    /// What was asked for meanwhile, in turn.
    pub(crate) queued: Vec<Event>,
    pub(crate) trouble: Option<Trouble>,
    pub(crate) notice: Option<Notice>,
    /// Counts what was refused, so that the same refusal twice is seen twice.
    pub(crate) refusals: u64,
    /// Counts the settings that the server has taken.
    pub(crate) saves: u64,
    pub(crate) last_try: Try,
}

/// How far the person has come, whichever stage is shown.
#[derive(Clone, Debug, Default)]
pub(crate) enum Progress {
    #[default]
    Start,
    Connected(Box<Connection>),
    SignedIn(Box<Session>),
}

/// A server, and the sign-in that runs there.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) server: Server,
    pub(crate) sign_in: Option<SignIn>,
}

/// A sign-in as the server knows it.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) account: Account,
    pub(crate) verifier: Secret,
    pub(crate) auth_session: Secret,
    /// Once the server has asked for a code.
    pub(crate) code: Option<Code>,
    /// Once the sign-in is done, until the User tab has come: the server gives these only once.
    pub(crate) tokens: Option<Tokens>,
}

/// What the person waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Going on where the person left.
    Resuming,
    /// Looking for the server.
    Connecting,
    /// Beginning a sign-in.
    Beginning,
    /// Having the credentials checked.
    CheckingCredentials,
    /// Having the code checked.
    CheckingCode,
    /// Having a new code mailed.
    Resending,
    /// Changing a setting of the User tab.
    Saving,
    /// Looking for the places where the person is signed in.
    ListingSessions,
    /// Signing out in another place.
    SigningOutThere,
    /// Changing the password.
    ChangingPassword,
    /// Signing out.
    SigningOut,
}

impl State {
    /// Takes an event, and says what is to be done.
    pub fn handle<U: Browser>(&mut self, event: Event, moment: &Moment) -> Vec<Effect> {
        let mut turn = Turn::<U>::new(self, moment);
        turn.take(event);
        turn.take_queued();
        turn.effects
    }

    /// Whether the page has started: there is nothing to show before that.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.is_started
    }

    /// The stage to show.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// What the person waits for, if anything.
    #[must_use]
    pub fn doing(&self) -> Option<Doing> {
        let mut doing = self.pending.as_ref().and_then(|(_, act)| act.doing())?;
        if self.queued.iter().any(|event| matches!(event, Event::SignOut)) {
            doing = Doing::SigningOut;
        }
        // The stage that the URL names cannot be shown yet: whatever it takes belongs to going on there.
        Some(if self.can_show(self.stage) { doing } else { Doing::Resuming })
    }

    /// The try that is pending.
    #[must_use]
    pub fn pending(&self) -> Option<Try> {
        self.pending.as_ref().map(|(number, _)| *number)
    }

    /// What went wrong at the stage shown.
    #[must_use]
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// How often something was refused so far.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.refusals
    }

    /// How many settings the server has taken so far.
    #[must_use]
    pub fn saves(&self) -> u64 {
        self.saves
    }

    /// Why the person is at this stage, where that was not their own step.
    #[must_use]
    pub fn notice(&self) -> Option<Notice> {
        self.notice
    }

    /// What to fill Server Address in with: where one is connected to, else the page's own server, else the latest.
    #[must_use]
    pub fn address(&self) -> Option<&ServerAddress> {
        let connected = match &self.progress {
            Progress::Connected(connection) => Some(&connection.server.address),
            _ => None,
        };
        let resumed = self.record.sign_in.as_ref().map(|sign_in| &sign_in.address);
        connected
            .or(resumed)
            .or_else(|| self.own.as_ref().map(|server| &server.address))
            .or_else(|| self.record.addresses.first())
    }

    /// The server addresses that are remembered, the latest first.
    #[must_use]
    pub fn addresses(&self) -> &[ServerAddress] {
        &self.record.addresses
    }

    /// The server that is connected to.
    #[must_use]
    pub fn server(&self) -> Option<&Server> {
        match &self.progress {
            Progress::Start => None,
            Progress::Connected(connection) => Some(&connection.server),
            Progress::SignedIn(session) => session.server.as_ref(),
        }
    }

    /// The page's own server, once it has answered.
    #[must_use]
    pub fn own(&self) -> Option<&Server> {
        self.own.as_ref()
    }

    /// The server whose service this is: the one that is connected to, else the page's own.
    #[must_use]
    pub fn service(&self) -> Option<&Server> {
        self.server().or(self.own())
    }

    /// What to fill Username in with: the name that signs in, else the latest.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        let name = self.sign_in().map(|sign_in| &sign_in.account.name).or(self.record.username.as_ref());
        name.map(vestibule_protocol::AccountName::as_str)
    }

    /// The number that this sign-in was begun with.
    #[must_use]
    pub fn cell_number(&self) -> Option<&str> {
        let number = self.sign_in().and_then(|sign_in| sign_in.account.cell_number.as_ref());
        number.map(vestibule_protocol::CellNumber::as_str)
    }

    /// The number of the latest sign-in that had one, to offer it again.
    #[must_use]
    pub fn latest_cell_number(&self) -> Option<&str> {
        self.record.cell_number.as_ref().map(vestibule_protocol::CellNumber::as_str)
    }

    /// The access code that the server waits for.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        self.sign_in().and_then(|sign_in| sign_in.code.as_ref())
    }

    /// Who is signed in.
    #[must_use]
    pub fn me(&self) -> Option<&Me> {
        match &self.progress {
            Progress::SignedIn(session) => Some(&session.me),
            _ => None,
        }
    }

    /// Where the person is signed in, newest first, while that is shown.
    #[must_use]
    pub fn sessions(&self) -> Option<&[SessionInfo]> {
        match &self.progress {
            Progress::SignedIn(session) => session.list.as_deref(),
            _ => None,
        }
    }

    /// The place, by its id, where the person is being signed out.
    #[must_use]
    pub fn signing_out_there(&self) -> Option<&str> {
        let act = self.pending.as_ref().map(|(_, act)| act)?;
        let renewed_for = if let Act::Exchange(exchange) = act { exchange.renews_for() } else { None };
        match renewed_for.unwrap_or(act) {
            Act::SignOutThere(id) => Some(id),
            _ => None,
        }
    }

    pub(crate) fn sign_in(&self) -> Option<&SignIn> {
        match &self.progress {
            Progress::Connected(connection) => connection.sign_in.as_ref(),
            _ => None,
        }
    }

    pub(crate) fn sign_in_mut(&mut self) -> Option<&mut SignIn> {
        match &mut self.progress {
            Progress::Connected(connection) => connection.sign_in.as_mut(),
            _ => None,
        }
    }

    /// Whether a page that is opened anew may have a sign-in or a session to go on with.
    #[must_use]
    pub fn can_go_on(&self) -> bool {
        self.record.sign_in.is_some() || self.record.session.is_some()
    }

    /// The last stage that can be shown: nobody skips one.
    pub(crate) fn furthest(&self) -> Stage {
        match &self.progress {
            Progress::Start => Stage::Connect,
            Progress::SignedIn(_) => Stage::User,
            Progress::Connected(connection) => match &connection.sign_in {
                None => Stage::Account,
                Some(SignIn { code: None, .. }) => Stage::Credentials,
                Some(SignIn { code: Some(_), .. }) => Stage::Code,
            },
        }
    }

    pub(crate) fn can_show(&self, stage: Stage) -> bool {
        let furthest = self.furthest();
        if furthest == Stage::User { stage == Stage::User } else { stage <= furthest }
    }
}
