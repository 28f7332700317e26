//! The page around the stages: contexts, shell, and which stage shows.

use std::cell::Cell;

use crate::signals::*;
use vestibule_flow::{Doing, Event, Stage, State};
use wasm_bindgen::JsCast;
use web_sys::PageTransitionEvent;

use crate::{
    brand::{self, provide_brand},
    browser,
    components::{
        announcer::{Announcer, live_region},
        brand::show_brand,
        first_screen::{FirstScreen, release},
        language_menu::language_menu,
        submit::cancel,
    },
    dom::{El, classed, el, find, follow, listen},
    drafts,
    i18n::{Messages, provide_language},
    pages::{account::account, code::code, connect::connect, credentials::credentials, user::user},
    rehearsal::rehearse,
    runner::Flow,
};

/// What shows while the page goes on where the person left. No path of a stage is like it.
const RESUMING: &str = "";

/// Brings the whole page to life, with the stages in `main`.
pub(crate) fn app(main: &El, messages: &'static Messages) {
    provide_language(messages);
    provide_brand();
    provide_context(Announcer::aloud());
    let flow = Flow::start();
    provide_context(flow);
    follow_the_url(flow);
    follow_the_person(flow);
    if let Some(body) = find("body") {
        El::standing(&body).with(live_region());
    }
    follow_the_first_stage(flow);
    if let Some(screen) = FirstScreen::find() {
        let is_first = Cell::new(true);
        main.clone().each(
            move || shown(flow),
            move |shown| {
                if is_first.replace(false) && (shown == RESUMING || Stage::of_path(shown) != Stage::Connect) {
                    screen.hide();
                }
                let stage = stage(shown, &screen);
                release();
                stage
            },
        );
    }
}

/// The path of the stage that shows, once the flow is started.
fn shown(flow: Flow) -> Vec<String> {
    let shown = |state: &State| if is_resuming(state) { RESUMING } else { state.stage().path() };
    flow.see(|state| if state.is_started() { vec![shown(state).to_owned()] } else { Vec::new() })
}

fn is_resuming(state: &State) -> bool {
    state.doing() == Some(Doing::Resuming)
}

fn stage(shown: &str, screen: &FirstScreen) -> El {
    match Stage::of_path(shown) {
        _ if shown == RESUMING => resuming(),
        Stage::Connect => connect(screen),
        Stage::Account => account(),
        Stage::Credentials => credentials(),
        Stage::Code => code(),
        Stage::User => user(),
    }
}

/// What shows while the page goes on where the person left.
fn resuming() -> El {
    classed("section", "stage")
        .attr("aria-labelledby", "heading")
        .with(classed("p", "step"))
        .with(el("h1").attr("id", "heading").words(|messages| messages.resuming_heading))
        .with(classed("p", "lead pending").attr("role", "status").words(|messages| messages.resuming))
        .with(classed("div", "actions").with(cancel()))
}

/// After the first stage nobody waits for what is around it, and for those to come.
fn follow_the_first_stage(flow: Flow) {
    let mut home = Owner::current();
    follow(move || {
        // Nothing of the flow is followed any more once it is taken.
        if let Some(home) = home.take_if(|_| flow.see(State::is_started)) {
            browser::when_idle(move || {
                home.with(|| surround(flow));
                rehearse(&home, flow);
            });
        }
    });
}

/// Brings to life what is around the stages.
fn surround(flow: Flow) {
    brand::follow(flow);
    leave_drafts(flow);
    if let Some(header) = find("header") {
        // What stands there looks the same.
        header.set_inner_html("");
        show_brand(&El::standing(&header));
    }
    if let Some(body) = find("body") {
        El::standing(&body).with(language_menu());
    }
}

/// A change of the URL that the person makes is an event.
fn follow_the_url(flow: Flow) {
    // A link to a place within the page changes no stage.
    listen(&window(), "popstate", move |_| flow.send(Event::Route(Stage::of_path(&browser::route()))));
}

/// What was half typed at one stage is of no use at another.
fn leave_drafts(flow: Flow) {
    follow(move || {
        let stage = flow.see(|state| (state.is_started() && !is_resuming(state)).then(|| state.stage()));
        if let Some(stage) = stage {
            drafts::leave(stage);
        }
    });
}

/// Coming back to the page, or to the network, is an event.
fn follow_the_person(flow: Flow) {
    let returned = move || {
        if !document().hidden() {
            flow.returned();
        }
    };
    listen(&window(), "online", move |_| returned());
    listen(&window(), "offline", move |_| flow.send(Event::Offline));
    listen(&window(), "pageshow", move |event| {
        if event.unchecked_ref::<PageTransitionEvent>().persisted() {
            returned();
        }
    });
    listen(&document(), "visibilitychange", move |_| returned());
}
