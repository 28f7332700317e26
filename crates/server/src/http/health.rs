//! Health checks, on a listener of their own.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::state::Shared;

/// `/healthz`: the process answers. `/readyz`: the store answers too.
pub fn router(server: Shared) -> Router {
    Router::new().route("/healthz", get(StatusCode::OK)).route("/readyz", get(ready)).with_state(server)
}

async fn ready(State(server): State<Shared>) -> StatusCode {
    match server.store.ping().await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
