//! The same sign-in as plain HTML forms, a page of its own for every step: what `cargo xtask bench page` compares with.
//!
//! Four forms, no script, no style. Each POST is answered with 303 and the next page, as those who write such flows
//! do. The password costs the same hash as the server's; the code is kept in memory and written to the standard output,
//! which is faster than any mail.
#![expect(clippy::print_stdout, reason = "whoever measures reads the codes there")]

use std::collections::HashMap;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum_server::tls_rustls::RustlsConfig;
use serde::Deserialize;
use vestibule_server::config::PasswordHashConfig;
use vestibule_server::password::{Hasher, prepare};
use vestibule_server::random::Random;

/// An ordinary form for a name and a password, whole: the reference for the first screen.
const FORM: &str = include_str!("form.html");
/// The one account.
const USERNAME: &str = "grace";
const COOKIE: &str = "forms";

struct Service {
    hasher: Hasher,
    hash: String,
    random: Random,
    /// How far each sign-in is, by its cookie.
    sessions: Mutex<HashMap<String, Progress>>,
}

#[derive(Clone, Default)]
struct Progress {
    username: String,
    code: Option<String>,
    is_in: bool,
}

#[derive(Deserialize)]
struct Field {
    value: String,
}

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

/// `forms ADDRESS CERTIFICATE KEY PASSWORD`
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, certificate, key, password] = arguments.as_slice() else {
        return Err("forms ADDRESS CERTIFICATE KEY PASSWORD".into());
    };
    let random = Random::from_system()?;
    let hasher = Hasher::new(&PasswordHashConfig::default(), random.clone()).map_err(|error| error.to_string())?;
    let hash = hasher.hash(&prepare(password)?).await?;
    let service = Arc::new(Service { hasher, hash, random, sessions: Mutex::default() });
    let router = Router::new()
        .route("/form", get(Html(FORM)))
        .route("/", get(Html(page("Server", "1 of 4", &field("address", "Server address", "url", "/")))).post(server))
        .route("/account", get(account).post(name))
        .route("/password", get(credentials).post(password_given))
        .route("/code", get(code).post(code_given))
        .route("/user", get(user))
        .with_state(service);
    let tls = RustlsConfig::from_pem_file(certificate, key).await?;
    let address: SocketAddr = address.parse()?;
    println!("ready");
    axum_server::bind_rustls(address, tls).serve(router.into_make_service()).await?;
    Ok(())
}

/// The first step begins a session.
async fn server(State(service): State<Arc<Service>>, Form(_): Form<Field>) -> Response {
    let id = service.random.id();
    service.change(&id, |progress| *progress = Progress::default());
    let cookie = format!("{COOKIE}={id}; Path=/; HttpOnly; Secure; SameSite=Lax");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/account")).into_response()
}

async fn account() -> Html<String> {
    Html(page("Account", "2 of 4", &field("username", "Username", "text", "/account")))
}

async fn name(State(service): State<Arc<Service>>, headers: HeaderMap, Form(field): Form<Field>) -> Redirect {
    service.change(&session(&headers), |progress| progress.username = field.value);
    Redirect::to("/password")
}

async fn credentials(State(service): State<Arc<Service>>, headers: HeaderMap) -> Html<String> {
    let username = escaped(&service.progress(&session(&headers)).username);
    let fields = format!(
        "<form method=\"post\" action=\"/password\">\
         <p><label for=\"username\">Username</label><br>\
         <input id=\"username\" name=\"username\" autocomplete=\"username\" value=\"{username}\"></p>\
         <p><label for=\"password\">Password</label><br>\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" autofocus></p>\
         <p><button type=\"submit\">Sign in</button></p></form>"
    );
    Html(page("Credentials", "3 of 4", &fields))
}

/// As costly as the server's own check.
async fn password_given(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Response {
    let Ok(place) = service.hasher.admit() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let Ok(password) = prepare(&given.password) else { return Redirect::to("/password").into_response() };
    let verdict = place.verify(Some(&password), Some(service.hash.clone())).await;
    if given.username != USERNAME || !verdict.is_ok_and(|verdict| verdict.matches) {
        return Redirect::to("/password").into_response();
    }
    let code = service.random.digits(6);
    println!("code {code}");
    service.change(&session(&headers), |progress| progress.code = Some(code));
    Redirect::to("/code").into_response()
}

async fn code() -> Html<String> {
    Html(page("Access code", "4 of 4", &field("code", "Access code", "text", "/code")))
}

async fn code_given(State(service): State<Arc<Service>>, headers: HeaderMap, Form(field): Form<Field>) -> Redirect {
    let is_right = service.change(&session(&headers), |progress| {
        progress.is_in = progress.code.take().is_some_and(|code| code == field.value);
        progress.is_in
    });
    Redirect::to(if is_right { "/user" } else { "/code" })
}

async fn user(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    let progress = service.progress(&session(&headers));
    if !progress.is_in {
        return Redirect::to("/").into_response();
    }
    let body = format!(
        "<p>You are signed in as {}.</p><form class=\"user\" method=\"post\" action=\"/\">\
         <button type=\"submit\">Sign out</button></form>",
        escaped(&progress.username)
    );
    Html(page("User", "Signed in", &body)).into_response()
}

impl Service {
    fn change<T>(&self, session: &str, change: impl FnOnce(&mut Progress) -> T) -> T {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        change(sessions.entry(session.to_owned()).or_default())
    }

    fn progress(&self, session: &str) -> Progress {
        self.change(session, |progress| progress.clone())
    }
}

/// What the cookie says; nothing where there is none.
fn session(headers: &HeaderMap) -> String {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split("; ")).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned()).next().unwrap_or_default()
}

fn page(heading: &str, step: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{heading}</title></head>\
         <body><p>{step}</p><h1>{heading}</h1>{body}</body></html>"
    )
}

fn field(id: &str, label: &str, kind: &str, action: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{action}\"><p><label for=\"{id}\">{label}</label><br>\
         <input id=\"{id}\" name=\"value\" type=\"{kind}\" autofocus></p>\
         <p><button type=\"submit\">Continue</button></p></form>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
