//! DPoP proofs (RFC 9449): a request is made by whoever holds a key.
//!
//! No clock of a client counts: instead of `iat`, a proof must carry a nonce of ours, which is an HMAC of the time
//! (RFC 9449 §4.3, step 11).

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use url::Url;

use crate::clock::{UnixMillis, millis};
use crate::keys::{self, Keys, Purpose};

/// How long a nonce counts, and so how long a proof is remembered.
const NONCE_LIFE: Duration = Duration::from_mins(5);
/// The longest proof that is read, in bytes; with ES256 they have about 500.
const MAX_PROOF_BYTES: usize = 4096;

/// What a request is, to be compared with what its proof is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Method, in capitals.
    pub method: &'a str,
    /// Addresses by which the endpoint can be asked.
    pub targets: &'a [String],
}

/// A proof that holds. Whether it was seen before is for the store to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Thumbprint of the key (RFC 7638, SHA-256, base64url).
    pub jkt: String,
    /// Names the proof: SHA-256 of thumbprint and `jti`.
    pub id: String,
    /// SHA-256 of the access token that it goes with.
    pub ath: Option<String>,
    /// When its nonce ends: until then it must be remembered.
    pub expires_at: UnixMillis,
}

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is wrong, whenever it is sent: `invalid_dpop_proof`.
    #[error("{0}")]
    Invalid(&'static str),
    /// It lacks a nonce that counts: `use_dpop_nonce`. The same again with a fresh one will do.
    #[error("the proof needs a nonce of this server")]
    Nonce,
}

/// A proof that has counted once.
pub const USED: ProofError = ProofError::Invalid("the proof was used before");

#[derive(Deserialize)]
struct ProofHeader {
    typ: String,
    alg: String,
    jwk: Jwk,
    /// Extensions that must be understood (RFC 7515 §4.1.11); we know none.
    crit: Option<serde::de::IgnoredAny>,
}

/// A public key on P-256 (RFC 7518 §6.2.1).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
    /// The private part, which must not be there.
    d: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct ProofClaims {
    jti: String,
    htm: String,
    htu: String,
    /// Must be there, but says only what the client's clock says.
    #[serde(rename = "iat")]
    _iat: serde_json::Number,
    nonce: Option<String>,
    ath: Option<String>,
}

/// Checks a proof as RFC 9449 §4.3 demands.
///
/// # Errors
/// [`ProofError`] says why it does not hold.
pub fn verify(keys: &Keys, proof: &str, subject: Subject<'_>, now: UnixMillis) -> Result<Proof, ProofError> {
    if proof.len() > MAX_PROOF_BYTES {
        return Err(ProofError::Invalid("the proof is too long"));
    }
    let header = read_header(proof).ok_or(ProofError::Invalid("the header is not that of a proof"))?;
    if header.typ != "dpop+jwt" {
        return Err(ProofError::Invalid("typ must be dpop+jwt"));
    }
    if header.alg != "ES256" || header.crit.is_some() {
        return Err(ProofError::Invalid("alg must be ES256, without extensions"));
    }
    let (key, jkt) = read_key(&header.jwk)?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = jsonwebtoken::decode::<ProofClaims>(proof, &key, &validation)
        .map_err(|_| ProofError::Invalid("the signature is not of the key, or jti, htm, htu or iat is missing"))?
        .claims;
    if claims.jti.is_empty() {
        return Err(ProofError::Invalid("jti is empty"));
    }
    if claims.htm != subject.method {
        return Err(ProofError::Invalid("htm is another method"));
    }
    if !is_target(&claims.htu, subject.targets) {
        return Err(ProofError::Invalid("htu is another address"));
    }
    let issued_at = claims.nonce.and_then(|nonce| nonce_issued_at(keys, &nonce)).ok_or(ProofError::Nonce)?;
    // Another server's clock may be a little ahead: what it signed counts all the same.
    let expires_at = issued_at.saturating_add(millis(NONCE_LIFE));
    if expires_at <= now {
        return Err(ProofError::Nonce);
    }
    Ok(Proof { id: keys::sha256(&format!("{jkt} {}", claims.jti)), jkt, ath: claims.ath, expires_at })
}

fn read_header(proof: &str) -> Option<ProofHeader> {
    let (header, _) = proof.split_once('.')?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).ok()?).ok()
}

/// The key, and its thumbprint: one key has one spelling.
fn read_key(jwk: &Jwk) -> Result<(DecodingKey, String), ProofError> {
    if jwk.kty != "EC" || jwk.crv != "P-256" || !is_256_bits(&jwk.x) || !is_256_bits(&jwk.y) {
        return Err(ProofError::Invalid("jwk must be a public key on P-256"));
    }
    if jwk.d.is_some() {
        return Err(ProofError::Invalid("jwk holds a private key"));
    }
    let key = DecodingKey::from_ec_components(&jwk.x, &jwk.y)
        .map_err(|_| ProofError::Invalid("jwk must be a public key on P-256"))?;
    let thumbprint = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, jwk.x, jwk.y);
    Ok((key, keys::sha256(&thumbprint)))
}

/// Whether a text is 256 bits in base64url, as a thumbprint is, and a coordinate of a key.
#[must_use]
pub fn is_256_bits(text: &str) -> bool {
    BASE64_URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Compares in the one form of an address, without query and fragment.
fn is_target(htu: &str, targets: &[String]) -> bool {
    let Ok(mut htu) = Url::parse(htu) else { return false };
    htu.set_query(None);
    htu.set_fragment(None);
    targets.iter().any(|target| Url::parse(target).is_ok_and(|target| target == htu))
}

/// A fresh nonce: the time, and an HMAC that says that it comes from us.
#[must_use]
pub fn nonce(keys: &Keys, now: UnixMillis) -> String {
    let time = now.to_string();
    let mac = keys.mac(Purpose::DpopNonce, &[&time]);
    format!("{time}.{mac}")
}

fn nonce_issued_at(keys: &Keys, nonce: &str) -> Option<UnixMillis> {
    let (time, mac) = nonce.split_once('.')?;
    keys::same(&keys.mac(Purpose::DpopNonce, &[time]), mac).then(|| time.parse().ok()).flatten()
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
