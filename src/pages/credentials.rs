//! Username or e-mail, and Password.

use vestibule_flow::{Doing, Event, Failure, Stage, State, Trouble, credentials::Error};

use crate::{
    components::{
        field::{Kind, Parts, field},
        notice::failure_notice,
        password::{Words, password_field},
        server_line::server_line,
        stage_form::{stage_form, stage_group},
        submit::submit,
    },
    dom::{El, said},
    i18n::Messages,
    pages::account::username_words,
    runner::use_flow,
};

/// What is said of the password.
const PASSWORD: Words = Words {
    label: |messages| messages.credentials.password,
    show: |messages| messages.password.show_password,
    hide: |messages| messages.password.hide_password,
};

/// The third stage.
pub(crate) fn credentials() -> El {
    let flow = use_flow();
    let username = field(Parts {
        id: "username",
        label: |messages| messages.credentials.username,
        kind: Kind::USERNAME,
        value: flow.now(|state| state.username().unwrap_or_default().to_owned()),
        error: said(about_username),
        hint: None,
        beside: None,
    });
    let password = password_field("password", Kind::PASSWORD, &PASSWORD, said(about_password), None);
    let on_submit = move || {
        flow.send(Event::Credentials { username: username.input.value(), password: password.input.value().into() });
    };
    let group =
        failure_notice(server_line(stage_group()), failed).with(username.root).with(password.root).with(submit(
            |messages| messages.credentials.submit,
            |messages| messages.credentials.pending,
            |doing| matches!(doing, Some(Doing::CheckingCredentials | Doing::CheckingCode | Doing::Beginning)),
        ));
    stage_form(Stage::Credentials, |messages| messages.credentials.heading, group, Box::new(on_submit))
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::Credentials(error)) => Some(*error),
        _ => None,
    }
}

fn failed(state: &State) -> Option<Failure> {
    match trouble(state) {
        Some(Error::Failure(failure)) => Some(failure),
        _ => None,
    }
}

fn about_username(state: &State, messages: &Messages) -> Option<String> {
    match trouble(state) {
        Some(Error::Username(error)) => Some(username_words(messages, error)),
        _ => None,
    }
}

fn about_password(state: &State, messages: &Messages) -> Option<String> {
    let words = &messages.credentials;
    let message = match trouble(state)? {
        Error::NoPassword => words.no_password,
        Error::PasswordTooLong => messages.password.too_long,
        Error::Refused => words.refused,
        Error::Username(_) | Error::Failure(_) => return None,
    };
    Some(message.to_owned())
}
