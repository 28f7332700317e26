//! The page around the stages: router, contexts, shell.

use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    components::{FlatRoutes, Route, Router},
    hooks::{use_location, use_navigate},
    path,
};
use vestibule_flow::{Doing, Event, History, Stage};

use crate::{
    browser,
    components::{
        announcer::{Announcer, LiveRegion},
        brand::Brand,
        language_menu::LanguageMenu,
        submit::Cancel,
    },
    drafts::Drafts,
    i18n::{Messages, provide_language, text},
    pages::{account::Account, code::Code, connect::Connect, credentials::Credentials, user::User},
    runner::Flow,
    theme,
};

/// The whole page.
#[component]
pub(crate) fn App(messages: &'static Messages) -> impl IntoView {
    provide_language(messages);
    provide_context(Announcer::new());
    provide_context(Drafts::new());
    view! {
        <Router base=browser::base()>
            <Shell/>
        </Router>
    }
}

#[component]
fn Shell() -> impl IntoView {
    let navigate = use_navigate();
    let flow = Flow::start(move |stage, history| {
        // Not resolved by the router, which would take the slash off the end of the base.
        let options =
            NavigateOptions { replace: history == History::Replace, resolve: false, ..NavigateOptions::default() };
        navigate(&format!("{}{}", browser::base(), stage.path()), options);
    });
    provide_context(flow);
    follow_the_url(flow);
    follow_the_person(flow);
    leave_drafts(flow);
    theme::follow(flow);
    let announcer: Announcer = expect_context();
    let is_resuming = flow.slice(|state| state.doing() == Some(Doing::Resuming));
    view! {
        <header class="brand">
            <Brand/>
        </header>
        <main>
            {move || match (flow.is_started(), is_resuming.get()) {
                (false, _) => ().into_any(),
                (true, true) => view! { <Resuming/> }.into_any(),
                (true, false) => view! { <Stages/> }.into_any(),
            }}
        </main>
        <footer><LanguageMenu/></footer>
        <LiveRegion announcer/>
    }
}

#[component]
fn Stages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=|| ()>
            <Route path=path!("/") view=Connect/>
            <Route path=path!("/account") view=Account/>
            <Route path=path!("/credentials") view=Credentials/>
            <Route path=path!("/code") view=Code/>
            <Route path=path!("/user") view=User/>
        </FlatRoutes>
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

/// A change of the URL is an event. The first one is none: the flow has been told where it starts.
fn follow_the_url(flow: Flow) {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<Stage>| {
        let path = pathname.get();
        let stage = Stage::of_path(path.strip_prefix(&browser::base()).unwrap_or(&path));
        if before.is_some_and(|before| before != stage) {
            flow.send(Event::Route(stage));
        }
        stage
    });
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
