//! Other tabs of this page: what one stores, it tells the others.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use crate::browser;

/// The way to the other tabs. Where a browser has none, each tab finds out when it is looked at again.
pub(crate) struct Tabs {
    channel: BroadcastChannel,
    /// Lives as long as it may be called.
    _hear: Closure<dyn FnMut(MessageEvent)>,
}

impl Tabs {
    /// Hears whatever another tab tells.
    pub(crate) fn open(hear: impl Fn(String) + 'static) -> Option<Self> {
        if js_sys::Reflect::get(&window(), &"BroadcastChannel".into()).ok()?.is_undefined() {
            return None;
        }
        // A server below a path has tabs of its own.
        let channel = BroadcastChannel::new(&format!("vestibule {}/", browser::base())).ok()?;
        let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(told) = event.data().as_string() {
                hear(told);
            }
        });
        channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        Some(Self { channel, _hear: hear })
    }

    /// Tells all others.
    pub(crate) fn tell(&self, text: &str) {
        // Texts can always be sent.
        drop(self.channel.post_message(&text.into()));
    }
}
