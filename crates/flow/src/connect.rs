//! The first stage: finding the server, and telling apart why it was not found.

use vestibule_protocol::SignInMetadata;

use crate::{
    AddressError, Browser, Doing, Failure, Lost, Reply, Server, ServerAddress, Stage,
    act::{Act, Why},
    effect::{Effect, History},
    server::Unfit,
    state::{Connection, Progress},
    trouble::{Notice, Trouble},
    turn::Turn,
};

/// How long all of connecting may take, in milliseconds.
const LIMIT: u32 = 10_000;
/// The same where the browser may be asking the person for access to the local network.
const ASKING_LIMIT: u32 = 30_000;
/// How many redirects to other servers are followed.
const MAX_HOPS: u8 = 3;

/// Why there is no connection, as far as a browser can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// What was typed is no server address.
    Address(AddressError),
    /// This page is encrypted, and the browser keeps it from an address that is not; this is the encrypted one.
    Blocked(ServerAddress),
    /// The address is in a local network, which the browser keeps the page from, or where nothing answers.
    LocalNetwork,
    /// Nothing answers. Where no scheme was typed, this is the address without encryption, to be chosen knowingly.
    Silent(Option<ServerAddress>),
    /// Something answers, but does not let this page sign in.
    Closed,
    /// Something answers that is no sign-in server.
    NotASignInServer,
    /// The server calls itself something else: this is its right address.
    OtherAddress(ServerAddress),
    /// The server sends sign-ins to other machines than itself.
    ForeignEndpoint,
    /// Whatever can happen to a request.
    Failure(Failure),
}

/// A search for a server, from one request to the next.
#[derive(Clone, Debug)]
pub(crate) struct Hunt {
    goal: Goal,
    address: ServerAddress,
    /// Without a typed scheme, the address without encryption may be offered.
    scheme_typed: bool,
    /// Something answered over plain http, and this is the one try over https.
    upgraded: bool,
    hops: u8,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// The person wants to connect.
    Connect,
    /// The page goes on where the person left, at this stage or the last before it that can be shown.
    Resume(Stage),
    /// The page goes on with a session.
    Session,
    /// The page looks whether it came from a server of this kind: quietly.
    Look,
    /// The person wants to connect to whatever that look finds.
    Own,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// RFC 8414's place.
    BeforePath,
    /// The place below the server's path.
    BelowPath,
    /// Whether anything answers at all.
    Probe,
}

impl Hunt {
    pub(crate) fn doing(&self) -> Option<Doing> {
        match self.goal {
            Goal::Connect | Goal::Own => Some(Doing::Connecting),
            Goal::Resume(_) | Goal::Session => Some(Doing::Resuming),
            Goal::Look => None,
        }
    }

    /// The stage that this search goes on at, where it does.
    pub(crate) fn resumes_at(&mut self) -> Option<&mut Stage> {
        match &mut self.goal {
            Goal::Resume(stage) => Some(stage),
            _ => None,
        }
    }
}

impl<U: Browser> Turn<'_, U> {
    pub(crate) fn connect(&mut self, typed: &str) {
        if self.state.stage != Stage::Connect {
            return;
        }
        self.clear();
        match ServerAddress::parse::<U>(typed) {
            Err(AddressError::Empty) if self.want_own() => {}
            Err(error) => self.refuse(Trouble::Connect(Error::Address(error))),
            Ok(address) => self.hunt(Goal::Connect, address, ServerAddress::names_scheme(typed)),
        }
    }

    /// Whoever connects before the page's own server is filled in means that one.
    fn want_own(&mut self) -> bool {
        if !self.state.is_painted {
            self.look();
        }
        match &mut self.state.pending {
            Some((_, Act::Hunt(hunt))) if hunt.goal == Goal::Look => {
                hunt.goal = Goal::Own;
                true
            }
            _ => false,
        }
    }

    pub(crate) fn connect_to(&mut self, address: ServerAddress) {
        if self.state.stage != Stage::Connect {
            return;
        }
        self.clear();
        self.hunt(Goal::Connect, address, true);
    }

    /// Looks, quietly, whether the page came from a server of this kind.
    pub(crate) fn look(&mut self) {
        if self.state.own.is_none()
            && let Some(own) = self.state.page.address.clone()
        {
            self.hunt(Goal::Look, own, true);
        }
    }

    pub(crate) fn hunt(&mut self, goal: Goal, address: ServerAddress, scheme_typed: bool) {
        let limit = if self.may_ask_permission(&address) { ASKING_LIMIT } else { LIMIT };
        let hunt = Hunt { goal, address, scheme_typed, upgraded: false, hops: 0, step: Step::BeforePath };
        if goal == Goal::Connect
            && let Some(own) = self.state.own.clone().filter(|own| own.address == hunt.address)
        {
            self.abandon();
            return self.found(&hunt, own);
        }
        self.begin(Act::Hunt(hunt.clone()), limit);
        self.next(hunt);
    }

    /// Sends the request of the hunt's step, under the number and the time limit of the whole hunt.
    fn next(&mut self, hunt: Hunt) {
        let Some((number, _)) = self.state.pending.take() else { return };
        let (before, below) = hunt.address.metadata_urls();
        self.effects.push(match hunt.step {
            Step::BeforePath => Effect::Discover(number, before),
            Step::BelowPath => Effect::Discover(number, below.unwrap_or(before)),
            Step::Probe => Effect::Probe(number, hunt.address.join("/")),
        });
        self.state.pending = Some((number, Act::Hunt(hunt)));
    }

    pub(crate) fn hunted(&mut self, hunt: Hunt, reply: Reply) {
        let has_path = hunt.address.metadata_urls().1.is_some();
        let may_be_below = hunt.step == Step::BeforePath && has_path;
        match reply {
            Reply::Discovered(metadata, url) => self.discovered(&hunt, *metadata, &url),
            Reply::NotDiscovered | Reply::Lost(Lost::NoAnswer | Lost::Ill) if may_be_below => {
                self.next(Hunt { step: Step::BelowPath, ..hunt });
            }
            Reply::NotDiscovered => self.not_found(&hunt, Error::NotASignInServer),
            Reply::Lost(Lost::NoAnswer) if hunt.upgraded => self.not_found(&hunt, Error::Closed),
            Reply::Lost(Lost::NoAnswer) if self.is_blocked(&hunt.address) => {
                self.not_found(&hunt, Error::Blocked(hunt.address.encrypted()));
            }
            Reply::Lost(Lost::NoAnswer) => self.next(Hunt { step: Step::Probe, ..hunt }),
            Reply::Lost(lost) => self.hunt_failed(&hunt, lost.into()),
            Reply::Probed(answered) => self.probed(&hunt, answered),
            _ => self.hunt_failed(&hunt, Failure::Misunderstood),
        }
    }

    fn discovered(&mut self, hunt: &Hunt, metadata: SignInMetadata, url: &str) {
        // A redirect led elsewhere: asked again there, under the page's true origin, which redirects hide.
        if let Some(address) = ServerAddress::of_metadata_url::<U>(url)
            && address != hunt.address
        {
            return if hunt.address.is_encrypted() && !address.is_encrypted() {
                // Encryption is never left without the person's word.
                self.not_found(hunt, Error::OtherAddress(address));
            } else if hunt.hops < MAX_HOPS {
                self.next(Hunt { address, hops: hunt.hops + 1, step: Step::BeforePath, ..*hunt });
            } else {
                self.not_found(hunt, Error::NotASignInServer);
            };
        }
        match Server::read::<U>(hunt.address.clone(), metadata) {
            Ok(server) => self.found(hunt, server),
            Err(Unfit::NoSignIn) => self.not_found(hunt, Error::NotASignInServer),
            Err(Unfit::OtherIssuer(address)) => self.not_found(hunt, Error::OtherAddress(address)),
            Err(Unfit::ForeignEndpoint) => self.not_found(hunt, Error::ForeignEndpoint),
        }
    }

    fn probed(&mut self, hunt: &Hunt, answered: bool) {
        if answered && !hunt.address.is_encrypted() {
            // A plain redirect to https carries no CORS headers, so the page cannot follow it.
            let address = hunt.address.encrypted();
            self.next(Hunt { address, upgraded: true, step: Step::BeforePath, ..*hunt });
        } else if answered {
            self.not_found(hunt, Error::Closed);
        } else if self.may_ask_permission(&hunt.address) {
            self.not_found(hunt, Error::LocalNetwork);
        } else {
            let offers_plain = !hunt.scheme_typed && !self.is_page_encrypted();
            self.not_found(hunt, Error::Silent(offers_plain.then(|| hunt.address.unencrypted())));
        }
    }

    pub(crate) fn found(&mut self, hunt: &Hunt, server: Server) {
        let goal = hunt.goal;
        if goal == Goal::Look {
            self.finish();
            self.state.own = Some(server);
            return;
        }
        if self.needs_key(&server) {
            return self.prepare_key(hunt.clone(), server);
        }
        self.state.record.remember(&server.address);
        let running = match std::mem::take(&mut self.state.progress) {
            Progress::Connected(connection) if connection.server.address == server.address => connection.sign_in,
            _ => None,
        };
        let is_lost = running.is_none() && self.has_lost_key_of_sign_in(&server);
        let is_session_lost = self.has_lost_key_of_session(&server.address);
        let stored = if running.is_none() { self.stored_sign_in(&server.address) } else { None };
        let (is_running, is_stored) = (running.is_some(), stored.is_some());
        let has_session = self.state.record.session.as_ref() == Some(&server.address) && self.can_resume_session();
        self.state.progress = Progress::Connected(Box::new(Connection { server, sign_in: running.or(stored) }));
        if is_lost {
            return self.restart(Notice::KeyLost);
        }
        let leads_on = matches!(goal, Goal::Connect | Goal::Own) && !is_stored && !has_session;
        if leads_on {
            // Whoever reloads the next stage at once is still there.
            return self.keep_record(Stage::Account);
        }
        self.store();
        match goal {
            Goal::Resume(stage) if is_running || is_stored => self.ask(Why::Resume(stage)),
            Goal::Resume(_) => self.show(Stage::Account, History::Replace),
            _ if is_stored => self.ask(Why::Resume(Stage::User)),
            _ if has_session => self.resume_session(),
            // It may live on in a tab that has the key.
            _ if is_session_lost => {
                self.show(Stage::Account, History::Replace);
                self.state.notice = Some(Notice::KeyLost);
            }
            // The server has moved.
            _ => self.end(Notice::SessionEnded),
        }
    }

    fn not_found(&mut self, hunt: &Hunt, error: Error) {
        match hunt.goal {
            Goal::Look => return self.finish(),
            Goal::Resume(_) | Goal::Session => self.show(Stage::Connect, History::Replace),
            Goal::Own => return self.refuse(Trouble::Connect(Error::Address(AddressError::Empty))),
            Goal::Connect => {}
        }
        self.refuse(Trouble::Connect(error));
    }

    pub(crate) fn hunt_failed(&mut self, hunt: &Hunt, failure: Failure) {
        self.not_found(hunt, Error::Failure(failure));
    }

    fn is_page_encrypted(&self) -> bool {
        self.state.page.address.as_ref().is_some_and(ServerAddress::is_encrypted)
    }

    /// Browsers keep an encrypted page from addresses without encryption, but for the machine itself.
    fn is_blocked(&self, address: &ServerAddress) -> bool {
        self.is_page_encrypted() && !address.is_encrypted() && !address.is_loopback()
    }

    /// Browsers ask the person before a page from elsewhere reaches into the local network.
    fn may_ask_permission(&self, address: &ServerAddress) -> bool {
        let is_local_page = self.state.page.address.as_ref().is_some_and(ServerAddress::is_private);
        address.is_private() && !is_local_page
    }
}
