//! A password, which can be looked at, and a word about Caps Lock.

use crate::signals::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::{
    components::field::{Field, Kind, Parts, field},
    dom::{Said, button, classed, el},
    i18n::{Pick, use_messages},
};

/// What is said of a password.
pub(crate) struct Words {
    pub(crate) label: Pick,
    /// What the button beside it says to whoever does not see which one it stands beside.
    pub(crate) show: Pick,
    pub(crate) hide: Pick,
}

/// A field for a password. What was typed is neither kept nor trimmed.
pub(crate) fn password_field(id: &'static str, kind: Kind, words: &Words, error: Said, hint: Option<Said>) -> Field {
    let messages = use_messages();
    let is_shown = RwSignal::new(false);
    let is_caps_lock = RwSignal::new(false);
    let Words { label, show, hide } = *words;
    let said = move |shown: Pick, hidden: Pick| if is_shown.get() { shown } else { hidden }(messages.get()).to_owned();
    let reveal = button("plain reveal", move || is_shown.set(!is_shown.get_untracked()))
        .attr_of("aria-label", move || Some(said(hide, show)))
        .says(move || said(|messages| messages.password.hide, |messages| messages.password.show));
    let Field { root, input } =
        field(Parts { id, label, kind, value: String::new(), error, hint, beside: Some(reveal) });
    let shown = input.clone();
    crate::dom::follow(move || shown.set_type(if is_shown.get() { "text" } else { "password" }));
    let watch = move |event: web_sys::Event| {
        is_caps_lock.set(event.unchecked_ref::<KeyboardEvent>().get_modifier_state("CapsLock"));
    };
    let caps_lock = move || if is_caps_lock.get() { messages.get().password.caps_lock } else { "" }.to_owned();
    let root = el("div")
        .on("keydown", watch)
        .on("keyup", watch)
        .with(root)
        .with(classed("p", "hint warning").attr("role", "status").says(caps_lock));
    Field { root, input }
}
