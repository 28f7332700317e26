//! Starting, going back and forth, coming back: everything that is no step of the sign-in.

use crate::{
    Browser, Doing, Failure, Page, ServerAddress, Stage, Trouble,
    act::{Act, Why},
    connect::Goal,
    effect::{Effect, History},
    state::{Progress, SignIn},
    stored::Record,
    turn::Turn,
};

impl<U: Browser> Turn<'_, U> {
    pub(crate) fn start(&mut self, page: Page, record: Option<&str>, route: Stage, is_return: bool) {
        self.state.is_started = true;
        self.state.page = page;
        self.state.record = record.and_then(Record::read::<U>).unwrap_or_default();
        self.state.stage = route;
        let own = self.state.page.address.clone();
        let may_have_session = match &self.state.record.session {
            Some(_) => self.can_resume_session(),
            // Without storage, only the URL tells that there may be a session.
            None => route == Stage::User && own.as_ref().is_some_and(|own| self.has_cookie(own)),
        };
        let latest = (route != Stage::Connect).then(|| self.state.record.addresses.first().cloned()).flatten();
        if let Some(sign_in) = &self.state.record.sign_in {
            // Whoever opens the page anew wants to go on; whoever reloads the first stage went back to it.
            let stage = if route == Stage::Connect && !is_return { Stage::User } else { route };
            self.hunt(Goal::Resume(stage), sign_in.address.clone(), true);
        } else if may_have_session {
            self.resume_session();
        } else if let Some(address) = latest {
            self.hunt(Goal::Resume(route), address, true);
        } else if route != Stage::Connect {
            self.show(Stage::Connect, History::Replace);
        }
    }

    /// Nobody waits for what the page looks for by itself: the first stage shows before that.
    pub(crate) fn painted(&mut self) {
        let is_first = !std::mem::replace(&mut self.state.is_painted, true);
        if is_first && self.state.stage == Stage::Connect && self.state.pending.is_none() {
            self.look();
        }
    }

    /// Back and Forward show what can be shown. They send nothing, but for a stored sign-in that is still to be gone on
    /// with: its stages lie behind entries of the history that are not to be lost.
    pub(crate) fn route(&mut self, stage: Stage) {
        if stage == self.state.stage || self.resumes_at(stage) {
            return;
        }
        if self.state.can_show(stage) {
            let was_resuming = self.state.doing() == Some(Doing::Resuming);
            self.abandon();
            self.clear();
            if was_resuming && stage == Stage::Connect {
                // What the sign-in waits for was not told: it is asked anew if the person comes back.
                self.state.progress = Progress::Start;
            }
            self.state.stage = stage;
        } else if let (Progress::Start, Some(stored)) = (&self.state.progress, &self.state.record.sign_in) {
            let address = stored.address.clone();
            self.clear();
            self.hunt(Goal::Resume(stage), address, true);
            self.state.stage = stage;
        } else {
            self.effects.push(Effect::Navigate(self.state.stage, History::Replace));
        }
    }

    /// Whoever goes back or forward while the page still goes on with a sign-in has it go on there. The first stage is the
    /// way out: it shows at once.
    fn resumes_at(&mut self, stage: Stage) -> bool {
        let goal = match &mut self.state.pending {
            Some((_, Act::Hunt(hunt) | Act::PrepareKey(hunt, _))) => hunt.resumes_at(),
            Some((_, Act::Ask(Why::Resume(goal)))) => Some(goal),
            _ => None,
        };
        let Some(goal) = goal.filter(|_| stage != Stage::Connect) else { return false };
        *goal = stage;
        self.state.stage = stage;
        true
    }

    pub(crate) fn cancel(&mut self) {
        self.clear_queue();
        let Some(doing) = self.state.doing() else { return };
        if self.quieten_renewal().is_some() {
            return;
        }
        self.abandon();
        match doing {
            Doing::Resuming => {
                let stage = self.state.furthest().min(Stage::Account);
                self.show(stage, History::Replace);
            }
            // What has begun there is finished, whoever listens: then the session is over.
            Doing::ChangingPassword => self.check_session(),
            _ => {}
        }
    }

    /// The monotonic clock stands still while a phone sleeps: what it counted is asked for anew.
    pub(crate) fn returned(&mut self) {
        let was_offline = self.state.trouble.as_ref().is_some_and(Trouble::is_offline);
        if self.state.pending.is_some() {
            if was_offline && self.renews_quietly() {
                self.state.trouble = None;
            }
            return;
        }
        if was_offline {
            self.state.trouble = None;
        }
        match &self.state.progress {
            Progress::SignedIn(_) => self.check_session(),
            _ if self.state.sign_in().is_some() => self.ask(Why::Check),
            _ if !was_offline => {}
            _ => {
                if let Some(sign_in) = &self.state.record.sign_in {
                    self.hunt(Goal::Resume(Stage::User), sign_in.address.clone(), true);
                } else if self.can_resume_session() {
                    self.resume_session();
                }
            }
        }
    }

    /// The network is gone: what is under way comes to nothing, and it is said before anybody waits for it.
    pub(crate) fn offline(&mut self) {
        // The machine itself is reached without a network.
        if self.state.address().is_some_and(ServerAddress::is_loopback) {
            return;
        }
        match self.state.pending.clone() {
            Some((_, Act::Keep(_) | Act::PrepareKey(..))) => {}
            Some((_, Act::Exchange(exchange))) if exchange.is_local() => {}
            Some((_, act)) if self.state.doing().is_some() => {
                let renewed_for = self.quieten_renewal();
                if renewed_for.is_none() {
                    self.abandon();
                }
                self.failed(renewed_for.unwrap_or(act), Failure::Offline);
            }
            _ if self.state.trouble.is_none() => {
                self.state.trouble = Some(Trouble::of(self.state.stage, Failure::Offline));
            }
            _ => {}
        }
    }

    /// The sign-in that was stored for this server.
    pub(crate) fn stored_sign_in(&self, address: &ServerAddress) -> Option<SignIn> {
        let stored = self.state.record.sign_in.as_ref().filter(|stored| stored.address == *address)?;
        Some(SignIn {
            account: stored.account.clone(),
            verifier: stored.verifier.clone(),
            auth_session: stored.auth_session.clone(),
            code: None,
            tokens: None,
        })
    }
}
