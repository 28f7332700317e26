//! Tabs take turns at what only one of them may do (Web Locks). Where a browser has no locks, each goes ahead: the
//! server bears with that.

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::browser;

/// This tab's turn, until it is dropped. A tab that goes away loses it.
pub(crate) struct Held {
    release: Function,
}

impl Drop for Held {
    fn drop(&mut self) {
        // Settling a promise cannot fail.
        drop(self.release.call0(&JsValue::UNDEFINED));
    }
}

/// Waits for this tab's turn. `None` where the browser has no locks, or the waiting was aborted.
pub(crate) async fn take(signal: &AbortSignal) -> Option<Held> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok().filter(JsValue::is_object)?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), signal).ok()?;
    // A server below a path has tabs of its own.
    let name = format!("vestibule {}/", browser::base());
    let mut grant = None;
    let granted = Promise::new(&mut |resolve, _| grant = Some(resolve));
    let grant = grant?;
    // The lock is held until the promise that this gives back is settled.
    let hold =
        Closure::once_into_js(move || Promise::new(&mut |release, _| drop(grant.call1(&JsValue::UNDEFINED, &release))));
    let asked: Promise = request.call3(&locks, &name.into(), &options, &hold).ok()?.dyn_into().ok()?;
    // Whoever asked is answered once the lock is free again; or at once, if the waiting is aborted.
    let release = JsFuture::from(Promise::race(&Array::of2(&granted, &asked))).await.ok()?;
    Some(Held { release: release.dyn_into().ok()? })
}
