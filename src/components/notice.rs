//! Something that happened, said above the fields.

use leptos::prelude::*;
use vestibule_flow::Failure;

use crate::{
    components::{announcer::Announcer, clock::use_clock},
    i18n::{failure, fill, minutes, text, use_messages},
};

/// How much it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something went wrong, or was ended.
    Alert,
    /// Something is as wanted.
    Status,
}

/// A message. What went wrong is said at once when it appears; what is as wanted is for whoever shows it to announce, as
/// readers do not notice a polite message that arrives with its box. What else is in the box is not said by itself.
#[component]
pub(crate) fn Notice(
    tone: Tone,
    #[prop(into)] message: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (class, role) = match tone {
        Tone::Alert => ("notice alert", Some("alert")),
        Tone::Status => ("notice", None),
    };
    view! {
        <div class=class>
            <p role=role>{message}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// What happened to a request, where no field is to blame; a wait is counted down beside the live region.
#[component]
pub(crate) fn FailureNotice(#[prop(into)] failed: Signal<Option<Failure>>) -> impl IntoView {
    let messages = use_messages();
    move || {
        failed.get().map(|what| {
            let message = failure(messages.get(), what);
            let wait = match what {
                Failure::Wait(until) => Some(view! { <Wait until/> }),
                _ => None,
            };
            view! { <Notice tone=Tone::Alert message>{wait}</Notice> }
        })
    }
}

/// Counts down to a moment of the monotonic clock, in milliseconds.
#[component]
pub(crate) fn Wait(until: u64) -> impl IntoView {
    let messages = use_messages();
    let announcer: Announcer = expect_context();
    let clock = use_clock();
    let left = Memo::new(move |_| until.saturating_sub(clock.get()).div_ceil(1000));
    let now = text(|messages| messages.try_again_now);
    // What was said of an earlier wait is over.
    announcer.say("");
    Effect::new(move |before: Option<u64>| {
        if left.get() == 0 && before.is_some_and(|before| before > 0) {
            announcer.say(now());
        }
        left.get()
    });
    view! {
        <p class="wait">
            {move || match left.get() {
                0 => now().to_owned(),
                seconds => fill(messages.get().try_again_in, minutes(seconds)),
            }}
        </p>
    }
}
