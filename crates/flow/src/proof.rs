//! What a DPoP proof says (RFC 9449 §4.2): all of it but the signature, for which the browser alone has the key.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest, Sha256};
use vestibule_protocol::Secret;

/// The algorithm that proofs are signed with.
pub(crate) const ALGORITHM: &str = "ES256";

/// A public key on P-256, as in a JWK (RFC 7518 §6.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// In base64url.
    pub x: String,
    /// In base64url.
    pub y: String,
}

/// The request that a proof belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Method, in capitals.
    pub method: &'a str,
    /// Where it goes.
    pub url: &'a str,
    /// The access token that it carries.
    pub token: Option<&'a Secret>,
}

/// What makes a proof one that the server has not seen before.
#[derive(Clone, Copy, Debug)]
pub struct Freshness<'a> {
    /// Random bits that nobody else has seen.
    pub random: &'a [u8; 32],
    /// The latest nonce of the server, where it has given one.
    pub nonce: Option<&'a str>,
    /// Seconds since 1970-01-01 UTC by the clock of the device, which may be wrong: the nonce is what counts.
    pub issued_at: u64,
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    alg: &'a str,
    jwk: Jwk<'a>,
}

#[derive(Serialize)]
struct Jwk<'a> {
    kty: &'a str,
    crv: &'a str,
    x: &'a str,
    y: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: String,
    htm: &'a str,
    htu: &'a str,
    iat: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
}

impl Subject<'_> {
    /// What is to be signed: header and claims as in a JWS (RFC 7515 §7.1), to be followed by a dot and the signature.
    #[must_use]
    pub fn signing_input(&self, key: &PublicKey, freshness: &Freshness<'_>) -> String {
        let jwk = Jwk { kty: "EC", crv: "P-256", x: &key.x, y: &key.y };
        let header = Header { typ: "dpop+jwt", alg: ALGORITHM, jwk };
        let claims = Claims {
            jti: BASE64_URL_SAFE_NO_PAD.encode(freshness.random),
            htm: self.method,
            htu: self.url.split(['?', '#']).next().unwrap_or_default(),
            iat: freshness.issued_at,
            nonce: freshness.nonce,
            ath: self.token.map(|token| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token.expose()))),
        };
        format!("{}.{}", encoded(&header), encoded(&claims))
    }
}

fn encoded(part: &impl Serialize) -> String {
    // Texts and numbers can always be written.
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap_or_default())
}

/// A proof: what was signed, and its signature as `WebCrypto` and RFC 7518 §3.4 have it, `r` and `s`.
#[must_use]
pub fn signed(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const RANDOM: [u8; 32] = [7; 32];

    fn parts(subject: &Subject<'_>, freshness: &Freshness<'_>) -> (Value, Value) {
        let key = PublicKey { x: "x-of-key".to_owned(), y: "y-of-key".to_owned() };
        let input = subject.signing_input(&key, freshness);
        let (header, claims) = input.split_once('.').unwrap();
        let read = |part| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        (read(header), read(claims))
    }

    #[test]
    fn a_proof_names_key_method_address_and_nonce() {
        let subject = Subject { method: "POST", url: "https://uc.example.com/oauth/token", token: None };
        let freshness = Freshness { random: &RANDOM, nonce: Some("n"), issued_at: 1_700_000_000 };
        let (header, claims) = parts(&subject, &freshness);
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": "x-of-key", "y": "y-of-key"});
        assert_eq!(header, json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}));
        let jti = BASE64_URL_SAFE_NO_PAD.encode(RANDOM);
        let expected = json!({
            "jti": jti, "htm": "POST", "htu": "https://uc.example.com/oauth/token", "iat": 1_700_000_000, "nonce": "n",
        });
        assert_eq!(claims, expected);
    }

    #[test]
    fn the_token_of_the_standard_has_the_hash_of_the_standard() {
        let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU".into();
        let subject = Subject { method: "GET", url: "https://resource.example.org/r", token: Some(&token) };
        let (_, claims) = parts(&subject, &Freshness { random: &RANDOM, nonce: None, issued_at: 0 });
        assert_eq!(claims["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
        assert!(claims.get("nonce").is_none());
    }

    #[test]
    fn an_address_is_named_without_query_and_fragment() {
        for (url, named) in [
            ("https://uc.example.com/uc/api/me", "https://uc.example.com/uc/api/me"),
            ("https://uc.example.com/token?tenant=7#x", "https://uc.example.com/token"),
        ] {
            let subject = Subject { method: "GET", url, token: None };
            let (_, claims) = parts(&subject, &Freshness { random: &RANDOM, nonce: None, issued_at: 0 });
            assert_eq!(claims["htu"], named);
        }
    }

    #[test]
    fn the_signature_comes_last() {
        assert_eq!(signed("aGVhZGVy.Y2xhaW1z", &[0xff, 0xfe]), "aGVhZGVy.Y2xhaW1z.__4");
    }
}
