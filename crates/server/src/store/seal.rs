//! The server's keys, sealed: who has the database, or a backup of it, has not the keys.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::Sha256;

use super::{Store, StoreError, engine::Alone, in_transaction};

/// What sealed material begins with; base64url has no such sign.
const SEALED: &str = "sealed:";

/// What seals keys and opens them: AES-256-GCM, under a key that is made of `database.key`.
pub(super) struct Seal(LessSafeKey);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    pub(super) fn with(secret: &str) -> Self {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
            unreachable!("HMAC takes keys of every length")
        };
        mac.update(b"vestibule: seal of the server's keys");
        let Ok(key) = UnboundKey::new(&AES_256_GCM, &mac.finalize().into_bytes()) else {
            unreachable!("a MAC has the 256 bits of the key")
        };
        Self(LessSafeKey::new(key))
    }

    /// Seals the material of a key. It opens for this key alone.
    fn close(&self, id: &str, material: &str) -> Result<String, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| StoreError::NoRandomness)?;
        let mut sealed = material.as_bytes().to_vec();
        let closed =
            self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(id.as_bytes()), &mut sealed);
        closed.map_err(|_| StoreError::NoRandomness)?;
        Ok(format!("{SEALED}{}", BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())))
    }

    fn open(&self, id: &str, sealed: &str) -> Option<String> {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.0.open_in_place(nonce, Aad::from(id.as_bytes()), sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }
}

/// What is stored of a key's material.
pub(super) fn close(seal: Option<&Seal>, id: &str, material: &str) -> Result<String, StoreError> {
    seal.map_or_else(|| Ok(material.to_owned()), |seal| seal.close(id, material))
}

/// The material of a key, of what is stored of it.
pub(super) fn open(seal: Option<&Seal>, id: &str, stored: String) -> Result<String, StoreError> {
    match (stored.strip_prefix(SEALED), seal) {
        (None, _) => Ok(stored),
        (Some(_), None) => Err(StoreError::Sealed),
        (Some(sealed), Some(seal)) => seal.open(id, sealed).ok_or(StoreError::WrongKey),
    }
}

/// Seals the keys that were stored before `database.key` was set, and tells whether the others can be opened.
///
/// # Errors
/// [`StoreError::Sealed`], [`StoreError::WrongKey`], [`StoreError::Database`].
pub(super) async fn seal_keys(store: &Store) -> Result<(), StoreError> {
    let query = "SELECT id, material FROM server_key";
    let stored: Vec<(String, String)> = sqlx::query_as(query).fetch_all(&store.pool).await?;
    let mut plain = 0;
    for (id, material) in stored {
        plain += usize::from(!material.starts_with(SEALED));
        open(store.seal.as_deref(), &id, material)?;
    }
    if store.seal.is_none() || plain == 0 {
        return Ok(());
    }
    in_transaction!(store, |tx| {
        tx.alone(Alone::Keys).await?;
        let stored: Vec<(String, String)> = sqlx::query_as(query).fetch_all(&mut *tx).await?;
        for (id, material) in stored {
            if !material.starts_with(SEALED) {
                let sealed = close(store.seal.as_deref(), &id, &material)?;
                let query = sqlx::query("UPDATE server_key SET material = $2 WHERE id = $1").bind(&id).bind(sealed);
                query.execute(&mut *tx).await?;
            }
        }
    });
    tracing::info!(keys = plain, "the server's keys were sealed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::keys::StoredKey;
    use super::super::testing::Database;
    use super::*;
    use crate::config::DatabaseConfig;

    const KEY: &str = "a key that is long enough for everybody";

    fn with_key(database: &Database, key: &str) -> DatabaseConfig {
        DatabaseConfig { key: Some(key.into()), ..database.config.clone() }
    }

    async fn mac(store: &Store) -> Result<String, StoreError> {
        let fresh = StoredKey { id: "one".into(), material: "AAAA".into(), active_from: 0 };
        Ok(store.keys_for("mac", &fresh, 0).await?[0].material.clone())
    }

    async fn stored(store: &Store) -> String {
        sqlx::query_scalar("SELECT material FROM server_key").fetch_one(&store.pool).await.unwrap()
    }

    #[tokio::test]
    async fn keys_are_sealed_as_soon_as_there_is_a_key_for_it_and_stay_the_same() {
        let database = Database::new().await;
        let store = database.open().await;
        assert_eq!((mac(&store).await.unwrap(), stored(&store).await), ("AAAA".to_owned(), "AAAA".to_owned()));
        let sealing = Store::open(&with_key(&database, KEY)).await.unwrap();
        assert!(!stored(&sealing).await.contains("AAAA"));
        assert_eq!(mac(&sealing).await.unwrap(), "AAAA");
        assert!(matches!(mac(&store).await, Err(StoreError::Sealed)), "a server that was started without it");
    }

    #[tokio::test]
    async fn a_server_with_another_key_or_none_does_not_start() {
        let database = Database::new().await;
        let sealing = Store::open(&with_key(&database, KEY)).await.unwrap();
        assert_eq!(mac(&sealing).await.unwrap(), "AAAA");
        assert!(stored(&sealing).await.starts_with(SEALED));
        let other = Store::open(&with_key(&database, "another key that is long enough for everybody")).await;
        assert!(matches!(other, Err(StoreError::WrongKey)), "{other:?}");
        let none = Store::open(&database.config).await;
        assert!(matches!(none, Err(StoreError::Sealed)), "{none:?}");
    }

    #[test]
    fn what_is_sealed_for_one_key_opens_for_no_other() {
        let seal = Seal::with(KEY);
        let sealed = seal.close("one", "AAAA").unwrap();
        assert_eq!(open(Some(&seal), "one", sealed.clone()).unwrap(), "AAAA");
        assert!(matches!(open(Some(&seal), "two", sealed), Err(StoreError::WrongKey)));
        assert!(matches!(open(Some(&seal), "one", format!("{SEALED}AAAA")), Err(StoreError::WrongKey)));
    }
}
