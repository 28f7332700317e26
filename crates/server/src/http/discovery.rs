//! Discovery (RFC 8414) and the public keys (RFC 7517).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::json;
use vestibule_protocol::{ServerMetadata, TOKEN_EXCHANGE, endpoint};

use super::asked::Asked;
use crate::clients;
use crate::keys::CACHED_FOR;
use crate::mail;
use crate::state::Shared;

/// Says what this server is and where its endpoints are.
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    tag = "discovery",
    responses((status = 200, description = "Metadata of the address that was asked", body = ServerMetadata))
)]
pub(super) async fn metadata(State(server): State<Shared>, Asked(issuer): Asked) -> impl IntoResponse {
    let at = |path: &str| Some(format!("{issuer}{path}"));
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let config = &server.config;
    let do_services_ask = server.services.ask();
    let mut grant_types = texts(&["authorization_code", "refresh_token"]);
    grant_types.extend(server.services.get_tokens().then(|| TOKEN_EXCHANGE.to_owned()));
    let metadata = ServerMetadata {
        issuer: issuer.as_str().to_owned(),
        authorization_challenge_endpoint: at(endpoint::AUTHORIZE_CHALLENGE),
        token_endpoint: at(endpoint::TOKEN),
        revocation_endpoint: at(endpoint::REVOKE),
        jwks_uri: at(endpoint::JWKS),
        scopes_supported: clients::all_scopes(config),
        response_types_supported: texts(&["code"]),
        grant_types_supported: grant_types,
        token_endpoint_auth_methods_supported: texts(&["none"]),
        revocation_endpoint_auth_methods_supported: texts(&["none"]),
        introspection_endpoint: at(endpoint::INTROSPECT).filter(|_| do_services_ask),
        introspection_endpoint_auth_methods_supported: if do_services_ask {
            texts(&["client_secret_basic", "client_secret_post"])
        } else {
            Vec::new()
        },
        dpop_signing_alg_values_supported: texts(&["ES256"]),
        code_challenge_methods_supported: texts(&["S256"]),
        ui_locales_supported: texts(&mail::LANGUAGES),
        uc_configuration: Some(config.configuration),
        service_name: Some(config.service_name.clone()),
        default_region: config.default_region.clone(),
        logo_uri: server.brand.logo_path().and_then(|path| at(&path)),
        theme: server.brand.theme,
    };
    ([(header::CACHE_CONTROL, "no-cache")], Json(metadata))
}

/// The keys that access tokens are signed with.
#[utoipa::path(
    get,
    path = "/oauth/jwks",
    tag = "discovery",
    responses((status = 200, description = "A JWK set", body = serde_json::Value))
)]
pub(super) async fn jwks(State(server): State<Shared>) -> impl IntoResponse {
    let keys = server.keys.published(server.clock.now(), server.config.token.access_life);
    let jwks: Vec<_> = keys.iter().map(|key| key.jwk.clone()).collect();
    let cache = format!("public, max-age={}", CACHED_FOR.as_secs());
    ([(header::CACHE_CONTROL, cache)], Json(json!({ "keys": jwks })))
}
