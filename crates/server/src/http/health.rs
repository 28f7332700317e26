//! Health checks and numbers, on a listener of their own.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use super::metrics;
use crate::state::Shared;

/// `/healthz`: the process answers. `/readyz`: the store answers too. `/metrics`: what happens here.
pub fn router(server: Shared) -> Router {
    Router::new()
        .route("/healthz", get(StatusCode::OK))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics::get))
        .with_state(server)
}

async fn ready(State(server): State<Shared>) -> StatusCode {
    match server.store.ping().await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
