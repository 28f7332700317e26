//! Username and Cell Number.

use leptos::{html::Input, prelude::*};
use vestibule_flow::{Doing, Event, Failure, Stage, State, Trouble, account::Error};
use vestibule_protocol::{AccountNameError, CellNumberError};

use crate::{
    components::{
        disclosure::Disclosure,
        field::{Field, Kind, typed},
        notice::FailureNotice,
        server_line::ServerLine,
        stage_form::StageForm,
        submit::Submit,
    },
    drafts::Drafts,
    i18n::{Messages, fill, use_messages},
    runner::use_flow,
};

/// The second stage.
#[component]
pub(crate) fn Account() -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let (username, cell_number) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let drafts: Drafts = expect_context();
    let begun_with_number = flow.state().with_untracked(|state| state.cell_number().is_some());
    let (is_open, set_open) = signal(begun_with_number || drafts.of(Stage::Account, "cell-number").is_some());
    let trouble = flow.slice(trouble);
    let username_error = Signal::derive(move || trouble.get().and_then(|error| about_username(messages.get(), error)));
    let number_error = Signal::derive(move || trouble.get().and_then(|error| about_number(messages.get(), error)));
    let failed = Signal::derive(move || failed(trouble.get()));
    let username_hint = Signal::derive(move || messages.get().account.username_hint.to_owned());
    let is_pending = flow.slice(|state| state.doing() == Some(Doing::Beginning));
    let known = flow.state().with_untracked(|state| state.username().unwrap_or_default().to_owned());
    let submit = move || {
        flow.send(Event::Account {
            username: typed(username),
            cell_number: is_open.get_untracked().then(|| typed(cell_number)),
        });
    };
    view! {
        <StageForm stage=Stage::Account heading=|messages| messages.account.heading on_submit=submit>
            <ServerLine/>
            <FailureNotice failed/>
            <Field
                id="username"
                label=|messages| messages.account.username
                kind=Kind::USERNAME
                value=known
                input=username
                error=username_error
                hint=username_hint
            />
            <CellNumber input=cell_number error=number_error is_open set_open/>
            <Submit
                label=|messages| messages.account.submit
                pending=|messages| messages.account.pending
                is_pending
            />
        </StageForm>
    }
}

/// The control that opens the telephone field, and the field.
#[component]
fn CellNumber(
    input: NodeRef<Input>,
    error: Signal<Option<String>>,
    is_open: ReadSignal<bool>,
    set_open: WriteSignal<bool>,
) -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let hint = Signal::derive(move || messages.get().account.cell_number_help.to_owned());
    let offered = move || {
        let number = |state: &State| state.cell_number().or(state.latest_cell_number()).map(str::to_owned);
        flow.state().with_untracked(number).unwrap_or_default()
    };
    // Whoever opens the field wants to type in it; where it was open before, the stage says where the focus goes.
    let was_open = is_open.get_untracked();
    Effect::new(move |_| {
        if let (true, false, Some(input)) = (is_open.get(), was_open, input.get()) {
            drop(input.focus());
        }
    });
    view! {
        <div class="cell-number">
            <Disclosure
                label=|messages| messages.account.cell_number
                is_open
                on_toggle=move || set_open.update(|is_open| *is_open = !*is_open)
            />
            {move || if is_open.get() {
                view! {
                    <Field
                        id="cell-number"
                        label=|messages| messages.account.cell_number
                        kind=Kind::CELL_NUMBER
                        value=offered()
                        input
                        error
                        hint
                    />
                }.into_any()
            } else {
                view! { <p class="hint">{hint}</p> }.into_any()
            }}
        </div>
    }
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::Account(error)) => Some(*error),
        _ => None,
    }
}

fn failed(error: Option<Error>) -> Option<Failure> {
    match error {
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

fn about_username(messages: &Messages, error: Error) -> Option<String> {
    match error {
        Error::Username(error) => Some(username_words(messages, error)),
        _ => None,
    }
}

fn about_number(messages: &Messages, error: Error) -> Option<String> {
    let words = &messages.account;
    Some(match error {
        Error::CellNumber(CellNumberError::InvalidCharacter(sign)) => fill(words.number_character, sign),
        Error::CellNumber(CellNumberError::Extension) => words.number_extension.to_owned(),
        Error::CellNumber(CellNumberError::Empty | CellNumberError::TooShort) => words.number_too_short.to_owned(),
        Error::CellNumber(CellNumberError::TooLong) => words.number_too_long.to_owned(),
        Error::CellNumberRefused => words.number_refused.to_owned(),
        Error::Username(_) | Error::Failure(_) => return None,
    })
}
