//! Which server the person signs in to, and whether the way there is encrypted.

use vestibule_flow::{Event, History, ServerAddress, Stage};
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use crate::{
    browser,
    dom::{El, classed, el},
    runner::use_flow,
};

/// The server that is connected to, with a way back to its address.
pub(crate) fn server_line(place: El) -> El {
    let flow = use_flow();
    let change = move |event: web_sys::Event| {
        let click: &MouseEvent = event.unchecked_ref();
        // In another tab or window the link is the browser's own.
        if !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key()) {
            event.prevent_default();
            browser::navigate(Stage::Connect, History::Push);
            flow.send(Event::Route(Stage::Connect));
        }
    };
    let address = move || flow.see(|state| state.server().map(|server| server.address.to_string()));
    let line = move || {
        let link = el("a").attr("href", &browser::url(Stage::Connect)).words(|messages| messages.change_server);
        classed("p", "server")
            .with(classed("span", "unseen").words(|messages| messages.server_line))
            .text(" ")
            .with(el("bdi").attr("dir", "ltr").says(move || address().unwrap_or_default()))
            .with(link.on("click", change))
    };
    let is_unsafe = move || flow.see(|state| state.server().is_some_and(|server| is_unsafe(&server.address)));
    let warning = || classed("p", "hint warning").words(|messages| messages.not_encrypted);
    place.when(move || address().is_some(), line).when(is_unsafe, warning)
}

fn is_unsafe(address: &ServerAddress) -> bool {
    !address.is_encrypted() && !address.is_loopback()
}
