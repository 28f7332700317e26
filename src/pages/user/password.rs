//! Changing the own password.

use std::rc::Rc;

use crate::signals::*;
use vestibule_flow::{Doing, Event, Failure, State, Trouble, password::Error};
use vestibule_protocol::MIN_PASSWORD_CHARS;

use crate::{
    components::{
        disclosure::disclosure,
        field::Kind,
        notice::failure_notice,
        password::{Words, password_field},
        submit::submit,
    },
    dom::{El, classed, el, once_shown, said},
    i18n::{Messages, fill_number, use_messages},
    runner::use_flow,
};

const CURRENT: Words = Words {
    label: |messages| messages.password.current,
    show: |messages| messages.password.show_current,
    hide: |messages| messages.password.hide_current,
};
const NEW: Words = Words {
    label: |messages| messages.password.new,
    show: |messages| messages.password.show_new,
    hide: |messages| messages.password.hide_new,
};

/// The control that opens the form, and the form.
pub(crate) fn change_password() -> El {
    let is_open = RwSignal::new(false);
    let toggle = move || is_open.set(!is_open.get_untracked());
    el("section")
        .with(el("h2").with(disclosure(|messages| messages.password.heading, move || is_open.get(), toggle)))
        .when(move || is_open.get(), form)
}

fn form() -> El {
    let (flow, messages) = (use_flow(), use_messages());
    let current = password_field("current-password", Kind::PASSWORD, &CURRENT, said(about_current), None);
    let hint = move || Some(fill_number(messages.get().password.new_hint, MIN_PASSWORD_CHARS as u64));
    let new = password_field("new-password", Kind::NEW_PASSWORD, &NEW, said(about_new), Some(Rc::new(hint)));
    let username = flow.now(|state| state.me().map(|me| me.username.clone()).unwrap_or_default());
    // Tells password managers whose password this is.
    let whose = [("type", "text"), ("name", "username"), ("autocomplete", "username"), ("value", &username)]
        .into_iter()
        .fold(el("input"), |input, (name, value)| input.attr(name, value))
        .attr("readonly", "")
        .attr("hidden", "");
    // Whoever opens the form wants to type in it.
    let first = current.input.clone();
    once_shown(move || drop(first.focus()));
    let form = classed("form", "group").attr("novalidate", "").attr("method", "post").with(whose).on("submit", {
        let (current, new) = (current.input, new.input);
        move |event| {
            event.prevent_default();
            flow.send(Event::SetPassword { current: current.value().into(), new: new.value().into() });
        }
    });
    failure_notice(form, failed).with(current.root).with(new.root).with(submit(
        |messages| messages.password.submit,
        |messages| messages.password.pending,
        |doing| doing == Some(Doing::ChangingPassword),
    ))
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::Password(error)) => Some(*error),
        _ => None,
    }
}

fn failed(state: &State) -> Option<Failure> {
    match trouble(state) {
        Some(Error::Failure(failure)) => Some(failure),
        _ => None,
    }
}

fn about_current(state: &State, messages: &Messages) -> Option<String> {
    let words = &messages.password;
    match trouble(state)? {
        Error::NoCurrent => Some(words.no_current.to_owned()),
        Error::Wrong => Some(words.wrong.to_owned()),
        _ => None,
    }
}

fn about_new(state: &State, messages: &Messages) -> Option<String> {
    let words = &messages.password;
    match trouble(state)? {
        Error::NoNew => Some(words.no_new.to_owned()),
        Error::TooShort => Some(fill_number(words.too_short, MIN_PASSWORD_CHARS as u64)),
        Error::TooLong => Some(words.too_long.to_owned()),
        Error::TooCommon => Some(words.too_common.to_owned()),
        Error::NotPossible => Some(words.not_possible.to_owned()),
        Error::Unchanged => Some(words.unchanged.to_owned()),
        Error::NoCurrent | Error::Wrong | Error::Failure(_) => None,
    }
}
