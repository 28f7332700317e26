//! Carries out what the flow wants done: requests, timers, storage, navigation.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use vestibule_flow::{BrowserKey, Effect, Event, Reply, Stage, State, Try};
use vestibule_protocol::{SetPreferredDevice, SetRouteCallsToCell, endpoint};
use web_sys::{AbortController, AbortSignal};

use crate::{
    api,
    browser::{self, ThisBrowser},
    drafts::Drafts,
    key,
    locks::{self, Held},
    storage,
    tabs::Tabs,
};

/// The way from the pages to the flow, and back.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    state: RwSignal<State>,
    is_started: RwSignal<bool>,
    desk: StoredValue<Desk, LocalStorage>,
}

/// What belongs to the try under way.
struct Desk {
    controller: Option<(Try, AbortController)>,
    tabs: Option<Tabs>,
    /// This tab's turn at what only one may do, for as long as its try is pending.
    turn: Option<(Try, Held)>,
    /// What is stored, as far as this tab knows; `None` while that failed.
    stored: Option<String>,
}

/// The flow of this page.
pub(crate) fn use_flow() -> Flow {
    expect_context()
}

impl Flow {
    /// A flow that begins once the stored record is read.
    pub(crate) fn start() -> Self {
        let drafts: Drafts = expect_context();
        let desk = Desk { controller: None, tabs: None, turn: None, stored: None };
        let flow = Self {
            state: RwSignal::new(State::default()),
            is_started: RwSignal::new(false),
            desk: StoredValue::new_local(desk),
        };
        spawn_local(async move {
            drafts.restore(storage::read_draft().await.as_deref());
            let record = storage::read().await;
            let route = Stage::of_path(&browser::route());
            let tabs = Tabs::open(move |record| flow.heard(record));
            flow.desk.update_value(|desk| {
                desk.tabs = tabs;
                desk.stored.clone_from(&record);
            });
            flow.send(Event::Start { page: browser::page(), record, route, is_return: browser::is_return() });
            flow.is_started.set(true);
        });
        flow
    }

    /// Something of the state; whoever asks is asked again whenever the state changes.
    pub(crate) fn see<T: Default>(self, of: impl FnOnce(&State) -> T) -> T {
        self.state.track();
        self.now(of)
    }

    /// Something of the state, just once.
    pub(crate) fn now<T: Default>(self, of: impl FnOnce(&State) -> T) -> T {
        let (mut of, mut seen) = (Some(of), T::default());
        self.show(&mut |state| {
            if let Some(of) = of.take() {
                seen = of(state);
            }
        });
        seen
    }

    /// One for all that is asked: what signals do is long.
    #[inline(never)]
    fn show(self, to: &mut dyn FnMut(&State)) {
        self.state.try_with_untracked(|state| to(state));
    }

    /// Whether there is anything to show yet.
    pub(crate) fn is_started(self) -> bool {
        self.is_started.get()
    }

    /// Tells the flow what happened, and does what it wants done.
    pub(crate) fn send(self, event: Event) {
        let effects = self.state.try_update(|state| state.handle::<ThisBrowser>(event, &browser::moment()));
        for effect in effects.into_iter().flatten() {
            self.carry_out(effect);
        }
        let pending = self.state.try_with_untracked(State::pending).flatten();
        // Dropped out here: others may be waiting for it.
        drop(self.desk.try_update_value(|desk| desk.turn.take_if(|(number, _)| Some(*number) != pending)));
    }

    /// The page is seen again. Tabs that sleep hear nothing: what others have stored meanwhile comes first.
    pub(crate) fn returned(self) {
        spawn_local(async move {
            if let Some(record) = self.news().await {
                self.send(Event::Elsewhere(record));
            }
            self.send(Event::Returned);
        });
    }

    /// What another tab has stored, if this one does not know it yet.
    async fn news(self) -> Option<String> {
        let is_known = self.desk.try_with_value(|desk| desk.stored.is_some()).unwrap_or_default();
        if is_known { self.unheard(storage::read().await?) } else { None }
    }

    /// Another tab has stored this: told on, if it is not what this one knows.
    fn heard(self, record: String) {
        if let Some(record) = self.unheard(record) {
            self.send(Event::Elsewhere(record));
        }
    }

    fn unheard(self, record: String) -> Option<String> {
        let is_news = self.desk.try_update_value(|desk| desk.stored.replace(record.clone()).as_ref() != Some(&record));
        (is_news == Some(true)).then_some(record)
    }

    fn carry_out(self, effect: Effect) {
        match effect {
            Effect::Timer(number, milliseconds) => {
                let limit = Duration::from_millis(milliseconds.into());
                set_timeout(move || self.send(Event::TimedOut(number)), limit);
            }
            Effect::Abort(number) => {
                let controller =
                    self.desk.try_update_value(|desk| desk.controller.take_if(|(other, _)| *other == number));
                if let Some((_, controller)) = controller.flatten() {
                    controller.abort();
                }
            }
            Effect::PrepareKey(number) => spawn_local(async move {
                let key = key::get().await.map_or(BrowserKey::None, |key| key.custody());
                self.send(Event::Reply(number, Reply::Key(key)));
            }),
            Effect::Navigate(stage, history) => browser::navigate(stage, history),
            Effect::Lock(number) => {
                let Some(signal) = self.signal(number) else { return };
                spawn_local(async move {
                    let held = locks::take(&signal).await;
                    if signal.aborted() {
                        return;
                    }
                    self.desk.try_update_value(|desk| desk.turn = held.map(|held| (number, held)));
                    let news = self.news().await;
                    self.send(Event::Reply(number, Reply::Locked(news)));
                });
            }
            Effect::Store(number, record) => {
                storage::mark_begun(self.state.with_untracked(State::can_go_on));
                spawn_local(async move {
                    let written = storage::write(&record).await;
                    self.desk.try_update_value(|desk| {
                        if let Some(tabs) = &desk.tabs {
                            tabs.tell(&record);
                        }
                        desk.stored = written.is_ok().then_some(record);
                    });
                    self.send(Event::Reply(number, Reply::Done));
                });
            }
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
            | Effect::Revoke(number, ..) => {
                let Some(signal) = self.signal(number) else { return };
                spawn_local(async move {
                    let reply = request(effect, &signal).await;
                    // Whoever aborted it knows already.
                    if !signal.aborted() {
                        self.send(Event::Reply(number, reply));
                    }
                });
            }
        }
    }

    /// The signal that aborts every request of a try. Earlier tries are over when a new one begins.
    fn signal(self, number: Try) -> Option<AbortSignal> {
        self.desk.try_update_value(|desk| {
            if desk.controller.as_ref().is_none_or(|(other, _)| *other != number) {
                desk.controller = Some((number, AbortController::new().ok()?));
            }
            desk.controller.as_ref().map(|(_, controller)| controller.signal())
        })?
    }
}

async fn request(effect: Effect, signal: &AbortSignal) -> Reply {
    match effect {
        Effect::Discover(_, url) => api::discover(&url, signal).await,
        Effect::Probe(_, url) => api::probe(&url, signal).await,
        Effect::Challenge(_, url, request, binding) => api::challenge(&url, &request, binding, signal).await,
        Effect::OpenSession(_, address, request) => api::open_session(&address, &request, signal).await,
        Effect::Token(_, url, request, binding) => api::token(&url, &request, binding, signal).await,
        Effect::LoadMe(_, address, access) => api::load_me(&address, &access, signal).await,
        Effect::SetPreferredDevice(_, address, access, preferred_device) => {
            let body = SetPreferredDevice { preferred_device };
            api::set(&address, endpoint::PREFERRED_DEVICE, &access, body.write(), signal).await
        }
        Effect::SetRouteCallsToCell(_, address, access, route_calls_to_cell) => {
            let body = SetRouteCallsToCell { route_calls_to_cell };
            api::set(&address, endpoint::ROUTE_CALLS_TO_CELL, &access, body.write(), signal).await
        }
        Effect::ListSessions(_, address, access) => api::list_sessions(&address, &access, signal).await,
        Effect::SignOutThere(_, address, access, id) => api::sign_out_there(&address, &access, &id, signal).await,
        Effect::SetPassword(_, address, access, body) => api::set_password(&address, &access, &body, signal).await,
        Effect::EndSession(_, address) => api::end_session(&address, signal).await,
        Effect::Revoke(_, url, token) => api::revoke(&url, &token, signal).await,
        Effect::PrepareKey(_)
        | Effect::Lock(_)
        | Effect::Timer(..)
        | Effect::Abort(_)
        | Effect::Navigate(..)
        | Effect::Store(..) => Reply::Done,
    }
}
