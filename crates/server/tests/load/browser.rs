//! A browser with the page in it: it does what the flow wants done, and reads answers as the page reads them.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;
use ureq::http::{Request, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, Error};
use vestibule_flow::{
    Browser, BrowserKey, Effect, Event, Lost, Moment, Page, Reply, ServerAddress, State, Try, UrlParts,
};
use vestibule_protocol::{
    AuthorizationCode, ChallengeError, ErrorCode, Json, Me, Problem, ProblemKind, SignInMetadata, endpoint,
};

/// The `url` crate for the browser's parser.
pub(crate) struct Host;

impl Browser for Host {
    fn parse(url: &str) -> Option<UrlParts> {
        let url = url::Url::parse(url).ok()?;
        let host = url.host_str()?;
        Some(UrlParts {
            scheme: url.scheme().to_owned(),
            has_user: !url.username().is_empty() || url.password().is_some(),
            host: url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            path: url.path().to_owned(),
        })
    }

    fn is_alphanumeric(c: char) -> bool {
        c.is_alphanumeric()
    }
}

/// A client that trusts this certificate, in PEM.
pub(crate) fn agent(certificate: &str) -> Agent {
    let certificate = Certificate::from_pem(certificate.as_bytes()).unwrap();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[certificate])).build();
    Agent::config_builder().tls_config(tls).http_status_as_error(false).max_redirects(0).build().into()
}

/// A browser that nobody has used before, with the page of a server open in it.
pub(crate) struct Tab {
    pub(crate) state: State,
    /// Answers that were lost, or said to come again later.
    pub(crate) retries: usize,
    agent: Agent,
    origin: String,
    cookies: BTreeMap<String, String>,
    since: Instant,
}

/// A request, and what its answer may take.
struct Asked<'a> {
    method: &'a str,
    url: &'a str,
    form: Option<String>,
    json: Option<String>,
    limit: Duration,
}

/// An answer that was read.
struct Answer {
    status: u16,
    retry_after: Option<u64>,
    text: String,
}

impl Tab {
    pub(crate) fn open(agent: Agent, origin: &str) -> Self {
        let (cookies, since) = (BTreeMap::new(), Instant::now());
        let mut tab = Self { state: State::default(), retries: 0, agent, origin: origin.to_owned(), cookies, since };
        let address = ServerAddress::parse::<Host>(origin).unwrap();
        let page = Page { address: Some(address), cookies: true, languages: Some("en".to_owned()) };
        let route = vestibule_flow::Stage::Connect;
        tab.send(Event::Start { page, record: None, route, is_return: false });
        tab
    }

    /// Tells the flow what happened, and does what it wants done, until it waits for nobody but the person.
    pub(crate) fn send(&mut self, event: Event) {
        let mut limit = Duration::ZERO;
        let mut effects = self.handle(event);
        while let Some(effect) = effects.pop_front() {
            if let Effect::Timer(_, milliseconds) = effect {
                limit = Duration::from_millis(milliseconds.into());
            } else if let Some((number, reply)) = self.carry_out(&effect, limit)
                // Of what was given up meanwhile nobody wants to know.
                && self.state.pending() == Some(number)
            {
                let is_retried = matches!(&reply, Some(Reply::Lost(_)) | None) || says_later(reply.as_ref());
                self.retries += usize::from(is_retried);
                let event = reply.map_or(Event::TimedOut(number), |reply| Event::Reply(number, reply));
                effects.extend(self.handle(event));
            }
        }
    }

    fn handle(&mut self, event: Event) -> VecDeque<Effect> {
        let moment = Moment { now: self.now(), random: rand::random() };
        self.state.handle::<Host>(event, &moment).into()
    }

    /// Milliseconds of the clock that the flow knows.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap()
    }

    /// What is answered to an effect; nothing of it where it took longer than it may.
    fn carry_out(&mut self, effect: &Effect, limit: Duration) -> Option<(Try, Option<Reply>)> {
        let asked = |method, url| Asked { method, url, form: None, json: None, limit };
        match effect {
            Effect::Discover(number, url) => {
                let answer = self.ask(&asked("GET", url));
                Some((*number, answer.map(|answer| read(answer, |answer| discovered(answer, url)))))
            }
            Effect::Challenge(number, url, request, _) => {
                let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(request.members()).finish();
                let answer = self.ask(&Asked { form: Some(form), ..asked("POST", url) });
                Some((*number, answer.map(|answer| read(answer, challenged))))
            }
            Effect::OpenSession(number, address, request) => {
                let url = address.join(endpoint::SESSION);
                let answer = self.ask(&Asked { json: Some(request.write()), ..asked("POST", &url) });
                Some((*number, answer.map(|answer| read(answer, me))))
            }
            Effect::LoadMe(number, address, _) => {
                let answer = self.ask(&asked("GET", &address.join(endpoint::ME)));
                Some((*number, answer.map(|answer| read(answer, me))))
            }
            Effect::Probe(number, url) => {
                let answer = self.ask(&asked("GET", url));
                Some((*number, answer.map(|answer| Reply::Probed(answer.is_ok()))))
            }
            Effect::PrepareKey(number) => Some((*number, Some(Reply::Key(BrowserKey::None)))),
            Effect::Store(number, _) => Some((*number, Some(Reply::Done))),
            Effect::Navigate(..) | Effect::Abort(_) => None,
            other => panic!("nobody does that in this test: {other:?}"),
        }
    }

    /// `None` where it takes too long. What only asks is sent again by browsers themselves (RFC 9110 §9.2.2).
    fn ask(&mut self, asked: &Asked<'_>) -> Option<Result<Answer, Lost>> {
        match self.ask_once(asked) {
            Some(Err(_)) if asked.method == "GET" => self.ask_once(asked),
            answer => answer,
        }
    }

    fn ask_once(&mut self, asked: &Asked<'_>) -> Option<Result<Answer, Lost>> {
        let mut request = Request::builder().method(asked.method).uri(asked.url).header("origin", &self.origin);
        request = request.header(endpoint::INTENT_HEADER, endpoint::INTENT_VALUE);
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header("cookie", cookies.join("; "));
        let content_type = match &asked.form {
            Some(_) => "application/x-www-form-urlencoded",
            None => "application/json",
        };
        request = request.header("content-type", content_type);
        let request = request.body(asked.form.as_ref().or(asked.json.as_ref()).cloned().unwrap_or_default()).unwrap();
        let config = self.agent.configure_request(request).timeout_global(Some(asked.limit)).build();
        let answered = self.agent.run(config).and_then(|mut answer| {
            self.keep_cookies(&answer);
            let retry_after = answer.headers().get("retry-after").and_then(|it| it.to_str().ok()?.parse().ok());
            Ok(Answer { status: answer.status().as_u16(), retry_after, text: answer.body_mut().read_to_string()? })
        });
        match answered {
            Err(Error::Timeout(_)) => None,
            answered => Some(answered.map_err(|_| Lost::NoAnswer)),
        }
    }

    fn keep_cookies(&mut self, answer: &Response<Body>) {
        for cookie in answer.headers().get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn says_later(reply: Option<&Reply>) -> bool {
    match reply {
        Some(Reply::Challenged(error, _)) => error.error == ErrorCode::TemporarilyUnavailable,
        Some(Reply::Problem(kind, _)) => *kind == ProblemKind::TemporarilyUnavailable,
        _ => false,
    }
}

fn read(answer: Result<Answer, Lost>, of: impl FnOnce(&Answer) -> Reply) -> Reply {
    answer.map_or_else(Reply::Lost, |answer| of(&answer))
}

fn discovered(answer: &Answer, url: &str) -> Reply {
    match answer.json(SignInMetadata::read) {
        Some(metadata) if answer.status == 200 => Reply::Discovered(Box::new(metadata), url.to_owned()),
        _ if answer.status >= 500 => Reply::Lost(Lost::Ill),
        _ => Reply::NotDiscovered,
    }
}

fn challenged(answer: &Answer) -> Reply {
    match (answer.json(AuthorizationCode::read), answer.json(Me::read)) {
        (Some(code), _) if answer.status == 200 => Reply::Granted(code),
        (_, Some(me)) if answer.status == 200 => Reply::Me(Box::new(me)),
        _ => answer
            .json(ChallengeError::read)
            .map_or(Reply::Lost(Lost::Ill), |error| Reply::Challenged(Box::new(error), answer.retry_after)),
    }
}

fn me(answer: &Answer) -> Reply {
    match answer.json(Me::read) {
        Some(me) if answer.status == 200 => Reply::Me(Box::new(me)),
        _ => answer
            .json(Problem::read)
            .map_or(Reply::Lost(Lost::Ill), |problem| Reply::Problem(problem.kind, answer.retry_after)),
    }
}

impl Answer {
    fn json<T>(&self, read: fn(Json<'_>) -> Option<T>) -> Option<T> {
        read(Json::parse(&self.text)?)
    }
}
