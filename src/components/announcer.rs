//! What changes by itself, said politely to whoever does not see it.

use crate::{
    browser,
    context::context,
    dom::{El, classed, find},
};

const LIVE_REGION: &str = "live-region";

/// The way to the live region.
#[derive(Clone, Copy)]
pub(crate) struct Announcer {
    is_heard: bool,
}

impl Announcer {
    /// Has the live region of the page say it.
    pub(crate) fn aloud() -> Self {
        Self { is_heard: true }
    }

    /// Says nothing: for what is only rehearsed.
    pub(crate) fn mute() -> Self {
        Self { is_heard: false }
    }

    /// Has this said, once what it is about shows.
    pub(crate) fn say(self, text: &str) {
        let text = text.to_owned();
        self.say_then(move || text);
    }

    /// The same with words that are put together only then.
    pub(crate) fn say_then(self, words: impl FnOnce() -> String + 'static) {
        if self.is_heard {
            browser::after_frame(move || say(&words()));
        }
    }
}

fn say(words: &str) {
    let Some(region) = find(&["#", LIVE_REGION].concat()) else { return };
    // Readers would say the same words once more.
    if region.text_content().as_deref() != Some(words) {
        region.set_text_content(Some(words));
    }
}

/// The one polite live region of the page. It is there from the beginning: readers notice changes, not arrivals.
pub(crate) fn live_region() -> El {
    classed("p", "unseen").attr("id", LIVE_REGION).attr("role", "status")
}

/// The way to the live region.
pub(crate) fn use_announcer() -> Announcer {
    context()
}
