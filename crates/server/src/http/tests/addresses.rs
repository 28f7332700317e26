//! Budgets of client addresses, and whose word counts about where a request came from.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};

use super::browser::Browser;
use super::harness::{Harness, PASSWORD, form_request};
use crate::config::{ForwardingHeader, PublicAddresses};

const COMPANY: &str = "192.0.2.1";

#[tokio::test]
async fn an_address_has_its_failures_whatever_the_accounts() {
    let harness = Harness::with(|config| config.throttle.address_failures = 5).await;
    let company = Browser::at(&harness, COMPANY);
    let colleague = Browser::at(&harness, COMPANY);
    colleague.sign_in("grace").await;
    for n in 0..5 {
        assert_eq!(company.try_password(&format!("nobody{n}"), "wrong").await.error(), "invalid_credentials");
        harness.server.clock.advance(Duration::from_mins(1));
    }
    let reply = company.try_password("ada", PASSWORD).await;
    assert_eq!((reply.error(), &reply.headers["retry-after"]), ("rate_limited", &"300".parse().unwrap()));
    colleague.sign_in("grace").await;
    Browser::at(&harness, "192.0.2.2").sign_in("ada").await;
    harness.server.clock.advance(Duration::from_mins(5));
    company.sign_in("ada").await;
}

#[tokio::test]
async fn a_company_that_signs_in_at_nine_is_not_stopped() {
    let harness = Harness::with(|config| config.throttle.address_failures = 5).await;
    for _ in 0..20 {
        Browser::at(&harness, COMPANY).sign_in("ada").await;
    }
}

#[tokio::test]
async fn a_network_of_64_bits_is_one_address() {
    let harness = Harness::with(|config| config.throttle.address_failures = 2).await;
    for n in 1..=2 {
        let reply = Browser::at(&harness, &format!("2001:db8::{n}")).try_password(&format!("n{n}"), "wrong").await;
        assert_eq!(reply.error(), "invalid_credentials");
    }
    assert_eq!(Browser::at(&harness, "2001:db8::3").try_password("ada", PASSWORD).await.error(), "rate_limited");
    Browser::at(&harness, "2001:db8:0:1::3").sign_in("ada").await;
}

#[tokio::test]
async fn a_try_that_the_account_refuses_costs_the_address_nothing() {
    let harness = Harness::with(|config| config.throttle.address_failures = 2).await;
    let company = Browser::at(&harness, COMPANY);
    company.try_password("grace", "wrong").await;
    for _ in 0..5 {
        assert_eq!(company.try_password("grace", PASSWORD).await.error(), "rate_limited");
    }
    company.sign_in("ada").await;
}

#[tokio::test]
async fn behind_a_proxy_the_client_it_names_is_counted_and_audited() {
    let harness = Harness::with(|config| {
        config.proxy.trusted = vec!["192.0.2.1".parse().unwrap()];
        config.proxy.header = Some(ForwardingHeader::XForwardedFor);
        config.throttle.address_failures = 1;
    })
    .await;
    let session = harness.account("ada").await;
    let body = format!("auth_session={session}&uc_username=ada&password=wrong");
    for (forwarded, expected) in [
        ("203.0.113.1, 203.0.113.9", "invalid_credentials"),
        ("203.0.113.2, 203.0.113.9", "rate_limited"),
        ("203.0.113.9, 203.0.113.1", "invalid_credentials"),
    ] {
        let mut request = form_request("/oauth/authorize-challenge", &body);
        request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
        assert_eq!(harness.send(request).await.error(), expected, "{forwarded}");
        harness.server.clock.advance(Duration::from_secs(5));
    }
    let entries = harness.server.store.audit(None, 0).await.unwrap();
    let addresses: Vec<_> = entries.iter().filter(|entry| entry.event == "password").collect();
    let addresses: Vec<_> = addresses.iter().map(|entry| entry.client_address.as_deref().unwrap()).collect();
    assert_eq!(addresses, ["203.0.113.9", "203.0.113.9", "203.0.113.1"]);
}

#[tokio::test]
async fn where_people_come_by_https_alone_every_answer_keeps_them_there() {
    for (addresses, expected) in [
        (&["https://uc.example.com", "https://192.0.2.1"][..], Some("max-age=31536000")),
        (&["https://uc.example.com", "http://localhost:8080"], None),
    ] {
        let issuers = addresses.iter().map(|address| address.parse().unwrap()).collect();
        let harness = Harness::with(|config| config.public_addresses = PublicAddresses::List(issuers)).await;
        for path in ["/.well-known/oauth-authorization-server", "/oauth/jwks", "/oauth/token", "/api/me", "/", "/none"]
        {
            let reply = harness.send(Request::get(path).body(Body::empty()).unwrap()).await;
            let told = reply.headers.get(header::STRICT_TRANSPORT_SECURITY).map(|value| value.to_str().unwrap());
            assert_eq!(told, expected, "{path}");
        }
    }
}
