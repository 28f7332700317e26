//! The button that submits a stage, and the one that cancels what is pending.

use leptos::prelude::*;
use vestibule_flow::Event;

use crate::{
    i18n::{Messages, text},
    runner::use_flow,
};

/// A submit button that says what it is doing. While pending it can have the focus but ignores taps, and Cancel shows
/// in the space that is reserved for it, so that a double tap cannot hit it.
#[component]
pub(crate) fn Submit(
    label: fn(&Messages) -> &'static str,
    /// What it says while this stage is pending.
    pending: fn(&Messages) -> &'static str,
    /// Whether what is pending is what this button began.
    #[prop(into)]
    is_pending: Signal<bool>,
) -> impl IntoView {
    let (label, pending) = (text(label), text(pending));
    view! {
        <div class="actions">
            <button type="submit" class="primary" class:pending=is_pending aria-disabled=move || is_pending.get().then_some("true")>
                {move || if is_pending.get() { pending() } else { label() }}
            </button>
            <Cancel/>
        </div>
    }
}

/// Cancels whatever is pending; there only while something is.
#[component]
pub(crate) fn Cancel() -> impl IntoView {
    let flow = use_flow();
    let is_busy = flow.slice(|state| state.doing().is_some());
    view! {
        <button
            type="button"
            class="plain cancel"
            class:hidden=move || !is_busy.get()
            on:click=move |_| flow.send(Event::Cancel)
        >
            {text(|messages| messages.cancel)}
        </button>
    }
}
