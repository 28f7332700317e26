//! The wire contract: every request of the flow, and what its answer is.

use vestibule_flow::{Access, Binding, Effect, Lost, Reply, ServerAddress, Try};
use vestibule_protocol::{
    AuthorizationCode, BUILT_IN_CLIENT, ChallengeError, Json, Me, Problem, ProblemKind, Sessions, SetPreferredDevice,
    SetRouteCallsToCell, SignInMetadata, TokenError, TokenResponse, endpoint,
};

use crate::platform::{Request, Told, Topic, manner};

/// What the script says in the place of a status.
const OFFLINE: u32 = 1;
const NO_ANSWER: u32 = 2;
const UNPROVEN: u32 = 3;

/// Sends the request that an effect is.
pub(crate) fn send(effect: &Effect) {
    match effect {
        Effect::Discover(number, url) => look(Topic::Discovery, *number, manner::DISCOVER, url),
        Effect::Probe(number, url) => look(Topic::Probe, *number, manner::PROBE, url),
        _ => send_to_known(effect),
    }
}

/// Sends a request to a server whose addresses are known.
// Apart: engines compile a function as a whole when it is called first, and what shows first needs nothing of this.
#[inline(never)]
fn send_to_known(effect: &Effect) {
    match effect {
        Effect::Challenge(number, url, request, binding) => {
            let manner = if request.code_verifier.is_some() { manner::OWN_FORM } else { manner::FORM };
            post_form(Topic::Challenge, *number, manner, url, &request.members(), *binding);
        }
        Effect::Token(number, url, request, binding) => {
            post_form(Topic::Tokens, *number, manner::FORM, url, &request.members(), *binding);
        }
        Effect::Revoke(number, url, token) => {
            // RFC 7009 §2.1.
            let members = [("client_id", BUILT_IN_CLIENT), ("token", token.expose())];
            post_form(Topic::Revocation, *number, manner::FORM, url, &members, Binding::None);
        }
        Effect::OpenSession(number, address, request) => {
            let body = request.write();
            let to = Endpoint { address, path: endpoint::SESSION, access: &Access::Cookie };
            to.call(Topic::Me, *number, manner::POST, Some(&body));
        }
        Effect::EndSession(number, address) => {
            let to = Endpoint { address, path: endpoint::SESSION, access: &Access::Cookie };
            to.call(Topic::Done, *number, manner::DELETE, None);
        }
        Effect::LoadMe(number, address, access) => {
            Endpoint { address, path: endpoint::ME, access }.call(Topic::Me, *number, manner::GET, None);
        }
        Effect::SetPreferredDevice(number, address, access, preferred_device) => {
            let body = SetPreferredDevice { preferred_device: *preferred_device }.write();
            let to = Endpoint { address, path: endpoint::PREFERRED_DEVICE, access };
            to.call(Topic::Me, *number, manner::PUT, Some(&body));
        }
        Effect::SetRouteCallsToCell(number, address, access, route_calls_to_cell) => {
            let body = SetRouteCallsToCell { route_calls_to_cell: *route_calls_to_cell }.write();
            let to = Endpoint { address, path: endpoint::ROUTE_CALLS_TO_CELL, access };
            to.call(Topic::Me, *number, manner::PUT, Some(&body));
        }
        Effect::ListSessions(number, address, access) => {
            Endpoint { address, path: endpoint::SESSIONS, access }.call(Topic::Sessions, *number, manner::GET, None);
        }
        Effect::SignOutThere(number, address, access, id) => {
            let mut path = format!("{}/", endpoint::SESSIONS);
            encode(id, &mut path);
            Endpoint { address, path: &path, access }.call(Topic::Done, *number, manner::DELETE, None);
        }
        Effect::SetPassword(number, address, access, passwords) => {
            let body = passwords.write();
            let to = Endpoint { address, path: endpoint::PASSWORD, access };
            to.call(Topic::Done, *number, manner::PUT, Some(&body));
        }
        // No requests, or none of these.
        Effect::Discover(..)
        | Effect::Probe(..)
        | Effect::PrepareKey(_)
        | Effect::Lock(_)
        | Effect::Timer(..)
        | Effect::Abort(_)
        | Effect::Navigate(..)
        | Effect::Store(..) => {}
    }
}

/// Fetches what is open to all.
fn look(topic: Topic, number: Try, manner: &'static str, url: &str) {
    Request { topic, number, manner, url, token: None, is_bound: false, body: None }.send();
}

/// Sends a form, with a proof where it is bound.
fn post_form(topic: Topic, number: Try, manner: &'static str, url: &str, members: &[(&str, &str)], binding: Binding) {
    let mut body = String::new();
    for (name, value) in members {
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(name);
        body.push('=');
        encode(value, &mut body);
    }
    let is_bound = binding == Binding::Key;
    Request { topic, number, manner, url, token: None, is_bound, body: Some(&body) }.send();
}

/// A place under `/api`, with whatever opens it.
struct Endpoint<'a> {
    address: &'a ServerAddress,
    path: &'a str,
    access: &'a Access,
}

impl Endpoint<'_> {
    /// Sends a request there, and a body of JSON where there is one.
    fn call(&self, topic: Topic, number: Try, method: &'static str, body: Option<&str>) {
        let (token, is_bound) = match self.access {
            Access::Cookie => (None, false),
            Access::Bearer(token) => (Some(token.expose()), false),
            Access::Bound(token) => (Some(token.expose()), true),
        };
        let url = self.address.join(self.path);
        Request { topic, number, manner: method, url: &url, token, is_bound, body }.send();
    }
}

/// Writes a text so that it means itself in every part of a URL and in a form (RFC 3986 §2.1).
fn encode(text: &str, into: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(byte.into());
        } else {
            let [high, low] = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)].into());
            into.extend(['%', high, low]);
        }
    }
}

/// What an answer means.
// Apart: engines compile a function as a whole when it is called first, and what shows first needs nothing of this.
#[inline(never)]
pub(crate) fn read(answer: &Told) -> Reply {
    let lost = match answer.status {
        OFFLINE => Some(Lost::Offline),
        NO_ANSWER => Some(Lost::NoAnswer),
        UNPROVEN => Some(Lost::Unproven),
        _ => None,
    };
    match (answer.topic, lost) {
        (Topic::Probe, lost) => Reply::Probed(lost.is_none()),
        (_, Some(lost)) => Reply::Lost(lost),
        (Topic::Discovery, None) => discovered(answer),
        (Topic::Challenge, None) => challenged(answer),
        (Topic::Tokens, None) => tokens(answer),
        (Topic::Revocation, None) => revoked(answer),
        (Topic::Me, None) => me(answer),
        (Topic::Sessions, None) => sessions(answer),
        (_, None) if answer.is_success() => Reply::Done,
        (_, None) => answer.problem(),
    }
}

fn discovered(answer: &Told) -> Reply {
    if answer.status >= 500 {
        return Reply::Lost(Lost::Ill);
    }
    match answer.json(SignInMetadata::read) {
        Some(metadata) if answer.status == 200 => {
            Reply::Discovered(Box::new(metadata), answer.url.clone().unwrap_or_default())
        }
        _ => Reply::NotDiscovered,
    }
}

fn challenged(answer: &Told) -> Reply {
    if answer.status == 200
        && let Some(code) = answer.json(AuthorizationCode::read)
    {
        return Reply::Granted(code);
    }
    if answer.status == 200
        && let Some(me) = answer.json(Me::read)
    {
        return Reply::Me(Box::new(me));
    }
    match answer.json(ChallengeError::read) {
        Some(error) => Reply::Challenged(Box::new(error), answer.retry_after),
        None => Reply::Lost(Lost::Ill),
    }
}

fn tokens(answer: &Told) -> Reply {
    if answer.status == 200
        && let Some(tokens) = answer.json(TokenResponse::read)
    {
        return Reply::Tokens(Box::new(tokens));
    }
    no_tokens(answer)
}

fn revoked(answer: &Told) -> Reply {
    if answer.is_success() { Reply::Done } else { no_tokens(answer) }
}

fn no_tokens(answer: &Told) -> Reply {
    match answer.json(TokenError::read) {
        Some(error) => Reply::NoTokens(error.error, answer.retry_after),
        None => Reply::Lost(Lost::Ill),
    }
}

fn me(answer: &Told) -> Reply {
    match answer.json(Me::read) {
        Some(me) if answer.is_success() => Reply::Me(Box::new(me)),
        _ => answer.problem(),
    }
}

fn sessions(answer: &Told) -> Reply {
    match answer.json(Sessions::read) {
        Some(sessions) if answer.is_success() => Reply::Sessions(sessions),
        _ => answer.problem(),
    }
}

impl Told {
    fn json<T>(&self, read: fn(Json<'_>) -> Option<T>) -> Option<T> {
        read(Json::parse(self.text.as_deref()?)?)
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn problem(&self) -> Reply {
        match self.json(Problem::read) {
            Some(problem) => Reply::Problem(problem.kind, self.retry_after),
            // Whoever checks tokens in front of the server may answer without a body of ours.
            None if self.status == 401 => Reply::Problem(ProblemKind::NotSignedIn, self.retry_after),
            None => Reply::Lost(Lost::Ill),
        }
    }
}
