//! A password, which can be looked at, and a word about Caps Lock.

use leptos::{ev::KeyboardEvent, html::Input, prelude::*};

use crate::{
    components::field::{Field, Kind},
    i18n::{Messages, text},
};

/// What the button beside a password says to whoever does not see which one it stands beside.
#[derive(Clone, Copy)]
pub(crate) struct Reveal {
    pub(crate) show: fn(&Messages) -> &'static str,
    pub(crate) hide: fn(&Messages) -> &'static str,
}

/// A field for a password. What was typed is neither kept nor trimmed.
#[component]
pub(crate) fn PasswordField(
    id: &'static str,
    label: fn(&Messages) -> &'static str,
    kind: Kind,
    reveal: Reveal,
    input: NodeRef<Input>,
    #[prop(into)] error: Signal<Option<String>>,
    #[prop(optional_no_strip, into)] hint: Option<Signal<String>>,
) -> impl IntoView {
    let (is_shown, set_shown) = signal(false);
    let (is_caps_lock, set_caps_lock) = signal(false);
    let (show, hide) = (text(reveal.show), text(reveal.hide));
    let (show_short, hide_short) = (text(|messages| messages.password.show), text(|messages| messages.password.hide));
    let caps_lock = text(|messages| messages.password.caps_lock);
    let watch = move |event: KeyboardEvent| set_caps_lock.set(event.get_modifier_state("CapsLock"));
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            input.set_type(if is_shown.get() { "text" } else { "password" });
        }
    });
    view! {
        <div on:keydown=watch on:keyup=watch>
            <Field id label kind input error hint>
                <button
                    type="button"
                    class="plain reveal"
                    aria-label=move || if is_shown.get() { hide() } else { show() }
                    on:click=move |_| set_shown.update(|is_shown| *is_shown = !*is_shown)
                >
                    {move || if is_shown.get() { hide_short() } else { show_short() }}
                </button>
            </Field>
            <p class="hint warning" role="status">{move || is_caps_lock.get().then(caps_lock)}</p>
        </div>
    }
}
