//! `/metrics`: what Prometheus is told.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;
use vestibule_protocol::BUILT_IN_CLIENT;

use super::harness::Harness;

pub(super) async fn metrics(harness: &Harness) -> String {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let answer = crate::http::management_router(harness.server.clone()).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn sign_ins_are_counted_by_their_outcome_and_name_nobody() {
    let harness = Harness::new().await;
    let session = harness.account("ada").await;
    harness.credentials(&session, "ada", "wrong").await;
    harness.server.clock.advance(std::time::Duration::from_secs(1));
    harness.tokens().await;
    let text = metrics(&harness).await;
    for line in [
        "vestibule_events_total{event=\"password\",outcome=\"failure\"} 1",
        "vestibule_events_total{event=\"password\",outcome=\"success\"} 1",
        "vestibule_events_total{event=\"session-begun\",outcome=\"success\"} 1",
        "vestibule_events_total{event=\"signin-begun\",outcome=\"success\"} 2",
        "vestibule_password_hashes_running 0",
        "vestibule_password_hashes_waiting 0",
        "vestibule_sessions 1",
        "vestibule_store_failures_total 0",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} in {text}");
    }
    assert!(!text.contains("ada") && !text.contains("192.0.2"), "{text}");
}

#[tokio::test]
async fn what_is_counted_has_the_format_that_prometheus_reads() {
    let harness = Harness::new().await;
    harness.tokens().await;
    let text = metrics(&harness).await;
    let mut declared = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            declared = rest.split(' ').next().unwrap();
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(declared) && value.parse::<f64>().is_ok(), "{line} after {declared}");
        }
    }
    assert!(text.ends_with('\n'));
}

#[tokio::test]
async fn sessions_are_counted_once_a_minute_however_often_somebody_asks() {
    let harness = Harness::new().await;
    let told = async |sessions: &str| {
        let text = metrics(&harness).await;
        assert!(text.lines().any(|line| line == format!("vestibule_sessions {sessions}")), "{sessions} in {text}");
    };
    told("0").await;
    harness.tokens().await;
    harness.server.clock.advance(std::time::Duration::from_secs(59));
    told("0").await;
    harness.server.clock.advance(std::time::Duration::from_secs(1));
    told("1").await;
}

#[tokio::test]
async fn a_spent_refresh_token_is_counted_where_the_alert_looks() {
    let harness = Harness::new().await;
    let token = harness.tokens().await.text("refresh_token");
    let members = [("grant_type", "refresh_token"), ("client_id", BUILT_IN_CLIENT), ("refresh_token", &token)];
    harness.form("/oauth/token", &members).await;
    harness.form("/oauth/token", &members).await;
    let series = "vestibule_events_total{event=\"session-ended\",outcome=\"reused\"}";
    let text = metrics(&harness).await;
    assert!(text.contains(&format!("{series} 1\n")), "{text}");
    assert!(include_str!("../../../../../deploy/monitoring/alerts.yml").contains(&format!("increase({series}[1h])")));
}
