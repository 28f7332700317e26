//! The requests of the User tab: what opens them, and what their answers mean.

use vestibule_protocol::{ErrorCode, Me, ProblemKind};

use crate::{
    Browser, Failure, Notice, Reply, Stage,
    act::{Act, Purpose},
    effect::{Access, Effect},
    password,
    state::Progress,
    tokens::Tokens,
    trouble::Trouble,
    turn::{REQUEST_LIMIT, Turn},
    user::{Error, Session},
};

impl<U: Browser> Turn<'_, U> {
    pub(crate) fn session(&self) -> Option<&Session> {
        match &self.state.progress {
            Progress::SignedIn(session) => Some(session),
            _ => None,
        }
    }

    pub(crate) fn session_mut(&mut self) -> Option<&mut Session> {
        match &mut self.state.progress {
            Progress::SignedIn(session) => Some(session),
            _ => None,
        }
    }

    pub(crate) fn has_tokens(&self) -> bool {
        self.session().is_some_and(|session| session.tokens.is_some())
    }

    /// Sends a request of the User tab with whatever opens it, as soon as that is there.
    pub(crate) fn send(&mut self, act: &Act) {
        if self.after_renewal(act.clone()).is_some() {
            return;
        }
        let Some(session) = self.session_mut() else { return };
        session.may_have_new_password |= matches!(act, Act::SetPassword(_));
        let address = session.address.clone();
        let access = session.tokens.as_ref().map_or(Access::Cookie, Tokens::access);
        if let Some(tokens) = &mut session.tokens {
            tokens.is_fresh = false;
        }
        let number = self.begin(act.clone(), REQUEST_LIMIT);
        self.effects.push(match act {
            Act::Prefer(device) => Effect::SetPreferredDevice(number, address, access, *device),
            Act::RouteCallsToCell(on) => Effect::SetRouteCallsToCell(number, address, access, *on),
            Act::ListSessions(_) => Effect::ListSessions(number, address, access),
            Act::SignOutThere(id) => Effect::SignOutThere(number, address, access, id.clone()),
            Act::SetPassword(request) => Effect::SetPassword(number, address, access, request.clone()),
            _ => Effect::LoadMe(number, address, access),
        });
    }

    pub(crate) fn session_answered(&mut self, act: Act, reply: Reply) {
        if let Reply::Problem(ProblemKind::NotSignedIn, _) = reply {
            return match self.session().and_then(|session| session.tokens.clone()) {
                Some(tokens) if !tokens.is_fresh => self.renew(act),
                _ => self.end(Notice::SessionEnded),
            };
        }
        match (act, reply) {
            (Act::SetPassword(_), reply) => self.password_answered(reply),
            (Act::ListSessions(asked), Reply::Sessions(list)) => self.listed(asked, list),
            (Act::SignOutThere(id), Reply::Done | Reply::Problem(ProblemKind::NoSuchSession, _)) => {
                self.signed_out_there(&id);
            }
            (act @ (Act::ListSessions(_) | Act::SignOutThere(_)), Reply::Problem(kind, retry_after)) => {
                self.sessions_failed(&act, self.failure_of(&kind, retry_after));
            }
            (act @ (Act::Load(_) | Act::Prefer(_) | Act::RouteCallsToCell(_)), Reply::Me(me)) => self.shown(&act, *me),
            (Act::Load(Purpose::AfterPassword(failure)), _) => {
                self.refuse(Trouble::Password(password::Error::Failure(failure)));
            }
            (Act::Load(_), _) => self.finish(),
            (_, Reply::Problem(kind, retry_after)) => self.problem(&kind, retry_after),
            (act, _) => self.failed(act, Failure::Misunderstood),
        }
    }

    /// The User tab as it is now.
    fn shown(&mut self, act: &Act, me: Me) {
        if let Some(session) = self.session_mut() {
            session.me = me;
        }
        self.finish();
        match act {
            Act::Load(Purpose::AfterPassword(failure)) => {
                self.refuse(Trouble::Password(password::Error::Failure(*failure)));
            }
            Act::Load(_) => self.refresh_sessions(),
            _ => self.state.saves += 1,
        }
    }

    /// Tells what an error under `/api` means for the stage shown.
    pub(crate) fn problem(&mut self, kind: &ProblemKind, retry_after: Option<u64>) {
        if *kind == ProblemKind::NotAvailable && self.state.stage == Stage::User {
            return self.refuse(Trouble::User(Error::NotAvailable));
        }
        self.fail(self.failure_of(kind, retry_after));
    }

    /// What a problem means that no act has a meaning of its own for.
    pub(crate) fn failure_of(&self, kind: &ProblemKind, retry_after: Option<u64>) -> Failure {
        match kind {
            ProblemKind::RateLimited => Failure::of(&ErrorCode::RateLimited, retry_after, self.moment.now),
            ProblemKind::OriginNotAllowed => Failure::NotAllowed,
            ProblemKind::TemporarilyUnavailable => match retry_after {
                Some(_) => Failure::of(&ErrorCode::TemporarilyUnavailable, retry_after, self.moment.now),
                None => Failure::Ill,
            },
            _ => Failure::Misunderstood,
        }
    }
}
