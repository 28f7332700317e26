//! The User tab: our own API under `/api`.

use serde::{Deserialize, Deserializer, Serialize, de::IntoDeserializer};

use crate::{Json, JsonWriter, Secret, UcConfiguration, names::named};

/// Body of `POST /api/session`: a code becomes a cookie.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRequest {
    /// The authorization code.
    pub code: Secret,
    /// The PKCE verifier, 43 to 128 characters.
    pub code_verifier: Secret,
}

impl SessionRequest {
    /// Writes the body.
    #[must_use]
    pub fn write(&self) -> String {
        let mut json = JsonWriter::object();
        json.member("code", self.code.expose());
        json.member("code_verifier", self.code_verifier.expose());
        json.finish()
    }
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

impl Me {
    /// Reads an answer.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                configuration: members.required("configuration", UcConfiguration::read)?,
                name: members.text("name"),
                username: members.text("username"),
                email: members.optional_text("email"),
                server: members.text("server"),
                cell_number: members.optional_text("cell_number"),
                devices: members.list_or_empty("devices", PreferredDevice::read),
                preferred_device: members.optional("preferred_device", PreferredDevice::read),
                route_calls_to_cell: members.optional("route_calls_to_cell", Json::flag),
            })
        })
    }
}

named! {
    /// A device that a person can prefer to be reached at.
    #[derive(Copy)]
    pub enum PreferredDevice {
        /// The telephone on the desk.
        DeskPhone = "desk-phone",
        /// The cell number of this sign-in.
        MobilePhone = "mobile-phone",
        /// The system decides (Integrated only).
        AutoPilot = "auto-pilot",
    }
}

/// Body of `PUT /api/me/preferred-device`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetPreferredDevice {
    /// One of [`Me::devices`].
    #[serde(deserialize_with = "by_name")]
    pub preferred_device: PreferredDevice,
}

impl SetPreferredDevice {
    /// Writes the body.
    #[must_use]
    pub fn write(&self) -> String {
        let mut json = JsonWriter::object();
        json.member("preferred_device", self.preferred_device.name());
        json.finish()
    }
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

impl SetRouteCallsToCell {
    /// Writes the body.
    #[must_use]
    pub fn write(&self) -> String {
        let mut json = JsonWriter::object();
        json.member_json("route_calls_to_cell", if self.route_calls_to_cell { "true" } else { "false" });
        json.finish()
    }
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

impl SetPassword {
    /// Writes the body.
    #[must_use]
    pub fn write(&self) -> String {
        let mut json = JsonWriter::object();
        json.member("current_password", self.current_password.expose());
        json.member("new_password", self.new_password.expose());
        json.finish()
    }
}

/// Where an account is signed in: the answer of `GET /api/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sessions {
    /// Newest first.
    pub sessions: Vec<SessionInfo>,
}

impl Sessions {
    /// Reads an answer.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| Some(Self { sessions: members.list("sessions", SessionInfo::read) }))
    }
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

impl SessionInfo {
    /// Reads one of a list.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                id: members.text("id"),
                current: members.flag("current"),
                signed_in_ago: members.number("signed_in_ago"),
                last_used_ago: members.number("last_used_ago"),
                client_address: members.optional_text("client_address"),
                browser: members.optional_text("browser"),
                system: members.optional_text("system"),
            })
        })
    }
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

impl Problem {
    /// Reads an answer.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                kind: members.required("type", ProblemKind::read)?,
                title: members.text("title"),
                status: members.required("status", |status| status.number()?.try_into().ok())?,
            })
        })
    }
}

named! {
    /// The `type` of a [`Problem`].
    #[non_exhaustive]
    pub enum ProblemKind {
        /// No session, or one that has ended.
        NotSignedIn = "urn:vestibule:problem:not-signed-in",
        /// A DPoP proof does not hold, or is missing (RFC 9449 §7.1).
        InvalidDpopProof = "urn:vestibule:problem:invalid-dpop-proof",
        /// The same again, with a proof that carries the nonce of this answer's `DPoP-Nonce` (RFC 9449 §9).
        UseDpopNonce = "urn:vestibule:problem:use-dpop-nonce",
        /// The authorization code does not count any more: ask for the state of the sign-in.
        InvalidCode = "urn:vestibule:problem:invalid-code",
        /// The request did not come from this page.
        OriginNotAllowed = "urn:vestibule:problem:origin-not-allowed",
        /// The session lacks the scope that this needs (RFC 6750 §3.1).
        InsufficientScope = "urn:vestibule:problem:insufficient-scope",
        /// The setting does not exist for this configuration or this sign-in.
        NotAvailable = "urn:vestibule:problem:not-available",
        /// The body is not what it should be.
        InvalidBody = "urn:vestibule:problem:invalid-body",
        /// The body is larger than any request needs.
        BodyTooLarge = "urn:vestibule:problem:body-too-large",
        /// The body did not come within the time that there is for it (RFC 9110 §15.5.9); it may be sent again.
        BodyTooSlow = "urn:vestibule:problem:body-too-slow",
        /// There is no such session, or it has ended.
        NoSuchSession = "urn:vestibule:problem:no-such-session",
        /// The current password is another one.
        WrongPassword = "urn:vestibule:problem:wrong-password",
        /// The new password has less than [`MIN_PASSWORD_CHARS`](crate::MIN_PASSWORD_CHARS) characters.
        PasswordTooShort = "urn:vestibule:problem:password-too-short",
        /// The new password is one of those that are tried first.
        PasswordTooCommon = "urn:vestibule:problem:password-too-common",
        /// The new password is too long, or holds a character that passwords cannot have.
        PasswordNotPossible = "urn:vestibule:problem:password-not-possible",
        /// The new password is the current one.
        PasswordUnchanged = "urn:vestibule:problem:password-unchanged",
        /// Too soon: wait for `Retry-After` (RFC 6585 §4).
        RateLimited = "urn:vestibule:problem:rate-limited",
        /// The server cannot answer now.
        TemporarilyUnavailable = "urn:vestibule:problem:temporarily-unavailable",
        _ =>
        /// One of a newer server.
        Unknown(String),
    }
}
