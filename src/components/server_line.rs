//! Which server the person signs in to, and whether the way there is encrypted.

use leptos::{ev::MouseEvent, prelude::*};
use vestibule_flow::{Event, History, Stage};

use crate::{browser, i18n::text, runner::use_flow};

/// The server that is connected to, with a way back to its address.
#[component]
pub(crate) fn ServerLine() -> impl IntoView {
    let flow = use_flow();
    let address = flow.slice(|state| state.server().map(|server| server.address.clone()));
    let change = move |event: MouseEvent| {
        // In another tab or window the link is the browser's own.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            browser::navigate(Stage::Connect, History::Push);
            flow.send(Event::Route(Stage::Connect));
        }
    };
    move || {
        address.get().map(|address| {
            let is_safe = address.is_encrypted() || address.is_loopback();
            let warning =
                (!is_safe).then(|| view! { <p class="hint warning">{text(|messages| messages.not_encrypted)}</p> });
            view! {
                <p class="server">
                    <span class="unseen">{text(|messages| messages.server_line)} " "</span>
                    <bdi dir="ltr">{address.to_string()}</bdi>
                    <a href=browser::url(Stage::Connect) on:click=change>{text(|messages| messages.change_server)}</a>
                </p>
                {warning}
            }
        })
    }
}
