//! The HTTP client of the wire contract: every request of the flow, and what its answer is.

use gloo_net::http::{Method, Request, RequestBuilder, Response};
use vestibule_flow::{Access, Binding, Lost, Reply, ServerAddress, proof::Subject};
use vestibule_protocol::{
    AuthorizationCode, BUILT_IN_CLIENT, ChallengeError, ChallengeRequest, ErrorCode, Json, Me, Problem, ProblemKind,
    Secret, SessionRequest, Sessions, SetPassword, SignInMetadata, TokenError, TokenRequest, TokenResponse, endpoint,
};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode, RequestRedirect, UrlSearchParams};

use crate::{browser, proofs};

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
        Ok(answer) => match answer.json(SignInMetadata::read) {
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
pub(crate) async fn challenge(url: &str, request: &ChallengeRequest, binding: Binding, signal: &AbortSignal) -> Reply {
    match post_form(url, &request.members(), binding, signal).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) => match (answer.status, answer.json(AuthorizationCode::read), answer.json(ChallengeError::read)) {
            (200, Some(code), _) => Reply::Granted(code),
            (_, _, Some(error)) => Reply::Challenged(Box::new(error), answer.retry_after),
            _ => Reply::Lost(Lost::Ill),
        },
    }
}

/// Turns a code into a cookie.
pub(crate) async fn open_session(address: &ServerAddress, body: &SessionRequest, signal: &AbortSignal) -> Reply {
    me(call(Method::POST, &address.join(endpoint::SESSION), &Access::Cookie, Some(body.write()), signal).await)
}

/// Asks the token endpoint.
pub(crate) async fn token(url: &str, request: &TokenRequest, binding: Binding, signal: &AbortSignal) -> Reply {
    match post_form(url, &request.members(), binding, signal).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) => match (answer.status, answer.json(TokenResponse::read), answer.json(TokenError::read)) {
            (200, Some(tokens), _) => Reply::Tokens(Box::new(tokens)),
            (_, _, Some(error)) => Reply::NoTokens(error.error, answer.retry_after),
            _ => Reply::Lost(Lost::Ill),
        },
    }
}

/// Fetches the User tab.
pub(crate) async fn load_me(address: &ServerAddress, access: &Access, signal: &AbortSignal) -> Reply {
    me(call(Method::GET, &address.join(endpoint::ME), access, None, signal).await)
}

/// Changes a setting; the answer is the User tab as it is then.
pub(crate) async fn set(
    address: &ServerAddress,
    path: &str,
    access: &Access,
    body: String,
    signal: &AbortSignal,
) -> Reply {
    me(call(Method::PUT, &address.join(path), access, Some(body), signal).await)
}

/// Fetches the list of places where the person is signed in.
pub(crate) async fn list_sessions(address: &ServerAddress, access: &Access, signal: &AbortSignal) -> Reply {
    match call(Method::GET, &address.join(endpoint::SESSIONS), access, None, signal).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) => match answer.json(Sessions::read) {
            Some(sessions) if answer.is_success() => Reply::Sessions(sessions),
            _ => answer.problem(),
        },
    }
}

/// Signs out in another place.
pub(crate) async fn sign_out_there(address: &ServerAddress, access: &Access, id: &str, signal: &AbortSignal) -> Reply {
    let url = address.join(&format!("{}/{}", endpoint::SESSIONS, js_sys::encode_uri_component(id)));
    done(call(Method::DELETE, &url, access, None, signal).await)
}

/// Changes the own password.
pub(crate) async fn set_password(
    address: &ServerAddress,
    access: &Access,
    body: &SetPassword,
    signal: &AbortSignal,
) -> Reply {
    done(call(Method::PUT, &address.join(endpoint::PASSWORD), access, Some(body.write()), signal).await)
}

/// Ends the session that a cookie holds.
pub(crate) async fn end_session(address: &ServerAddress, signal: &AbortSignal) -> Reply {
    done(call(Method::DELETE, &address.join(endpoint::SESSION), &Access::Cookie, None, signal).await)
}

/// Gives a refresh token back (RFC 7009 §2.1).
pub(crate) async fn revoke(url: &str, token: &Secret, signal: &AbortSignal) -> Reply {
    let members = [("client_id", BUILT_IN_CLIENT), ("token", token.expose())];
    match post_form(url, &members, Binding::None, signal).await {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) if answer.is_success() => Reply::Done,
        Ok(answer) => match answer.json(TokenError::read) {
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
    fn json<T>(&self, read: fn(Json<'_>) -> Option<T>) -> Option<T> {
        Json::parse(&self.body).and_then(read)
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the same request may pass with another proof: the server wants its own nonce in it (RFC 9449 §8, §9), or
    /// has seen this one before, because the browser itself sent the request twice over a broken connection.
    fn wants_another_proof(&self) -> bool {
        let of_token = |error| matches!(error, ErrorCode::UseDpopNonce | ErrorCode::InvalidDpopProof);
        let of_api = |kind| matches!(kind, ProblemKind::UseDpopNonce | ProblemKind::InvalidDpopProof);
        matches!(self.status, 400 | 401)
            && (self.json(TokenError::read).is_some_and(|answer| of_token(answer.error))
                || self.json(Problem::read).is_some_and(|answer| of_api(answer.kind)))
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

fn me(answer: Result<Answer, Lost>) -> Reply {
    match answer {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) => match answer.json(Me::read) {
            Some(me) if answer.is_success() => Reply::Me(Box::new(me)),
            _ => answer.problem(),
        },
    }
}

fn done(answer: Result<Answer, Lost>) -> Reply {
    match answer {
        Err(lost) => Reply::Lost(lost),
        Ok(answer) if answer.is_success() => Reply::Done,
        Ok(answer) => answer.problem(),
    }
}

/// Sends a request under `/api` with whatever opens it, and a body of JSON where there is one.
async fn call(
    method: Method,
    url: &str,
    access: &Access,
    body: Option<String>,
    signal: &AbortSignal,
) -> Result<Answer, Lost> {
    let token = if let Access::Bound(token) = access { Some(token) } else { None };
    let subject = token.map(|token| Subject { method: method.as_str(), url, token: Some(token) });
    proven(subject, |proof| {
        let builder = RequestBuilder::new(url).method(method.clone()).cache(RequestCache::NoStore);
        let builder = sealed(builder, proof, signal);
        let builder = match access {
            Access::Cookie => builder.header(endpoint::INTENT_HEADER, endpoint::INTENT_VALUE),
            Access::Bearer(token) => authorized(builder, "Bearer", token),
            Access::Bound(token) => authorized(builder, "DPoP", token),
        };
        match &body {
            None => builder.build(),
            Some(body) => builder.header("content-type", "application/json").body(body.as_str()),
        }
    })
    .await
}

fn authorized(builder: RequestBuilder, scheme: &str, token: &Secret) -> RequestBuilder {
    builder.credentials(RequestCredentials::Omit).header("authorization", &format!("{scheme} {}", token.expose()))
}

/// Sends a form-encoded POST, which needs no preflight but for its proof.
async fn post_form(
    url: &str,
    members: &[(&str, &str)],
    binding: Binding,
    signal: &AbortSignal,
) -> Result<Answer, Lost> {
    let subject = (binding == Binding::Key).then_some(Subject { method: "POST", url, token: None });
    proven(subject, |proof| {
        let encoded = UrlSearchParams::new().map_err(|error| gloo_net::Error::GlooError(format!("{error:?}")))?;
        for (name, value) in members {
            encoded.append(name, value);
        }
        sealed(Request::post(url), proof, signal).body(encoded)
    })
    .await
}

/// What carries a secret goes where it was meant to go: no redirect takes it along.
fn sealed(builder: RequestBuilder, proof: Option<&str>, signal: &AbortSignal) -> RequestBuilder {
    let builder = builder.redirect(RequestRedirect::Error).abort_signal(Some(signal));
    match proof {
        None => builder,
        Some(proof) => builder.header("dpop", proof),
    }
}

/// Sends a request with a proof of its subject, where there is one, and never without; once more where the server wants
/// another proof.
async fn proven(
    subject: Option<Subject<'_>>,
    request: impl Fn(Option<&str>) -> Result<Request, gloo_net::Error>,
) -> Result<Answer, Lost> {
    let Some(subject) = subject else { return send(request(None)).await };
    let proof = async || proofs::make(&subject).await.ok_or(Lost::Unproven);
    let answer = send(request(Some(&proof().await?))).await?;
    if answer.wants_another_proof() {
        return send(request(Some(&proof().await?))).await;
    }
    Ok(answer)
}

async fn send(request: Result<Request, gloo_net::Error>) -> Result<Answer, Lost> {
    let no_answer = |_: gloo_net::Error| if browser::is_offline() { Lost::Offline } else { Lost::NoAnswer };
    let response: Response = request.map_err(no_answer)?.send().await.map_err(no_answer)?;
    let headers = response.headers();
    if let Some(nonce) = headers.get("dpop-nonce") {
        proofs::keep_nonce(&response.url(), nonce);
    }
    Ok(Answer {
        status: response.status(),
        url: response.url(),
        retry_after: headers.get("retry-after").and_then(|seconds| seconds.trim().parse().ok()),
        body: response.text().await.map_err(no_answer)?,
    })
}
