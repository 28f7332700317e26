//! Carries out what the flow wants done: requests, timers, storage, navigation.

use crate::signals::*;
use vestibule_flow::{BrowserKey, Effect, Event, Reply, Stage, State};

use crate::{
    api,
    browser::{self, ThisBrowser},
    context::context,
    platform::{self, Told, Topic},
};

/// The way from the pages to the flow, and back.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    state: RwSignal<State>,
}

/// The flow of this page.
pub(crate) fn use_flow() -> Flow {
    context()
}

impl Flow {
    /// A flow that nothing has happened to.
    pub(crate) fn new() -> Self {
        Self { state: RwSignal::new(State::default()) }
    }

    /// A flow that begins once the stored record is read.
    pub(crate) fn start() -> Self {
        let flow = Self::new();
        platform::start(move |told| flow.told(told));
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

    /// Tells the flow what happened, and does what it wants done.
    pub(crate) fn send(self, event: Event) {
        for effect in self.turn(event) {
            self.carry_out(&effect);
        }
        platform::keep_turn(self.state.try_with_untracked(State::pending).flatten());
    }

    /// Tells the flow what happened, and gives back what it wants done.
    pub(crate) fn turn(self, event: Event) -> Vec<Effect> {
        self.state.try_update(|state| state.handle::<ThisBrowser>(event, &browser::moment())).unwrap_or_default()
    }

    /// The page is seen again.
    pub(crate) fn returned(self) {
        if self.now(State::is_started) {
            platform::look();
        }
    }

    /// What the browser has to tell.
    fn told(self, told: Told) {
        let reply = match told.topic {
            Topic::Started => {
                let route = Stage::of_path(&browser::route());
                let (page, is_return) = (browser::page(), browser::is_return());
                self.send(Event::Start { page, record: told.text, route, is_return });
                return browser::after_frame(move || self.send(Event::Painted));
            }
            Topic::Elsewhere => return self.send(Event::Elsewhere(told.text.unwrap_or_default())),
            Topic::Returned => return self.send(Event::Returned),
            Topic::TimedOut => return self.send(Event::TimedOut(told.number)),
            Topic::Key => Reply::Key(match told.status {
                0 => BrowserKey::None,
                1 => BrowserKey::OfThePage,
                _ => BrowserKey::Kept,
            }),
            Topic::Locked => Reply::Locked(told.text),
            _ => api::read(&told),
        };
        self.send(Event::Reply(told.number, reply));
    }

    fn carry_out(self, effect: &Effect) {
        match effect {
            Effect::Timer(number, milliseconds) => platform::timer(*number, *milliseconds),
            Effect::Abort(number) => platform::abort(*number),
            Effect::PrepareKey(number) => platform::prepare_key(*number),
            Effect::Navigate(stage, history) => browser::navigate(*stage, *history),
            Effect::Lock(number) => platform::lock(*number),
            Effect::Store(number, record) => {
                platform::store(record, self.state.with_untracked(State::can_go_on));
                // What it is about shows in the same frame.
                self.send(Event::Reply(*number, Reply::Done));
            }
            _ => api::send(effect),
        }
    }
}
