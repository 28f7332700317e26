//! Username or e-mail, and Password.

use leptos::{html::Input, prelude::*};
use vestibule_flow::{Doing, Event, Failure, Stage, State, Trouble, credentials::Error};

use crate::{
    components::{
        field::{Field, Kind, typed},
        notice::FailureNotice,
        password::{PasswordField, Reveal},
        server_line::ServerLine,
        stage_form::StageForm,
        submit::Submit,
    },
    i18n::{Messages, use_messages},
    pages::account::username_words,
    runner::use_flow,
};

/// The third stage.
#[component]
pub(crate) fn Credentials() -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let (username, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let trouble = flow.slice(trouble);
    let username_error = Signal::derive(move || match trouble.get() {
        Some(Error::Username(error)) => Some(username_words(messages.get(), error)),
        _ => None,
    });
    let password_error = Signal::derive(move || trouble.get().and_then(|error| about_password(messages.get(), error)));
    let failed = Signal::derive(move || match trouble.get() {
        Some(Error::Failure(failure)) => Some(failure),
        _ => None::<Failure>,
    });
    let is_pending = flow.slice(|state| {
        matches!(state.doing(), Some(Doing::CheckingCredentials | Doing::CheckingCode | Doing::Beginning))
    });
    let known = flow.state().with_untracked(|state| state.username().unwrap_or_default().to_owned());
    let submit = move || {
        flow.send(Event::Credentials { username: typed(username), password: typed(password).into() });
    };
    view! {
        <StageForm stage=Stage::Credentials heading=|messages| messages.credentials.heading on_submit=submit>
            <ServerLine/>
            <FailureNotice failed/>
            <Field
                id="username"
                label=|messages| messages.credentials.username
                kind=Kind::USERNAME
                value=known
                input=username
                error=username_error
            />
            <PasswordField
                id="password"
                label=|messages| messages.credentials.password
                kind=Kind::PASSWORD
                reveal=Reveal { show: |messages| messages.password.show_password, hide: |messages| messages.password.hide_password }
                input=password
                error=password_error
            />
            <Submit
                label=|messages| messages.credentials.submit
                pending=|messages| messages.credentials.pending
                is_pending
            />
        </StageForm>
    }
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::Credentials(error)) => Some(*error),
        _ => None,
    }
}

fn about_password(messages: &Messages, error: Error) -> Option<String> {
    let words = &messages.credentials;
    let message = match error {
        Error::NoPassword => words.no_password,
        Error::PasswordTooLong => messages.password.too_long,
        Error::Refused => words.refused,
        Error::Username(_) | Error::Failure(_) => return None,
    };
    Some(message.to_owned())
}
