//! What changes by itself, said politely to whoever does not see it.

use crate::signals::*;

use crate::{
    browser,
    context::context,
    dom::{El, classed},
};

/// The way to the live region.
#[derive(Clone, Copy)]
pub(crate) struct Announcer(RwSignal<String>);

impl Announcer {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(String::new()))
    }

    /// Has this said, once what it is about shows.
    pub(crate) fn say(self, text: &str) {
        let text = text.to_owned();
        self.say_then(move || text);
    }

    /// The same with words that are put together only then.
    pub(crate) fn say_then(self, words: impl FnOnce() -> String + 'static) {
        browser::after_frame(move || self.0.set(words()));
    }

    /// The one polite live region of the page. It is there from the beginning: readers notice changes, not arrivals.
    pub(crate) fn live_region(self) -> El {
        classed("p", "unseen").attr("role", "status").says(move || self.0.get())
    }
}

/// The way to the live region.
pub(crate) fn use_announcer() -> Announcer {
    context()
}
