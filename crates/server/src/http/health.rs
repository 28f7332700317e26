//! Health checks and numbers, on a listener of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::time::timeout;

use super::metrics;
use crate::state::Shared;

/// Whoever asks whether the server is ready would not wait any longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/healthz`: the process answers. `/readyz`: it can do its work, so that people may be sent to it. `/metrics`: what
/// happens here.
pub fn router(server: Shared) -> Router {
    let was_ready = Arc::new(AtomicBool::new(true));
    let ready = get(async move |State(server): State<Shared>| {
        let not_ready = trouble(&server).await;
        let (is_ready, was_ready) = (not_ready.is_none(), was_ready.swap(not_ready.is_none(), Ordering::Relaxed));
        match not_ready {
            // Asked every other second, it says so once.
            Some(trouble) if was_ready => tracing::error!(trouble, "not ready"),
            None if !was_ready => tracing::info!("ready again"),
            _ => {}
        }
        if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    });
    Router::new()
        .route("/healthz", get(StatusCode::OK))
        .route("/readyz", ready)
        .route("/metrics", get(metrics::get))
        .with_state(server)
}

/// Why the server cannot do its work. Room on the disk is not asked for: those who share the database share its disk, and
/// what is there already can be read.
async fn trouble(server: &Shared) -> Option<String> {
    if server.is_stopping.load(Ordering::Relaxed) {
        return Some("it is stopping".to_owned());
    }
    match timeout(PATIENCE, server.store.takes_writes()).await {
        Ok(Ok(true)) => None,
        Ok(Ok(false)) => Some("the database is read-only".to_owned()),
        Ok(Err(error)) => Some(format!("the database: {error}")),
        Err(_) => Some("the database does not answer".to_owned()),
    }
}
