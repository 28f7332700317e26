//! What changes by itself, said politely to whoever does not see it.

use leptos::prelude::*;

/// The way to the live region.
#[derive(Clone, Copy)]
pub(crate) struct Announcer(RwSignal<String>);

impl Announcer {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(String::new()))
    }

    /// Has this said.
    pub(crate) fn say(self, text: impl Into<String>) {
        self.0.set(text.into());
    }
}

/// The one polite live region of the page. It is there from the beginning: readers notice changes, not arrivals.
#[component]
pub(crate) fn LiveRegion(announcer: Announcer) -> impl IntoView {
    view! { <p class="unseen" role="status">{announcer.0}</p> }
}
