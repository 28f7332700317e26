//! The menu of languages below every stage.

use leptos::{html::Select, prelude::*, task::spawn_local};
use vestibule_flow::Event;

use crate::{
    browser,
    i18n::{LANGUAGES, change, language, text, use_messages, use_other_language},
    runner::use_flow,
};

/// Changes the language of the page at once, and for the next time.
#[component]
pub(crate) fn LanguageMenu() -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let set_messages = use_other_language();
    let select = NodeRef::<Select>::new();
    let is_failed = RwSignal::new(false);
    let show_current = move || {
        if let Some(select) = select.get_untracked() {
            select.set_value(&language());
        }
    };
    Effect::new(move |_| {
        select.track();
        show_current();
    });
    let on_change = move |_| {
        let Some(tag) = select.get_untracked().map(|select| select.value()) else { return };
        spawn_local(async move {
            let changed = change(&tag).await;
            is_failed.set(changed.is_none());
            if let Some(messages) = changed {
                set_messages.set(messages);
                flow.send(Event::Languages(browser::languages()));
            }
            // Of two choices in a row the later one may have come first.
            show_current();
        });
    };
    view! {
        <p class="languages">
            <label for="language">{text(|messages| messages.language)}</label>
            <select id="language" node_ref=select on:change=on_change>
                {LANGUAGES.map(|(tag, name)| view! { <option value=tag lang=tag>{name}</option> }).collect_view()}
            </select>
        </p>
        <p class="hint" role="status">
            {move || is_failed.get().then(|| messages.get().language_not_loaded)}
        </p>
    }
}
