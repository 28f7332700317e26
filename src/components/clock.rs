//! A clock for countdowns.

use std::time::Duration;

use leptos::prelude::*;

use crate::browser;

/// Shorter than a second, so that no second is skipped.
const TICK: Duration = Duration::from_millis(250);

/// The monotonic clock, ticking as long as what is around it lives. In milliseconds.
pub(crate) fn use_clock() -> ReadSignal<u64> {
    let (now, set_now) = signal(browser::now());
    if let Ok(interval) = set_interval_with_handle(move || set_now.set(browser::now()), TICK) {
        on_cleanup(move || interval.clear());
    }
    now
}
