//! Leptos' reactive system: signals, effects, owners, contexts. The rest of Leptos is not here: what it brings along for
//! servers is in every page (`docs/decisions/0027-signals-of-leptos.md`).

use any_spawner::Executor;
pub(crate) use reactive_graph::{
    effect::{Effect, RenderEffect},
    graph::untrack,
    owner::{LocalStorage, Owner, StoredValue, on_cleanup, provide_context, use_context},
    signal::{ReadSignal, RwSignal, signal},
    traits::{
        Get as _, GetUntracked as _, Set as _, SetValue as _, Track as _, Update as _, UpdateValue as _, With as _,
        WithUntracked as _, WithValue as _,
    },
};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Document, Window};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Document;
}

/// The page's window.
pub(crate) fn window() -> Window {
    WINDOW.with(Window::clone)
}

/// The page's document.
pub(crate) fn document() -> Document {
    DOCUMENT.with(Document::clone)
}

/// Brings something to life that lives for as long as the owner is kept.
pub(crate) fn live<T>(make: impl FnOnce() -> T) -> (Owner, T) {
    // An error says that it has been done before.
    drop(Executor::init_wasm_bindgen());
    let owner = Owner::new();
    let root = owner.with(make);
    (owner, root)
}
