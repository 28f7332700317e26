//! Bodies that are too large, or of another shape than they should be.

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::harness::{Harness, form_request};
use super::sessions::{cookie_session, own};

#[tokio::test]
async fn a_body_that_is_too_large_gets_a_typed_answer_everywhere() {
    let harness = Harness::new().await;
    let large = "a".repeat(64 * 1024 + 1);
    for path in ["/oauth/authorize-challenge", "/oauth/token", "/oauth/revoke", "/oauth/introspect"] {
        let reply = harness.send(form_request(path, &large)).await;
        assert_eq!((reply.status, reply.error()), (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request"), "{path}");
        assert!(reply.headers.contains_key("dpop-nonce"), "{path}");
    }
    let (_, cookie) = cookie_session(&harness, &[]).await;
    for (method, path) in [
        (Method::POST, "/api/session"),
        (Method::PUT, "/api/me/password"),
        (Method::PUT, "/api/me/preferred-device"),
        (Method::PUT, "/api/me/route-calls-to-cell"),
    ] {
        let reply = harness.send(own(method, path, Some(&cookie), &Value::String(large.clone()))).await;
        let kind = reply.text("type");
        assert_eq!(
            (reply.status, kind.as_str()),
            (StatusCode::PAYLOAD_TOO_LARGE, "urn:vestibule:problem:body-too-large")
        );
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn what_json_can_say_in_other_shapes_is_refused() {
    let harness = Harness::new().await;
    let (_, cookie) = cookie_session(&harness, &[]).await;
    for (path, right, wrong) in [
        (
            "/api/me/preferred-device",
            json!({"preferred_device": "auto-pilot"}),
            vec![json!(["auto-pilot"]), json!({"preferred_device": {"auto-pilot": null}}), json!("auto-pilot")],
        ),
        (
            "/api/me/password",
            json!({"current_password": "wrong horse", "new_password": "another lantern"}),
            vec![json!(["wrong horse", "another lantern"]), json!(null), json!([])],
        ),
    ] {
        for body in wrong {
            let reply = harness.send(own(Method::PUT, path, Some(&cookie), &body)).await;
            assert_eq!((reply.status, reply.text("type")), (StatusCode::BAD_REQUEST, INVALID.to_owned()), "{body}");
        }
        let reply = harness.send(own(Method::PUT, path, Some(&cookie), &right)).await;
        assert_ne!(reply.status, StatusCode::BAD_REQUEST, "{reply:?}");
    }
    let twice = r#"{"preferred_device": "auto-pilot", "preferred_device": "desk-phone"}"#;
    let mut request = own(Method::PUT, "/api/me/preferred-device", Some(&cookie), &Value::Null);
    *request.body_mut() = twice.into();
    assert_eq!(harness.send(request).await.text("type"), INVALID, "a member twice");
}

const INVALID: &str = "urn:vestibule:problem:invalid-body";
