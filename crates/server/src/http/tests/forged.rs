//! Access tokens that others made, or that are for something else (RFC 9068 §4, RFC 8725).

use axum::http::{StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::pkcs8::{EncodePrivateKey, LineEnding};
use serde_json::{Value, json};
use sha2::Sha256;

use super::harness::{Harness, ORIGIN};
use super::sessions::get_me;
use crate::config::{PublicAddresses, ServiceConfig};
use crate::tokens;

const SECRET: &str = "a secret: 100% long enough";
const OTHER_ADDRESS: &str = "http://127.0.0.1:8080";

async fn harness() -> Harness {
    Harness::with(|config| {
        config.services =
            vec![ServiceConfig { id: "pbx".into(), secret: Some(SECRET.into()), ..ServiceConfig::default() }];
        let addresses = [ORIGIN, OTHER_ADDRESS].map(|address| address.parse().unwrap());
        config.public_addresses = PublicAddresses::List(addresses.to_vec());
    })
    .await
}

/// A token of the harness, taken apart.
struct Token<'a> {
    harness: &'a Harness,
    right: String,
    header: Header,
    claims: Value,
}

impl<'a> Token<'a> {
    async fn of(harness: &'a Harness) -> Self {
        let right = harness.tokens().await.text("access_token");
        let header = jsonwebtoken::decode_header(&right).unwrap();
        let claims = tokens::read(&harness.server, &right, harness.server.clock.now()).unwrap();
        Self { harness, right, header, claims: json!(claims) }
    }

    /// Signed by our own key, with another header or other claims.
    fn signed(&self, change: impl FnOnce(&mut Header, &mut Value)) -> String {
        let (mut header, mut claims) = (self.header.clone(), self.claims.clone());
        change(&mut header, &mut claims);
        let keys = &self.harness.server.keys;
        keys.signing(self.harness.server.clock.now()).sign(&header, &claims).unwrap()
    }

    fn claiming(&self, member: &str, value: impl Into<Value>) -> String {
        self.signed(|_, claims| claims[member] = value.into())
    }

    /// Another header before the same claims and signature.
    fn headed(&self, header: &Value) -> String {
        let header = BASE64_URL_SAFE_NO_PAD.encode(header.to_string());
        let (_, rest) = self.right.split_once('.').unwrap();
        let (claims, signature) = rest.split_once('.').unwrap();
        format!("{header}.{claims}.{signature}")
    }
}

fn unsigned(token: &str) -> String {
    format!("{}.", token.rsplit_once('.').unwrap().0)
}

/// A token that is signed with HS256.
fn by_secret(header: &Header, claims: &impl serde::Serialize, secret: &str) -> String {
    let encode = |part: Vec<u8>| BASE64_URL_SAFE_NO_PAD.encode(part);
    let message =
        format!("{}.{}", encode(serde_json::to_vec(header).unwrap()), encode(serde_json::to_vec(claims).unwrap()));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", encode(mac.finalize().into_bytes().to_vec()))
}

async fn introspected(harness: &Harness, token: &str) -> Value {
    let members = [("client_id", "pbx"), ("client_secret", SECRET), ("token", token)];
    harness.form("/oauth/introspect", &members).await.body
}

#[tokio::test]
async fn a_token_that_somebody_else_made_is_none() {
    let harness = harness().await;
    let token = Token::of(&harness).await;
    let kid = token.header.kid.clone().unwrap();
    let public = harness.server.keys.published(harness.server.clock.now(), std::time::Duration::ZERO);
    let public = public.iter().find(|key| key.id == kid).unwrap().jwk.to_string();
    let shared = Header { alg: Algorithm::HS256, ..token.header.clone() };
    let by_public_key = by_secret(&shared, &token.claims, &public);
    let by_another = by_secret(&shared, &token.claims, harness.server.random.secret().expose());
    let stranger = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_pem(LineEnding::LF).unwrap();
    let stranger = EncodingKey::from_ec_pem(stranger.as_bytes()).unwrap();
    let by_stranger = jsonwebtoken::encode(&token.header, &token.claims, &stranger).unwrap();
    for (what, forged) in [
        ("no algorithm", token.headed(&json!({"typ": "at+jwt", "alg": "none", "kid": kid}))),
        ("no algorithm, spelt otherwise", token.headed(&json!({"typ": "at+jwt", "alg": "nOne", "kid": kid}))),
        ("another algorithm", token.headed(&json!({"typ": "at+jwt", "alg": "ES384", "kid": kid}))),
        ("no key named", token.headed(&json!({"typ": "at+jwt", "alg": "ES256"}))),
        ("a key of nobody", token.headed(&json!({"typ": "at+jwt", "alg": "ES256", "kid": "x"}))),
        (
            "a key that it brings",
            token.headed(&json!({"typ": "at+jwt", "alg": "ES256", "kid": kid, "jku": "https://x"})),
        ),
        ("our public key as a shared secret", by_public_key),
        ("a shared secret", by_another),
        ("another key by the name of ours", by_stranger),
        ("no signature", unsigned(&token.right)),
        (
            "no algorithm and no signature",
            unsigned(&token.headed(&json!({"typ": "at+jwt", "alg": "none", "kid": kid}))),
        ),
        ("no token", "..".to_owned()),
    ] {
        refused(&harness, what, forged.clone()).await;
        assert_eq!(introspected(&harness, &forged).await, json!({"active": false}), "{what}");
    }
    assert_eq!(get_me(&harness, token.right.clone()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_that_we_made_counts_for_what_it_was_made_for_alone() {
    let harness = harness().await;
    let token = Token::of(&harness).await;
    let now = harness.server.clock.now() / 1000;
    for (what, misused) in [
        ("another issuer", token.claiming("iss", "https://evil.example.org")),
        ("another of our addresses", token.claiming("iss", OTHER_ADDRESS)),
        ("for somebody else", token.claiming("aud", "https://evil.example.org")),
        ("ended", token.claiming("exp", now)),
        ("without an end", token.claiming("exp", Value::Null)),
        ("a session that there is not", token.claiming("sid", "x")),
        ("another kind", token.signed(|header, _| header.typ = Some("JWT".to_owned()))),
        ("no kind", token.signed(|header, _| header.typ = None)),
        ("bound to a key", token.claiming("cnf", json!({"jkt": "x"}))),
    ] {
        refused(&harness, what, misused).await;
    }
    assert_eq!(get_me(&harness, token.signed(|_, _| {})).await.status, StatusCode::OK, "nothing else was wrong");
}

async fn refused(harness: &Harness, what: &str, token: String) {
    let reply = get_me(harness, token).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{what}: {reply:?}");
    assert_eq!(reply.headers[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"", "{what}");
}

#[tokio::test]
async fn a_member_that_stands_there_twice_is_refused_everywhere() {
    let harness = harness().await;
    for path in ["/oauth/authorize-challenge", "/oauth/token", "/oauth/revoke", "/oauth/introspect"] {
        for body in ["client_id=vestibule&client_id=vestibule", "x=1&client_id=pbx&x=1", "%78=1&x=1"] {
            let reply = harness.send(super::harness::form_request(path, body)).await;
            assert_eq!((reply.status, reply.error()), (StatusCode::BAD_REQUEST, "invalid_request"), "{path} {body}");
        }
    }
}
