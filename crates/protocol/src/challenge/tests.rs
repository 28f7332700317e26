use proptest::prelude::*;

use super::*;
use crate::ErrorCode;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn read(members: &[(&str, &str)]) -> Result<ChallengeRequest, MalformedRequest> {
    ChallengeRequest::from_members(|name| members.iter().find(|(n, _)| *n == name).map(|(_, value)| *value))
}

fn step_name(members: &[(&str, &str)]) -> Result<&'static str, MalformedRequest> {
    read(members).map(|request| match request.step {
        ChallengeStep::Account(_) => "account",
        ChallengeStep::Credentials { .. } => "credentials",
        ChallengeStep::Code { .. } => "code",
        ChallengeStep::Resend { .. } => "resend",
        ChallengeStep::State { .. } => "state",
    })
}

#[test]
fn the_members_tell_the_step() {
    let account = [
        ("client_id", "vestibule"),
        ("response_type", "code"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("username", "ada"),
    ];
    let session = ("auth_session", "s");
    assert_eq!(step_name(&account), Ok("account"));
    assert_eq!(step_name(&[&account[..], &[session, ("otp", "123456")]].concat()), Ok("account"));
    assert_eq!(step_name(&[session]), Ok("state"));
    assert_eq!(step_name(&[session, ("uc_username", "ada"), ("password", " p ")]), Ok("credentials"));
    assert_eq!(step_name(&[session, ("otp", "123456")]), Ok("code"));
    assert_eq!(step_name(&[session, ("otp", "")]), Ok("code"));
    assert_eq!(step_name(&[session, ("otp", "123456"), ("otp_resend", "true")]), Ok("resend"));
    assert_eq!(step_name(&[session, ("unknown", "x")]), Ok("state"));
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let base = [("client_id", "vestibule"), ("response_type", "code"), ("username", "ada")];
    let with = |more: &[(&'static str, &'static str)]| step_name(&[&base[..], more].concat());
    assert_eq!(step_name(&[]), Err(MalformedRequest::Missing("auth_session")));
    assert_eq!(step_name(&[("response_type", "code")]), Err(MalformedRequest::Missing("username")));
    assert_eq!(with(&[]), Err(MalformedRequest::Missing("code_challenge")));
    assert_eq!(with(&[("code_challenge", "short")]), Err(MalformedRequest::Invalid("code_challenge")));
    assert_eq!(with(&[("code_challenge", CHALLENGE)]), Err(MalformedRequest::Missing("code_challenge_method")));
    assert_eq!(
        with(&[("code_challenge", CHALLENGE), ("code_challenge_method", "plain")]),
        Err(MalformedRequest::Invalid("code_challenge_method"))
    );
    assert_eq!(step_name(&[("response_type", "token"), ("username", "ada")]), Err(MalformedRequest::ResponseType));
    let session = ("auth_session", "s");
    assert_eq!(step_name(&[session, ("uc_username", "ada")]), Err(MalformedRequest::Missing("password")));
    assert_eq!(step_name(&[session, ("password", "p")]), Err(MalformedRequest::Missing("uc_username")));
    assert_eq!(step_name(&[session, ("otp_resend", "yes")]), Err(MalformedRequest::Invalid("otp_resend")));
}

#[test]
fn absent_members_are_absent_in_json() {
    let answer =
        ChallengeError { credentials_required: true, ..ChallengeError::new(ErrorCode::InsufficientAuthorization) };
    let json = serde_json::to_string(&answer).unwrap();
    assert_eq!(json, r#"{"error":"insufficient_authorization","credentials_required":true}"#);
}

#[test]
fn a_server_of_the_draft_alone_can_ask_for_a_code() {
    let answer: ChallengeError =
        serde_json::from_str(r#"{"error":"insufficient_authorization","otp_required":true}"#).unwrap();
    assert_eq!(answer.code().map(|code| (code.length, code.attempts_remaining)), Some((6, 1)));
}

fn step() -> impl Strategy<Value = ChallengeStep> {
    let text = "[^\0]{1,20}";
    let optional = proptest::option::of(text);
    prop_oneof![
        (optional.clone(), text, optional.clone(), optional).prop_map(|(scope, username, phone_number, ui_locales)| {
            let code_challenge = CHALLENGE.to_owned();
            ChallengeStep::Account(AccountRequest { scope, code_challenge, username, phone_number, ui_locales })
        }),
        (text, text, text).prop_map(|(session, uc_username, password)| ChallengeStep::Credentials {
            auth_session: session.into(),
            uc_username,
            password: password.into()
        }),
        (text, text).prop_map(|(session, otp)| ChallengeStep::Code { auth_session: session.into(), otp: otp.into() }),
        text.prop_map(|session| ChallengeStep::Resend { auth_session: session.into() }),
        text.prop_map(|session| ChallengeStep::State { auth_session: session.into() }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(step in step(), client_id in "[a-z]{1,8}", verifier in proptest::option::of("[a-z]{1,8}")) {
        let request = ChallengeRequest { client_id: Some(client_id), step, code_verifier: verifier.map(Secret::from) };
        let read_back = read(&request.members()).unwrap();
        prop_assert_eq!(read_back.members(), request.members());
    }

    #[test]
    fn what_is_read_stands_in_the_members(members in members()) {
        let members: Vec<_> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if let Ok(request) = read(&members) {
            let written = request.members();
            let again = read(&written).unwrap();
            prop_assert_eq!(again.members(), written.clone());
            for (name, value) in written {
                let given = members.iter().find(|(given, _)| *given == name).map(|(_, value)| *value);
                prop_assert_eq!(given, Some(value), "{}", name);
            }
        }
    }
}

fn members() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let name = prop::sample::select(vec![
        "client_id",
        "response_type",
        "code_challenge",
        "code_challenge_method",
        "username",
        "scope",
        "phone_number",
        "ui_locales",
        "auth_session",
        "uc_username",
        "password",
        "otp",
        "otp_resend",
        "code_verifier",
        "unknown",
    ]);
    let value = prop_oneof![
        4 => prop::sample::select(vec!["", "code", "S256", CHALLENGE, "true", "x"]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec((name, value), 0..12)
}
