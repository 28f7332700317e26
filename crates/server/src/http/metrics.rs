//! `/metrics`, in the text format of Prometheus, on the listener of the health checks.

use std::fmt::Write;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::password::Load;
use crate::state::{Server, Shared};

/// What the format is called.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What happens here, in numbers: no names, no addresses.
pub(super) async fn get(State(server): State<Shared>) -> Response {
    let sessions = match server.store.count_sessions(server.clock.now()).await {
        Ok(sessions) => Some(sessions),
        Err(error) => {
            tracing::warn!(%error, "the sessions were not counted");
            None
        }
    };
    let mut text = String::new();
    match write(&mut text, &server, sessions) {
        Ok(()) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn write(text: &mut String, server: &Server, sessions: Option<i64>) -> std::fmt::Result {
    server.store.meter().write(text)?;
    let Load { running, waiting } = server.hasher.load();
    let sessions = sessions.map(|sessions| ("sessions", "Live sessions, of all servers.", sessions.unsigned_abs()));
    let hashes = [
        ("password_hashes_running", "Password hashes that are being made or checked.", running),
        ("password_hashes_waiting", "Password hashes that wait for a processor.", waiting),
    ];
    let number = |(name, help, number)| (name, help, number as u64);
    for (name, help, number) in hashes.map(number).into_iter().chain(sessions) {
        writeln!(text, "# HELP vestibule_{name} {help}\n# TYPE vestibule_{name} gauge\nvestibule_{name} {number}")?;
    }
    Ok(())
}
