//! The service that is signed in to, by its own name and picture once they are known.

use leptos::prelude::*;

use crate::{i18n::text, runner::use_flow};

/// The name of the service, else of this product.
pub(crate) fn use_service_name() -> Memo<String> {
    let flow = use_flow();
    let product = text(|messages| messages.product);
    Memo::new(move |_| {
        let name = flow.state().with(|state| state.service_name().map(str::to_owned));
        name.unwrap_or_else(|| product().to_owned())
    })
}

/// Picture and name, above every stage.
#[component]
pub(crate) fn Brand() -> impl IntoView {
    let logo = use_flow().slice(|state| state.server().and_then(|server| server.logo_uri.clone()));
    let name = use_service_name();
    view! {
        {move || match logo.get() {
            Some(uri) => view! { <img class="logo" src=uri alt="" referrerpolicy="no-referrer"/> }.into_any(),
            None => view! { <span class="mark" aria-hidden="true"></span> }.into_any(),
        }}
        <span dir="auto">{name}</span>
    }
}
