//! The User tab: our own API under `/api`.

use serde::{Deserialize, Serialize};

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
    pub preferred_device: PreferredDevice,
}

/// Body of `PUT /api/me/route-calls-to-cell`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetRouteCallsToCell {
    /// Whether to route them.
    pub route_calls_to_cell: bool,
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
    /// The server cannot answer now.
    #[serde(rename = "urn:vestibule:problem:temporarily-unavailable")]
    TemporarilyUnavailable,
    /// One of a newer server.
    #[serde(untagged)]
    Unknown(String),
}
