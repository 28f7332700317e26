//! The User tab.

mod password;
mod sessions;

use std::rc::Rc;

use crate::signals::*;
use vestibule_flow::{Doing, Event, Failure, State, Trouble, user::Error};
use vestibule_protocol::{Me, PreferredDevice, UcConfiguration};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    browser,
    components::{
        announcer::use_announcer,
        notice::{Tone, failure_notice, notice},
        stage_form::entitle,
        submit::{cancel, show_pending},
    },
    dom::{El, button, classed, el, follow, once_shown},
    i18n::{Messages, Pick, use_messages},
    runner::use_flow,
};

/// The last stage.
pub(crate) fn user() -> El {
    let (flow, messages, announcer) = (use_flow(), use_messages(), use_announcer());
    entitle(Rc::new(move || messages.get().user.heading.to_owned()));
    let heading = el("h1").attr("id", "heading").attr("tabindex", "-1").words(|messages| messages.user.heading);
    let focused: HtmlElement = heading.element().clone().unchecked_into();
    once_shown(move || {
        announcer.say(messages.now().user.signed_in);
        browser::focus(&focused);
    });
    let step = classed("p", "step done")
        .with(classed("span", "tick").attr("aria-hidden", "true"))
        .with(el("span").words(|messages| messages.user.signed_in));
    let stage = classed("section", "stage user").attr("aria-labelledby", "heading").with(step).with(heading);
    let is_not_available = move || flow.see(|state| trouble(state) == Some(Error::NotAvailable));
    let stage =
        failure_notice(stage, failed)
            .when(is_not_available, move || notice(Tone::Alert, move || messages.get().user.not_available.to_owned()))
            .with(classed("p", "name").with(
                el("bdi").says(move || flow.see(|state| state.me().map(|me| me.name.clone())).unwrap_or_default()),
            ))
            .with(person());
    route_calls(devices(stage))
        .with(saving())
        .with(classed("div", "more").with(sessions::sessions()).with(password::change_password()))
        .with(sign_out())
}

fn trouble(state: &State) -> Option<Error> {
    match state.trouble() {
        Some(Trouble::User(error)) => Some(*error),
        _ => None,
    }
}

fn failed(state: &State) -> Option<Failure> {
    match trouble(state) {
        Some(Error::Failure(failure)) => Some(failure),
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
fn person() -> El {
    let (flow, messages) = (use_flow(), use_messages());
    let list = classed("dl", "person");
    let list = fact(list, |messages| messages.user.username, |me| Some(me.username.clone()), None);
    let list = fact(list, |messages| messages.user.email, |me| me.email.clone(), Some("ltr"));
    let list = fact(list, |messages| messages.user.cell_number, |me| me.cell_number.clone(), Some("ltr"));
    let stands_behind = move || {
        let of = flow.see(|state| state.me().map(|me| me.configuration));
        of.map(|of| configuration(messages.get(), of).to_owned()).unwrap_or_default()
    };
    let list = list.with(
        el("div").with(el("dt").words(|messages| messages.user.configuration)).with(el("dd").says(stands_behind)),
    );
    fact(list, |messages| messages.user.server, |me| Some(me.server.clone()), Some("ltr"))
}

/// A line of what is known of the person, where it is known.
fn fact(list: El, name: Pick, of: fn(&Me) -> Option<String>, dir: Option<&'static str>) -> El {
    let flow = use_flow();
    let value = move || flow.see(|state| state.me().and_then(of));
    list.when(
        move || value().is_some(),
        move || {
            let island = el("bdi").says(move || value().unwrap_or_default());
            let island = if let Some(dir) = dir { island.attr("dir", dir) } else { island };
            el("div").with(el("dt").words(name)).with(el("dd").with(island))
        },
    )
}

fn device(messages: &Messages, device: PreferredDevice) -> &'static str {
    match device {
        PreferredDevice::DeskPhone => messages.user.desk_phone,
        PreferredDevice::MobilePhone => messages.user.mobile_phone,
        PreferredDevice::AutoPilot => messages.user.auto_pilot,
    }
}

/// Preferred device, where the configuration has one.
fn devices(place: El) -> El {
    let (flow, messages) = (use_flow(), use_messages());
    let offered = move || flow.see(|state| state.me().map(|me| me.devices.clone())).unwrap_or_default();
    let key = |device: &PreferredDevice| (*device as u8).to_string();
    let build = move || {
        let choices = move |number: &str| {
            let device_of = offered().into_iter().find(|device| key(device) == number);
            let words = move || device_of.map(|of| device(messages.get(), of).to_owned()).unwrap_or_default();
            let input = el("input").attr("type", "radio").attr("name", "device").on("change", move |_| {
                if let Some(device) = device_of {
                    flow.send(Event::Prefer(device));
                }
            });
            follow_box(&input, move |me| device_of.is_some() && me.preferred_device == device_of);
            classed("label", "choice").with(input).with(el("span").says(words))
        };
        classed("fieldset", "choices")
            .with(el("legend").words(|messages| messages.user.preferred_device))
            .each(move || offered().iter().map(key).collect(), choices)
    };
    place.when(move || !offered().is_empty(), build)
}

/// Route Calls to Cell, where it can be set.
fn route_calls(place: El) -> El {
    let flow = use_flow();
    let build = move || {
        let input = el("input").attr("type", "checkbox").attr("aria-describedby", "route-help");
        follow_box(&input, |me| me.route_calls_to_cell == Some(true));
        let set = input.input();
        let input = input.on("change", move |_| flow.send(Event::RouteCallsToCell(set.checked())));
        let label = el("span").words(|messages| messages.user.route_calls);
        let help = classed("p", "hint").attr("id", "route-help").words(|messages| messages.user.route_calls_help);
        classed("div", "choices").with(classed("label", "choice").with(input).with(label)).with(help)
    };
    place.when(move || flow.see(|state| state.me().is_some_and(|me| me.route_calls_to_cell.is_some())), build)
}

/// A box shows what the server has, not what was tapped, once nothing is under way.
fn follow_box(input: &El, is_checked: impl Fn(&Me) -> bool + 'static) {
    let (flow, input) = (use_flow(), input.input());
    follow(move || {
        let (doing, is_checked) = flow.see(|state| (state.doing(), state.me().is_some_and(&is_checked)));
        if !matches!(doing, Some(Doing::Saving | Doing::SigningOut)) {
            input.set_checked(is_checked);
        }
    });
}

/// What becomes of a change of a setting, with the way to give it up.
fn saving() -> El {
    let (flow, messages) = (use_flow(), use_messages());
    let told = RwSignal::new(None::<Saved>);
    follow(move || {
        let (is_saving, saves) = flow.see(|state| (state.doing() == Some(Doing::Saving), state.saves()));
        let before = told.get_untracked();
        let now = match before {
            _ if is_saving => Some(Saved { is_done: false, saves }),
            Some(before) if before.is_done || before.saves < saves => Some(Saved { is_done: true, saves }),
            // Refused, or given up: that is told elsewhere.
            _ => None,
        };
        if now != before {
            told.set(now);
        }
    });
    let words = move || {
        let words = &messages.get().user;
        told.get().map_or("", |saved| if saved.is_done { words.saved } else { words.saving }).to_owned()
    };
    classed("div", "saving")
        .with(classed("p", "hint").attr("role", "status").says(words))
        .when(move || told.get().is_some_and(|saved| !saved.is_done), cancel)
}

/// How far saving a setting has come, and how many had been saved by then.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Saved {
    is_done: bool,
    saves: u64,
}

/// Sign out, and what is being done.
fn sign_out() -> El {
    let flow = use_flow();
    let button = show_pending(
        button("secondary", move || flow.send(Event::SignOut)),
        |messages| messages.user.sign_out,
        |messages| messages.user.signing_out,
        |doing| doing == Some(Doing::SigningOut),
    );
    classed("div", "actions").with(button).when(move || flow.see(State::doing) == Some(Doing::SigningOut), cancel)
}
