//! Where the person is signed in, and Sign out there.

use std::cell::Cell;

use vestibule_flow::{Doing, Event, Failure, State, Trouble};
use vestibule_protocol::SessionInfo;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    browser,
    components::{announcer::use_announcer, disclosure::disclosure, notice::failure_notice, submit::cancel},
    dom::{El, button, classed, el, follow},
    i18n::{Messages, fill, use_messages},
    runner::use_flow,
};

/// The control that opens the list, and the list.
pub(crate) fn sessions() -> El {
    let flow = use_flow();
    let is_open = move || flow.see(|state| state.sessions().is_some());
    let is_listing = move || flow.see(State::doing) == Some(Doing::ListingSessions);
    let toggle = move || {
        let is_open = flow.now(|state| state.sessions().is_some());
        flow.send(if is_open { Event::HideSessions } else { Event::ShowSessions });
        if !is_open {
            // What dates are written with takes a small device longer to load than a frame: while the list is on its way.
            browser::after_frame(|| drop(browser::date_and_time(0)));
        }
    };
    let control = disclosure(|messages| messages.sessions.heading, is_open, toggle).class_when("pending", is_listing);
    follow_signing_out(control.element().clone().unchecked_into());
    let ids = move || flow.see(|state| state.sessions().unwrap_or_default().iter().map(|it| it.id.clone()).collect());
    failure_notice(el("section").with(el("h2").with(control)), failed)
        .when(is_listing, cancel)
        .when(is_open, move || classed("ul", "places").each(ids, place))
}

fn failed(state: &State) -> Option<Failure> {
    match state.trouble() {
        Some(Trouble::Sessions(failure)) => Some(*failure),
        _ => None,
    }
}

fn session<'a>(state: &'a State, id: &str) -> Option<&'a SessionInfo> {
    state.sessions()?.iter().find(|session| session.id == id)
}

/// One place. Sign out there is for the others: here, Sign out does.
fn place(id: &str) -> El {
    let (flow, messages) = (use_flow(), use_messages());
    let Some(known) = flow.now(|state| session(state, id).cloned()) else { return el("li") };
    let id = id.to_owned();
    let listed = browser::now();
    let since = move |listed: u64| (browser::now() - listed) / 1000;
    let (browser, system) = (known.browser, known.system);
    let name = move || name(messages.get(), browser.as_deref(), system.as_deref());
    let mut about = el("div").with(classed("p", "where").says(name.clone()));
    if let Some(address) = known.client_address {
        about = about.with(classed("p", "hint").with(el("bdi").attr("dir", "ltr").text(&address)));
    }
    about = about.with(classed("p", "hint").says(move || {
        // Dates are written in the language of the page.
        fill(messages.get().sessions.signed_in, &browser::date_and_time(known.signed_in_ago + since(listed)))
    }));
    if known.current {
        let badge = classed("span", "badge").words(|messages| messages.sessions.this_one);
        return el("li").with(about).with(badge);
    }
    let used = id.clone();
    // How long ago it was, and when that was so.
    let known = Cell::new((known.last_used_ago, listed));
    let last_used = classed("p", "hint").says(move || {
        let ago = flow.see(|state| session(state, &used).map(|session| session.last_used_ago));
        if let Some(ago) = ago.filter(|ago| *ago != known.get().0) {
            known.set((ago, browser::now()));
        }
        let (ago, listed) = known.get();
        fill(messages.get().sessions.last_used, &browser::date_and_time(ago + since(listed)))
    });
    el("li").with(about.with(last_used)).with(sign_out_there(id, name))
}

fn name(messages: &Messages, browser: Option<&str>, system: Option<&str>) -> String {
    let words = &messages.sessions;
    match (browser, system) {
        (Some(browser), Some(system)) => fill(&fill(words.browser_on, browser), system),
        (Some(browser), None) => browser.to_owned(),
        (None, _) => words.unknown_browser.to_owned(),
    }
}

fn sign_out_there(id: String, name: impl Fn() -> String + 'static) -> El {
    let (flow, messages) = (use_flow(), use_messages());
    let is_pending = {
        let id = id.clone();
        move || flow.see(|state| state.signing_out_there() == Some(&id))
    };
    let (shown, named, said) = (is_pending.clone(), is_pending.clone(), is_pending.clone());
    let button = button("secondary", move || flow.send(Event::SignOutThere(id.clone())))
        .class_when("pending", is_pending.clone())
        .attr_of("aria-label", move || {
            let words = &messages.get().sessions;
            Some(if named() { words.signing_out.to_owned() } else { fill(words.sign_out_of, &name()) })
        })
        .attr_when("aria-disabled", is_pending)
        .says(move || {
            let words = &messages.get().sessions;
            if said() { words.signing_out } else { words.sign_out_there }.to_owned()
        });
    classed("div", "actions").with(button).when(shown, cancel)
}

/// Says that it is done. The button that was tapped is gone with its place, so that the focus goes to the control.
fn follow_signing_out(control: HtmlElement) {
    let (flow, messages, announcer) = (use_flow(), use_messages(), use_announcer());
    let mut before: Option<String> = None;
    follow(move || {
        let now = flow.see(|state| state.signing_out_there().map(str::to_owned));
        if let (Some(id), None) = (&before, &now)
            && flow.now(|state| state.sessions().is_some() && session(state, id).is_none())
        {
            announcer.say(messages.now().sessions.signed_out);
            drop(control.focus());
        }
        before = now;
    });
}
