//! The service that is signed in to, by its own name and picture once they are known.

use leptos::prelude::*;

use crate::{brand::use_brand, i18n::text};

/// The name of the service, else of this product.
pub(crate) fn use_service_name() -> Memo<String> {
    let brand = use_brand();
    let product = text(|messages| messages.product);
    Memo::new(move |_| brand.with(|brand| brand.name.clone()).unwrap_or_else(|| product().to_owned()))
}

/// Picture and name, above every stage. A picture that does not come leaves the name and the room.
#[component]
pub(crate) fn Brand() -> impl IntoView {
    let brand = use_brand();
    let name = use_service_name();
    let (missing, set_missing) = signal(None::<String>);
    let logo = Memo::new(move |_| brand.with(|brand| brand.logo.clone()));
    let is_shown = Memo::new(move |_| logo.with(|logo| logo.is_some() && *logo != missing.get()));
    view! {
        {move || match (logo.get(), is_shown.get()) {
            (Some(uri), true) => {
                let source = uri.clone();
                view! {
                    <span class="logo">
                        <img src=source alt=name referrerpolicy="no-referrer" on:error=move |_| set_missing.set(Some(uri.clone()))/>
                    </span>
                }.into_any()
            }
            (Some(_), false) => view! { <span class="logo"><Mark/></span> }.into_any(),
            (None, _) => view! { <Mark/> }.into_any(),
        }}
        // The picture says it already.
        <span dir="auto" aria-hidden=move || is_shown.get().then_some("true")>{name}</span>
    }
}

#[component]
fn Mark() -> impl IntoView {
    view! { <span class="mark" aria-hidden="true"></span> }
}
