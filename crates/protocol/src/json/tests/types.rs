//! What the page reads and writes is what serde does.

use serde::{Serialize, de::DeserializeOwned};

use super::*;
use crate::{
    AuthorizationCode, ChallengeError, Me, PreferredDevice, Problem, ServerMetadata, SessionInfo, SessionRequest,
    Sessions, SetPassword, SetPreferredDevice, SetRouteCallsToCell, SignInMetadata, TokenError, TokenResponse,
};

/// Values in the place of the right one: null, of every other type, out of range, not known, with escapes.
const ODD: [&str; 22] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1.0",
    "1e2",
    "65535",
    "65536",
    "18446744073709551615",
    "18446744073709551616",
    r#""""#,
    r#""of tomorrow""#,
    r#""\u00e9\ud83d\ude00\n""#,
    r#""\ud83d""#,
    r#""mobile-phone""#,
    r##""#0B57c2""##,
    "[]",
    "[null]",
    r#"["a", "desk-phone"]"#,
    r#"{"a": {"issuer": 1}}"#,
];

#[derive(Clone, Copy, Debug)]
enum Change {
    Keep,
    Drop,
    Replace(usize),
    Repeat(usize),
    Ignore(usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let odd = 0..ODD.len();
    let change = prop_oneof![
        12 => Just(Change::Keep),
        1 => Just(Change::Drop),
        2 => odd.clone().prop_map(Change::Replace),
        1 => odd.clone().prop_map(Change::Repeat),
        1 => odd.prop_map(Change::Ignore),
    ];
    prop::collection::vec(change, 16)
}

/// A document of these members, but for what is changed about them.
fn changed(document: &str, changes: &[Change]) -> String {
    let members = serde_json::from_str::<serde_json::Map<String, Value>>(document).unwrap();
    let mut written = Vec::new();
    for ((name, right), change) in members.into_iter().zip(changes) {
        let (right, odd) = (format!("\"{name}\": {right}"), |odd: usize| format!("\"{name}\" :{}", ODD[odd]));
        match *change {
            Change::Keep => written.push(right),
            Change::Drop => {}
            Change::Replace(other) => written.push(odd(other)),
            Change::Repeat(other) => written.extend([right, odd(other)]),
            Change::Ignore(other) => written.extend([right, format!("\"x-{name}\":{}", ODD[other])]),
        }
    }
    format!("{{{}}}", written.join(","))
}

/// What serde makes of a text, and what is made of it here, both written by serde.
fn both<T: Serialize + DeserializeOwned>(
    text: &str,
    read: fn(Json<'_>) -> Option<T>,
) -> (Option<Value>, Option<Value>) {
    let written = |read: Option<T>| read.map(|read| serde_json::to_value(read).unwrap());
    (written(serde_json::from_str(text).ok()), written(Json::parse(text).and_then(read)))
}

const METADATA: &str = r##"{"issuer": "https://example.com", "authorization_challenge_endpoint": "c", "token_endpoint": "t",
    "revocation_endpoint": "r", "dpop_signing_alg_values_supported": ["ES256"], "uc_configuration": "uc-only",
    "service_name": "Example", "default_region": "DE", "logo_uri": "/l", "theme": {"accent_light": "#0b57c2",
    "background_light": "#ffffff", "accent_dark": "#8ab8ff", "background_dark": "#000000"}}"##;

/// The part of a document that the page reads.
fn part(whole: ServerMetadata) -> SignInMetadata {
    SignInMetadata {
        issuer: whole.issuer,
        authorization_challenge_endpoint: whole.authorization_challenge_endpoint,
        token_endpoint: whole.token_endpoint,
        revocation_endpoint: whole.revocation_endpoint,
        dpop_signing_alg_values_supported: whole.dpop_signing_alg_values_supported,
        uc_configuration: whole.uc_configuration,
        service_name: whole.service_name,
        default_region: whole.default_region,
        logo_uri: whole.logo_uri,
        theme: whole.theme,
    }
}

fn metadata(text: &str) -> Option<SignInMetadata> {
    Json::parse(text).and_then(SignInMetadata::read)
}

proptest! {
    #[test]
    fn a_discovery_document_is_read_as_by_serde(changes in changes()) {
        // With half of a surrogate pair, serde refuses even what is for show only.
        let text = changed(METADATA, &changes).replace(r#""\ud83d""#, "[]");
        prop_assert_eq!(metadata(&text), serde_json::from_str(&text).ok().map(part), "{}", text);
    }

    #[test]
    fn an_answer_of_the_sign_in_is_read_as_by_serde(changes in changes()) {
        let text = changed(
            r#"{"error": "invalid_otp", "error_description": "d", "auth_session": "s", "credentials_required": false,
                "signin_expires_in": 1, "otp_required": true, "otp_delivery_failed": false, "otp_length": 6,
                "otp_destination": "a…a", "otp_reference": "KX", "otp_sent_ago": 1, "otp_expires_in": 2,
                "otp_resend_in": 3, "otp_attempts_remaining": 4, "otp_sends_remaining": 5}"#,
            &changes,
        );
        let (expected, read) = both(&text, ChallengeError::read);
        prop_assert_eq!(read, expected, "{}", text);
    }

    #[test]
    fn codes_and_tokens_are_read_as_by_serde(changes in changes()) {
        let text = changed(r#"{"authorization_code": "c"}"#, &changes);
        let (expected, read) = both(&text, AuthorizationCode::read);
        prop_assert_eq!(read, expected, "{}", text);
        let text = changed(
            r#"{"access_token": "a", "token_type": "DPoP", "expires_in": 600, "refresh_token": "r", "scope": "profile"}"#,
            &changes,
        );
        let (expected, read) = both(&text, TokenResponse::read);
        prop_assert_eq!(read, expected, "{}", text);
        let text = changed(r#"{"error": "invalid_grant", "error_description": "d"}"#, &changes);
        let (expected, read) = both(&text, TokenError::read);
        prop_assert_eq!(read, expected, "{}", text);
    }

    #[test]
    fn an_account_is_read_as_by_serde(changes in changes()) {
        let text = changed(
            r#"{"name": "Ada", "username": "ada", "email": "a…a", "configuration": "integrated", "server": "s",
                "cell_number": "+1", "devices": ["desk-phone", "auto-pilot"], "preferred_device": "auto-pilot",
                "route_calls_to_cell": true}"#,
            &changes,
        );
        let (expected, read) = both(&text, Me::read);
        prop_assert_eq!(read, expected, "{}", text);
    }

    #[test]
    fn sessions_are_read_as_by_serde(changes in changes()) {
        let session = changed(
            r#"{"id": "i", "current": true, "signed_in_ago": 1, "last_used_ago": 2, "client_address": "192.0.2.1",
                "browser": "Firefox", "system": "Android"}"#,
            &changes,
        );
        let (expected, read) = both(&session, SessionInfo::read);
        prop_assert_eq!(read, expected, "{}", session);
        for text in [format!(r#"{{"sessions": [{session}, {session}]}}"#), changed(r#"{"sessions": []}"#, &changes)] {
            let (expected, read) = both(&text, Sessions::read);
            prop_assert_eq!(read, expected, "{}", text);
        }
    }

    #[test]
    fn a_problem_is_read_as_by_serde(changes in changes()) {
        let text =
            changed(r#"{"type": "urn:vestibule:problem:not-signed-in", "title": "t", "status": 401}"#, &changes);
        let (expected, read) = both(&text, Problem::read);
        prop_assert_eq!(read, expected, "{}", text);
    }

    #[test]
    fn bodies_are_written_as_by_serde(one in any::<String>(), other in any::<String>(), on in any::<bool>()) {
        let value = |text: String| serde_json::from_str::<Value>(&text).unwrap();
        let body = SessionRequest { code: one.as_str().into(), code_verifier: other.as_str().into() };
        prop_assert_eq!(value(body.write()), serde_json::to_value(&body).unwrap());
        let body = SetPassword { current_password: one.as_str().into(), new_password: other.as_str().into() };
        prop_assert_eq!(value(body.write()), serde_json::to_value(&body).unwrap());
        let body = SetRouteCallsToCell { route_calls_to_cell: on };
        prop_assert_eq!(value(body.write()), serde_json::to_value(body).unwrap());
    }
}

#[test]
fn every_device_is_written_as_by_serde() {
    for preferred_device in [PreferredDevice::DeskPhone, PreferredDevice::MobilePhone, PreferredDevice::AutoPilot] {
        let body = SetPreferredDevice { preferred_device };
        assert_eq!(body.write(), serde_json::to_string(&body).unwrap());
    }
}

#[test]
fn what_serde_would_take_for_an_object_or_a_name_as_well_is_refused() {
    assert!(metadata(r#"["https://example.com"]"#).is_none());
    let device = Json::parse(r#"{"desk-phone": null}"#).unwrap();
    assert_eq!(PreferredDevice::read(device), None);
}

#[test]
fn of_a_document_and_a_theme_the_page_ignores_what_it_has_no_use_for() {
    let document = METADATA.replace("\"theme\": {", "\"scopes_supported\": 7, \"theme\": {\"of_tomorrow\": 1,");
    assert_eq!(metadata(&document), metadata(METADATA));
    assert!(metadata(METADATA).unwrap().theme.is_some());
    let document = METADATA.replace("\"Example\"", r#""\ud83d""#);
    assert_eq!(metadata(&document).map(|read| (read.service_name, read.theme.is_some())), Some((None, true)));
}
