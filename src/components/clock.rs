//! A clock for countdowns.

use crate::signals::*;

use wasm_bindgen::prelude::{Closure, wasm_bindgen};

use crate::{browser, dom::at_the_end};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setInterval)]
    fn set_interval(act: &Closure<dyn FnMut()>, milliseconds: u32) -> u32;
    #[wasm_bindgen(js_name = clearInterval)]
    fn clear_interval(number: u32);
}

/// In milliseconds. Shorter than a second, so that no second is skipped.
const TICK: u32 = 250;

/// The monotonic clock, ticking as long as what is around it lives. In milliseconds.
pub(crate) fn use_clock() -> ReadSignal<u64> {
    let (now, set_now) = signal(browser::now());
    let tick = Closure::new(move || set_now.set(browser::now()));
    let interval = set_interval(&tick, TICK);
    at_the_end(move || {
        clear_interval(interval);
        drop(tick);
    });
    now
}
