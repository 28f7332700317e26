//! Username and Cell Number.

use std::rc::Rc;

use crate::signals::*;
use vestibule_flow::{Doing, Event, Failure, Stage, State, Trouble, account::Error};
use vestibule_protocol::{AccountNameError, CellNumberError};
use web_sys::HtmlInputElement;

use crate::{
    components::{
        disclosure::disclosure,
        field::{Kind, Parts, field},
        notice::failure_notice,
        server_line::server_line,
        stage_form::{stage_form, stage_group},
        submit::submit,
    },
    dom::{El, classed, once_shown, said},
    drafts,
    i18n::{Messages, fill, use_messages},
    runner::use_flow,
};

/// The second stage.
pub(crate) fn account() -> El {
    let flow = use_flow();
    let messages = use_messages();
    let username = field(Parts {
        id: "username",
        label: |messages| messages.account.username,
        kind: Kind::USERNAME,
        value: flow.now(|state| state.username().unwrap_or_default().to_owned()),
        error: said(about_username),
        hint: Some(Rc::new(move || Some(messages.get().account.username_hint.to_owned()))),
        beside: None,
    });
    let number: StoredValue<Option<HtmlInputElement>, LocalStorage> = StoredValue::new_local(None);
    let typed = username.input;
    let on_submit = move || {
        let cell_number = number.with_value(|number| number.as_ref().map(HtmlInputElement::value));
        flow.send(Event::Account { username: typed.value(), cell_number });
    };
    let group =
        failure_notice(server_line(stage_group()), failed).with(username.root).with(cell_number(number)).with(submit(
            |messages| messages.account.submit,
            |messages| messages.account.pending,
            |doing| doing == Some(Doing::Beginning),
        ));
    stage_form(Stage::Account, |messages| messages.account.heading, group, Box::new(on_submit))
}

/// The control that opens the telephone field, and the field: in `input` while it is open.
fn cell_number(input: StoredValue<Option<HtmlInputElement>, LocalStorage>) -> El {
    let flow = use_flow();
    let messages = use_messages();
    let begun_with_number = flow.now(|state| state.cell_number().is_some());
    let was_open = begun_with_number || drafts::of(Stage::Account, "cell-number").is_some();
    let is_open = RwSignal::new(was_open);
    let hint = move || messages.get().account.cell_number_help.to_owned();
    let build = move || {
        let offered = |state: &State| state.cell_number().or(state.latest_cell_number()).map(str::to_owned);
        let number = field(Parts {
            id: "cell-number",
            label: |messages| messages.account.cell_number,
            kind: Kind::CELL_NUMBER,
            value: flow.now(offered).unwrap_or_default(),
            error: said(about_number),
            hint: Some(Rc::new(move || Some(hint()))),
            beside: None,
        });
        input.set_value(Some(number.input.clone()));
        crate::dom::at_the_end(move || drop(input.try_set_value(None)));
        // Whoever opens the field wants to type in it; where it was open before, the stage says where the focus goes.
        if !was_open {
            once_shown(move || drop(number.input.focus()));
        }
        number.root
    };
    classed("div", "cell-number")
        .with(disclosure(
            |messages| messages.account.cell_number,
            move || is_open.get(),
            move || is_open.set(!is_open.get_untracked()),
        ))
        .when(move || is_open.get(), build)
        .when(move || !is_open.get(), move || classed("p", "hint").says(hint))
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::Account(error)) => Some(*error),
        _ => None,
    }
}

fn failed(state: &State) -> Option<Failure> {
    match trouble(state) {
        Some(Error::Failure(failure)) => Some(failure),
        _ => None,
    }
}

/// What is wrong with a user name, in words.
pub(crate) fn username_words(messages: &Messages, error: AccountNameError) -> String {
    let words = &messages.account;
    match error {
        AccountNameError::Empty => words.username_empty,
        AccountNameError::TooLong => words.username_too_long,
        AccountNameError::ControlCharacter => words.username_control,
    }
    .to_owned()
}

fn about_username(state: &State, messages: &Messages) -> Option<String> {
    match trouble(state) {
        Some(Error::Username(error)) => Some(username_words(messages, error)),
        _ => None,
    }
}

fn about_number(state: &State, messages: &Messages) -> Option<String> {
    let words = &messages.account;
    let message = match trouble(state)? {
        Error::CellNumber(CellNumberError::InvalidCharacter(sign)) => {
            return Some(fill(words.number_character, sign.encode_utf8(&mut [0; 4])));
        }
        Error::CellNumber(CellNumberError::Extension) => words.number_extension,
        Error::CellNumber(CellNumberError::Empty | CellNumberError::TooShort) => words.number_too_short,
        Error::CellNumber(CellNumberError::TooLong) => words.number_too_long,
        Error::CellNumberRefused => words.number_refused,
        Error::Username(_) | Error::Failure(_) => return None,
    };
    Some(message.to_owned())
}
