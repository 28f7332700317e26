//! The access code from the mail.

use std::rc::Rc;

use crate::signals::*;
use vestibule_flow::{
    Doing, Event, Failure, Stage, State, SubmittedBy, Trouble,
    code::{Code, Error},
};
use vestibule_protocol::AccessCodeError;
use web_sys::HtmlInputElement;

use crate::{
    browser,
    components::{
        announcer::use_announcer,
        clock::use_clock,
        code_input::code_input,
        notice::{Tone, failure_notice, notice},
        stage_form::{stage_form, stage_group},
        submit::submit,
    },
    dom::{El, button, classed, el, follow},
    i18n::{Messages, Pick, around, fill, fill_number, minutes, time_of_day, use_messages},
    runner::use_flow,
};

/// How many seconds before it runs out a code is about to (WCAG 2.2, 2.2.1: what a warning needs is 20 s).
const SOON: u64 = 60;
/// Stands for what is not known.
const UNKNOWN: &str = "–";

/// The fourth stage.
pub(crate) fn code() -> El {
    let flow = use_flow();
    let messages = use_messages();
    let length = move || flow.see(|state| state.code().map(Code::length)).unwrap_or(6);
    let error = move || {
        let (messages, length) = (messages.get(), length());
        flow.see(|state| trouble(state).and_then(|error| about_code(messages, error, length)))
    };
    let field = code_input(length, Rc::new(error));
    clear_for_each_new_mail(&field.input);
    let on_submit = move || flow.send(Event::Code { typed: field.input.value(), by: SubmittedBy::Person });
    let group = failure_notice(delivery(stage_group()), failed).with(field.root).with(submit(
        |messages| messages.code.submit,
        |messages| messages.code.checking,
        |doing| doing == Some(Doing::CheckingCode),
    ));
    stage_form(Stage::Code, |messages| messages.code.heading, facts(group), Box::new(on_submit))
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::Code(error)) => Some(*error),
        _ => None,
    }
}

fn failed(state: &State) -> Option<Failure> {
    match trouble(state) {
        Some(Error::Failure(failure)) => Some(failure),
        _ => None,
    }
}

/// What stood in the field when a new mail was asked for belongs to the older one. What was typed since then may be the
/// new code: mails can be quicker than the server's word that they are out.
fn clear_for_each_new_mail(input: &HtmlInputElement) {
    let (flow, messages, announcer) = (use_flow(), use_messages(), use_announcer());
    let input = input.clone();
    let mail = |state: &State| state.code().map(|code| code.mail);
    let mut was_resending = false;
    let mut older = String::new();
    let mut before = flow.now(mail);
    follow(move || {
        let is_resending = flow.see(State::doing) == Some(Doing::Resending);
        if is_resending && !was_resending {
            older = input.value();
        }
        was_resending = is_resending;
        let now = flow.see(mail);
        if before.is_some_and(|before| now.is_some_and(|now| now > before)) {
            let reference = flow.now(|state| state.code().and_then(|code| code.members.reference.clone()));
            announcer.say(&fill(messages.now().code.announce_sent, &reference.unwrap_or_default()));
            let typed = input.value();
            drop(input.focus());
            if older == typed {
                input.set_value("");
            } else {
                untrack(|| flow.send(Event::Code { typed, by: SubmittedBy::LastDigit }));
            }
        }
        before = now;
    });
}

/// What is known of the mail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mail {
    NotSent,
    Sent,
    NotDelivered,
}

fn mail(state: &State) -> Option<Mail> {
    let members = &state.code()?.members;
    match (members.delivery_failed, trouble(state).is_some()) {
        // The reference is that of a mail that went out.
        (false, _) if members.reference.is_none() => Some(Mail::NotSent),
        (false, _) => Some(Mail::Sent),
        (true, false) => Some(Mail::NotDelivered),
        // That is told already.
        (true, true) => None,
    }
}

/// Where the mail went, or that it did not go.
fn delivery(place: El) -> El {
    let flow = use_flow();
    let messages = use_messages();
    let destination =
        move || flow.see(|state| state.code().map(|code| code.members.destination.clone())).unwrap_or_default();
    place
        .when(
            move || flow.see(mail) == Some(Mail::NotSent),
            || classed("p", "lead").words(|messages| messages.code.not_sent),
        )
        .when(
            move || flow.see(mail) == Some(Mail::Sent),
            move || {
                classed("p", "lead")
                    .with(el("span").says(move || around(messages.get().code.sent_to).0.to_owned()))
                    .with(classed("bdi", "destination").attr("dir", "ltr").says(destination))
                    .with(el("span").says(move || around(messages.get().code.sent_to).1.to_owned()))
            },
        )
        .when(
            move || flow.see(mail) == Some(Mail::NotDelivered),
            move || notice(Tone::Alert, move || messages.get().code.not_delivered.to_owned()),
        )
}

/// Which mail counts, for how long, how many tries are left, and the way to another mail.
fn facts(group: El) -> El {
    let (flow, messages) = (use_flow(), use_messages());
    let clock = use_clock();
    let of_code = move |of: fn(&Code) -> Option<String>| flow.see(|state| state.code().and_then(of));
    let sent_at = move || {
        let sent_ago = flow.see(|state| state.code().and_then(|code| code.sent_ago(browser::now())));
        let words = &messages.get().code;
        sent_ago.map_or(UNKNOWN.to_owned(), |ago| {
            time_of_day(browser::time_of_day(ago), words.before_noon, words.after_noon)
        })
    };
    let life = move || {
        let now = clock.get();
        flow.see(|state| state.code().and_then(|code| code.expires_in(now)))
    };
    let attempts = move || flow.see(|state| state.code().map_or(0, |code| code.members.attempts_remaining));
    let resend_in = move || {
        let now = clock.get();
        flow.see(|state| state.code().map_or(0, |code| code.resend_in(now)))
    };
    announce(life, resend_in);
    let life_words = move || match life() {
        None => UNKNOWN.to_owned(),
        Some(0) => messages.get().code.has_expired.to_owned(),
        Some(seconds) => fill(messages.get().code.expires_in, &minutes(seconds)),
    };
    let list = classed("dl", "facts")
        .with(fact(
            |messages| messages.code.reference,
            classed("dd", "reference")
                .says(move || of_code(|code| code.members.reference.clone()).unwrap_or(UNKNOWN.to_owned())),
        ))
        .with(fact(|messages| messages.code.sent_at, el("dd").says(sent_at)))
        .with(fact(
            |messages| messages.code.life,
            classed("dd", "count")
                .class_when("soon", move || life().is_some_and(|seconds| (1..=SOON).contains(&seconds)))
                .class_when("over", move || life() == Some(0))
                .says(life_words),
        ))
        .with(fact(
            |messages| messages.code.attempts,
            el("dd").says(move || messages.get().code.attempts_left.fill(attempts())),
        ));
    group.with(list).with(resend(resend_in))
}

fn fact(name: Pick, value: El) -> El {
    el("div").with(el("dt").words(name)).with(value)
}

/// Resend Code: it only resends.
fn resend(resend_in: impl Fn() -> u64 + Copy + 'static) -> El {
    let (flow, messages) = (use_flow(), use_messages());
    let is_pending = move || flow.see(State::doing) == Some(Doing::Resending);
    let sends = move || flow.see(|state| state.code().map_or(0, |code| code.members.sends_remaining));
    let label = move || {
        let words = &messages.get().code;
        if is_pending() { words.resending } else { words.resend }.to_owned()
    };
    let beside = move || {
        let words = &messages.get().code;
        match resend_in() {
            0 => words.sends_left.fill(sends()),
            seconds => fill(words.resend_in, &minutes(seconds)),
        }
    };
    let resend = button("secondary", move || flow.send(Event::Resend))
        .class_when("pending", is_pending)
        .attr_when("aria-disabled", move || is_pending() || resend_in() > 0)
        .says(label);
    classed("div", "resend").with(resend).with(classed("span", "hint count").says(beside))
}

/// Says what a person would see in the countdowns, and not every second of them.
fn announce(life: impl Fn() -> Option<u64> + 'static, resend_in: impl Fn() -> u64 + Copy + 'static) {
    let (messages, announcer) = (use_messages(), use_announcer());
    let mut before = None;
    follow(move || {
        let (now, words) = (life(), &messages.now().code);
        if let (Some(before), Some(now)) = (before, now) {
            if before > SOON && now <= SOON && now > 0 {
                let more = if untrack(resend_in) == 0 { words.resend_now } else { "" };
                announcer.say(&[words.announce_minute, " ", more].concat());
            } else if before > 0 && now == 0 {
                announcer.say(words.announce_expired);
            }
        }
        before = now;
    });
    let mut before = 0;
    follow(move || {
        let now = resend_in();
        if now == 0 && before > 0 {
            announcer.say(messages.now().code.resend_now);
        }
        before = now;
    });
}

/// What is wrong with a text that should be a code, in words.
pub(crate) fn malformed(messages: &Messages, error: AccessCodeError, length: usize) -> String {
    let words = &messages.code;
    match error {
        AccessCodeError::Empty => words.empty.to_owned(),
        AccessCodeError::NotADigit(sign) => fill(words.not_a_digit, sign.encode_utf8(&mut [0; 4])),
        AccessCodeError::TooShort(_) => fill_number(words.too_short, length as u64),
        AccessCodeError::TooLong(_) => fill_number(words.too_long, length as u64),
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
