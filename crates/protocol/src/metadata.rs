//! Discovery: authorization server metadata (RFC 8414 §2) with our members.

use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};

use crate::{Json, Theme, names::named};

/// What a server says of itself.
///
/// Only what signing in needs is demanded when reading: optional is optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServerMetadata {
    /// The server's own address, without a trailing slash.
    pub issuer: String,
    /// Absent where the server signs nobody in by this protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_challenge_endpoint: Option<String>,
    /// Codes and refresh tokens become access tokens there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    /// Tokens are given back there (RFC 7009).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// Services ask there whether a token counts (RFC 7662).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// The public signing keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Scopes a client may ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// `code`.
    #[serde(default)]
    pub response_types_supported: Vec<String>,
    /// `authorization_code` and `refresh_token`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    /// `none`: the clients are public ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// `none`: the clients are public ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    /// How services prove who they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
    /// `ES256`: what DPoP proofs are signed with (RFC 9449 §5.1). Absent where the server takes none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// `S256`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    /// Languages of the mails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<String>,
    /// Which products stand behind; decides what the User tab shows.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub uc_configuration: Option<UcConfiguration>,
    /// Name to show instead of the address.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// Region that national cell numbers are read in (ISO 3166-1 alpha-2).
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub default_region: Option<String>,
    /// Picture to show beside the name.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Colours of the service.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
}

/// What signing in needs of a [`ServerMetadata`]: all that the page reads of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInMetadata {
    /// See [`ServerMetadata::issuer`].
    pub issuer: String,
    /// See [`ServerMetadata::authorization_challenge_endpoint`].
    pub authorization_challenge_endpoint: Option<String>,
    /// See [`ServerMetadata::token_endpoint`].
    pub token_endpoint: Option<String>,
    /// See [`ServerMetadata::revocation_endpoint`].
    pub revocation_endpoint: Option<String>,
    /// See [`ServerMetadata::dpop_signing_alg_values_supported`].
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// See [`ServerMetadata::uc_configuration`].
    pub uc_configuration: Option<UcConfiguration>,
    /// See [`ServerMetadata::service_name`].
    pub service_name: Option<String>,
    /// See [`ServerMetadata::default_region`].
    pub default_region: Option<String>,
    /// See [`ServerMetadata::logo_uri`].
    pub logo_uri: Option<String>,
    /// See [`ServerMetadata::theme`].
    pub theme: Option<Theme>,
}

impl SignInMetadata {
    /// Reads a discovery document.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                issuer: members.text("issuer"),
                authorization_challenge_endpoint: members.optional_text("authorization_challenge_endpoint"),
                token_endpoint: members.optional_text("token_endpoint"),
                revocation_endpoint: members.optional_text("revocation_endpoint"),
                dpop_signing_alg_values_supported: members
                    .list_or_empty("dpop_signing_alg_values_supported", Json::text),
                uc_configuration: members.lenient("uc_configuration", UcConfiguration::read),
                service_name: members.lenient("service_name", Json::text),
                default_region: members.lenient("default_region", Json::text),
                logo_uri: members.lenient("logo_uri", Json::text),
                theme: members.lenient("theme", Theme::read),
            })
        })
    }
}

/// What is for show only is left out where it has another shape than it should: a server can be signed in to without.
fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Shape<T> {
        Right(T),
        Wrong(IgnoredAny),
    }
    Ok(match Shape::deserialize(deserializer)? {
        Shape::Right(value) => Some(value),
        Shape::Wrong(_) => None,
    })
}

named! {
    /// Which products stand behind the server.
    #[derive(Copy, Default)]
    pub enum UcConfiguration {
        /// UC and voice, behind HAProxy.
        #[default]
        Integrated = "integrated",
        /// UC without voice, behind HAProxy.
        UcOnly = "uc-only",
        /// Voice without UC, behind a session border controller.
        VoiceOnly = "voice-only",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_with_only_the_issuer_is_read() {
        let metadata: ServerMetadata = serde_json::from_str(r#"{"issuer":"https://example.com","x":1}"#).unwrap();
        assert_eq!(metadata.authorization_challenge_endpoint, None);
    }

    #[test]
    fn what_is_for_show_keeps_nobody_out() {
        let text = r#"{"issuer":"https://example.com","theme":{"light":7},"service_name":["a"],"logo_uri":null,
            "uc_configuration":"of-tomorrow","default_region":"DE"}"#;
        let metadata: ServerMetadata = serde_json::from_str(text).unwrap();
        assert_eq!((&metadata.theme, &metadata.service_name, &metadata.logo_uri), (&None, &None, &None));
        assert_eq!((metadata.uc_configuration, metadata.default_region.as_deref()), (None, Some("DE")));
    }

    #[test]
    fn configurations_go_by_their_wire_names() {
        for (configuration, name) in [
            (UcConfiguration::Integrated, "\"integrated\""),
            (UcConfiguration::UcOnly, "\"uc-only\""),
            (UcConfiguration::VoiceOnly, "\"voice-only\""),
        ] {
            assert_eq!(serde_json::to_string(&configuration).unwrap(), name);
        }
    }
}
