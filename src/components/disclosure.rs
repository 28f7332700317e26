//! The button that shows and hides what comes after it.

use leptos::{html::Button, prelude::*};

use crate::i18n::{Messages, text};

/// A button that says whether what comes after it is shown.
#[component]
pub(crate) fn Disclosure(
    label: fn(&Messages) -> &'static str,
    #[prop(into)] is_open: Signal<bool>,
    /// Whether what is to be shown is still on its way.
    #[prop(optional, into)]
    is_pending: Signal<bool>,
    #[prop(optional)] button: NodeRef<Button>,
    on_toggle: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="plain disclosure"
            class:pending=is_pending
            aria-expanded=move || is_open.get().to_string()
            node_ref=button
            on:click=move |_| on_toggle()
        >
            {text(label)}
        </button>
    }
}
