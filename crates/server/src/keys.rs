//! The server's keys: one for MACs, one for signing access tokens.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{DecodingKey, EncodingKey};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::EncodePrivateKey;
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::clock::Clock;
use crate::random::Random;
use crate::store::keys::StoredKey;
use crate::store::{Store, StoreError};

/// The keys.
#[derive(Clone)]
pub struct Keys {
    mac: [u8; 32],
    /// Signs access tokens.
    pub signing: SigningKey,
}

/// A key that signs access tokens with ES256.
#[derive(Clone)]
pub struct SigningKey {
    /// Its `kid`.
    pub id: String,
    /// Private.
    pub encoding: EncodingKey,
    /// Public.
    pub decoding: DecodingKey,
    /// Public, as a JWK (RFC 7517).
    pub jwk: serde_json::Value,
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
    /// A name that somebody signs in with.
    Name,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::AccessCode => b"access-code",
            Self::AuthorizationCode => b"authorization-code",
            Self::Name => b"name",
        }
    }
}

impl Keys {
    /// Reads the keys from the store, or makes them.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn load(store: &Store, random: &Random, clock: &Clock) -> Result<Self, KeysError> {
        let mac = store.key("mac", fresh(random), clock.now()).await?;
        let jwt = store.key("jwt", fresh(random), clock.now()).await?;
        Ok(Self { mac: bytes(&mac)?, signing: SigningKey::from_stored(&jwt)? })
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
            encoding: EncodingKey::from_ec_der(pkcs8.as_bytes()),
            decoding: DecodingKey::from_ec_components(&x, &y).map_err(|_| damaged())?,
            jwk: json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": stored.id, "x": x, "y": y}),
        })
    }
}

/// A new key. One number in four thousand million is too large for P-256 and is thrown away.
fn fresh(random: &Random) -> StoredKey {
    loop {
        let mut material = [0; 32];
        random.fill(&mut material);
        if p256::SecretKey::from_slice(&material).is_ok() {
            return StoredKey { id: random.id(), material: BASE64_URL_SAFE_NO_PAD.encode(material) };
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
