//! The field for an access code: one field, whatever it looks like.

use std::rc::Rc;

use crate::signals::*;
use vestibule_flow::{Browser, Event, Stage, SubmittedBy, code::Code};
use vestibule_protocol::{AccessCode, AccessCodeError};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, InputEvent};

use crate::{
    browser::ThisBrowser,
    components::field::{Field, Kind, Parts, at_each_refusal, field},
    dom::{Said, classed},
    drafts,
    i18n::{fill_number, use_messages},
    runner::use_flow,
};

/// The last digit submits by itself. What can be no code is told at once, and costs no attempt. A pasted mail with one
/// code in it is understood. `length` is that of the code, in digits; `error` is what the server, or the flow, says of
/// what was submitted.
pub(crate) fn code_input(length: impl Fn() -> usize + Copy + 'static, error: Said) -> Field {
    let flow = use_flow();
    let messages = use_messages();
    let at_once = RwSignal::new(None::<AccessCodeError>);
    // What was submitted is told by the flow, and what is typed since then by the field.
    at_each_refusal(move || at_once.set(None));
    let take = move |text: &str| {
        let parsed = AccessCode::parse(text, untrack(length), ThisBrowser::is_alphanumeric);
        // Half a code is no secret yet; a whole one is on its way.
        drafts::keep(Stage::Code, "code", if parsed.is_ok() { "" } else { text });
        let hopeless =
            |error: &AccessCodeError| matches!(error, AccessCodeError::NotADigit(_) | AccessCodeError::TooLong(_));
        at_once.set(parsed.as_ref().err().copied().filter(hopeless));
        if parsed.is_ok() {
            flow.send(Event::Code { typed: text.to_owned(), by: SubmittedBy::LastDigit });
        }
    };
    let said: Said = Rc::new(move || {
        let wrong = at_once.get().map(|wrong| crate::pages::code::malformed(messages.get(), wrong, length()));
        wrong.or_else(|| error())
    });
    let hint = move || {
        let words = &messages.get().code;
        let by_itself = flow.see(|state| state.code().is_none_or(Code::submits_by_itself));
        Some(fill_number(if by_itself { words.help } else { words.help_to_submit }, length() as u64))
    };
    let Field { root, input } = field(Parts {
        id: "code",
        label: |messages| messages.code.access_code,
        kind: Kind::CODE,
        value: String::new(),
        error: said,
        hint: Some(Rc::new(hint)),
        beside: None,
    });
    let (typed, composed, pasted) = (input.clone(), input.clone(), input.clone());
    let root = classed("div", "code")
        .with(root)
        .on("input", move |event| {
            // An input method in the middle of a word has not made up its mind.
            if !event.dyn_ref::<InputEvent>().is_some_and(InputEvent::is_composing) {
                take(&typed.value());
            }
        })
        .on("compositionend", move |_| take(&composed.value()))
        .on("paste", move |event| {
            let data = event.unchecked_ref::<ClipboardEvent>().clipboard_data();
            let text = data.and_then(|data| data.get_data("text").ok()).unwrap_or_default();
            if let Some(code) = AccessCode::find(&text, untrack(length), ThisBrowser::is_alphanumeric) {
                event.prevent_default();
                pasted.set_value(code.expose());
                take(code.expose());
            }
        });
    Field { root, input }
}
