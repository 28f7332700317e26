//! What tests on the host use: the `url` crate as parser of URLs, and a rig that sends events and answers effects.

use vestibule_protocol::{
    ChallengeError, ChallengeStep, CodeMembers, ErrorCode, Json, Me, PreferredDevice, SessionInfo, SignInMetadata,
    TokenResponse, UcConfiguration,
};

use crate::act::Act;
use crate::{
    Browser, BrowserKey, Effect, Event, Moment, Page, Reply, ServerAddress, Stage, State, SubmittedBy, Try, UrlParts,
};

pub(crate) struct Host;

impl Browser for Host {
    fn parse(url: &str) -> Option<UrlParts> {
        let url = url::Url::parse(url).ok()?;
        let host = url.host_str()?;
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Some(UrlParts {
            scheme: url.scheme().to_owned(),
            has_user: !url.username().is_empty() || url.password().is_some(),
            host,
            path: url.path().to_owned(),
        })
    }

    fn is_alphanumeric(c: char) -> bool {
        c.is_alphanumeric()
    }
}

pub(crate) const SERVER: &str = "https://uc.example.com";

pub(crate) fn address(typed: &str) -> ServerAddress {
    ServerAddress::parse::<Host>(typed).unwrap()
}

pub(crate) fn metadata(issuer: &str) -> SignInMetadata {
    let json = format!(
        r#"{{"issuer":"{issuer}","authorization_challenge_endpoint":"{issuer}/oauth/authorize-challenge",
            "token_endpoint":"{issuer}/oauth/token","revocation_endpoint":"{issuer}/oauth/revoke",
            "dpop_signing_alg_values_supported":["ES256"]}}"#
    );
    Json::parse(&json).and_then(SignInMetadata::read).unwrap()
}

/// A discovery document from where it belongs.
pub(crate) fn discovered(issuer: &str) -> Reply {
    let url = address(issuer).metadata_urls().0;
    Reply::Discovered(Box::new(metadata(issuer)), url)
}

pub(crate) fn members(reference: &str) -> CodeMembers {
    CodeMembers {
        length: 6,
        destination: "a…a@example.com".to_owned(),
        reference: Some(reference.to_owned()),
        sent_ago: Some(0),
        expires_in: Some(600),
        resend_in: 30,
        attempts_remaining: 5,
        sends_remaining: 4,
        delivery_failed: false,
    }
}

pub(crate) fn challenged(error: ErrorCode) -> Reply {
    Reply::Challenged(Box::new(ChallengeError::new(error)), None)
}

pub(crate) fn with_code(error: ErrorCode, code: CodeMembers) -> Reply {
    Reply::Challenged(Box::new(ChallengeError::new(error).with_code(code)), None)
}

pub(crate) fn credentials_required(auth_session: &str) -> Reply {
    Reply::Challenged(
        Box::new(ChallengeError {
            auth_session: Some(auth_session.into()),
            credentials_required: true,
            ..ChallengeError::new(ErrorCode::InsufficientAuthorization)
        }),
        None,
    )
}

pub(crate) fn granted() -> Reply {
    Reply::Granted(vestibule_protocol::AuthorizationCode { authorization_code: "code".into() })
}

/// Tokens that are bound to nothing, as a browser without a key gets them; by these words.
pub(crate) fn tokens(access: &str) -> Reply {
    tokens_of("Bearer", access)
}

/// Tokens that are bound to the key of the browser, by these words.
pub(crate) fn bound_tokens(access: &str) -> Reply {
    tokens_of("DPoP", access)
}

fn tokens_of(token_type: &str, access: &str) -> Reply {
    Reply::Tokens(Box::new(TokenResponse {
        access_token: access.into(),
        token_type: token_type.to_owned(),
        expires_in: 600,
        refresh_token: format!("refresh-{access}").as_str().into(),
        scope: "profile".to_owned(),
    }))
}

/// The session of the page itself, and another one.
pub(crate) const HERE: &str = "here";
pub(crate) const ELSEWHERE: &str = "elsewhere";

/// A place where the person is signed in.
pub(crate) fn place(id: &str) -> SessionInfo {
    SessionInfo {
        id: id.to_owned(),
        current: id == HERE,
        signed_in_ago: 60,
        last_used_ago: 0,
        client_address: Some("192.0.2.1".to_owned()),
        browser: Some("Firefox".to_owned()),
        system: None,
    }
}

/// A page that no cookie of the server can reach.
pub(crate) fn foreign() -> Page {
    Page { address: None, ..Rig::page() }
}

pub(crate) fn me() -> Me {
    Me {
        name: "Ada".to_owned(),
        username: "ada".to_owned(),
        email: None,
        configuration: UcConfiguration::Integrated,
        server: SERVER.to_owned(),
        cell_number: None,
        devices: vec![PreferredDevice::DeskPhone, PreferredDevice::AutoPilot],
        preferred_device: Some(PreferredDevice::DeskPhone),
        route_calls_to_cell: None,
    }
}

/// A state, a clock, and what was last to be done.
#[derive(Clone, Debug)]
pub(crate) struct Rig {
    pub(crate) state: State,
    pub(crate) now: u64,
    pub(crate) effects: Vec<Effect>,
    pub(crate) record: Option<String>,
    /// Everything that was stored, the latest last.
    pub(crate) records: Vec<String>,
    pub(crate) random: u8,
    pub(crate) key: BrowserKey,
    /// Whether other tabs are at the same thing: else it is this one's turn at once.
    pub(crate) has_rivals: bool,
}

impl Rig {
    /// A page without any state, on the server's own origin.
    pub(crate) fn new() -> Self {
        Self {
            state: State::default(),
            now: 0,
            effects: Vec::new(),
            record: None,
            records: Vec::new(),
            random: 0,
            key: BrowserKey::Kept,
            has_rivals: false,
        }
    }

    pub(crate) fn page() -> Page {
        Page { address: Some(address(SERVER)), cookies: true, languages: Some("en".to_owned()) }
    }

    pub(crate) fn start(&mut self, page: Page, route: Stage) {
        self.start_again(page, route, false);
    }

    pub(crate) fn start_again(&mut self, page: Page, route: Stage, is_return: bool) {
        self.open(page, route, is_return);
        self.send_too(Event::Painted);
    }

    /// Starts a page that is not painted yet.
    pub(crate) fn open(&mut self, page: Page, route: Stage, is_return: bool) {
        self.state = State::default();
        self.send(Event::Start { page, record: self.record.clone(), route, is_return });
    }

    pub(crate) fn send(&mut self, event: Event) {
        self.random = self.random.wrapping_add(1);
        let moment = Moment { now: self.now, random: [self.random; 32] };
        self.effects = self.state.handle::<Host>(event, &moment);
        for effect in &self.effects {
            if let Effect::Store(_, record) = effect {
                self.record = Some(record.clone());
                self.records.push(record.clone());
            }
        }
        let prepared = self.effects.iter().find_map(|effect| match effect {
            Effect::PrepareKey(number) => Some(*number),
            _ => None,
        });
        if let Some(number) = prepared {
            self.send_too(Event::Reply(number, Reply::Key(self.key)));
        }
        let lock = self.effects.iter().position(|effect| matches!(effect, Effect::Lock(_)) && !self.has_rivals);
        if let Some(Effect::Lock(number)) = lock.map(|lock| self.effects.remove(lock)) {
            self.send_too(Event::Reply(number, Reply::Locked(None)));
        }
    }

    /// Sends an event, and has what was to be done before it come first.
    fn send_too(&mut self, event: Event) {
        let before = std::mem::take(&mut self.effects);
        self.send(event);
        self.effects.splice(0..0, before);
    }

    /// The number of whatever is pending.
    pub(crate) fn pending(&self) -> Try {
        self.state.pending.as_ref().expect("something is pending").0
    }

    pub(crate) fn reply(&mut self, reply: Reply) {
        self.send(Event::Reply(self.pending(), reply));
        // Whoever has connected is at the next stage as soon as the record is safe.
        if let Some((number, Act::Keep(Stage::Account))) = self.state.pending {
            self.send(Event::Reply(number, Reply::Done));
        }
    }

    /// Whether a request goes out, apart from storing and timers.
    pub(crate) fn sends_nothing(&self) -> bool {
        self.effects.iter().all(|effect| {
            matches!(
                effect,
                Effect::PrepareKey(_) | Effect::Store(..) | Effect::Timer(..) | Effect::Abort(_) | Effect::Navigate(..)
            )
        })
    }

    /// The challenge step that goes out.
    pub(crate) fn step(&self) -> ChallengeStep {
        let step = self.effects.iter().find_map(|effect| match effect {
            Effect::Challenge(_, _, request, _) => Some(request.step.clone()),
            _ => None,
        });
        step.unwrap_or_else(|| panic!("no challenge step in {:?}", self.effects))
    }

    pub(crate) fn at_connect() -> Self {
        let mut rig = Self::new();
        rig.start(Self::page(), Stage::Connect);
        rig.reply(Reply::NotDiscovered);
        rig
    }

    pub(crate) fn at_account() -> Self {
        let mut rig = Self::at_connect();
        rig.send(Event::Connect(SERVER.to_owned()));
        rig.reply(discovered(SERVER));
        assert_eq!(rig.state.stage(), Stage::Account);
        rig
    }

    pub(crate) fn account(&mut self, username: &str, cell_number: Option<&str>) {
        self.send(Event::Account { username: username.to_owned(), cell_number: cell_number.map(str::to_owned) });
    }

    pub(crate) fn at_credentials() -> Self {
        let mut rig = Self::at_account();
        rig.account("ada", None);
        rig.reply(credentials_required("session-1"));
        rig.reply(Reply::Done);
        assert_eq!(rig.state.stage(), Stage::Credentials);
        rig
    }

    pub(crate) fn credentials(&mut self, username: &str, password: &str) {
        self.send(Event::Credentials { username: username.to_owned(), password: password.into() });
    }

    pub(crate) fn at_code() -> Self {
        let mut rig = Self::at_credentials();
        rig.credentials("ada", "secret");
        rig.reply(with_code(ErrorCode::InsufficientAuthorization, members("KX")));
        rig.reply(Reply::Done);
        assert_eq!(rig.state.stage(), Stage::Code);
        rig
    }

    pub(crate) fn code(&mut self, typed: &str, by: SubmittedBy) {
        self.send(Event::Code { typed: typed.to_owned(), by });
    }

    pub(crate) fn at_user() -> Self {
        let mut rig = Self::at_code();
        rig.code("123456", SubmittedBy::Person);
        rig.reply(granted());
        rig.reply(Reply::Me(Box::new(me())));
        assert_eq!(rig.state.stage(), Stage::User);
        rig
    }
}
