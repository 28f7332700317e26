//! Changing the own password.

use leptos::{ev::SubmitEvent, html::Input, prelude::*};
use vestibule_flow::{Doing, Event, Failure, State, Trouble, password::Error};
use vestibule_protocol::MIN_PASSWORD_CHARS;

use crate::{
    components::{
        disclosure::Disclosure,
        field::{Kind, typed},
        notice::FailureNotice,
        password::{PasswordField, Reveal},
        submit::Submit,
    },
    i18n::{Messages, fill, use_messages},
    runner::use_flow,
};

/// The control that opens the form, and the form.
#[component]
pub(crate) fn ChangePassword() -> impl IntoView {
    let (is_open, set_open) = signal(false);
    view! {
        <section>
            <h2>
                <Disclosure
                    label=|messages| messages.password.heading
                    is_open
                    on_toggle=move || set_open.update(|is_open| *is_open = !*is_open)
                />
            </h2>
            <Show when=move || is_open.get()>
                <PasswordForm/>
            </Show>
        </section>
    }
}

#[component]
fn PasswordForm() -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let (current, new) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let trouble = flow.slice(trouble);
    let current_error = Signal::derive(move || trouble.get().and_then(|error| about_current(messages.get(), error)));
    let new_error = Signal::derive(move || trouble.get().and_then(|error| about_new(messages.get(), error)));
    let failed = Signal::derive(move || match trouble.get() {
        Some(Error::Failure(failure)) => Some(failure),
        _ => None::<Failure>,
    });
    let hint = Signal::derive(move || fill(messages.get().password.new_hint, MIN_PASSWORD_CHARS));
    let is_pending = flow.slice(|state| state.doing() == Some(Doing::ChangingPassword));
    let username = flow.state().with_untracked(|state| state.me().map(|me| me.username.clone()).unwrap_or_default());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        flow.send(Event::SetPassword { current: typed(current).into(), new: typed(new).into() });
    };
    // Whoever opens the form wants to type in it.
    Effect::new(move |_| {
        if let Some(current) = current.get() {
            drop(current.focus());
        }
    });
    view! {
        <form novalidate class="group" method="post" on:submit=submit>
            // Tells password managers whose password this is.
            <input type="text" name="username" autocomplete="username" value=username readonly hidden/>
            <FailureNotice failed/>
            <PasswordField
                id="current-password"
                label=|messages| messages.password.current
                kind=Kind::PASSWORD
                reveal=Reveal { show: |messages| messages.password.show_current, hide: |messages| messages.password.hide_current }
                input=current
                error=current_error
            />
            <PasswordField
                id="new-password"
                label=|messages| messages.password.new
                kind=Kind::NEW_PASSWORD
                reveal=Reveal { show: |messages| messages.password.show_new, hide: |messages| messages.password.hide_new }
                input=new
                error=new_error
                hint
            />
            <Submit label=|messages| messages.password.submit pending=|messages| messages.password.pending is_pending/>
        </form>
    }
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::Password(error)) => Some(*error),
        _ => None,
    }
}

fn about_current(messages: &Messages, error: Error) -> Option<String> {
    let words = &messages.password;
    match error {
        Error::NoCurrent => Some(words.no_current.to_owned()),
        Error::Wrong => Some(words.wrong.to_owned()),
        _ => None,
    }
}

fn about_new(messages: &Messages, error: Error) -> Option<String> {
    let words = &messages.password;
    match error {
        Error::NoNew => Some(words.no_new.to_owned()),
        Error::TooShort => Some(fill(words.too_short, MIN_PASSWORD_CHARS)),
        Error::TooLong => Some(words.too_long.to_owned()),
        Error::TooCommon => Some(words.too_common.to_owned()),
        Error::NotPossible => Some(words.not_possible.to_owned()),
        Error::Unchanged => Some(words.unchanged.to_owned()),
        Error::NoCurrent | Error::Wrong | Error::Failure(_) => None,
    }
}
