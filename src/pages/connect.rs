//! Server Address.

use leptos::prelude::*;
use vestibule_flow::{AddressError, Doing, Event, ServerAddress, Stage, State, Trouble, connect::Error};

use crate::{
    browser::BrowserUrls,
    components::{
        field::{focus_when_refused, keep_what_is_typed},
        first_screen::{FirstScreen, listen, within},
        stage_form::{StageNotice, present},
    },
    i18n::{Messages, failure, fill, text, use_messages},
    runner::use_flow,
};

/// The first stage. Its form stands in `index.html`, where people can type before this program is there: the form is
/// not made here, it is brought to life.
#[component]
pub(crate) fn Connect() -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let screen = FirstScreen::of_this_page();
    let input = {
        let input = screen.input.clone();
        move || Some(input.clone())
    };
    let (understood, set_understood) = signal(None::<ServerAddress>);
    let trouble = flow.slice(trouble);
    let error =
        Signal::derive(move || trouble.with(|trouble| trouble.as_ref().map(|error| words(messages.get(), error))));
    let hint = Memo::new(move |_| understood.get().map(|address| fill(messages.get().connect.understood, address)));
    let is_pending = flow.slice(|state| state.doing() == Some(Doing::Connecting));
    let is_busy = flow.slice(|state| state.doing().is_some());
    let read = {
        let input = screen.input.clone();
        move || set_understood.set(ServerAddress::parse::<BrowserUrls>(&input.value()).ok())
    };

    screen.show();
    keep_what_is_typed("address", Stage::Connect, &screen.input);
    listen(&screen.input, "input", {
        let read = read.clone();
        move |_| read()
    });
    let submit = {
        let input = screen.input.clone();
        move || flow.send(Event::Connect(input.value()))
    };
    let is_early = screen.take_early_submit();
    listen(&screen.form, "submit", {
        let submit = submit.clone();
        move |_| submit()
    });
    listen(&screen.cancel, "click", move |_| flow.send(Event::Cancel));
    focus_when_refused(input, error);
    screen.follow_error(error);
    screen.follow_pending(is_pending, is_busy);
    screen.follow_hint(hint);

    // The page's own server answers after the field is there; what the person has typed meanwhile stays.
    let prefill = flow.slice(|state| state.address().map(ToString::to_string));
    let field = screen.input.clone();
    Effect::new(move |_| {
        if let Some(address) = prefill.get()
            && field.value().is_empty()
        {
            field.set_value(&address);
            // Whoever is about to type in it replaces it: nothing is typed onto it.
            if document().active_element().is_some_and(|active| active.is_same_node(Some(&field))) {
                field.select();
            }
        }
        read();
    });
    let heading = screen.heading();
    present(&screen.form, Stage::Connect, move || {
        // In another language it is another text.
        messages.track();
        heading.text_content().unwrap_or_default()
    });
    if is_early {
        submit();
    }
    within(&screen.slot(0), || view! { <StageNotice/> });
    within(&screen.slot(1), move || {
        move || error.get().map(|error| view! { <p class="error" id="address-error" role="alert">{error}</p> })
    });
    within(&screen.slot(2), move || view! { <Offer trouble/> <Remembered/> });
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::Connect(error)) => Some(error.clone()),
        _ => None,
    }
}

/// Another address that an error knows of, to be tapped.
#[component]
fn Offer(trouble: Memo<Option<Error>>) -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    move || {
        let words = &messages.get().connect;
        let (address, label) = match trouble.get()? {
            Error::OtherAddress(address) if !address.is_encrypted() && !address.is_loopback() => {
                (address, words.use_unencrypted)
            }
            Error::Blocked(address) | Error::OtherAddress(address) => (address, words.use_address),
            Error::Silent(Some(address)) => (address, words.use_unencrypted),
            _ => return None,
        };
        let label = fill(label, &address);
        let connect = move |_| flow.send(Event::ConnectTo(address.clone()));
        Some(view! { <button type="button" class="plain offer" on:click=connect>{label}</button> })
    }
}

/// The addresses of earlier connections.
#[component]
fn Remembered() -> impl IntoView {
    let addresses = use_flow().slice(|state| state.addresses().to_vec());
    let is_empty = move || addresses.with(Vec::is_empty);
    view! {
        <Show when=move || !is_empty()>
            <section class="remembered" aria-labelledby="remembered">
                <h2 id="remembered">{text(|messages| messages.connect.remembered)}</h2>
                <ul>
                    <For each=move || addresses.get() key=ToString::to_string let:address>
                        <RememberedAddress address/>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn RememberedAddress(address: ServerAddress) -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let name = address.to_string();
    let (connect, forget) = (address.clone(), address.clone());
    let forget_label = move || fill(messages.get().connect.forget, &address);
    view! {
        <li>
            <button type="button" class="plain" on:click=move |_| flow.send(Event::ConnectTo(connect.clone()))>
                <bdi dir="ltr">{name}</bdi>
            </button>
            <button
                type="button"
                class="plain forget"
                aria-label=forget_label
                on:click=move |_| flow.send(Event::Forget(forget.clone()))
            >
                <span aria-hidden="true">"×"</span>
            </button>
        </li>
    }
}

fn words(messages: &Messages, error: &Error) -> String {
    let words = &messages.connect;
    let message = match error {
        Error::Address(AddressError::Empty) => words.empty,
        Error::Address(AddressError::TooLong) => words.too_long,
        Error::Address(AddressError::EmailAddress) => words.email_address,
        Error::Address(AddressError::UserPart) => words.user_part,
        Error::Address(AddressError::OtherScheme) => words.other_scheme,
        Error::Address(AddressError::DoubledScheme) => words.doubled_scheme,
        Error::Address(AddressError::NotAnAddress) => words.not_an_address,
        Error::Blocked(_) => words.blocked,
        Error::LocalNetwork => words.local_network,
        Error::Silent(Some(_)) => words.silent_encrypted,
        Error::Silent(None) => words.silent,
        Error::Closed => words.closed,
        Error::NotASignInServer => words.not_a_sign_in_server,
        Error::OtherAddress(_) => words.other_address,
        Error::ForeignEndpoint => words.foreign_endpoint,
        Error::Failure(what) => failure(messages, *what),
    };
    message.to_owned()
}
