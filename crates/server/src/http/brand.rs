//! The picture of the service, from the server's own origin.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::state::Shared;

/// A drawing may style itself; opened by itself it does nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// Gives the picture, under the name that carries its content.
pub(super) async fn logo(State(server): State<Shared>, Path(name): Path<String>) -> Response {
    let no_sniffing = [(header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    match server.brand.logo.as_ref().filter(|logo| logo.name == name) {
        Some(logo) => {
            let headers = [
                (header::CONTENT_TYPE, logo.media_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::CONTENT_SECURITY_POLICY, POLICY),
            ];
            (no_sniffing, headers, logo.content.clone()).into_response()
        }
        None => {
            (StatusCode::NOT_FOUND, no_sniffing, [(header::CACHE_CONTROL, "no-store")], "Not found\n").into_response()
        }
    }
}
