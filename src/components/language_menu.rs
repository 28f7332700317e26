//! The menu of languages below every stage.

use crate::signals::*;
use vestibule_flow::Event;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

use crate::{
    browser,
    dom::{El, classed, el},
    i18n::{LANGUAGES, change, language, use_messages},
    runner::use_flow,
};

/// Changes the language of the page at once, and for the next time.
pub(crate) fn language_menu() -> El {
    let flow = use_flow();
    let messages = use_messages();
    let is_failed = RwSignal::new(false);
    let menu = LANGUAGES.into_iter().fold(el("select").attr("id", "language"), |menu, (tag, name)| {
        menu.with(el("option").attr("value", tag).attr("lang", tag).text(name))
    });
    let select: HtmlSelectElement = menu.element().clone().unchecked_into();
    select.set_value(&language());
    let on_change = move |_| {
        let shown = select.clone();
        change(&select.value(), move |changed| {
            is_failed.set(changed.is_none());
            if let Some(changed) = changed {
                messages.set(changed);
                flow.send(Event::Languages(browser::languages()));
            }
            // Of two choices in a row the later one may have come first.
            shown.set_value(&language());
        });
    };
    let failed = move || if is_failed.get() { messages.get().language_not_loaded } else { "" }.to_owned();
    el("footer")
        .with(
            classed("p", "languages")
                .with(el("label").attr("for", "language").words(|messages| messages.language))
                .with(menu.on("change", on_change)),
        )
        .with(classed("p", "hint").attr("role", "status").says(failed))
}
