//! The frame of a stage: heading, step, form, focus, announcement.

use std::rc::Rc;

use vestibule_flow::{Notice as Why, Stage, State};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement, HtmlInputElement};

use crate::{
    browser,
    components::{
        announcer::use_announcer,
        brand::use_service_name,
        notice::{Tone, notice},
    },
    dom::{El, classed, el, follow, once_shown},
    drafts,
    i18n::{Messages, Pick, fill_number, use_messages},
    runner::use_flow,
    signals::document,
};

/// How many stages lead to the User tab.
const STEPS: u8 = 4;

/// Where the fields of a stage stand, below why it shows.
pub(crate) fn stage_group() -> El {
    stage_notice(classed("div", "group").attr("role", "group").attr("aria-labelledby", "heading"))
}

/// A stage as a form. When it shows, it is announced, and the focus goes to its first empty field, else to its button.
pub(crate) fn stage_form(stage: Stage, heading: Pick, group: El, on_submit: Box<dyn Fn()>) -> El {
    let messages = use_messages();
    let step = stage as u8 + 1;
    let bar = (1..=STEPS).fold(classed("span", "bar").attr("aria-hidden", "true"), |bar, each| {
        bar.with(if each <= step { classed("span", "done") } else { el("span") })
    });
    let form = classed("form", "stage")
        .attr("novalidate", "")
        .attr("method", "post")
        .on("submit", move |event| {
            event.prevent_default();
            on_submit();
        })
        .with(classed("p", "step").with(el("span").says(move || steps(messages.get(), stage))).with(bar))
        .with(el("h1").attr("id", "heading").attr("tabindex", "-1").words(heading))
        .with(group);
    present(form.element().unchecked_ref(), stage, Rc::new(move || heading(messages.get()).to_owned()));
    form
}

/// What a stage does when it shows: it is the page's title, it is announced, and the focus goes to its first field, or
/// stays where the person has put it.
pub(crate) fn present(form: &HtmlFormElement, stage: Stage, heading: Rc<dyn Fn() -> String>) {
    let (announcer, flow) = (use_announcer(), use_flow());
    let messages = use_messages();
    let form = form.clone();
    entitle(Rc::clone(&heading));
    // Once for each stage: in another language it is the same one.
    once_shown(move || {
        announcer.say_then(move || {
            let said = [&heading(), ", ", &steps(messages.now(), stage)].concat();
            match flow.now(State::notice).map(|why| in_words(messages.now(), why)) {
                Some((Tone::Status, message)) => [&said, ". ", message].concat(),
                _ => said,
            }
        });
        let active = document().active_element();
        if !active.is_some_and(|active| form.contains(Some(&active))) {
            focus_first(&form, drafts::latest(stage));
        }
    });
}

/// Has the page's title name the stage, once it shows: one that is only rehearsed is no title.
pub(crate) fn entitle(heading: Rc<dyn Fn() -> String>) {
    let name = use_service_name();
    once_shown(move || {
        follow(move || {
            let title = [&heading(), " – ", &name()].concat();
            browser::after_frame(move || document().set_title(&title));
        });
    });
}

/// Where a stage stands among them.
fn steps(messages: &Messages, stage: Stage) -> String {
    fill_number(&fill_number(messages.step, stage as u64 + 1), STEPS.into())
}

/// Why this stage shows, where the person did not go to it.
pub(crate) fn stage_notice(place: El) -> El {
    let (messages, flow) = (use_messages(), use_flow());
    let key = move || flow.see(State::notice).map(|why| (why as u8).to_string()).into_iter().collect();
    place.each(key, move |_| {
        let why = flow.now(State::notice);
        let tone = why.map_or(Tone::Status, |why| in_words(messages.now(), why).0);
        notice(tone, move || why.map(|why| in_words(messages.get(), why).1.to_owned()).unwrap_or_default())
    })
}

/// Why a stage shows, and how much that matters.
fn in_words(messages: &Messages, why: Why) -> (Tone, &'static str) {
    let words = &messages.notice;
    match why {
        Why::SignInExpired => (Tone::Alert, words.sign_in_expired),
        Why::AttemptsExhausted => (Tone::Alert, words.attempts_exhausted),
        Why::SendsExhausted => (Tone::Alert, words.sends_exhausted),
        Why::BegunElsewhere => (Tone::Alert, words.begun_elsewhere),
        Why::SignedInElsewhere => (Tone::Status, words.signed_in_elsewhere),
        Why::KeyLost => (Tone::Alert, words.key_lost),
        Why::SessionEnded => (Tone::Alert, words.session_ended),
        Why::SignedOut => (Tone::Status, words.signed_out),
        Why::PasswordChanged => (Tone::Status, words.password_changed),
        Why::PasswordMayBeChanged => (Tone::Alert, words.password_may_be_changed),
    }
}

/// The field that was half typed, else the first empty one, else the button that submits.
fn focus_first(form: &HtmlFormElement, half_typed: Option<String>) {
    let half_typed = half_typed.and_then(|id| form.query_selector(&["#", &id].concat()).ok().flatten());
    if let Some(input) = half_typed.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        browser::focus(&input);
        let end = u32::try_from(input.value().encode_utf16().count()).unwrap_or(0);
        // A field without a caret has none to put anywhere.
        return drop(input.set_selection_range(end, end));
    }
    let elements = form.elements();
    let mut submit = None;
    for element in (0..elements.length()).filter_map(|index| elements.item(index)) {
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            if input.value().is_empty() {
                return browser::focus(input);
            }
        } else if submit.is_none() && element.get_attribute("type").as_deref() == Some("submit") {
            submit = element.dyn_into::<HtmlElement>().ok();
        }
    }
    if let Some(submit) = submit {
        browser::focus(&submit);
    }
}
