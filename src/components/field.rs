//! A labelled field with its help and its error.

use std::rc::Rc;

use vestibule_flow::{Event, Stage, State};
use web_sys::HtmlInputElement;

use crate::{
    dom::{El, Said, classed, el, follow, listen},
    drafts,
    i18n::Pick,
    runner::{Flow, use_flow},
    signals::untrack,
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

/// A field: all of it, and what is typed in.
pub(crate) struct Field {
    pub(crate) root: El,
    pub(crate) input: HtmlInputElement,
}

/// What a field is made of.
pub(crate) struct Parts {
    pub(crate) id: &'static str,
    pub(crate) label: Pick,
    pub(crate) kind: Kind,
    /// What it is filled in with.
    pub(crate) value: String,
    /// What is wrong with it.
    pub(crate) error: Said,
    /// What helps to fill it in.
    pub(crate) hint: Option<Said>,
    /// Beside the input, within its frame.
    pub(crate) beside: Option<El>,
}

/// A field with its label above it. The error is under it, tied to it, and takes the focus to it. What is typed stays
/// in the DOM, where password managers put it too; it is read when the stage is submitted.
pub(crate) fn field(parts: Parts) -> Field {
    let Parts { id, label, kind, value, error, hint, beside } = parts;
    let flow = use_flow();
    let stage = flow.now(State::stage);
    let value = drafts::of(stage, id).unwrap_or(value);
    let (hint_id, error_id) = ([id, "-hint"].concat(), [id, "-error"].concat());
    let is_wrong = {
        let error = Rc::clone(&error);
        move || error().is_some()
    };
    let described_by = {
        let hint_id = if hint.is_some() { hint_id.clone() } else { String::new() };
        let (error_id, is_wrong) = (error_id.clone(), is_wrong.clone());
        move || Some(if is_wrong() { [&error_id, " ", &hint_id].concat() } else { hint_id.clone() })
    };
    let attributes = [
        ("id", id),
        ("name", id),
        ("type", kind.input_type),
        ("inputmode", kind.inputmode),
        ("autocomplete", kind.autocomplete),
        ("dir", kind.dir),
        ("autocapitalize", "none"),
        ("autocorrect", "off"),
        ("spellcheck", "false"),
        ("value", &value),
    ];
    let field = attributes.into_iter().fold(el("input"), |field, (name, value)| field.attr(name, value));
    let field = field.attr_when("aria-invalid", is_wrong.clone()).attr_of("aria-describedby", described_by);
    let input = field.input();
    let field = field.on("input", {
        let input = input.clone();
        move |_| {
            if kind.is_kept {
                drafts::keep(stage, id, &input.value());
            }
            tell_of_editing(flow);
        }
    });
    focus_when_refused(&input, &error);
    let frame = classed("div", "frame").with(field);
    let frame = match beside {
        Some(beside) => frame.with(beside),
        None => frame,
    };
    let root = classed("div", "field")
        .class_when("wrong", is_wrong)
        .with(el("label").attr("for", id).words(label))
        .with(frame);
    let root = error_line(root, error_id, &error);
    let root = match hint {
        Some(hint) => root.with(classed("p", "hint").attr("id", &hint_id).says(move || hint().unwrap_or_default())),
        None => root,
    };
    Field { root, input }
}

/// What is wrong with a field, while something is.
pub(crate) fn error_line(place: El, id: String, error: &Said) -> El {
    let key = {
        let error = Rc::clone(error);
        move || error().into_iter().collect()
    };
    place.each(key, move |error| classed("p", "error").attr("id", &id).attr("role", "alert").text(error))
}

fn tell_of_editing(flow: Flow) {
    if flow.now(|state| state.trouble().is_some()) {
        flow.send(Event::Edited);
    }
}

/// Keeps what is typed in a field that stands already, and what was typed in it before; else fills it in with what was
/// half typed in an earlier page.
pub(crate) fn keep_what_is_typed(id: &'static str, stage: Stage, input: &HtmlInputElement) {
    let flow = use_flow();
    match (input.value(), drafts::of(stage, id)) {
        (typed, Some(draft)) if typed.is_empty() => input.set_value(&draft),
        (typed, _) if !typed.is_empty() => drafts::keep(stage, id, &typed),
        _ => {}
    }
    let field = input.clone();
    listen(input, "input", move |_| {
        drafts::keep(stage, id, &field.value());
        tell_of_editing(flow);
    });
}

/// Takes the focus to a field each time that something is wrong with it, and selects what is there.
pub(crate) fn focus_when_refused(input: &HtmlInputElement, error: &Said) {
    let (input, error) = (input.clone(), Rc::clone(error));
    at_each_refusal(move || {
        if untrack(|| error()).is_some() {
            // A field that has gone meanwhile needs no focus.
            drop(input.focus());
            input.select();
        }
    });
}

/// Does something each time that the flow refuses what was submitted.
pub(crate) fn at_each_refusal(act: impl Fn() + 'static) {
    let flow = use_flow();
    let mut before = flow.now(State::refusals);
    follow(move || {
        let refusals = flow.see(State::refusals);
        if before != refusals {
            act();
        }
        before = refusals;
    });
}
