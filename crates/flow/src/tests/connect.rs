use vestibule_protocol::SignInMetadata;

use crate::{
    AddressError, Doing, Effect, Event, Failure, History, Lost, Page, Reply, Stage, Trouble,
    connect::Error,
    testing::{Rig, SERVER, address, discovered, metadata},
};

fn error(rig: &Rig) -> Option<Error> {
    match rig.state.trouble() {
        Some(Trouble::Connect(error)) => Some(error.clone()),
        _ => None,
    }
}

/// Types an address and gives these answers, one to each request.
fn connect(page: Page, typed: &str, replies: Vec<Reply>) -> Rig {
    let mut rig = Rig::new();
    rig.start(page, Stage::Connect);
    rig.send(Event::Connect(typed.to_owned()));
    for reply in replies {
        rig.reply(reply);
    }
    assert_eq!(rig.state.doing(), None, "every search ends");
    rig
}

fn plain_page() -> Page {
    Page { address: Some(address("http://page.example.org")), ..Rig::page() }
}

fn lost() -> Reply {
    Reply::Lost(Lost::NoAnswer)
}

#[test]
fn a_server_that_answers_leads_to_the_account_stage() {
    let rig = connect(plain_page(), "uc.example.com", vec![discovered(SERVER)]);
    assert_eq!(rig.state.stage(), Stage::Account);
    assert_eq!(rig.state.server().map(|server| server.address.clone()), Some(address(SERVER)));
    assert_eq!(rig.state.addresses(), [address(SERVER)]);
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Navigate(Stage::Account, History::Push))));
}

#[test]
fn what_is_no_address_is_refused_and_nothing_is_sent() {
    let mut rig = Rig::at_connect();
    for (typed, reason) in [("", AddressError::Empty), ("ada@example.com", AddressError::EmailAddress)] {
        rig.send(Event::Connect(typed.to_owned()));
        assert_eq!(error(&rig), Some(Error::Address(reason)));
        assert!(rig.sends_nothing());
    }
}

#[test]
fn causes_are_told_apart_as_far_as_a_browser_can() {
    let https_page = || Page { address: Some(address("https://page.example.org")), ..Rig::page() };
    let plain = "http://uc.example.com";
    for (page, typed, replies, expected) in [
        (plain_page(), SERVER, vec![Reply::Lost(Lost::Offline)], Error::Failure(Failure::Offline)),
        (plain_page(), SERVER, vec![Reply::Lost(Lost::Ill)], Error::Failure(Failure::Ill)),
        (plain_page(), SERVER, vec![lost(), Reply::Probed(false)], Error::Silent(None)),
        (plain_page(), "uc.example.com", vec![lost(), Reply::Probed(false)], Error::Silent(Some(address(plain)))),
        (https_page(), "uc.example.com", vec![lost(), Reply::Probed(false)], Error::Silent(None)),
        (plain_page(), SERVER, vec![lost(), Reply::Probed(true)], Error::Closed),
        (plain_page(), plain, vec![lost(), Reply::Probed(true), lost()], Error::Closed),
        (https_page(), plain, vec![lost()], Error::Blocked(address(SERVER))),
        (plain_page(), "http://192.168.1.5", vec![lost(), Reply::Probed(false)], Error::LocalNetwork),
        (plain_page(), SERVER, vec![Reply::NotDiscovered], Error::NotASignInServer),
        (
            plain_page(),
            "192.0.2.1",
            vec![discovered_at("https://192.0.2.1", SERVER)],
            Error::OtherAddress(address(SERVER)),
        ),
    ] {
        let rig = connect(page, typed, replies);
        assert_eq!(error(&rig), Some(expected), "{typed}");
        assert_eq!(rig.state.stage(), Stage::Connect);
    }
}

/// What the server at one address answers that calls itself by another.
fn discovered_at(asked: &str, issuer: &str) -> Reply {
    Reply::Discovered(Box::new(metadata(issuer)), address(asked).metadata_urls().0)
}

#[test]
fn the_right_address_can_be_chosen_from_a_mismatch() {
    let mut rig = connect(plain_page(), "192.0.2.1", vec![discovered_at("https://192.0.2.1", SERVER)]);
    rig.send(Event::ConnectTo(address(SERVER)));
    rig.reply(discovered(SERVER));
    assert_eq!(rig.state.stage(), Stage::Account);
}

#[test]
fn a_server_that_sends_sign_ins_elsewhere_is_refused() {
    for foreign in
        ["https://evil.example.org/x", "http://uc.example.com/x", "https://uc.example.com:8443/x", "nonsense"]
    {
        for member in [0, 1, 2] {
            let mut document = metadata(SERVER);
            let endpoints = [
                &mut document.authorization_challenge_endpoint,
                &mut document.token_endpoint,
                &mut document.revocation_endpoint,
            ];
            *endpoints.into_iter().nth(member).unwrap() = Some(foreign.to_owned());
            let reply = Reply::Discovered(Box::new(document), address(SERVER).metadata_urls().0);
            assert_eq!(error(&connect(plain_page(), SERVER, vec![reply])), Some(Error::ForeignEndpoint), "{foreign}");
        }
    }
}

#[test]
fn a_server_without_the_challenge_endpoint_is_no_sign_in_server() {
    let document = SignInMetadata { authorization_challenge_endpoint: None, ..metadata(SERVER) };
    let reply = Reply::Discovered(Box::new(document), address(SERVER).metadata_urls().0);
    assert_eq!(error(&connect(plain_page(), SERVER, vec![reply])), Some(Error::NotASignInServer));
}

#[test]
fn a_plain_address_that_answers_unreadably_is_tried_once_over_https_which_is_kept() {
    let rig = connect(plain_page(), "http://uc.example.com", vec![lost(), Reply::Probed(true), discovered(SERVER)]);
    assert_eq!(rig.state.stage(), Stage::Account);
    assert_eq!(rig.state.addresses(), [address(SERVER)]);
}

#[test]
fn without_a_scheme_http_is_never_tried() {
    let mut rig = Rig::new();
    rig.start(plain_page(), Stage::Connect);
    rig.send(Event::Connect("uc.example.com".to_owned()));
    for reply in [lost(), Reply::Probed(false)] {
        let urls = rig.effects.iter().filter_map(|effect| match effect {
            Effect::Discover(_, url) | Effect::Probe(_, url) => Some(url),
            _ => None,
        });
        assert!(urls.into_iter().all(|url| url.starts_with("https://")));
        rig.reply(reply);
    }
    assert!(rig.sends_nothing());
}

#[test]
fn a_redirect_is_followed_by_asking_again_at_the_final_address() {
    let elsewhere = "https://new.example.com";
    let rig = connect(plain_page(), SERVER, vec![discovered_at(elsewhere, elsewhere), discovered(elsewhere)]);
    assert_eq!(rig.state.addresses(), [address(elsewhere)]);
}

#[test]
fn a_redirect_that_leaves_encryption_is_offered_and_not_followed() {
    let plain = "http://uc.example.com";
    let rig = connect(plain_page(), SERVER, vec![discovered_at(plain, plain)]);
    assert_eq!(error(&rig), Some(Error::OtherAddress(address(plain))));
    assert!(rig.sends_nothing());
}

#[test]
fn redirects_without_an_end_are_given_up() {
    let hop = |n: u8| discovered_at(&format!("https://{n}.example.com"), SERVER);
    let rig = connect(plain_page(), SERVER, (0..4).map(hop).collect());
    assert_eq!(error(&rig), Some(Error::NotASignInServer));
}

#[test]
fn a_server_below_a_path_is_looked_for_before_and_below_it() {
    let below = "https://uc.example.com/branch";
    for first in [Reply::NotDiscovered, lost(), Reply::Lost(Lost::Ill)] {
        let document = Reply::Discovered(Box::new(metadata(below)), address(below).metadata_urls().1.unwrap());
        let rig = connect(plain_page(), below, vec![first, document]);
        assert_eq!(rig.state.stage(), Stage::Account);
    }
}

#[test]
fn the_time_limit_is_longer_where_the_browser_may_ask_for_permission() {
    for (typed, limit) in [(SERVER, 10_000), ("http://10.0.0.1", 30_000)] {
        let mut rig = Rig::new();
        rig.start(plain_page(), Stage::Connect);
        rig.send(Event::Connect(typed.to_owned()));
        assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Timer(_, ms) if *ms == limit)), "{typed}");
        rig.send(Event::TimedOut(rig.pending()));
        assert_eq!(error(&rig), Some(Error::Failure(Failure::TooSlow)));
    }
}

#[test]
fn a_late_answer_to_an_abandoned_try_changes_nothing() {
    let mut rig = Rig::at_connect();
    rig.send(Event::Connect(SERVER.to_owned()));
    let abandoned = rig.pending();
    rig.send(Event::Cancel);
    assert!(rig.effects.iter().any(|effect| matches!(effect, Effect::Abort(number) if *number == abandoned)));
    rig.send(Event::Reply(abandoned, discovered(SERVER)));
    rig.send(Event::TimedOut(abandoned));
    assert_eq!((rig.state.stage(), rig.state.trouble()), (Stage::Connect, None));
    rig.send(Event::Connect("https://other.example.com".to_owned()));
    rig.send(Event::Reply(abandoned, discovered(SERVER)));
    assert_eq!(rig.state.doing(), Some(Doing::Connecting));
}

#[test]
fn the_pages_own_server_is_filled_in_only_where_it_is_one() {
    let mut rig = Rig::new();
    rig.start(Rig::page(), Stage::Connect);
    assert_eq!((rig.state.address(), rig.state.doing()), (None, None));
    rig.reply(discovered(SERVER));
    assert_eq!(rig.state.address(), Some(&address(SERVER)));
    rig.send(Event::Connect(SERVER.to_owned()));
    assert!(rig.sends_nothing(), "what is known already is not asked again");
    rig.send(Event::Reply(rig.pending(), Reply::Done));
    assert_eq!(rig.state.stage(), Stage::Account);
    assert_eq!(Rig::at_connect().state.address(), None);
}

#[test]
fn whoever_connects_before_the_own_server_is_filled_in_means_it() {
    let mut rig = Rig::new();
    rig.start(Rig::page(), Stage::Connect);
    rig.send(Event::Connect(String::new()));
    assert_eq!(rig.state.doing(), Some(Doing::Connecting));
    let mut other = rig.clone();
    rig.reply(discovered(SERVER));
    assert_eq!(rig.state.stage(), Stage::Account);
    other.reply(Reply::NotDiscovered);
    assert_eq!(error(&other), Some(Error::Address(AddressError::Empty)));
}

fn is_sought(rig: &Rig) -> bool {
    rig.effects.iter().any(|effect| matches!(effect, Effect::Discover(..)))
}

#[test]
fn the_first_stage_is_painted_before_the_page_looks_for_its_own_server() {
    let mut rig = Rig::new();
    assert!(!rig.state.is_started());
    rig.open(Rig::page(), Stage::Connect, false);
    assert!(rig.state.is_started());
    assert!(rig.effects.is_empty(), "{:?}", rig.effects);
    rig.send(Event::Painted);
    assert!(is_sought(&rig));
    rig.reply(Reply::NotDiscovered);
    rig.send(Event::Painted);
    assert!(!is_sought(&rig), "once is enough");
}

#[test]
fn connect_before_the_first_stage_is_painted_is_done_at_once() {
    for (typed, expected) in [("", SERVER), ("https://other.example.com", "https://other.example.com")] {
        let mut rig = Rig::new();
        rig.open(Rig::page(), Stage::Connect, false);
        rig.send(Event::Connect(typed.to_owned()));
        assert!(is_sought(&rig));
        assert_eq!(rig.state.doing(), Some(Doing::Connecting));
        let pending = rig.pending();
        rig.send(Event::Painted);
        assert_eq!((rig.effects.len(), rig.pending()), (0, pending), "nothing is looked for beside it");
        rig.reply(discovered(expected));
        assert_eq!(rig.state.server().map(|server| server.address.to_string()).as_deref(), Some(expected));
    }
}

#[test]
fn whoever_goes_on_has_nothing_else_looked_for_then_or_later() {
    let mut rig = Rig::at_code();
    rig.open(Rig::page(), Stage::Code, true);
    let resuming = rig.pending();
    rig.send(Event::Painted);
    assert_eq!((rig.effects.len(), rig.pending()), (0, resuming));
    rig.send(Event::Cancel);
    rig.send(Event::Route(Stage::Connect));
    rig.send(Event::Connect(String::new()));
    assert_eq!(error(&rig), Some(Error::Address(AddressError::Empty)));
    assert!(!is_sought(&rig), "the page's own server is not what an empty field means");
}

#[test]
fn a_forgotten_address_is_offered_no_more() {
    let mut rig = Rig::at_account();
    rig.send(Event::Forget(address(SERVER)));
    assert_eq!(rig.state.addresses(), []);
    assert!(!rig.record.clone().unwrap().contains("uc.example.com"));
}

#[test]
fn the_server_is_stored_before_the_next_stage_shows() {
    let mut rig = Rig::at_connect();
    rig.send(Event::Connect(SERVER.to_owned()));
    rig.send(Event::Reply(rig.pending(), discovered(SERVER)));
    assert!(matches!(rig.effects.last(), Some(Effect::Store(_, record)) if record.contains(SERVER)));
    assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Connect, Some(Doing::Connecting)));
    rig.send(Event::Reply(rig.pending(), Reply::Done));
    assert_eq!((rig.state.stage(), rig.state.doing()), (Stage::Account, None));
}
