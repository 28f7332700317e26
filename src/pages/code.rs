//! The access code from the mail.

use leptos::{html::Input, prelude::*};
use vestibule_flow::{
    Doing, Event, Failure, Stage, State, SubmittedBy, Trouble,
    code::{Code as AwaitedCode, Error},
};
use vestibule_protocol::AccessCodeError;

use crate::{
    browser,
    components::{
        announcer::Announcer,
        clock::use_clock,
        code_input::CodeInput,
        field::typed,
        notice::{FailureNotice, Notice, Tone},
        stage_form::StageForm,
        submit::Submit,
    },
    i18n::{Messages, around, fill, minutes, text, use_messages},
    runner::use_flow,
};

/// How many seconds before it runs out a code is about to (WCAG 2.2, 2.2.1: what a warning needs is 20 s).
const SOON: u64 = 60;

/// The fourth stage.
#[component]
pub(crate) fn Code() -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let input = NodeRef::<Input>::new();
    let code = flow.slice(|state| state.code().cloned());
    let trouble = flow.slice(trouble);
    let length = Signal::derive(move || code.with(|code| code.as_ref().map_or(6, AwaitedCode::length)));
    let error = Signal::derive(move || trouble.get().and_then(|error| about_code(messages.get(), error, length.get())));
    let failed = Signal::derive(move || match trouble.get() {
        Some(Error::Failure(failure)) => Some(failure),
        _ => None::<Failure>,
    });
    let is_pending = flow.slice(|state| state.doing() == Some(Doing::CheckingCode));
    clear_for_each_new_mail(code, input);
    view! {
        <StageForm
            stage=Stage::Code
            heading=|messages| messages.code.heading
            on_submit=move || flow.send(Event::Code { typed: typed(input), by: SubmittedBy::Person })
        >
            <Delivery code trouble/>
            <FailureNotice failed/>
            <CodeInput input length error/>
            <Submit
                label=|messages| messages.code.submit
                pending=|messages| messages.code.checking
                is_pending
            />
            <Facts code/>
        </StageForm>
    }
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::Code(error)) => Some(*error),
        _ => None,
    }
}

/// What stood in the field when a new mail was asked for belongs to the older one. What was typed since then may be the
/// new code: mails can be quicker than the server's word that they are out.
fn clear_for_each_new_mail(code: Memo<Option<AwaitedCode>>, input: NodeRef<Input>) {
    let flow = use_flow();
    let messages = use_messages();
    let announcer: Announcer = expect_context();
    let is_resending = flow.slice(|state| state.doing() == Some(Doing::Resending));
    let older = StoredValue::new(String::new());
    Effect::new(move |_| {
        if is_resending.get() {
            older.set_value(typed(input));
        }
    });
    let mail = Memo::new(move |_| code.with(|code| code.as_ref().map(|code| code.mail)));
    Effect::new(move |before: Option<Option<u32>>| {
        let mail = mail.get();
        if before.flatten().is_some_and(|before| mail.is_some_and(|mail| mail > before))
            && let Some(input) = input.get_untracked()
        {
            let reference = code.with_untracked(|code| code.as_ref().and_then(|code| code.members.reference.clone()));
            announcer.say(fill(messages.get_untracked().code.announce_sent, reference.unwrap_or_default()));
            let typed = input.value();
            drop(input.focus());
            if older.with_value(|older| *older == typed) {
                input.set_value("");
            } else {
                flow.send(Event::Code { typed, by: SubmittedBy::LastDigit });
            }
        }
        mail
    });
}

/// Where the mail went, or that it did not go.
#[component]
fn Delivery(code: Memo<Option<AwaitedCode>>, trouble: Memo<Option<Error>>) -> impl IntoView {
    let messages = use_messages();
    move || {
        let members = code.with(|code| code.as_ref().map(|code| code.members.clone()))?;
        let (destination, is_failed, is_sent) =
            (members.destination, members.delivery_failed, members.reference.is_some());
        let words = &messages.get().code;
        let is_told = trouble.get().is_some();
        Some(match (is_failed, is_told) {
            // The reference is that of a mail that went out.
            (false, _) if !is_sent => view! { <p class="lead">{words.not_sent}</p> }.into_any(),
            (false, _) => {
                let (before, after) = around(words.sent_to);
                view! {
                    <p class="lead">{before}<bdi class="destination" dir="ltr">{destination}</bdi>{after}</p>
                }
                .into_any()
            }
            (true, false) => view! { <Notice tone=Tone::Alert message=words.not_delivered/> }.into_any(),
            (true, true) => ().into_any(),
        })
    }
}

/// Which mail counts, for how long, how many tries are left, and the way to another mail.
#[component]
fn Facts(code: Memo<Option<AwaitedCode>>) -> impl IntoView {
    let messages = use_messages();
    let clock = use_clock();
    let reference = move || code.with(|code| code.as_ref().and_then(|code| code.members.reference.clone()));
    let sent_at = Memo::new(move |_| {
        // A time of day is written in the language of the page.
        messages.track();
        code.with(|code| code.as_ref().and_then(|code| code.sent_ago(code.as_of))).map(browser::time_of_day)
    });
    let life = Memo::new(move |_| code.with(|code| code.as_ref().and_then(|code| code.expires_in(clock.get()))));
    let attempts = move || code.with(|code| code.as_ref().map_or(0, |code| code.members.attempts_remaining));
    let resend_in = Memo::new(move |_| code.with(|code| code.as_ref().map_or(0, |code| code.resend_in(clock.get()))));
    announce(life, resend_in);
    let life_words = move || match life.get() {
        None => String::new(),
        Some(0) => messages.get().code.has_expired.to_owned(),
        Some(seconds) => fill(messages.get().code.expires_in, minutes(seconds)),
    };
    view! {
        <dl class="facts">
            <div>
                <dt>{text(|messages| messages.code.reference)}</dt>
                <dd class="reference">{move || reference().unwrap_or_else(|| "–".to_owned())}</dd>
            </div>
            <div>
                <dt>{text(|messages| messages.code.sent_at)}</dt>
                <dd>{move || sent_at.get().unwrap_or_else(|| "–".to_owned())}</dd>
            </div>
            <div>
                <dt>{text(|messages| messages.code.life)}</dt>
                <dd
                    class="count"
                    class:soon=move || life.get().is_some_and(|seconds| (1..=SOON).contains(&seconds))
                    class:over=move || life.get() == Some(0)
                >
                    {life_words}
                </dd>
            </div>
            <div>
                <dt>{text(|messages| messages.code.attempts)}</dt>
                <dd>{move || messages.get().code.attempts_left.fill(attempts())}</dd>
            </div>
        </dl>
        <Resend code resend_in/>
    }
}

/// Resend Code: it only resends.
#[component]
fn Resend(code: Memo<Option<AwaitedCode>>, resend_in: Memo<u64>) -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let is_pending = flow.slice(|state| state.doing() == Some(Doing::Resending));
    let sends = Memo::new(move |_| code.with(|code| code.as_ref().map_or(0, |code| code.members.sends_remaining)));
    let is_disabled = move || is_pending.get() || resend_in.get() > 0;
    let label = move || {
        let words = &messages.get().code;
        if is_pending.get() { words.resending } else { words.resend }
    };
    let beside = move || {
        let words = &messages.get().code;
        match resend_in.get() {
            0 => words.sends_left.fill(sends.get()),
            seconds => fill(words.resend_in, minutes(seconds)),
        }
    };
    view! {
        <div class="resend">
            <button
                type="button"
                class="secondary"
                class:pending=is_pending
                aria-disabled=move || is_disabled().then_some("true")
                on:click=move |_| flow.send(Event::Resend)
            >
                {label}
            </button>
            <span class="hint count">{beside}</span>
        </div>
    }
}

/// Says what a person would see in the countdowns, and not every second of them.
fn announce(life: Memo<Option<u64>>, resend_in: Memo<u64>) {
    let messages = use_messages();
    let announcer: Announcer = expect_context();
    Effect::new(move |before: Option<Option<u64>>| {
        let (now, words) = (life.get(), &messages.get_untracked().code);
        if let (Some(before), Some(now)) = (before.flatten(), now) {
            if before > SOON && now <= SOON && now > 0 {
                let more = if resend_in.get_untracked() == 0 { words.resend_now } else { "" };
                announcer.say(format!("{} {more}", words.announce_minute));
            } else if before > 0 && now == 0 {
                announcer.say(words.announce_expired);
            }
        }
        now
    });
    Effect::new(move |before: Option<u64>| {
        let now = resend_in.get();
        if now == 0 && before.is_some_and(|before| before > 0) {
            announcer.say(messages.get_untracked().code.resend_now);
        }
        now
    });
}

/// What is wrong with a text that should be a code, in words.
pub(crate) fn malformed(messages: &Messages, error: AccessCodeError, length: usize) -> String {
    let words = &messages.code;
    match error {
        AccessCodeError::Empty => words.empty.to_owned(),
        AccessCodeError::NotADigit(sign) => fill(words.not_a_digit, sign),
        AccessCodeError::TooShort(_) => fill(words.too_short, length),
        AccessCodeError::TooLong(_) => fill(words.too_long, length),
    }
}

fn about_code(messages: &Messages, error: Error, length: usize) -> Option<String> {
    let words = &messages.code;
    let message = match error {
        Error::Malformed(error) => return Some(malformed(messages, error, length)),
        Error::Wrong(_) => words.wrong,
        Error::Expired => words.expired,
        Error::Superseded => words.superseded,
        Error::SendsExhausted => words.sends_exhausted,
        Error::NotDelivered => words.not_delivered,
        Error::Failure(_) => return None,
    };
    Some(message.to_owned())
}
