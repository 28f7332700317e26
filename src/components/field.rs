//! A labelled field with its help and its error.

use leptos::{attr::custom::custom_attribute, html::Input, prelude::*};
use vestibule_flow::{Event, Stage, State};
use web_sys::HtmlInputElement;

use crate::{
    components::first_screen::listen,
    drafts::Drafts,
    i18n::{Messages, text},
    runner::{Flow, use_flow},
};

/// What a field is for, in the words of HTML.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) input_type: &'static str,
    pub(crate) inputmode: &'static str,
    pub(crate) autocomplete: &'static str,
    /// Addresses, numbers and codes are written from left to right in every language.
    pub(crate) dir: &'static str,
    /// Whether what is half typed outlives the page.
    pub(crate) is_kept: bool,
}

impl Kind {
    pub(crate) const USERNAME: Self =
        Self { input_type: "text", inputmode: "email", autocomplete: "username", dir: "auto", is_kept: true };
    pub(crate) const CELL_NUMBER: Self =
        Self { input_type: "tel", inputmode: "tel", autocomplete: "tel", dir: "ltr", is_kept: true };
    pub(crate) const PASSWORD: Self = Self {
        input_type: "password",
        inputmode: "text",
        autocomplete: "current-password",
        dir: "auto",
        is_kept: false,
    };
    pub(crate) const NEW_PASSWORD: Self = Self { autocomplete: "new-password", ..Self::PASSWORD };
    pub(crate) const CODE: Self =
        Self { input_type: "text", inputmode: "numeric", autocomplete: "one-time-code", dir: "ltr", is_kept: false };
}

/// A field with its label above it. The error is under it, tied to it, and takes the focus to it. What is typed stays
/// in the DOM, where password managers put it too; it is read when the stage is submitted.
#[component]
pub(crate) fn Field(
    id: &'static str,
    label: fn(&Messages) -> &'static str,
    kind: Kind,
    input: NodeRef<Input>,
    /// What the field is filled in with.
    #[prop(optional, into)]
    value: String,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// What helps to fill it in.
    #[prop(optional_no_strip, into)]
    hint: Option<Signal<String>>,
    /// Beside the input, within its frame.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (drafts, flow): (Drafts, _) = (expect_context(), use_flow());
    let stage = flow.state().with_untracked(State::stage);
    let value = drafts.of(stage, id).unwrap_or(value);
    let edited = move |_| {
        if kind.is_kept {
            drafts.keep(stage, id, &typed(input));
        }
        tell_of_editing(flow);
    };
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described_by = {
        let hint_id = hint.map(|_| hint_id.clone()).unwrap_or_default();
        let error_id = error_id.clone();
        move || if error.with(Option::is_some) { format!("{error_id} {hint_id}") } else { hint_id.clone() }
    };
    focus_when_refused(move || input.get_untracked(), error);
    view! {
        <div class="field" class:wrong=move || error.with(Option::is_some)>
            <label for=id>{text(label)}</label>
            <div class="frame">
                <input
                    id=id
                    name=id
                    type=kind.input_type
                    inputmode=kind.inputmode
                    autocomplete=kind.autocomplete
                    dir=kind.dir
                    autocapitalize="none"
                    {..custom_attribute("autocorrect", "off")}
                    spellcheck="false"
                    value=value
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described_by
                    node_ref=input
                    on:input=edited
                />
                {children.map(|children| children())}
            </div>
            {move || error.get().map(|error| view! { <p class="error" id=error_id.clone() role="alert">{error}</p> })}
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

fn tell_of_editing(flow: Flow) {
    if flow.state().with_untracked(|state| state.trouble().is_some()) {
        flow.send(Event::Edited);
    }
}

/// Keeps what is typed in a field that stands already, and what was typed in it before; else fills it in with what was
/// half typed in an earlier page.
pub(crate) fn keep_what_is_typed(id: &'static str, stage: Stage, input: &HtmlInputElement) {
    let (drafts, flow): (Drafts, _) = (expect_context(), use_flow());
    match (input.value(), drafts.of(stage, id)) {
        (typed, Some(draft)) if typed.is_empty() => input.set_value(&draft),
        (typed, _) if !typed.is_empty() => drafts.keep(stage, id, &typed),
        _ => {}
    }
    let field = input.clone();
    listen(input, "input", move |_| {
        drafts.keep(stage, id, &field.value());
        tell_of_editing(flow);
    });
}

/// Takes the focus to a field each time that something is wrong with it, and selects what is there.
pub(crate) fn focus_when_refused(
    input: impl Fn() -> Option<HtmlInputElement> + 'static,
    error: Signal<Option<String>>,
) {
    let refusals = use_flow().slice(vestibule_flow::State::refusals);
    Effect::new(move |before: Option<u64>| {
        let refusals = refusals.get();
        if before.is_some_and(|before| before != refusals)
            && error.with_untracked(Option::is_some)
            && let Some(input) = input()
        {
            // A field that has gone meanwhile needs no focus.
            drop(input.focus());
            input.select();
        }
        refusals
    });
}

/// What stands in a field now.
pub(crate) fn typed(input: NodeRef<Input>) -> String {
    input.get_untracked().map(|input| input.value()).unwrap_or_default()
}
