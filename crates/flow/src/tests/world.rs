//! A page before the model of a server, and a network between them that loses what it is told to.

use vestibule_protocol::TokenRequest;

use super::model::Model;
use crate::{
    BrowserKey, Effect, Event, Lost, Page, Reply, Stage, SubmittedBy, Trouble, Try, code,
    testing::{Rig, SERVER},
};

/// What the network does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Answered,
    LostBeforeTheServer,
    AnswerLost,
    /// What the head says of cookies has come to the browser, and nothing to the page.
    BodyLost,
    Late,
}

/// A page, a server, and what is on its way between them.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) rig: Rig,
    pub(super) model: Model,
    pub(super) page: Page,
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
            model: Model::before((key != BrowserKey::None).then_some(0)),
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
        self.rig.open(self.page.clone(), route, false);
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
                // Whoever aborts a request cannot know whether the server has had it: of four one has not, and the browser
                // has the cookie of one. What renews tokens always gets there, for that is worst.
                Effect::Abort(number) => {
                    if let Some((_, effect)) = self.under_way.pop_if(|(other, _)| *other == number) {
                        let renews = matches!(effect, Effect::Token(_, _, TokenRequest::RefreshToken { .. }, _));
                        if renews || number.0 % 4 != 0 {
                            drop(self.ask(&effect));
                        }
                        self.model.head(number.0 % 4 == 1);
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
                self.model.head(true);
                self.send(Event::Reply(number, reply));
            }
            Fate::AnswerLost | Fate::BodyLost => {
                drop(self.ask(&effect));
                self.model.head(fate == Fate::BodyLost);
                self.send(Event::Reply(number, lost));
            }
            Fate::Late => {
                let reply = self.ask(&effect);
                self.model.head(false);
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
