//! Username or e-mail, and Password.

use leptos::{ev::KeyboardEvent, html::Input, prelude::*};
use vestibule_flow::{Doing, Event, Failure, Stage, State, Trouble, credentials::Error};

use crate::{
    components::{
        field::{Field, Kind, typed},
        notice::FailureNotice,
        server_line::ServerLine,
        stage_form::StageForm,
        submit::Submit,
    },
    i18n::{Messages, text, use_messages},
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
            <Password input=password error=password_error/>
            <Submit
                label=|messages| messages.credentials.submit
                pending=|messages| messages.credentials.pending
                is_pending
            />
        </StageForm>
    }
}

/// The password, which can be looked at, and a word about Caps Lock.
#[component]
fn Password(input: NodeRef<Input>, error: Signal<Option<String>>) -> impl IntoView {
    let (is_shown, set_shown) = signal(false);
    let (is_caps_lock, set_caps_lock) = signal(false);
    let (show, hide) =
        (text(|messages| messages.credentials.show_password), text(|messages| messages.credentials.hide_password));
    let (show_short, hide_short) =
        (text(|messages| messages.credentials.show), text(|messages| messages.credentials.hide));
    let caps_lock = text(|messages| messages.credentials.caps_lock);
    let watch = move |event: KeyboardEvent| set_caps_lock.set(event.get_modifier_state("CapsLock"));
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            input.set_type(if is_shown.get() { "text" } else { "password" });
        }
    });
    view! {
        <div on:keydown=watch on:keyup=watch>
            <Field
                id="password"
                label=|messages| messages.credentials.password
                kind=Kind::PASSWORD
                input
                error
            >
                <button
                    type="button"
                    class="plain reveal"
                    aria-label=move || if is_shown.get() { hide() } else { show() }
                    on:click=move |_| set_shown.update(|is_shown| *is_shown = !*is_shown)
                >
                    {move || if is_shown.get() { hide_short() } else { show_short() }}
                </button>
            </Field>
            <p class="hint warning" role="status">{move || is_caps_lock.get().then(caps_lock)}</p>
        </div>
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
        Error::PasswordTooLong => words.password_too_long,
        Error::Refused => words.refused,
        Error::Username(_) | Error::Failure(_) => return None,
    };
    Some(message.to_owned())
}
