//! Sign-ins and tokens that are bound to a key (RFC 9449).

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use vestibule_protocol::BUILT_IN_CLIENT;

use super::audit::trail;
use super::harness::{Harness, ORIGIN, PASSWORD, Reply, VERIFIER, form_request};
use super::sessions::{get_me, own};
use crate::dpop;
use crate::dpop::testing::ProofKey;
use crate::keys::sha256;

/// A client that has a key.
pub(super) struct Client<'a> {
    harness: &'a Harness,
    pub(super) key: ProofKey,
}

impl Client<'_> {
    pub(super) fn claims(&self, method: &str, path: &str) -> Value {
        let server = &self.harness.server;
        let nonce = dpop::nonce(&server.keys, server.clock.now());
        json!({"jti": server.random.id(), "htm": method, "htu": format!("{ORIGIN}{path}"), "iat": 0, "nonce": nonce})
    }

    pub(super) async fn form_with(&self, path: &str, members: &[(&str, &str)], proofs: &[String]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        let mut request = form_request(path, &body);
        for proof in proofs {
            request.headers_mut().append("dpop", proof.parse().unwrap());
        }
        self.harness.send(request).await
    }

    pub(super) async fn form(&self, path: &str, members: &[(&str, &str)]) -> Reply {
        self.form_with(path, members, &[self.key.proof(&self.claims("POST", path))]).await
    }

    pub(super) async fn challenge(&self, members: &[(&str, &str)]) -> Reply {
        self.form("/oauth/authorize-challenge", members).await
    }

    pub(super) async fn account(&self) -> Reply {
        let challenge = sha256(VERIFIER);
        let members = [
            ("client_id", BUILT_IN_CLIENT),
            ("response_type", "code"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("username", "ada"),
        ];
        self.challenge(&members).await
    }

    /// A bound sign-in of `ada` that is verified: its `auth_session` and authorization code.
    async fn verified(&self) -> (String, String) {
        let session = self.account().await.text("auth_session");
        let members = [("auth_session", session.as_str()), ("uc_username", "ada"), ("password", PASSWORD)];
        let code = self.challenge(&members).await.text("authorization_code");
        (session, code)
    }

    pub(super) async fn redeem(&self, code: &str) -> Reply {
        self.form("/oauth/token", &redemption(code)).await
    }

    pub(super) async fn tokens(&self) -> Reply {
        self.redeem(&self.verified().await.1).await
    }

    pub(super) async fn refresh(&self, token: &str) -> Reply {
        self.form("/oauth/token", &refresh(token)).await
    }

    /// The User tab with a bound token, the claims of its proof changed before they are signed.
    async fn me_with(&self, token: &str, change: impl FnOnce(&mut Value)) -> Reply {
        let mut claims = self.claims("GET", "/api/me");
        claims["ath"] = json!(sha256(token));
        change(&mut claims);
        self.me_by(token, Some(self.key.proof(&claims))).await
    }

    async fn me_by(&self, token: &str, proof: Option<String>) -> Reply {
        let mut request = Request::get("/api/me")
            .header(header::HOST, "localhost:8080")
            .header(header::AUTHORIZATION, format!("DPoP {token}"));
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.harness.send(request.body(Body::empty()).unwrap()).await
    }

    pub(super) async fn me(&self, token: &str) -> Reply {
        self.me_with(token, |_| {}).await
    }
}

pub(super) fn client(harness: &Harness, seed: u8) -> Client<'_> {
    Client { harness, key: ProofKey::from_seed(seed) }
}

fn redemption(code: &str) -> [(&str, &str); 4] {
    [("grant_type", "authorization_code"), ("client_id", BUILT_IN_CLIENT), ("code", code), ("code_verifier", VERIFIER)]
}

fn refresh(token: &str) -> [(&str, &str); 3] {
    [("grant_type", "refresh_token"), ("client_id", BUILT_IN_CLIENT), ("refresh_token", token)]
}

fn challenged(reply: &Reply, error: &str) {
    let header = reply.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
    let expected = format!("DPoP error=\"{error}\", algs=\"ES256\"");
    assert_eq!((reply.status, header), (StatusCode::UNAUTHORIZED, expected.as_str()), "{reply:?}");
    assert!(reply.headers.contains_key("dpop-nonce"));
}

#[tokio::test]
async fn a_bound_sign_in_gives_bound_tokens() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let tokens = client.tokens().await;
    assert_eq!((tokens.status, tokens.text("token_type")), (StatusCode::OK, "DPoP".to_owned()));
    let me = client.me(&tokens.text("access_token")).await;
    assert_eq!((me.status, me.text("username")), (StatusCode::OK, "ada".to_owned()));
    let refreshed = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!((refreshed.status, refreshed.text("token_type")), (StatusCode::OK, "DPoP".to_owned()));
}

#[tokio::test]
async fn the_key_of_the_account_step_is_demanded_at_every_later_one() {
    let harness = Harness::new().await;
    let owner = client(&harness, 1);
    let thief = client(&harness, 2);
    let session = owner.account().await.text("auth_session");
    assert_eq!(harness.credentials(&session, "ada", PASSWORD).await.error(), "invalid_session");
    let members = [("auth_session", session.as_str()), ("uc_username", "ada"), ("password", PASSWORD)];
    assert_eq!(thief.challenge(&members).await.error(), "invalid_session");
    let code = owner.challenge(&members).await.text("authorization_code");
    assert_eq!(thief.challenge(&[("auth_session", &session)]).await.error(), "invalid_session");

    assert_eq!(harness.redeem(&code, VERIFIER).await.error(), "invalid_grant");
    assert_eq!(thief.redeem(&code).await.error(), "invalid_grant");
    let body = json!({"code": code, "code_verifier": VERIFIER});
    let cookie = harness.send(own(Method::POST, "/api/session", None, &body)).await;
    assert_eq!(cookie.status, StatusCode::BAD_REQUEST, "a bound code becomes no cookie");
    assert_eq!(trail(&harness).await, ["session-begun foreign"; 3], "its owner can see that somebody has it");
    assert_eq!(owner.redeem(&code).await.status, StatusCode::OK, "nobody spoilt the code");
}

#[tokio::test]
async fn a_key_can_be_named_before_it_is_proven() {
    let harness = Harness::new().await;
    let owner = client(&harness, 1);
    let jkt = thumbprint(&owner.key);
    let session = harness.account_with("ada", &[("dpop_jkt", &jkt)]).await.text("auth_session");
    assert_eq!(harness.state(&session).await.error(), "invalid_session");
    assert_eq!(owner.challenge(&[("auth_session", &session)]).await.error(), "insufficient_authorization");
    for malformed in ["x", "a\u{0}", &format!("{jkt}=")] {
        let reply = harness.account_with("ada", &[("dpop_jkt", malformed)]).await;
        assert_eq!(reply.error(), "invalid_request", "{malformed:?}");
    }
    let other = [
        ("client_id", BUILT_IN_CLIENT),
        ("response_type", "code"),
        ("code_challenge", &sha256(VERIFIER)),
        ("code_challenge_method", "S256"),
        ("username", "ada"),
        ("dpop_jkt", &jkt),
    ];
    assert_eq!(client(&harness, 2).challenge(&other).await.error(), "invalid_dpop_proof");
}

fn thumbprint(key: &ProofKey) -> String {
    let jwk = key.jwk();
    let (x, y) = (jwk["x"].as_str().unwrap(), jwk["y"].as_str().unwrap());
    sha256(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#))
}

#[tokio::test]
async fn a_proof_at_the_token_endpoint_binds_the_tokens_of_a_code_that_is_not_bound() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let session = harness.account("ada").await;
    let code = harness.credentials(&session, "ada", PASSWORD).await.text("authorization_code");
    let tokens = client.redeem(&code).await;
    assert_eq!(tokens.text("token_type"), "DPoP");
    assert_eq!(client.me(&tokens.text("access_token")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_nonce_of_any_answer_will_do_and_one_is_asked_for() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let path = "/oauth/authorize-challenge";
    let mut claims = client.claims("POST", path);
    claims.as_object_mut().unwrap().remove("nonce");
    let reply = client.form_with(path, &[("auth_session", "x")], &[client.key.proof(&claims)]).await;
    assert_eq!((reply.status, reply.error()), (StatusCode::BAD_REQUEST, "use_dpop_nonce"));
    claims["nonce"] = json!(reply.headers["dpop-nonce"].to_str().unwrap());
    let again = client.form_with(path, &[("auth_session", "x")], &[client.key.proof(&claims)]).await;
    assert_eq!(again.error(), "invalid_session", "the proof holds, the sign-in is made up");

    let get = |path: &str| Request::get(path).header(header::HOST, "localhost:8080").body(Body::empty()).unwrap();
    for (path, exposed) in
        [("/.well-known/oauth-authorization-server", true), ("/api/me", true), ("/oauth/jwks", false)]
    {
        let reply = harness.send(get(path)).await;
        assert_eq!(reply.headers.contains_key("dpop-nonce"), exposed, "{path}: what is cached has none");
    }
    let mut foreign = get("/.well-known/oauth-authorization-server");
    foreign.headers_mut().insert(header::ORIGIN, "https://page.example.org".parse().unwrap());
    let reply = harness.send(foreign).await;
    assert_eq!(reply.headers[header::ACCESS_CONTROL_EXPOSE_HEADERS], "dpop-nonce");
}

#[tokio::test]
async fn a_proof_counts_once() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let session = harness.account("ada").await;
    let path = "/oauth/authorize-challenge";
    let proof = client.key.proof(&client.claims("POST", path));
    let members = [("auth_session", session.as_str())];
    let first = client.form_with(path, &members, std::slice::from_ref(&proof)).await;
    assert_eq!(first.error(), "insufficient_authorization");
    let again = client.form_with(path, &members, std::slice::from_ref(&proof)).await;
    assert_eq!((again.status, again.error()), (StatusCode::BAD_REQUEST, "invalid_dpop_proof"));
    harness.server.clock.advance(Duration::from_mins(5));
    let late = client.form_with(path, &members, &[proof]).await;
    assert_eq!(late.error(), "use_dpop_nonce");
}

#[tokio::test]
async fn of_the_same_proof_at_once_one_counts() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let session = harness.account("ada").await;
    let path = "/oauth/authorize-challenge";
    let proof = [client.key.proof(&client.claims("POST", path))];
    let members = [("auth_session", session.as_str())];
    let send = || client.form_with(path, &members, &proof);
    let (one, other) = tokio::join!(send(), send());
    let mut errors = [one.error(), other.error()];
    errors.sort_unstable();
    assert_eq!(errors, ["insufficient_authorization", "invalid_dpop_proof"]);
}

#[tokio::test]
async fn a_proof_that_does_not_hold_is_refused_before_any_work() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let stranger = ProofKey::from_seed(2);
    for path in ["/oauth/authorize-challenge", "/oauth/token"] {
        let claims = || client.claims("POST", path);
        let elsewhere = client.claims("POST", "/oauth/revoke");
        let mut unsigned = client.key.header();
        unsigned["alg"] = json!("none");
        for (what, proofs) in [
            ("two", vec![client.key.proof(&claims()), client.key.proof(&claims())]),
            ("foreign signature", vec![stranger.sign(&client.key.header(), &claims())]),
            ("no algorithm", vec![client.key.sign(&unsigned, &claims())]),
            ("another endpoint", vec![client.key.proof(&elsewhere)]),
            ("another method", vec![client.key.proof(&client.claims("GET", path))]),
            ("no proof at all", vec!["x".to_owned()]),
            ("nothing", vec![String::new()]),
        ] {
            let reply = client.form_with(path, &[("grant_type", "refresh_token")], &proofs).await;
            assert_eq!((reply.status, reply.error()), (StatusCode::BAD_REQUEST, "invalid_dpop_proof"), "{what}");
            assert!(reply.headers.contains_key("dpop-nonce"), "{what}");
        }
    }
}

#[tokio::test]
async fn the_address_in_a_proof_is_a_configured_one_whatever_the_host_says() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let path = "/oauth/authorize-challenge";
    let mut claims = client.claims("POST", path);
    claims["htu"] = json!(format!("http://evil.example.org{path}"));
    let mut request = form_request(path, "auth_session=x");
    request.headers_mut().insert(header::HOST, "evil.example.org".parse().unwrap());
    request.headers_mut().insert("dpop", client.key.proof(&claims).parse().unwrap());
    assert_eq!(harness.send(request).await.error(), "invalid_dpop_proof");
}

#[tokio::test]
async fn a_bound_token_counts_with_a_proof_of_its_key_alone() {
    let harness = Harness::new().await;
    let owner = client(&harness, 1);
    let thief = client(&harness, 2);
    let token = owner.tokens().await.text("access_token");
    let other = owner.tokens().await.text("access_token");

    let bearer = get_me(&harness, token.clone()).await;
    assert_eq!(bearer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bearer.headers[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"");
    challenged(&thief.me(&token).await, "invalid_token");
    challenged(&owner.me_by(&token, None).await, "invalid_dpop_proof");
    challenged(&owner.me_with(&token, |claims| claims["ath"] = json!(sha256(&other))).await, "invalid_dpop_proof");
    challenged(&owner.me_with(&token, |claims| claims["ath"] = Value::Null).await, "invalid_dpop_proof");
    challenged(&owner.me_with(&token, |claims| claims["htm"] = json!("PUT")).await, "invalid_dpop_proof");
    challenged(&owner.me_with(&token, |claims| claims["nonce"] = Value::Null).await, "use_dpop_nonce");
    let mut spoilt = token.clone();
    spoilt.pop();
    challenged(&owner.me(&spoilt).await, "invalid_token");

    let proof = |token: &str| {
        let mut claims = owner.claims("GET", "/api/me");
        claims["ath"] = json!(sha256(token));
        owner.key.proof(&claims)
    };
    let once = proof(&token);
    assert_eq!(owner.me_by(&token, Some(once.clone())).await.status, StatusCode::OK);
    challenged(&owner.me_by(&token, Some(once)).await, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_token_that_is_not_bound_is_not_taken_as_one_that_is() {
    let harness = Harness::new().await;
    let token = harness.tokens().await.text("access_token");
    challenged(&client(&harness, 1).me(&token).await, "invalid_token");
    assert_eq!(get_me(&harness, token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stolen_refresh_token_can_neither_be_used_nor_spoilt() {
    let harness = Harness::new().await;
    let owner = client(&harness, 1);
    let token = owner.tokens().await.text("refresh_token");
    assert_eq!(client(&harness, 2).refresh(&token).await.error(), "invalid_grant");
    assert_eq!(harness.form("/oauth/token", &refresh(&token)).await.error(), "invalid_grant");
    let traces = trail(&harness).await.iter().filter(|entry| *entry == "refresh foreign").count();
    assert_eq!(traces, 2, "its owner can see that somebody has it");
    assert_eq!(owner.refresh(&token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_bound_refresh_token_can_be_exchanged_again_after_a_lost_answer() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let first = client.tokens().await.text("refresh_token");
    let lost = client.refresh(&first).await.text("refresh_token");
    harness.server.clock.advance(Duration::from_secs(29));
    let kept = client.refresh(&first).await.text("refresh_token");
    assert_ne!(lost, kept);
    let next = client.refresh(&kept).await;
    assert_eq!(next.status, StatusCode::OK);
    assert_eq!(client.refresh(&first).await.error(), "invalid_grant", "its successor has been used");
    assert_eq!(client.refresh(&next.text("refresh_token")).await.error(), "invalid_grant", "the family has ended");
}

#[tokio::test]
async fn the_successor_that_was_replaced_counts_no_more() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let first = client.tokens().await.text("refresh_token");
    let lost = client.refresh(&first).await.text("refresh_token");
    let kept = client.refresh(&first).await;
    assert_eq!(client.refresh(&lost).await.error(), "invalid_grant");
    assert_eq!(client.me(&kept.text("access_token")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_bound_refresh_token_that_comes_again_late_ends_its_family() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let first = client.tokens().await.text("refresh_token");
    let second = client.refresh(&first).await;
    harness.server.clock.advance(Duration::from_secs(30));
    assert_eq!(client.refresh(&first).await.error(), "invalid_grant");
    assert_eq!(client.refresh(&second.text("refresh_token")).await.error(), "invalid_grant");
    challenged(&client.me(&second.text("access_token")).await, "invalid_token");
}

#[tokio::test]
async fn two_refreshes_of_a_bound_token_at_once_keep_the_family() {
    let harness = Harness::new().await;
    let client = client(&harness, 1);
    let first = client.tokens().await.text("refresh_token");
    let (one, other) = tokio::join!(client.refresh(&first), client.refresh(&first));
    assert_eq!((one.status, other.status), (StatusCode::OK, StatusCode::OK));
    let mut next = Vec::new();
    for reply in [one, other] {
        next.push(client.refresh(&reply.text("refresh_token")).await.status);
    }
    next.sort_unstable();
    assert_eq!(next, [StatusCode::OK, StatusCode::BAD_REQUEST]);
}
