//! HTTP: what comes in is read strictly, what goes out is what protocol and RFCs say. Nothing is decided here.

mod asked;
mod below;
mod body;
mod brand;
mod challenge;
mod client_address;
pub(crate) mod cookies;
mod devices;
mod discovery;
mod exchange;
mod form;
mod guard;
mod health;
mod introspect;
mod me;
mod metrics;
pub mod openapi;
mod password;
mod problem;
mod proof;
mod revoke;
mod session;
mod sessions;
mod signed_in;
#[cfg(test)]
mod tests;
mod token;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware;
use axum::routing::{delete, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyDeadlineLayer;
use tower_http::trace::TraceLayer;
use vestibule_protocol::endpoint;

use crate::config::{Issuer, PublicAddresses};
use crate::page;
use crate::state::Shared;

pub use asked::host;
pub use health::router as management_router;

/// The largest body that is read, in bytes: a password of 1,024 characters, percent-encoded, and room around it.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Seconds to wait where the server cannot do its work now.
fn retry_later() -> u64 {
    5
}

/// The public routes.
pub fn router(server: &Shared) -> Router {
    let offer_nonce = middleware::from_fn_with_state(server.clone(), proof::offer_nonce);
    let open = Router::new()
        .route(endpoint::METADATA, get(discovery::metadata))
        .route(&format!("{}/{{*path}}", endpoint::METADATA), get(discovery::metadata))
        .layer(offer_nonce.clone())
        .route(endpoint::JWKS, get(discovery::jwks))
        .route(endpoint::OPENAPI, get(openapi::get))
        .layer((no_sniffing(), guard::open_cors()));
    let listed = Router::new()
        .route(endpoint::AUTHORIZE_CHALLENGE, post(challenge::post))
        .route(endpoint::TOKEN, post(token::token))
        .route(endpoint::REVOKE, post(revoke::post))
        .route(endpoint::INTROSPECT, post(introspect::post))
        .route(endpoint::SESSION, post(session::post).delete(session::delete))
        .route(endpoint::ME, get(me::get))
        .route(endpoint::PASSWORD, put(password::put))
        .route(endpoint::SESSIONS, get(sessions::get))
        .route(&format!("{}/{{id}}", endpoint::SESSIONS), delete(sessions::delete))
        .route(endpoint::PREFERRED_DEVICE, put(me::put_preferred_device))
        .route(endpoint::ROUTE_CALLS_TO_CELL, put(me::put_route_calls_to_cell))
        // As one, from the outermost on: each layer by itself is boxed, and made anew for every request with all below it.
        .layer((
            no_sniffing(),
            offer_nonce,
            always(header::CACHE_CONTROL, "no-store"),
            guard::listed_cors(server),
            middleware::from_fn_with_state(server.clone(), guard::refuse_foreign_origins),
            RequestBodyDeadlineLayer::new(server.config.limits.body_time),
            DefaultBodyLimit::max(MAX_BODY_BYTES),
        ));
    let is_https = server.config.tls.is_some() || serves_https_addresses(server);
    // On every answer: a page on another origin asks for no document here. Over plain http browsers ignore it.
    let only_https = is_https.then_some(HeaderValue::from_static("max-age=31536000"));
    let all = open
        .merge(listed)
        .route(&format!("{}/{{name}}", endpoint::BRAND), get(brand::logo))
        .merge(page::router(&server.config.public_addresses, is_https, &server.clock))
        .layer((
            TraceLayer::new_for_http().make_span_with(|request: &axum::extract::Request| {
                // The path alone: nothing that a client put into a query gets into a log.
                tracing::info_span!("request", method = %request.method(), path = request.uri().path())
            }),
            CatchPanicLayer::new(),
            SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, only_https),
        ))
        .with_state(server.clone());
    below::paths(all, &server.config.public_addresses)
}

fn serves_https_addresses(server: &Shared) -> bool {
    match &server.config.public_addresses {
        PublicAddresses::List(issuers) => issuers.iter().all(Issuer::is_https),
        PublicAddresses::Any => false,
    }
}

/// A header that answers have.
type Always = SetResponseHeaderLayer<HeaderValue>;

fn always(name: HeaderName, value: &'static str) -> Always {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

fn no_sniffing() -> (Always, Always, Always) {
    (
        always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        always(header::REFERRER_POLICY, "no-referrer"),
        always(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    )
}
