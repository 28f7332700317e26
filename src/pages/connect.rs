//! Server Address.

use std::rc::Rc;

use crate::signals::*;
use vestibule_flow::{AddressError, Doing, Event, ServerAddress, Stage, State, Trouble, connect::Error};

use crate::{
    browser::{self, ThisBrowser},
    components::{
        field::{error_line, focus_when_refused, keep_what_is_typed},
        first_screen::FirstScreen,
        stage_form::{present, stage_notice},
    },
    dom::{El, button, classed, el, follow, listen, once_shown, put_off, said},
    i18n::{Messages, failure, fill, use_messages},
    runner::use_flow,
};

/// The first stage. Its form stands in `index.html`, where people can type before this program is there: the form is
/// not made here, it is brought to life.
pub(crate) fn connect(screen: &FirstScreen) -> El {
    let flow = use_flow();
    let field = screen.input.clone();
    // Where people see the form already and there is nothing to tell, nothing changes for the eye: whoever is about to type
    // does not wait for what comes to stand around it later.
    let is_plain = screen.is_seen() && flow.now(is_untouched);
    screen.show();
    keep_what_is_typed("address", Stage::Connect, &field);
    let is_early = screen.take_early_submit();
    let complete = {
        let screen = screen.clone();
        put_off(move || bring_the_rest(&screen))
    };
    let submit = {
        let complete = complete.clone();
        move || {
            complete();
            flow.send(Event::Connect(field.value()));
        }
    };
    listen(&screen.form, "submit", {
        let submit = submit.clone();
        move |_| submit()
    });
    listen(&screen.cancel, "click", move |_| flow.send(Event::Cancel));
    if is_early {
        submit();
    } else if is_plain {
        browser::after_frame(complete);
    } else {
        complete();
    }
    El::standing(&screen.form)
}

/// Whether there is nothing to tell at the first stage.
fn is_untouched(state: &State) -> bool {
    state.addresses().is_empty() && state.notice().is_none() && state.trouble().is_none() && state.doing().is_none()
}

/// What comes to stand in the form and around it.
fn bring_the_rest(screen: &FirstScreen) {
    let flow = use_flow();
    let messages = use_messages();
    let field = screen.input.clone();
    let understood = RwSignal::new(None::<String>);
    let error = said(|state, messages| trouble(state).map(|error| words(messages, error)));
    let read = {
        let field = field.clone();
        move || {
            let address = ServerAddress::parse::<ThisBrowser>(&field.value()).ok();
            understood.set(address.map(|address| address.to_string()));
        }
    };
    listen(&field, "input", {
        let read = read.clone();
        move |_| read()
    });
    focus_when_refused(&field, &error);
    screen.follow_error(Rc::clone(&error));
    screen.follow_pending(
        move || flow.see(State::doing) == Some(Doing::Connecting),
        move || flow.see(|state| state.doing().is_some()),
    );
    screen.follow_hint(Rc::new(move || {
        understood.get().map(|address| fill(messages.get().connect.understood, &address))
    }));

    let heading = screen.heading();
    present(
        &screen.form,
        Stage::Connect,
        Rc::new(move || {
            // In another language it is another text.
            messages.get();
            heading.text_content().unwrap_or_default()
        }),
    );
    // The page's own server answers after the field is there, and after the focus is; what the person has typed meanwhile
    // stays.
    once_shown(move || {
        let mut known = None;
        follow(move || {
            let address = flow.see(|state| state.address().map(ToString::to_string));
            if known.as_ref() == Some(&address) {
                return;
            }
            known = Some(address.clone());
            if let Some(address) = address
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
    });
    stage_notice(screen.slot(0));
    error_line(screen.slot(1), "address-error".to_owned(), &error);
    remembered(offer(screen.slot(2)));
}

fn trouble(state: &State) -> Option<&Error> {
    match state.trouble() {
        Some(Trouble::Connect(error)) => Some(error),
        _ => None,
    }
}

/// Another address that an error knows of, to be tapped.
fn offer(place: El) -> El {
    let flow = use_flow();
    let messages = use_messages();
    let key = move || flow.see(offered).map(|(address, _)| address.to_string()).into_iter().collect();
    place.each(key, move |_| {
        let Some((address, is_unencrypted)) = flow.now(offered) else { return classed("div", "offer") };
        let name = address.to_string();
        button("plain offer", move || flow.send(Event::ConnectTo(address.clone()))).says(move || {
            let words = &messages.get().connect;
            fill(if is_unencrypted { words.use_unencrypted } else { words.use_address }, &name)
        })
    })
}

/// The address, and whether the way there would no longer be encrypted.
fn offered(state: &State) -> Option<(ServerAddress, bool)> {
    match trouble(state)? {
        Error::OtherAddress(address) => Some((address.clone(), !address.is_encrypted() && !address.is_loopback())),
        Error::Blocked(address) => Some((address.clone(), false)),
        Error::Silent(Some(address)) => Some((address.clone(), true)),
        _ => None,
    }
}

/// The addresses of earlier connections.
fn remembered(place: El) -> El {
    let flow = use_flow();
    let build = move || {
        let addresses = move || flow.see(|state| state.addresses().iter().map(ToString::to_string).collect());
        classed("section", "remembered")
            .attr("aria-labelledby", "remembered")
            .with(el("h2").attr("id", "remembered").words(|messages| messages.connect.remembered))
            .with(el("ul").each(addresses, remembered_address))
    };
    place.when(move || flow.see(|state| !state.addresses().is_empty()), build)
}

fn remembered_address(name: &str) -> El {
    let flow = use_flow();
    let messages = use_messages();
    let address = flow.now(|state| state.addresses().iter().find(|address| address.to_string() == name).cloned());
    let forgotten = address.clone();
    let send = move |event: fn(ServerAddress) -> Event, address: &Option<ServerAddress>| {
        if let Some(address) = address {
            flow.send(event(address.clone()));
        }
    };
    let connect =
        button("plain", move || send(Event::ConnectTo, &address)).with(el("bdi").attr("dir", "ltr").text(name));
    let name = name.to_owned();
    let forget = button("plain forget", move || send(Event::Forget, &forgotten))
        .attr_of("aria-label", move || Some(fill(messages.get().connect.forget, &name)))
        .with(el("span").attr("aria-hidden", "true").text("×"));
    el("li").with(connect).with(forget)
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
