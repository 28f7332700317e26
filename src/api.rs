//! The HTTP client of the wire contract: every request of the flow, and what its answer is.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use vestibule_flow::{Access, Lost, Reply, ServerAddress};
use vestibule_protocol::{
    BUILT_IN_CLIENT, ChallengeRequest, Problem, ProblemKind, Secret, SessionRequest, SetPassword, TokenError,
    TokenRequest, endpoint,
};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode, RequestRedirect, UrlSearchParams};

use crate::browser;

/// Fetches a discovery document, following redirects.
pub(crate) async fn discover(url: &str, signal: &AbortSignal) -> Reply {
    let request = Request::get(url)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(signal))
        .build();
    match send(request).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) if answer.status >= 500 => Reply::Lost(Lost::Ill),
        Ok(answer) => match answer.json() {
            Some(metadata) if answer.status == 200 => Reply::Discovered(Box::new(metadata), answer.url),
            _ => Reply::NotDiscovered,
        },
    }
}

/// Finds out whether anything answers. What it says, a browser keeps to itself.
pub(crate) async fn probe(url: &str, signal: &AbortSignal) -> Reply {
    let request = Request::get(url)
        .mode(RequestMode::NoCors)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(signal))
        .build();
    match request {
        Ok(request) => Reply::Probed(request.send().await.is_ok()),
        Err(_) => Reply::Probed(false),
    }
}

/// Sends a step of the sign-in.
pub(crate) async fn challenge(url: &str, request: &ChallengeRequest, signal: &AbortSignal) -> Reply {
    match send(form(url, &request.members(), signal)).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) => match (answer.status, answer.json(), answer.json()) {
            (200, Some(code), _) => Reply::Granted(code),
            (_, _, Some(error)) => Reply::Challenged(error, answer.retry_after),
            _ => Reply::Lost(Lost::Ill),
        },
    }
}

/// Turns a code into a cookie.
pub(crate) async fn open_session(address: &ServerAddress, body: &SessionRequest, signal: &AbortSignal) -> Reply {
    me(json(Request::post(&address.join(endpoint::SESSION)), &Access::Cookie, body, signal)).await
}

/// Asks the token endpoint.
pub(crate) async fn token(url: &str, request: &TokenRequest, signal: &AbortSignal) -> Reply {
    match send(form(url, &request.members(), signal)).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) => match (answer.status, answer.json(), answer.json::<TokenError>()) {
            (200, Some(tokens), _) => Reply::Tokens(tokens),
            (_, _, Some(error)) => Reply::NoTokens(error.error, answer.retry_after),
            _ => Reply::Lost(Lost::Ill),
        },
    }
}

/// Fetches the User tab.
pub(crate) async fn load_me(address: &ServerAddress, access: &Access, signal: &AbortSignal) -> Reply {
    let request = authorized(Request::get(&address.join(endpoint::ME)), access, signal);
    me(request.build()).await
}

/// Changes a setting; the answer is the User tab as it is then.
pub(crate) async fn set<T: Serialize>(
    address: &ServerAddress,
    path: &str,
    access: &Access,
    body: &T,
    signal: &AbortSignal,
) -> Reply {
    me(json(Request::put(&address.join(path)), access, body, signal)).await
}

/// Fetches the list of places where the person is signed in.
pub(crate) async fn list_sessions(address: &ServerAddress, access: &Access, signal: &AbortSignal) -> Reply {
    let request = authorized(Request::get(&address.join(endpoint::SESSIONS)), access, signal);
    match send(request.build()).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) => match answer.json() {
            Some(sessions) if answer.is_success() => Reply::Sessions(sessions),
            _ => answer.problem(),
        },
    }
}

/// Signs out in another place.
pub(crate) async fn sign_out_there(address: &ServerAddress, access: &Access, id: &str, signal: &AbortSignal) -> Reply {
    let url = address.join(&format!("{}/{}", endpoint::SESSIONS, js_sys::encode_uri_component(id)));
    done(authorized(Request::delete(&url), access, signal).build()).await
}

/// Changes the own password.
pub(crate) async fn set_password(
    address: &ServerAddress,
    access: &Access,
    body: &SetPassword,
    signal: &AbortSignal,
) -> Reply {
    done(json(Request::put(&address.join(endpoint::PASSWORD)), access, body, signal)).await
}

/// Ends the session that a cookie holds.
pub(crate) async fn end_session(address: &ServerAddress, signal: &AbortSignal) -> Reply {
    done(authorized(Request::delete(&address.join(endpoint::SESSION)), &Access::Cookie, signal).build()).await
}

/// Gives a refresh token back (RFC 7009 §2.1).
pub(crate) async fn revoke(url: &str, token: &Secret, signal: &AbortSignal) -> Reply {
    match send(form(url, &[("client_id", BUILT_IN_CLIENT), ("token", token.expose())], signal)).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) if answer.is_success() => Reply::Done,
        Ok(answer) => match answer.json::<TokenError>() {
            Some(error) => Reply::NoTokens(error.error, answer.retry_after),
            None => Reply::Lost(Lost::Ill),
        },
    }
}

/// An answer that has come in whole.
struct Answer {
    status: u16,
    url: String,
    retry_after: Option<u64>,
    body: String,
}

impl Answer {
    fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn problem(&self) -> Reply {
        match self.json::<Problem>() {
            Some(problem) => Reply::Problem(problem.kind, self.retry_after),
            // Whoever checks tokens in front of the server may answer without a body of ours.
            None if self.status == 401 => Reply::Problem(ProblemKind::NotSignedIn, self.retry_after),
            None => Reply::Lost(Lost::Ill),
        }
    }
}

async fn me(request: Result<Request, gloo_net::Error>) -> Reply {
    match send(request).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) => match answer.json() {
            Some(me) if answer.is_success() => Reply::Me(me),
            _ => answer.problem(),
        },
    }
}

async fn done(request: Result<Request, gloo_net::Error>) -> Reply {
    match send(request).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) if answer.is_success() => Reply::Done,
        Ok(answer) => answer.problem(),
    }
}

async fn send(request: Result<Request, gloo_net::Error>) -> Result<Answer, Lost> {
    let no_answer = |_: gloo_net::Error| if browser::is_offline() { Lost::Offline } else { Lost::NoAnswer };
    let response: Response = request.map_err(no_answer)?.send().await.map_err(no_answer)?;
    Ok(Answer {
        status: response.status(),
        url: response.url(),
        retry_after: response.headers().get("retry-after").and_then(|seconds| seconds.trim().parse().ok()),
        body: response.text().await.map_err(no_answer)?,
    })
}

/// A form-encoded POST, which needs no preflight. Like all that carries a secret, it goes where it was meant to go: no
/// redirect takes it along.
fn form(url: &str, members: &[(&str, &str)], signal: &AbortSignal) -> Result<Request, gloo_net::Error> {
    let encoded = UrlSearchParams::new().map_err(|error| gloo_net::Error::GlooError(format!("{error:?}")))?;
    for (name, value) in members {
        encoded.append(name, value);
    }
    Request::post(url).redirect(RequestRedirect::Error).abort_signal(Some(signal)).body(encoded)
}

fn json<T: Serialize>(
    builder: RequestBuilder,
    access: &Access,
    body: &T,
    signal: &AbortSignal,
) -> Result<Request, gloo_net::Error> {
    authorized(builder, access, signal).json(body)
}

fn authorized(builder: RequestBuilder, access: &Access, signal: &AbortSignal) -> RequestBuilder {
    let builder = builder.redirect(RequestRedirect::Error).abort_signal(Some(signal)).cache(RequestCache::NoStore);
    match access {
        Access::Cookie => builder.header(endpoint::INTENT_HEADER, endpoint::INTENT_VALUE),
        Access::Token(token) => {
            builder.credentials(RequestCredentials::Omit).header("authorization", &format!("Bearer {}", token.expose()))
        }
    }
}
