//! The frame of a stage: heading, step, form, focus, announcement.

use std::fmt::Display;

use leptos::{ev::SubmitEvent, html, prelude::*};
use vestibule_flow::{Notice as Why, Stage};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement, HtmlInputElement};

use crate::{
    components::{
        announcer::Announcer,
        brand::use_service_name,
        notice::{Notice, Tone},
    },
    drafts::Drafts,
    i18n::{Messages, fill, text, use_messages},
    runner::use_flow,
};

/// How many stages lead to the User tab.
const STEPS: u8 = 4;

/// A stage as a form. When it shows, it is announced, and the focus goes to its first empty field, else to its button.
#[component]
pub(crate) fn StageForm(
    stage: Stage,
    heading: fn(&Messages) -> &'static str,
    on_submit: impl Fn() + 'static,
    children: Children,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let heading = text(heading);
    let step = stage as u8 + 1;
    let steps = steps(stage);
    Effect::new(move |_| {
        if let Some(form) = form.get() {
            untrack(|| present(&form, stage, heading));
        }
    });
    view! {
        <form
            novalidate
            class="stage"
            method="post"
            node_ref=form
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                on_submit();
            }
        >
            <p class="step">
                {steps}
                <span class="bar" aria-hidden="true">
                    {(1..=STEPS).map(|each| view! { <span class:done=each <= step></span> }).collect_view()}
                </span>
            </p>
            <h1 id="heading" tabindex="-1">{heading}</h1>
            <div class="group" role="group" aria-labelledby="heading">
                <StageNotice/>
                {children()}
            </div>
        </form>
    }
}

/// What a stage does when it shows: it is the page's title, it is announced, and the focus goes to its first field, or
/// stays where the person has put it.
pub(crate) fn present<H>(form: &HtmlFormElement, stage: Stage, heading: impl Fn() -> H + 'static)
where
    H: Display,
{
    let (announcer, drafts): (Announcer, Drafts) = (expect_context(), expect_context());
    let name = use_service_name();
    let steps = steps(stage);
    let (messages, notice) = (use_messages(), use_flow().slice(vestibule_flow::State::notice));
    // Once for each stage: in another language it is the same one.
    announcer.say(untrack(|| match notice.get().map(|why| in_words(messages.get(), why)) {
        Some((Tone::Status, message)) => format!("{}, {}. {message}", heading(), steps()),
        _ => format!("{}, {}", heading(), steps()),
    }));
    let active = document().active_element();
    if !active.is_some_and(|active| form.contains(Some(&active))) {
        focus_first(form, drafts.latest(stage));
    }
    Effect::new(move |_| document().set_title(&format!("{} – {}", heading(), name.get())));
}

/// Where a stage stands among them.
fn steps(stage: Stage) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let messages = use_messages();
    move || fill(&fill(messages.get().step, stage as u8 + 1), STEPS)
}

/// Why this stage shows, where the person did not go to it.
#[component]
pub(crate) fn StageNotice() -> impl IntoView {
    let messages = use_messages();
    let notice = use_flow().slice(vestibule_flow::State::notice);
    move || {
        notice.get().map(|why| {
            let (tone, message) = in_words(messages.get(), why);
            view! { <Notice tone message/> }
        })
    }
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
    let half_typed = half_typed.and_then(|id| form.query_selector(&format!("#{id}")).ok().flatten());
    if let Some(input) = half_typed.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        drop(input.focus());
        let end = u32::try_from(input.value().encode_utf16().count()).unwrap_or(0);
        // A field without a caret has none to put anywhere.
        return drop(input.set_selection_range(end, end));
    }
    let elements = form.elements();
    let elements = (0..elements.length()).filter_map(|index| elements.item(index));
    let mut submit = None;
    for element in elements {
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            if input.value().is_empty() {
                return drop(input.focus());
            }
        } else if submit.is_none() && element.get_attribute("type").as_deref() == Some("submit") {
            submit = element.dyn_into::<HtmlElement>().ok();
        }
    }
    if let Some(submit) = submit {
        drop(submit.focus());
    }
}
