//! Which server the person signs in to, and whether the way there is encrypted.

use leptos::prelude::*;
use vestibule_flow::Stage;

use crate::{browser, i18n::text, runner::use_flow};

/// The server that is connected to, with a way back to its address.
#[component]
pub(crate) fn ServerLine() -> impl IntoView {
    let address = use_flow().slice(|state| state.server().map(|server| server.address.clone()));
    move || {
        address.get().map(|address| {
            let is_safe = address.is_encrypted() || address.is_loopback();
            let warning =
                (!is_safe).then(|| view! { <p class="hint warning">{text(|messages| messages.not_encrypted)}</p> });
            view! {
                <p class="server">
                    <span class="unseen">{text(|messages| messages.server_line)} " "</span>
                    <bdi dir="ltr">{address.to_string()}</bdi>
                    <a href=format!("{}{}", browser::base(), Stage::Connect.path())>{text(|messages| messages.change_server)}</a>
                </p>
                {warning}
            }
        })
    }
}
