//! Paths below the base address, and the headers that are ours.

/// Discovery (RFC 8414 §3).
pub const METADATA: &str = "/.well-known/oauth-authorization-server";
/// The Authorization Challenge Endpoint (draft-ietf-oauth-first-party-apps-04 §5).
pub const AUTHORIZE_CHALLENGE: &str = "/oauth/authorize-challenge";
/// The token endpoint (RFC 6749 §3.2).
pub const TOKEN: &str = "/oauth/token";
/// Token revocation (RFC 7009).
pub const REVOKE: &str = "/oauth/revoke";
/// Token introspection (RFC 7662), for services.
pub const INTROSPECT: &str = "/oauth/introspect";
/// The public signing keys (RFC 7517 §5).
pub const JWKS: &str = "/oauth/jwks";
/// The cookie session of a page on the server's own origin: `POST` signs in, `DELETE` signs out.
pub const SESSION: &str = "/api/session";
/// The User tab.
pub const ME: &str = "/api/me";
/// Where the account is signed in; below it, `DELETE` ends one session.
pub const SESSIONS: &str = "/api/sessions";
/// Changes the own password.
pub const PASSWORD: &str = "/api/me/password";
/// Sets the preferred device.
pub const PREFERRED_DEVICE: &str = "/api/me/preferred-device";
/// Sets whether calls are routed to the cell number.
pub const ROUTE_CALLS_TO_CELL: &str = "/api/me/route-calls-to-cell";
/// Below it, the picture of the service.
pub const BRAND: &str = "/brand";
/// The OpenAPI document.
pub const OPENAPI: &str = "/openapi.json";

/// A header that no HTML form and no cross-origin script without a preflight can send.
///
/// Demanded wherever a cookie counts; the value is [`INTENT_VALUE`].
pub const INTENT_HEADER: &str = "x-vestibule";
/// The value of [`INTENT_HEADER`].
pub const INTENT_VALUE: &str = "1";
