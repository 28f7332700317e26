//! The server's keys: one for MACs, and those that sign access tokens.
//!
//! A signing key is published before it signs and until the last token that it signed has ended, so that nobody who
//! checks tokens meets one whose key is not known.

mod genuine;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{DecodingKey, Header};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub use genuine::Genuine;

use crate::clock::{Clock, UnixMillis, millis};
use crate::es256::{self, Private};
use crate::random::Random;
use crate::store::keys::StoredKey;
use crate::store::{Store, StoreError};

/// How long a new key is published before it signs: longer than the published keys may be cached, and than a server
/// takes to hear of it.
pub const PUBLISHED_BEFORE: Duration = Duration::from_mins(15);
/// How long the published keys may be cached.
pub const CACHED_FOR: Duration = Duration::from_mins(5);

/// The keys.
#[derive(Clone)]
pub struct Keys {
    mac: [u8; 32],
    /// In the order in which they sign; never empty.
    signing: Arc<RwLock<Vec<Arc<SigningKey>>>>,
    /// Tokens whose signature need not be checked again.
    pub genuine: Arc<Genuine>,
}

/// A key that signs access tokens with ES256.
#[derive(Clone)]
pub struct SigningKey {
    /// Its `kid`.
    pub id: String,
    /// From when on it signs, until the next one does.
    pub active_from: UnixMillis,
    /// Private.
    private: Arc<Private>,
    /// Public.
    pub decoding: DecodingKey,
    /// Public, as a JWK (RFC 7517).
    pub jwk: serde_json::Value,
    /// Public, as PEM (RFC 7468 §13).
    pub pem: String,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The store holds something that is no key: it was edited, or comes from elsewhere.
    #[error(
        "the key `{0}` in the table server_key is damaged; restore it from a backup, or delete it to sign everybody out and get a new one"
    )]
    Damaged(String),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a MAC is for: the same input means another thing for another purpose.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// An access code of a sign-in.
    AccessCode,
    /// An authorization code of a sign-in.
    AuthorizationCode,
    /// The cookie that holds the session of a sign-in.
    SessionCookie,
    /// The cookie that a browser is known by since a sign-in.
    DeviceCookie,
    /// A name that somebody signs in with.
    Name,
    /// A nonce for DPoP proofs.
    DpopNonce,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::AccessCode => b"access-code",
            Self::AuthorizationCode => b"authorization-code",
            Self::SessionCookie => b"session-cookie",
            Self::DeviceCookie => b"device-cookie",
            Self::Name => b"name",
            Self::DpopNonce => b"dpop-nonce",
        }
    }
}

impl Keys {
    /// Reads the keys from the store, or makes them.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn load(store: &Store, random: &Random, clock: &Clock) -> Result<Self, KeysError> {
        es256::install();
        let mac = store.keys_for("mac", &fresh(random, 0), clock.now()).await?;
        let jwt = store.keys_for("jwt", &fresh(random, 0), clock.now()).await?;
        let mac = mac.last().ok_or(KeysError::Damaged("mac".to_owned()))?;
        Ok(Self { mac: bytes(mac)?, signing: Arc::new(RwLock::new(signing_keys(&jwt)?)), genuine: Arc::default() })
    }

    /// Reads the signing keys again: another server, or the administration, may have made one.
    ///
    /// # Errors
    /// [`KeysError`]; the keys are as before.
    pub async fn reload(&self, store: &Store, random: &Random, clock: &Clock) -> Result<(), KeysError> {
        let stored = store.keys_for("jwt", &fresh(random, clock.now()), clock.now()).await?;
        *self.signing.write().unwrap_or_else(PoisonError::into_inner) = signing_keys(&stored)?;
        Ok(())
    }

    /// The key that signs now.
    #[must_use]
    pub fn signing(&self, now: UnixMillis) -> Arc<SigningKey> {
        let keys = self.signing.read().unwrap_or_else(PoisonError::into_inner);
        let active = keys.iter().rev().find(|key| key.active_from <= now);
        let Some(key) = active.or(keys.first()) else { unreachable!("there is a key since the first start") };
        key.clone()
    }

    /// The keys that tokens may be signed with: the one that signs now, the one that will, and those whose last token
    /// of `token_life` has not ended yet.
    #[must_use]
    pub fn published(&self, now: UnixMillis, token_life: Duration) -> Vec<Arc<SigningKey>> {
        let signing = self.signing(now);
        let keys = self.signing.read().unwrap_or_else(PoisonError::into_inner);
        let retired_at = |at: usize| keys.get(at + 1).map_or(UnixMillis::MAX, |next| next.active_from);
        let counts = |at: usize| retired_at(at).saturating_add(millis(token_life)) > now;
        let others = keys.iter().enumerate().filter(|(at, key)| counts(*at) && key.id != signing.id);
        let others: Vec<_> = others.map(|(_, key)| key.clone()).collect();
        [vec![signing], others].concat()
    }

    /// HMAC-SHA-256 of the parts, as base64url. Parts cannot run into each other.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, parts: &[&str]) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.mac) else {
            unreachable!("HMAC takes keys of every length")
        };
        mac.update(purpose.label());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

impl SigningKey {
    /// Signs a JWT.
    ///
    /// # Errors
    /// Where the key cannot sign, which is a fault of the server.
    pub fn sign(&self, header: &Header, claims: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        self.private.jwt(header, claims)
    }

    fn from_stored(stored: &StoredKey) -> Result<Self, KeysError> {
        let damaged = || KeysError::Damaged(stored.id.clone());
        let secret = p256::SecretKey::from_slice(&bytes(stored)?).map_err(|_| damaged())?;
        let pkcs8 = secret.to_pkcs8_der().map_err(|_| damaged())?;
        let point = secret.public_key().to_encoded_point(false);
        let coordinate =
            |bytes: Option<&[u8]>| bytes.map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes)).ok_or_else(damaged);
        let x = coordinate(point.x().map(AsRef::as_ref))?;
        let y = coordinate(point.y().map(AsRef::as_ref))?;
        Ok(Self {
            id: stored.id.clone(),
            active_from: stored.active_from,
            private: Arc::new(Private::from_pkcs8(pkcs8.as_bytes()).map_err(|_| damaged())?),
            decoding: DecodingKey::from_ec_components(&x, &y).map_err(|_| damaged())?,
            jwk: json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": stored.id, "x": x, "y": y}),
            pem: secret.public_key().to_public_key_pem(LineEnding::LF).map_err(|_| damaged())?,
        })
    }
}

fn signing_keys(stored: &[StoredKey]) -> Result<Vec<Arc<SigningKey>>, KeysError> {
    stored.iter().map(|key| SigningKey::from_stored(key).map(Arc::new)).collect()
}

/// A new key that signs from a moment on. One number in four thousand million is too large for P-256 and is thrown away.
#[must_use]
pub fn fresh(random: &Random, active_from: UnixMillis) -> StoredKey {
    loop {
        let mut material = [0; 32];
        random.fill(&mut material);
        if p256::SecretKey::from_slice(&material).is_ok() {
            return StoredKey { id: random.id(), material: BASE64_URL_SAFE_NO_PAD.encode(material), active_from };
        }
    }
}

fn bytes(stored: &StoredKey) -> Result<[u8; 32], KeysError> {
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(&stored.material).ok();
    decoded.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| KeysError::Damaged(stored.id.clone()))
}

/// SHA-256 as base64url: what is stored of a secret with 256 random bits.
#[must_use]
pub fn sha256(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Compares two hashes or MACs in constant time.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests;
