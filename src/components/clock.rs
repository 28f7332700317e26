//! A clock for countdowns.

use crate::signals::*;

use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};

use crate::{browser, dom::at_the_end};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setInterval)]
    fn set_interval(act: &JsValue, milliseconds: u32) -> u32;
    #[wasm_bindgen(js_name = clearInterval)]
    fn clear_interval(number: u32);
}

/// In milliseconds. Shorter than a second, so that no second is skipped.
const TICK: u32 = 250;

/// The monotonic clock, ticking as long as what is around it lives. In milliseconds.
pub(crate) fn use_clock() -> ReadSignal<u64> {
    let (now, set_now) = signal(browser::now());
    // Left to the browser: a tick that was on its way when the end came finds nothing to set.
    let tick = Closure::<dyn FnMut()>::new(move || {
        set_now.try_set(browser::now());
    })
    .into_js_value();
    let interval = set_interval(&tick, TICK);
    at_the_end(move || clear_interval(interval));
    now
}
