//! ES256 (RFC 7518 §3.4) for `jsonwebtoken`, by ring: a fifth of the time of the crates that it would take by itself. No
//! other algorithm signs here, and none is taken.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error as JwtError, ErrorKind};
use jsonwebtoken::signature::{Error, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey, Header};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey};
use serde::Serialize;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Private::of(*algorithm, key)?)),
    verifier_factory: |algorithm, key| Ok(Box::new(Public::of(*algorithm, key)?)),
    // Keys as JWKs are written in `keys`, and read in `dpop`.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Has `jsonwebtoken` sign and check with this from now on.
pub(crate) fn install() {
    // Once is enough: there is no other.
    let _ = PROVIDER.install_default();
}

/// A private key that is ready to sign: to read one takes as long as a signature.
pub(crate) struct Private {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Private {
    fn of(algorithm: Algorithm, key: &EncodingKey) -> Result<Self, JwtError> {
        check(algorithm, key.family())?;
        Self::from_pkcs8(key.as_bytes())
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, JwtError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random);
        Ok(Self { pair: pair.map_err(|_| ErrorKind::InvalidEcdsaKey)?, random })
    }

    /// A JWT (RFC 7515 §7.1).
    pub(crate) fn jwt(&self, header: &Header, claims: &impl Serialize) -> Result<String, JwtError> {
        let [header, claims] = [serde_json::to_vec(header)?, serde_json::to_vec(claims)?];
        let signed = format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(claims));
        let signature = self.pair.sign(&self.random, signed.as_bytes()).map_err(|_| ErrorKind::InvalidEcdsaKey)?;
        Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Signer<Vec<u8>> for Private {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.pair.sign(&self.random, message).map_err(|_| Error::new())?;
        Ok(signature.as_ref().to_vec())
    }
}

impl JwtSigner for Private {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

struct Public(UnparsedPublicKey<Vec<u8>>);

impl Public {
    fn of(algorithm: Algorithm, key: &DecodingKey) -> Result<Self, JwtError> {
        check(algorithm, key.family())?;
        Ok(Self(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.try_get_as_bytes()?.to_vec())))
    }
}

impl Verifier<Vec<u8>> for Public {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), Error> {
        self.0.verify(message, signature).map_err(|_| Error::new())
    }
}

impl JwtVerifier for Public {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

fn check(algorithm: Algorithm, family: AlgorithmFamily) -> Result<(), JwtError> {
    if algorithm != Algorithm::ES256 {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    if family != AlgorithmFamily::Ec {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    Ok(())
}
