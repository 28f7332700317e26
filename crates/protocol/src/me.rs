//! The User tab: our own API under `/api`.

use serde::{Deserialize, Deserializer, Serialize, de::IntoDeserializer};

use crate::{Secret, UcConfiguration};

/// Body of `POST /api/session`: a code becomes a cookie.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRequest {
    /// The authorization code.
    pub code: Secret,
    /// The PKCE verifier, 43 to 128 characters.
    pub code_verifier: Secret,
}

/// Who is signed in, and what can be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Name to show.
    pub name: String,
    /// User name.
    pub username: String,
    /// Masked e-mail address, where the account has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Which products stand behind the server.
    pub configuration: UcConfiguration,
    /// Address that was signed in to.
    pub server: String,
    /// The cell number of this sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell_number: Option<String>,
    /// Devices that can be preferred, in the order to show them; empty where there is no such choice.
    #[serde(default)]
    pub devices: Vec<PreferredDevice>,
    /// The one that is preferred; absent where there is no such choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_device: Option<PreferredDevice>,
    /// Whether calls are routed to the cell number; absent where that cannot be set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route_calls_to_cell: Option<bool>,
}

/// A device that a person can prefer to be reached at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PreferredDevice {
    /// The telephone on the desk.
    DeskPhone,
    /// The cell number of this sign-in.
    MobilePhone,
    /// The system decides (Integrated only).
    AutoPilot,
}

/// Body of `PUT /api/me/preferred-device`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetPreferredDevice {
    /// One of [`Me::devices`].
    #[serde(deserialize_with = "by_name")]
    pub preferred_device: PreferredDevice,
}

/// Its name alone: `serde` would take `{"desk-phone": null}`, too.
fn by_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PreferredDevice, D::Error> {
    PreferredDevice::deserialize(String::deserialize(deserializer)?.into_deserializer())
}

/// Body of `PUT /api/me/route-calls-to-cell`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetRouteCallsToCell {
    /// Whether to route them.
    pub route_calls_to_cell: bool,
}

/// Body of `PUT /api/me/password`. All sessions and running sign-ins of the account end, the one that asks included.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetPassword {
    /// The current password, taken whole.
    pub current_password: Secret,
    /// The new one: at least [`MIN_PASSWORD_CHARS`](crate::MIN_PASSWORD_CHARS) characters.
    pub new_password: Secret,
}

/// Where an account is signed in: the answer of `GET /api/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sessions {
    /// Newest first.
    pub sessions: Vec<SessionInfo>,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    /// Names it, to end it by `DELETE /api/sessions/{id}`; no secret.
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Seconds since the person signed in there.
    pub signed_in_ago: u64,
    /// Seconds since it was last used.
    pub last_used_ago: u64,
    /// Client address that was signed in from, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_address: Option<String>,
    /// Browser, like `Firefox`, where it is a known one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// Operating system, like `Android`, where it is a known one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
}

/// An error under `/api` (RFC 9457), `application/problem+json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// What happened; clients switch on this.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    /// For developers, in English; never shown to a person.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
}

/// The `type` of a [`Problem`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub enum ProblemKind {
    /// No session, or one that has ended.
    #[serde(rename = "urn:vestibule:problem:not-signed-in")]
    NotSignedIn,
    /// A DPoP proof does not hold, or is missing (RFC 9449 §7.1).
    #[serde(rename = "urn:vestibule:problem:invalid-dpop-proof")]
    InvalidDpopProof,
    /// The same again, with a proof that carries the nonce of this answer's `DPoP-Nonce` (RFC 9449 §9).
    #[serde(rename = "urn:vestibule:problem:use-dpop-nonce")]
    UseDpopNonce,
    /// The authorization code does not count any more: ask for the state of the sign-in.
    #[serde(rename = "urn:vestibule:problem:invalid-code")]
    InvalidCode,
    /// The request did not come from this page.
    #[serde(rename = "urn:vestibule:problem:origin-not-allowed")]
    OriginNotAllowed,
    /// The session lacks the scope that this needs (RFC 6750 §3.1).
    #[serde(rename = "urn:vestibule:problem:insufficient-scope")]
    InsufficientScope,
    /// The setting does not exist for this configuration or this sign-in.
    #[serde(rename = "urn:vestibule:problem:not-available")]
    NotAvailable,
    /// The body is not what it should be.
    #[serde(rename = "urn:vestibule:problem:invalid-body")]
    InvalidBody,
    /// The body is larger than any request needs.
    #[serde(rename = "urn:vestibule:problem:body-too-large")]
    BodyTooLarge,
    /// The body did not come within the time that there is for it (RFC 9110 §15.5.9); it may be sent again.
    #[serde(rename = "urn:vestibule:problem:body-too-slow")]
    BodyTooSlow,
    /// There is no such session, or it has ended.
    #[serde(rename = "urn:vestibule:problem:no-such-session")]
    NoSuchSession,
    /// The current password is another one.
    #[serde(rename = "urn:vestibule:problem:wrong-password")]
    WrongPassword,
    /// The new password has less than [`MIN_PASSWORD_CHARS`](crate::MIN_PASSWORD_CHARS) characters.
    #[serde(rename = "urn:vestibule:problem:password-too-short")]
    PasswordTooShort,
    /// The new password is one of those that are tried first.
    #[serde(rename = "urn:vestibule:problem:password-too-common")]
    PasswordTooCommon,
    /// The new password is too long, or holds a character that passwords cannot have.
    #[serde(rename = "urn:vestibule:problem:password-not-possible")]
    PasswordNotPossible,
    /// The new password is the current one.
    #[serde(rename = "urn:vestibule:problem:password-unchanged")]
    PasswordUnchanged,
    /// Too soon: wait for `Retry-After` (RFC 6585 §4).
    #[serde(rename = "urn:vestibule:problem:rate-limited")]
    RateLimited,
    /// The server cannot answer now.
    #[serde(rename = "urn:vestibule:problem:temporarily-unavailable")]
    TemporarilyUnavailable,
    /// One of a newer server.
    #[serde(untagged)]
    Unknown(String),
}
