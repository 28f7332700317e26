use proptest::prelude::*;

use super::model::{Asked, NEW_PASSWORD, PASSWORD};
use super::world::{Fate, World};
use crate::{
    BrowserKey, Event, Notice, Page, Stage, SubmittedBy,
    testing::{ELSEWHERE, HERE, Rig, SERVER, foreign},
};

/// Where the page can run, and what key the browser has.
fn pages() -> Vec<(Page, BrowserKey)> {
    let elsewhere = [BrowserKey::None, BrowserKey::OfThePage, BrowserKey::Kept].map(|key| (foreign(), key));
    [(Rig::page(), BrowserKey::None)].into_iter().chain(elsewhere).collect()
}

/// Such a page before a server of the newer or the older build.
fn before(page: Page, key: BrowserKey, is_older: bool) -> World {
    let mut world = World::on(page, key);
    world.model.is_older = is_older;
    world
}

fn worlds() -> Vec<World> {
    let of_build = |is_older| pages().into_iter().map(move |(page, key)| before(page, key, is_older));
    [false, true].into_iter().flat_map(of_build).collect()
}

/// Something that a person, a network or a browser does.
#[derive(Clone, Debug)]
enum Happening {
    Network(Fate),
    Late,
    Person(Event),
    RightCode(SubmittedBy),
    Reload(Stage),
    Time(u64),
    CodesExpire,
    AccessExpires,
    /// From now on, a server of the older or the newer build answers.
    OtherServer,
    /// Another tab stores what this one has stored earlier, so many records ago.
    OtherTab(usize),
}

fn stage() -> impl Strategy<Value = Stage> {
    prop::sample::select(Stage::ALL.to_vec())
}

fn happening() -> impl Strategy<Value = Happening> {
    let fate = prop_oneof![
        8 => Just(Fate::Answered),
        1 => Just(Fate::LostBeforeTheServer),
        1 => Just(Fate::AnswerLost),
        1 => Just(Fate::BodyLost),
        1 => Just(Fate::Late),
    ];
    let by = prop::sample::select(vec![SubmittedBy::Person, SubmittedBy::LastDigit]);
    let name = prop::sample::select(vec!["ada", "plain", "grace", " ", "a\u{0}b"]);
    let number = prop::sample::select(vec![None, Some("+4915112345678"), Some(""), Some("x")]);
    let typed = prop::sample::select(vec!["000000", "12", "", "abc"]);
    let password = prop::sample::select(vec![PASSWORD, "wrong", ""]);
    let device = prop::sample::select(vec![
        vestibule_protocol::PreferredDevice::AutoPilot,
        vestibule_protocol::PreferredDevice::MobilePhone,
    ]);
    let event = prop_oneof![
        3 => prop::sample::select(vec![SERVER, "", "ftp://x", "https://other.example.com"])
            .prop_map(|typed| Event::Connect(typed.to_owned())),
        5 => (name.clone(), number).prop_map(|(name, number)| Event::Account {
            username: name.to_owned(),
            cell_number: number.map(str::to_owned),
        }),
        5 => (name, password).prop_map(|(name, password)| Event::Credentials {
            username: name.to_owned(),
            password: password.into(),
        }),
        3 => (typed, by.clone()).prop_map(|(typed, by)| Event::Code { typed: typed.to_owned(), by }),
        2 => Just(Event::Resend),
        1 => device.prop_map(Event::Prefer),
        1 => any::<bool>().prop_map(Event::RouteCallsToCell),
        2 => Just(Event::ShowSessions),
        1 => Just(Event::HideSessions),
        2 => prop::sample::select(vec![HERE, ELSEWHERE]).prop_map(|id| Event::SignOutThere(id.to_owned())),
        1 => (
            prop::sample::select(vec![PASSWORD, NEW_PASSWORD, ""]),
            prop::sample::select(vec![NEW_PASSWORD, "password1", "short"]),
        )
            .prop_map(|(current, new)| Event::SetPassword { current: current.into(), new: new.into() }),
        2 => Just(Event::Painted),
        1 => Just(Event::SignOut),
        1 => Just(Event::Cancel),
        1 => Just(Event::Returned),
        1 => Just(Event::Offline),
        1 => prop::sample::select(vec!["", "null", "{}", "{\"version\":2}"])
            .prop_map(|record| Event::Elsewhere(record.to_owned())),
        2 => stage().prop_map(Event::Route),
    ];
    prop_oneof![
        10 => fate.prop_map(Happening::Network),
        1 => Just(Happening::Late),
        10 => event.prop_map(Happening::Person),
        2 => by.prop_map(Happening::RightCode),
        1 => stage().prop_map(Happening::Reload),
        2 => (0_u64..120_000).prop_map(Happening::Time),
        1 => Just(Happening::CodesExpire),
        1 => Just(Happening::AccessExpires),
        1 => Just(Happening::OtherServer),
        1 => (0_usize..6).prop_map(Happening::OtherTab),
    ]
}

fn happen(world: &mut World, happening: Happening) {
    match happening {
        Happening::Network(fate) => {
            world.network(fate);
        }
        Happening::Late => world.deliver_late(),
        Happening::Person(event) => world.send(event),
        Happening::RightCode(by) => {
            let typed = world.model.latest_code();
            world.send(Event::Code { typed, by });
        }
        Happening::Reload(route) => world.reload(route),
        Happening::Time(passed) => world.rig.now += passed,
        Happening::CodesExpire => world.model.expire(),
        Happening::AccessExpires => world.model.expire_access(),
        Happening::OtherServer => world.model.is_older = !world.model.is_older,
        Happening::OtherTab(ago) => {
            if let Some(record) = world.rig.records.iter().rev().nth(ago).cloned() {
                world.send(Event::Elsewhere(record));
            }
        }
    }
}

/// What must hold whatever happened.
fn holds(world: &World, resends: usize, sign_ins: usize) -> Result<(), TestCaseError> {
    let state = &world.rig.state;
    if state.stage() == Stage::User && state.doing() != Some(crate::Doing::Resuming) {
        prop_assert!(state.me().is_some(), "nobody is at the User tab without being signed in");
    }
    prop_assert!(state.me().is_none() || state.stage() == Stage::User);
    prop_assert!(world.model.session != Some(Asked::AndNotGiven), "a session without the code that was asked for");
    prop_assert!(state.doing() == Some(crate::Doing::Resuming) || state.can_show(state.stage()));
    if let Some(trouble) = state.trouble() {
        prop_assert_eq!(trouble.stage(), state.stage());
    }
    prop_assert!(world.model.mails <= sign_ins + resends, "only signing in and resending mail a code");
    let record = world.rig.record.as_deref().unwrap_or_default();
    prop_assert!(!record.contains(PASSWORD) && !record.contains(NEW_PASSWORD));
    prop_assert!(!record.contains(&world.model.latest_code()));
    if world.rig.key != BrowserKey::Kept {
        prop_assert!(!record.contains("\"refresh\""), "of no use after a reload");
    }
    if let Some(sessions) = state.sessions() {
        let is_shown = |id: &str| sessions.iter().any(|session| session.id == id);
        prop_assert!(is_shown(HERE), "Sign out is what ends the own session");
        prop_assert!(is_shown(ELSEWHERE) || !world.model.is_elsewhere, "signed out there, and the session lives");
    }
    if state.notice() == Some(Notice::PasswordChanged) {
        prop_assert_eq!(world.model.password, NEW_PASSWORD, "a change that did not happen is told as done");
    }

    let mut cancelled = world.clone();
    cancelled.send(Event::Cancel);
    prop_assert_eq!(cancelled.rig.state.doing(), None, "everything that is waited for can be cancelled");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_sequence_of_events_reaches_a_forbidden_state(
        (page, key) in prop::sample::select(pages()),
        happenings in prop::collection::vec(happening(), 0..60),
    ) {
        let mut world = World::on(page, key);
        let (mut resends, mut sign_ins) = (0, 0);
        for happening in happenings {
            match &happening {
                Happening::Person(Event::Resend) => resends += 1,
                Happening::Person(Event::Credentials { .. }) => sign_ins += 1,
                _ => {}
            }
            happen(&mut world, happening);
            holds(&world, resends, sign_ins)?;
        }
        let mut signed_in = world.clone();
        prop_assert!(signed_in.sign_in("ada"), "no way on from {:?}", world.rig.state);
        holds(&signed_in, resends, usize::MAX - resends)?;
    }
}

/// Signs in with one cut in the network, and says how many requests that took.
fn sign_in_with_a_cut(begun: &World, at: usize, fate: Fate, name: &str) -> World {
    let mut world = begun.clone();
    for _ in 0..60 {
        if world.rig.state.stage() == Stage::User {
            break;
        }
        let fate = if world.requests == at { fate } else { Fate::Answered };
        if !world.network(fate) {
            world.person(name);
        }
    }
    world
}

#[test]
fn the_network_can_be_cut_at_every_single_request() {
    let names = ["ada", "plain"];
    for (name, world) in names.iter().flat_map(|name| worlds().into_iter().map(move |world| (*name, world))) {
        let requests = sign_in_with_a_cut(&world, usize::MAX, Fate::Answered, name).requests;
        assert!(requests >= 3, "look, account, credentials");
        for at in 0..requests {
            for fate in [Fate::LostBeforeTheServer, Fate::AnswerLost, Fate::BodyLost, Fate::Late] {
                let world = sign_in_with_a_cut(&world, at, fate, name);
                assert_eq!(world.rig.state.stage(), Stage::User, "{name}, request {at}, {fate:?}");
                assert_eq!(world.model.mails, usize::from(name == "ada"), "{name}, request {at}, {fate:?}");
                if world.page.address.is_some() {
                    let mut reloaded = world.clone();
                    reloaded.reload(Stage::User);
                    while reloaded.network(Fate::Answered) {}
                    assert!(reloaded.rig.state.me().is_some(), "{name}, request {at}, {fate:?}: by the cookie");
                }
            }
        }
    }
}

#[test]
fn the_page_can_be_thrown_away_after_every_single_request() {
    let own = [false, true].map(|is_older| before(Rig::page(), BrowserKey::None, is_older));
    for begun in own.into_iter().chain([before(foreign(), BrowserKey::Kept, false)]) {
        let requests = sign_in_with_a_cut(&begun, usize::MAX, Fate::Answered, "ada").requests;
        for at in 0..=requests {
            let mut world = begun.clone();
            let mut is_thrown_away = false;
            for _ in 0..60 {
                if world.requests == at && !is_thrown_away {
                    is_thrown_away = true;
                    world.reload(world.rig.state.stage());
                }
                if !world.network(Fate::Answered) {
                    world.person("ada");
                }
            }
            assert_eq!((world.rig.state.stage(), world.model.mails), (Stage::User, 1), "after request {at}");
        }
    }
}

#[test]
fn a_session_that_is_bound_to_the_key_survives_reloads_and_lost_answers() {
    let mut world = World::on(foreign(), BrowserKey::Kept);
    assert!(world.sign_in("ada"));
    for fate in [Fate::Answered, Fate::LostBeforeTheServer, Fate::AnswerLost, Fate::Late] {
        for at in 0..3 {
            let mut world = world.clone();
            world.model.expire_access();
            world.reload(Stage::User);
            for _ in 0..at {
                assert!(world.network(Fate::Answered));
            }
            world.network(fate);
            // Whoever is told of a failure connects again.
            assert!(world.sign_in("ada"), "request {at}, {fate:?}: {:?}", world.rig.state);
            assert_eq!(world.model.mails, 1, "request {at}, {fate:?}: the session goes on");
        }
    }
}
