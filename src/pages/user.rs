//! The User tab.

mod password;
mod sessions;

use leptos::{html, prelude::*};
use vestibule_flow::{Doing, Event, State, Trouble, user::Error};
use vestibule_protocol::{Me, PreferredDevice, UcConfiguration};

use crate::{
    components::{
        announcer::Announcer,
        brand::use_service_name,
        notice::{FailureNotice, Notice, Tone},
        submit::Cancel,
    },
    i18n::{Messages, text, use_messages},
    pages::user::{password::ChangePassword, sessions::Sessions},
    runner::use_flow,
};

/// The last stage.
#[component]
pub(crate) fn User() -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let announcer: Announcer = expect_context();
    let heading = NodeRef::<html::H1>::new();
    let me = flow.slice(|state| state.me().cloned());
    let trouble = flow.slice(trouble);
    let failed = Signal::derive(move || match trouble.get() {
        Some(Error::Failure(failure)) => Some(failure),
        _ => None,
    });
    let not_available = move || {
        matches!(trouble.get(), Some(Error::NotAvailable))
            .then(|| view! { <Notice tone=Tone::Alert message=messages.get().user.not_available/> })
    };
    let title = text(|messages| messages.user.heading);
    let name = use_service_name();
    Effect::new(move |_| document().set_title(&format!("{} – {}", title(), name.get())));
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            announcer.say(messages.get_untracked().user.signed_in);
            drop(heading.focus());
        }
    });
    view! {
        <section class="stage user" aria-labelledby="heading">
            <p class="step done">
                <span class="tick" aria-hidden="true"></span>
                {text(|messages| messages.user.signed_in)}
            </p>
            <h1 id="heading" tabindex="-1" node_ref=heading>{text(|messages| messages.user.heading)}</h1>
            <FailureNotice failed/>
            {not_available}
            {move || me.get().map(|me| view! { <Person me/> })}
            <Devices me/>
            <RouteCalls me/>
            <Saving/>
            <div class="more">
                <Sessions/>
                <ChangePassword/>
            </div>
            <SignOut/>
        </section>
    }
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::User(error)) => Some(*error),
        _ => None,
    }
}

fn configuration(messages: &Messages, configuration: UcConfiguration) -> &'static str {
    match configuration {
        UcConfiguration::Integrated => messages.user.integrated,
        UcConfiguration::UcOnly => messages.user.uc_only,
        UcConfiguration::VoiceOnly => messages.user.voice_only,
    }
}

/// Who is signed in, and where.
#[component]
fn Person(me: Me) -> impl IntoView {
    let messages = use_messages();
    let configuration = move || configuration(messages.get(), me.configuration);
    view! {
        <p class="name"><bdi>{me.name}</bdi></p>
        <dl class="person">
            <div>
                <dt>{text(|messages| messages.user.username)}</dt>
                <dd><bdi>{me.username}</bdi></dd>
            </div>
            {me.email.map(|email| view! {
                <div>
                    <dt>{text(|messages| messages.user.email)}</dt>
                    <dd><bdi dir="ltr">{email}</bdi></dd>
                </div>
            })}
            {me.cell_number.map(|number| view! {
                <div>
                    <dt>{text(|messages| messages.user.cell_number)}</dt>
                    <dd><bdi dir="ltr">{number}</bdi></dd>
                </div>
            })}
            <div>
                <dt>{text(|messages| messages.user.configuration)}</dt>
                <dd>{configuration}</dd>
            </div>
            <div>
                <dt>{text(|messages| messages.user.server)}</dt>
                <dd><bdi dir="ltr">{me.server}</bdi></dd>
            </div>
        </dl>
    }
}

fn device(messages: &Messages, device: PreferredDevice) -> &'static str {
    match device {
        PreferredDevice::DeskPhone => messages.user.desk_phone,
        PreferredDevice::MobilePhone => messages.user.mobile_phone,
        PreferredDevice::AutoPilot => messages.user.auto_pilot,
    }
}

/// Preferred device, where the configuration has one.
#[component]
fn Devices(me: Memo<Option<Me>>) -> impl IntoView {
    let devices = Memo::new(move |_| me.with(|me| me.as_ref().map(|me| me.devices.clone())).unwrap_or_default());
    let preferred = Memo::new(move |_| me.with(|me| me.as_ref().and_then(|me| me.preferred_device)));
    move || {
        let devices = devices.get();
        (!devices.is_empty()).then(|| {
            view! {
                <fieldset class="choices">
                    <legend>{text(|messages| messages.user.preferred_device)}</legend>
                    {devices.into_iter().map(|each| view! { <Device each preferred/> }).collect_view()}
                </fieldset>
            }
        })
    }
}

#[component]
fn Device(each: PreferredDevice, preferred: Memo<Option<PreferredDevice>>) -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let input = NodeRef::<html::Input>::new();
    let is_preferred = move || preferred.get() == Some(each);
    follow(input, is_preferred);
    view! {
        <label class="choice">
            <input
                type="radio"
                name="device"
                node_ref=input
                on:change=move |_| flow.send(Event::Prefer(each))
            />
            <span>{move || device(messages.get(), each)}</span>
        </label>
    }
}

/// Route Calls to Cell, where it can be set.
#[component]
fn RouteCalls(me: Memo<Option<Me>>) -> impl IntoView {
    let route = Memo::new(move |_| me.with(|me| me.as_ref().and_then(|me| me.route_calls_to_cell)));
    let is_there = Memo::new(move |_| route.get().is_some());
    view! {
        <Show when=move || is_there.get()>
            <RouteCallsSwitch route/>
        </Show>
    }
}

#[component]
fn RouteCallsSwitch(route: Memo<Option<bool>>) -> impl IntoView {
    let flow = use_flow();
    let input = NodeRef::<html::Input>::new();
    follow(input, move || route.get() == Some(true));
    let change = move |_| {
        let is_on = input.get_untracked().is_some_and(|input| input.checked());
        flow.send(Event::RouteCallsToCell(is_on));
    };
    view! {
        <div class="choices">
            <label class="choice">
                <input type="checkbox" aria-describedby="route-help" node_ref=input on:change=change/>
                <span>{text(|messages| messages.user.route_calls)}</span>
            </label>
            <p class="hint" id="route-help">{text(|messages| messages.user.route_calls_help)}</p>
        </div>
    }
}

/// A box shows what the server has, not what was tapped, once nothing is under way.
fn follow(input: NodeRef<html::Input>, is_checked: impl Fn() -> bool + 'static) {
    let doing = use_flow().slice(State::doing);
    Effect::new(move |_| {
        let (doing, is_checked) = (doing.get(), is_checked());
        if let Some(input) = input.get()
            && doing != Some(Doing::Saving)
        {
            input.set_checked(is_checked);
        }
    });
}

/// What becomes of a change of a setting, with the way to give it up.
#[component]
fn Saving() -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let told = Memo::new(move |before: Option<&Option<Saved>>| {
        let (is_saving, saves) = flow.state().with(|state| (state.doing() == Some(Doing::Saving), state.saves()));
        match before.copied().flatten() {
            _ if is_saving => Some(Saved { is_done: false, saves }),
            Some(before) if before.is_done || before.saves < saves => Some(Saved { is_done: true, saves }),
            // Refused, or given up: that is told elsewhere.
            _ => None,
        }
    });
    let words = move || {
        let words = &messages.get().user;
        told.get().map(|saved| if saved.is_done { words.saved } else { words.saving })
    };
    view! {
        <div class="saving">
            <p class="hint" role="status">{words}</p>
            <Show when=move || told.get().is_some_and(|saved| !saved.is_done)>
                <Cancel/>
            </Show>
        </div>
    }
}

/// How far saving a setting has come, and how many had been saved by then.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Saved {
    is_done: bool,
    saves: u64,
}

/// Sign out, and what is being done.
#[component]
fn SignOut() -> impl IntoView {
    let flow = use_flow();
    let messages = use_messages();
    let doing = flow.slice(State::doing);
    let is_pending = move || doing.get() == Some(Doing::SigningOut);
    let label = move || {
        let words = &messages.get().user;
        if is_pending() { words.signing_out } else { words.sign_out }
    };
    view! {
        <div class="actions">
            <button
                type="button"
                class="secondary"
                class:pending=is_pending
                aria-disabled=move || is_pending().then_some("true")
                on:click=move |_| flow.send(Event::SignOut)
            >
                {label}
            </button>
            <Show when=is_pending>
                <Cancel/>
            </Show>
        </div>
    }
}
