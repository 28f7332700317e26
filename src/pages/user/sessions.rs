//! Where the person is signed in, and Sign out there.

use leptos::{html, prelude::*};
use vestibule_flow::{Doing, Event, State, Trouble};
use vestibule_protocol::SessionInfo;

use crate::{
    browser,
    components::{announcer::Announcer, disclosure::Disclosure, notice::FailureNotice, submit::Cancel},
    i18n::{Messages, fill, text, use_messages},
    runner::use_flow,
};

/// The control that opens the list, and the list.
#[component]
pub(crate) fn Sessions() -> impl IntoView {
    let flow = use_flow();
    let control = NodeRef::<html::Button>::new();
    let list = flow.slice(|state| state.sessions().map(<[SessionInfo]>::to_vec));
    let is_open = Memo::new(move |_| list.with(Option::is_some));
    let is_listing = flow.slice(|state| state.doing() == Some(Doing::ListingSessions));
    let failed = flow.slice(|state| match state.trouble() {
        Some(Trouble::Sessions(failure)) => Some(*failure),
        _ => None,
    });
    let toggle = move || flow.send(if is_open.get_untracked() { Event::HideSessions } else { Event::ShowSessions });
    follow_signing_out(list, control);
    view! {
        <section>
            <h2>
                <Disclosure
                    label=|messages| messages.sessions.heading
                    is_open
                    is_pending=is_listing
                    button=control
                    on_toggle=toggle
                />
            </h2>
            <FailureNotice failed/>
            <Show when=move || is_listing.get()>
                <Cancel/>
            </Show>
            <Show when=move || is_open.get()>
                <ul class="places">
                    <For each=move || list.get().unwrap_or_default() key=|session| session.id.clone() let:session>
                        <Place session list/>
                    </For>
                </ul>
            </Show>
        </section>
    }
}

/// One place. Sign out there is for the others: here, Sign out does.
#[component]
fn Place(session: SessionInfo, list: Memo<Option<Vec<SessionInfo>>>) -> impl IntoView {
    let messages = use_messages();
    // Dates are written in the language of the page.
    let date_and_time = move |seconds_ago| {
        messages.track();
        browser::date_and_time(seconds_ago)
    };
    let signed_in = move || date_and_time(session.signed_in_ago);
    let last_used = {
        let id = session.id.clone();
        let of = move |list: &Vec<SessionInfo>| list.iter().find(|session| session.id == id).map(|it| it.last_used_ago);
        let last_used_ago = Memo::new(move |_| list.with(|list| list.as_ref().and_then(&of)));
        move || last_used_ago.get().map(date_and_time).unwrap_or_default()
    };
    let (browser, system) = (session.browser, session.system);
    let name = Signal::derive(move || name(messages.get(), browser.as_deref(), system.as_deref()));
    let end = if session.current {
        view! { <span class="badge">{text(|messages| messages.sessions.this_one)}</span> }.into_any()
    } else {
        view! { <SignOutThere id=session.id name/> }.into_any()
    };
    view! {
        <li>
            <div>
                <p class="where">{name}</p>
                {session.client_address.map(|address| view! { <p class="hint"><bdi dir="ltr">{address}</bdi></p> })}
                <p class="hint">{move || fill(messages.get().sessions.signed_in, signed_in())}</p>
                {(!session.current).then(|| view! {
                    <p class="hint">{move || fill(messages.get().sessions.last_used, last_used())}</p>
                })}
            </div>
            {end}
        </li>
    }
}

fn name(messages: &Messages, browser: Option<&str>, system: Option<&str>) -> String {
    let words = &messages.sessions;
    match (browser, system) {
        (Some(browser), Some(system)) => fill(&fill(words.browser_on, browser), system),
        (Some(browser), None) => browser.to_owned(),
        (None, _) => words.unknown_browser.to_owned(),
    }
}

#[component]
fn SignOutThere(id: String, name: Signal<String>) -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let is_pending = {
        let id = id.clone();
        Memo::new(move |_| flow.state().with(|state| state.signing_out_there() == Some(id.as_str())))
    };
    let label = move || {
        let words = &messages.get().sessions;
        if is_pending.get() { words.signing_out } else { words.sign_out_there }
    };
    view! {
        <div class="actions">
            <button
                type="button"
                class="secondary"
                class:pending=is_pending
                aria-label=move || {
                    if is_pending.get() { label().to_owned() } else { fill(messages.get().sessions.sign_out_of, name.get()) }
                }
                aria-disabled=move || is_pending.get().then_some("true")
                on:click=move |_| flow.send(Event::SignOutThere(id.clone()))
            >
                {label}
            </button>
            <Show when=move || is_pending.get()>
                <Cancel/>
            </Show>
        </div>
    }
}

/// Says that it is done. The button that was tapped is gone with its place, so that the focus goes to the control.
fn follow_signing_out(list: Memo<Option<Vec<SessionInfo>>>, control: NodeRef<html::Button>) {
    let messages = use_messages();
    let announcer: Announcer = expect_context();
    let ending = use_flow().slice(|state: &State| state.signing_out_there().map(str::to_owned));
    Effect::new(move |before: Option<Option<String>>| {
        let now = ending.get();
        if let (Some(id), None) = (before.flatten(), &now)
            && list.with_untracked(|list| list.as_ref().is_some_and(|list| list.iter().all(|session| session.id != id)))
        {
            announcer.say(messages.get_untracked().sessions.signed_out);
            if let Some(control) = control.get_untracked() {
                drop(control.focus());
            }
        }
        now
    });
}
