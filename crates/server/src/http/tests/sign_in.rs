use std::time::Duration;

use axum::http::StatusCode;

use super::harness::{Harness, PASSWORD, VERIFIER, form_request, wrong};

#[tokio::test]
async fn without_2fa_the_password_signs_in() {
    let harness = Harness::new().await;
    let tokens = harness.tokens().await;
    assert_eq!(tokens.status, StatusCode::OK);
    assert_eq!(tokens.body["token_type"], "Bearer");
    assert_eq!(harness.mails(), 0);
}

#[tokio::test]
async fn with_2fa_the_mailed_code_signs_in() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    assert_eq!(harness.mails(), 1);
    let reply = harness.code(&session, &harness.mailed_code()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(harness.redeem(&reply.text("authorization_code"), VERIFIER).await.status, StatusCode::OK);
}

#[tokio::test]
async fn both_names_of_an_account_are_its_own() {
    let harness = Harness::new().await;
    for (first, second) in [("ada@example.com", "ada"), ("ADA", "Ada@Example.com"), (" ada ", "ada")] {
        let session = harness.account(first).await;
        assert_eq!(harness.credentials(&session, second, PASSWORD).await.status, StatusCode::OK, "{first}, {second}");
    }
}

#[tokio::test]
async fn wrong_password_unknown_account_and_another_account_are_one_answer() {
    let harness = Harness::new().await;
    let mut answers = Vec::new();
    for (first, second, password) in
        [("ada", "ada", "wrong"), ("nobody", "nobody", PASSWORD), ("ada", "grace", PASSWORD), ("😀", "😀", PASSWORD)]
    {
        let begun = harness.account_with(first, &[]).await;
        let session = begun.text("auth_session");
        let reply = harness.credentials(&session, second, password).await;
        let body = reply.body.to_string().replace(&session, "S");
        harness.server.clock.advance(Duration::from_secs(2));
        answers.push((begun.body.to_string().replace(&session, "S"), reply.status, body));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    assert!(answers[0].2.contains("invalid_credentials"));
}

#[tokio::test]
async fn no_step_can_be_skipped() {
    let harness = Harness::new().await;
    let session = harness.account("grace").await;
    for reply in [harness.code(&session, "123456").await, harness.resend(&session).await, harness.state(&session).await]
    {
        assert_eq!((reply.status, reply.error()), (StatusCode::FORBIDDEN, "insufficient_authorization"));
        assert_eq!(reply.body["credentials_required"], true);
    }
    assert_eq!(harness.mails(), 0);
}

#[tokio::test]
async fn an_expired_code_is_told_as_such_and_costs_no_attempt() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    harness.server.clock.advance(Duration::from_mins(10));
    let reply = harness.code(&session, &code).await;
    assert_eq!((reply.status, reply.error()), (StatusCode::BAD_REQUEST, "expired_otp"));
    assert_eq!((reply.number("otp_attempts_remaining"), reply.number("otp_expires_in")), (5, 0));
}

#[tokio::test]
async fn a_replaced_code_is_told_as_such_and_the_new_one_counts() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let old = harness.mailed_code();
    harness.server.clock.advance(Duration::from_secs(30));
    assert_eq!(harness.resend(&session).await.error(), "insufficient_authorization");
    let reply = harness.code(&session, &old).await;
    assert_eq!((reply.error(), reply.number("otp_attempts_remaining")), ("superseded_otp", 5));
    assert_eq!(harness.code(&session, &harness.mailed_code()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_malformed_code_costs_no_attempt() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    for malformed in ["", "12345", "1234567", "12345a", "😀"] {
        assert_eq!(harness.code(&session, malformed).await.error(), "invalid_request", "{malformed}");
    }
    assert_eq!(harness.state(&session).await.number("otp_attempts_remaining"), 5);
}

#[tokio::test]
async fn a_sign_in_ends_after_an_hour() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    harness.server.clock.advance(Duration::from_hours(1));
    assert_eq!(harness.state(&session).await.error(), "invalid_session");
}

#[tokio::test]
async fn a_sign_in_is_nobody_elses() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    let other = harness.at_code().await;
    let reply = harness.code(&other, &code).await;
    assert_eq!(reply.error(), "invalid_otp");
    let stranger = harness.challenge(&[("auth_session", &session), ("client_id", "other")]).await;
    assert_eq!(stranger.error(), "invalid_session");
    assert_eq!(harness.state("made-up").await.error(), "invalid_session");
}

#[tokio::test]
async fn a_cell_number_that_cannot_be_dialled_is_refused() {
    let harness = Harness::new().await;
    for (number, accepted) in [("0151 12345678", true), ("+49 1", false), ("ada", false), ("0151 12345678 x5", false)] {
        let reply = harness.account_with("ada", &[("phone_number", number)]).await;
        assert_eq!(reply.error() == "insufficient_authorization", accepted, "{number}");
        assert_eq!(reply.error() == "invalid_phone_number", !accepted, "{number}");
    }
}

#[tokio::test]
async fn what_is_no_request_is_told_without_a_fault() {
    let harness = Harness::new().await;
    for body in ["", "=&=&%", "auth_session=a&auth_session=b", "password=%ff", "response_type=code", "auth_session="] {
        let reply = harness.send(form_request("/oauth/authorize-challenge", body)).await;
        assert_eq!((reply.status, reply.error()), (StatusCode::BAD_REQUEST, "invalid_request"), "{body}");
    }
    let mut json = form_request("/oauth/authorize-challenge", "{}");
    json.headers_mut().insert("content-type", "application/json".parse().unwrap());
    assert_eq!(harness.send(json).await.error(), "invalid_request");
}

#[tokio::test]
async fn a_password_of_a_megabyte_is_too_large_and_one_that_is_too_long_is_told_so_without_being_hashed() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    harness.server.hasher.fill_up();
    for (length, status) in [(1 << 20, StatusCode::PAYLOAD_TOO_LARGE), (1_025, StatusCode::BAD_REQUEST)] {
        let reply = harness.credentials(&session, "ada", &"x".repeat(length)).await;
        assert_eq!((reply.status, reply.error()), (status, "invalid_request"), "{length}");
    }
    let longest = harness.credentials(&session, "ada", &"x".repeat(1_024)).await;
    assert_eq!(longest.status, StatusCode::SERVICE_UNAVAILABLE, "would be hashed");
}

#[tokio::test]
async fn fields_of_every_kind_get_a_typed_answer() {
    let harness = Harness::new().await;
    let long = "x".repeat(10_000);
    for text in ["", " ", &long, "👩‍👩‍👧", "مرحبا", "a\u{0}b", "\u{202e}abc"] {
        let begun = harness.account_with(text, &[]).await;
        assert!(matches!(begun.error(), "invalid_request" | "insufficient_authorization"), "{text:?}: {begun:?}");
        let session = harness.account("ada").await;
        let reply = harness.credentials(&session, text, text).await;
        assert!(
            matches!(reply.error(), "invalid_request" | "invalid_credentials" | "rate_limited"),
            "{text:?}: {reply:?}"
        );
        let coded = harness.code(&session, text).await;
        assert!(matches!(coded.error(), "invalid_request"), "{text:?}: {coded:?}");
    }
}

#[tokio::test]
async fn a_wrong_code_can_be_followed_by_the_right_one() {
    let harness = Harness::new().await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    let reply = harness.code(&session, &wrong(&code, 1)).await;
    assert_eq!((reply.error(), reply.number("otp_attempts_remaining")), ("invalid_otp", 4));
    harness.server.clock.advance(Duration::from_secs(1));
    assert_eq!(harness.code(&session, &code).await.status, StatusCode::OK);
}

#[tokio::test]
async fn languages_that_do_not_exist_are_passed_over() {
    for (locales, greeting) in [
        ("xx-nothing de", "Zugangscode"),
        ("de-CH-1901", "Zugangscode"),
        ("tlh zz", "access code"),
        ("../../etc/passwd", "access code"),
        ("\u{0}\u{202e}de", "access code"),
        (&"x".repeat(5_000), "access code"),
        ("", "access code"),
    ] {
        let harness = Harness::new().await;
        let begun = harness.account_with("grace", &[("ui_locales", locales)]).await;
        let reply = harness.credentials(&begun.text("auth_session"), "grace", PASSWORD).await;
        assert_eq!((reply.status, reply.error()), (StatusCode::FORBIDDEN, "insufficient_authorization"), "{locales:?}");
        let mails = harness.mail_texts();
        assert!(mails.len() == 1 && mails[0].contains(greeting), "{locales:?}: {mails:?}");
    }
}
