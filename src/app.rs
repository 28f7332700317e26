//! The page around the stages: contexts, shell, and which stage shows.

use leptos::{ev, prelude::*};
use vestibule_flow::{Doing, Event, Stage, State};

use crate::{
    brand::{self, provide_brand},
    browser,
    components::{
        announcer::{Announcer, LiveRegion},
        brand::Brand,
        first_screen::{FirstScreen, provide_first_screen, release, within},
        language_menu::LanguageMenu,
        submit::Cancel,
    },
    drafts::Drafts,
    i18n::{Messages, provide_language, text},
    pages::{account::Account, code::Code, connect::Connect, credentials::Credentials, user::User},
    runner::{Flow, use_flow},
};

/// The whole page.
#[component]
pub(crate) fn App(messages: &'static Messages) -> impl IntoView {
    provide_language(messages);
    provide_brand();
    provide_context(Announcer::new());
    provide_context(Drafts::new());
    view! {
        <Shell/>
    }
}

#[component]
fn Shell() -> impl IntoView {
    let flow = Flow::start();
    provide_context(flow);
    follow_the_url(flow);
    follow_the_person(flow);
    leave_drafts(flow);
    brand::follow(flow);
    let announcer: Announcer = expect_context();
    let is_resuming = flow.slice(|state| state.doing() == Some(Doing::Resuming));
    provide_first_screen();
    if let Some(header) = document().query_selector("header").ok().flatten() {
        // What stands there looks the same.
        header.set_inner_html("");
        within(&header, || view! { <Brand/> });
    }
    if let Some(body) = document().body() {
        within(&body, move || view! { <footer><LanguageMenu/></footer> <LiveRegion announcer/> });
    }
    move || match (flow.is_started(), is_resuming.get()) {
        (false, _) => ().into_any(),
        (true, true) => {
            FirstScreen::of_this_page().hide();
            release();
            view! { <Resuming/> }.into_any()
        }
        (true, false) => view! { <Stages/> }.into_any(),
    }
}

/// The stage that the flow is at.
#[component]
fn Stages() -> impl IntoView {
    let stage = use_flow().slice(State::stage);
    move || {
        let stage = stage.get();
        if stage != Stage::Connect {
            FirstScreen::of_this_page().hide();
        }
        release();
        match stage {
            Stage::Connect => view! { <Connect/> }.into_any(),
            Stage::Account => view! { <Account/> }.into_any(),
            Stage::Credentials => view! { <Credentials/> }.into_any(),
            Stage::Code => view! { <Code/> }.into_any(),
            Stage::User => view! { <User/> }.into_any(),
        }
    }
}

/// What shows while the page goes on where the person left.
#[component]
fn Resuming() -> impl IntoView {
    view! {
        <section class="stage" aria-labelledby="heading">
            <p class="step"></p>
            <h1 id="heading">{text(|messages| messages.resuming_heading)}</h1>
            <p class="lead pending" role="status">{text(|messages| messages.resuming)}</p>
            <div class="actions"><Cancel/></div>
        </section>
    }
}

/// A change of the URL that the person makes is an event.
fn follow_the_url(flow: Flow) {
    let listener = window_event_listener(ev::popstate, move |_| {
        // A link to a place within the page changes no stage.
        flow.send(Event::Route(Stage::of_path(&browser::route())));
    });
    on_cleanup(move || listener.remove());
}

/// What was half typed at one stage is of no use at another.
fn leave_drafts(flow: Flow) {
    let drafts: Drafts = expect_context();
    let shown = flow.slice(|state| (state.doing() != Some(Doing::Resuming)).then(|| state.stage()));
    Effect::new(move |_| {
        if let (true, Some(stage)) = (flow.is_started(), shown.get()) {
            drafts.leave(stage);
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
    let listeners = [
        window_event_listener(ev::online, move |_| returned()),
        window_event_listener(ev::offline, move |_| flow.send(Event::Offline)),
        window_event_listener(ev::pageshow, move |event| {
            if event.persisted() {
                returned();
            }
        }),
    ];
    let visible = window_event_listener(ev::Custom::<web_sys::Event>::new("visibilitychange"), move |_| returned());
    on_cleanup(move || {
        for listener in listeners {
            listener.remove();
        }
        visible.remove();
    });
}
