//! The button that submits a stage, and the one that cancels what is pending.

use vestibule_flow::{Doing, Event, State};

use crate::{
    dom::{El, button, classed},
    i18n::{Pick, use_messages},
    runner::use_flow,
};

/// A submit button that says what it is doing. While pending it can have the focus but ignores taps, and Cancel shows
/// in the space that is reserved for it, so that a double tap cannot hit it.
pub(crate) fn submit(label: Pick, pending: Pick, is_pending: Is) -> El {
    let submit = classed("button", "primary").attr("type", "submit");
    classed("div", "actions").with(show_pending(submit, label, pending, is_pending)).with(cancel())
}

/// Whether what the person waits for is something certain.
pub(crate) type Is = fn(Option<Doing>) -> bool;

/// A button that says what it is doing, while it does.
pub(crate) fn show_pending(button: El, label: Pick, pending: Pick, is_pending: Is) -> El {
    let (flow, messages) = (use_flow(), use_messages());
    let is_pending = move || is_pending(flow.see(State::doing));
    button
        .class_when("pending", is_pending)
        .attr_when("aria-disabled", is_pending)
        .says(move || if is_pending() { pending } else { label }(messages.get()).to_owned())
}

/// Cancels whatever is pending; there only while something is.
pub(crate) fn cancel() -> El {
    let flow = use_flow();
    button("plain cancel", move || flow.send(Event::Cancel))
        .class_when("hidden", move || !flow.see(|state| state.doing().is_some()))
        .words(|messages| messages.cancel)
}
