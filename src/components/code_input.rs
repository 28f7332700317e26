//! The field for an access code: one field, whatever it looks like.

use leptos::{
    ev::{ClipboardEvent, InputEvent},
    html::Input,
    prelude::*,
};
use vestibule_flow::{Event, Stage, SubmittedBy, code::Code};
use vestibule_protocol::{AccessCode, AccessCodeError};
use wasm_bindgen::JsCast;

use crate::{
    components::field::{Field, Kind, typed},
    drafts::Drafts,
    i18n::{fill, use_messages},
    runner::use_flow,
};

/// The last digit submits by itself. What can be no code is told at once, and costs no attempt. A pasted mail with one
/// code in it is understood.
#[component]
pub(crate) fn CodeInput(
    input: NodeRef<Input>,
    /// Digits of the code.
    #[prop(into)]
    length: Signal<usize>,
    /// What the server, or the flow, says of what was submitted.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let (at_once, set_at_once) = signal(None::<AccessCodeError>);
    // What was submitted is told by the flow, and what is typed since then by the field.
    let refusals = flow.slice(vestibule_flow::State::refusals);
    Effect::new(move |_| {
        refusals.track();
        set_at_once.set(None);
    });
    let drafts: Drafts = expect_context();
    let take = move |text: &str| {
        let parsed = AccessCode::parse(text, length.get_untracked());
        // Half a code is no secret yet; a whole one is on its way.
        drafts.keep(Stage::Code, "code", if parsed.is_ok() { "" } else { text });
        let hopeless =
            |error: &AccessCodeError| matches!(error, AccessCodeError::NotADigit(_) | AccessCodeError::TooLong(_));
        set_at_once.set(parsed.as_ref().err().copied().filter(hopeless));
        if parsed.is_ok() {
            flow.send(Event::Code { typed: text.to_owned(), by: SubmittedBy::LastDigit });
        }
    };
    let on_input = move |event: leptos::ev::Event| {
        // An input method in the middle of a word has not made up its mind.
        if !event.dyn_ref::<InputEvent>().is_some_and(InputEvent::is_composing) {
            take(&typed(input));
        }
    };
    let on_paste = move |event: ClipboardEvent| {
        let pasted = event.clipboard_data().and_then(|data| data.get_data("text").ok()).unwrap_or_default();
        if let (Some(code), Some(input)) = (AccessCode::find(&pasted, length.get_untracked()), input.get_untracked()) {
            event.prevent_default();
            input.set_value(code.expose());
            take(code.expose());
        }
    };
    let words = move || at_once.get().map(|wrong| crate::pages::code::malformed(messages.get(), wrong, length.get()));
    let error = Signal::derive(move || words().or_else(|| error.get()));
    let submits_by_itself = flow.slice(|state| state.code().is_none_or(Code::submits_by_itself));
    let hint = Signal::derive(move || {
        let words = &messages.get().code;
        fill(if submits_by_itself.get() { words.help } else { words.help_to_submit }, length.get())
    });
    view! {
        <div class="code" on:input=on_input on:compositionend=move |_| take(&typed(input)) on:paste=on_paste>
            <Field id="code" label=|messages| messages.code.access_code kind=Kind::CODE input error hint/>
        </div>
    }
}
