//! What every administration command works with.

use super::{CliError, open_store};
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::Keys;
use crate::password::{Hasher, canonical_email, canonical_username};
use crate::random::Random;
use crate::store::accounts::Account;
use crate::store::audit::{Caller, Event, Outcome, Record, Whom};
use crate::store::{Store, StoreError, Transaction};

/// The store and what goes with it.
pub(super) struct Desk {
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) store: Store,
    pub(super) keys: Keys,
    pub(super) hasher: Hasher,
    /// Whether an account without an e-mail address could not sign in.
    pub(super) demands_email: bool,
}

impl Desk {
    pub(super) async fn open(config: &Config) -> Result<Self, CliError> {
        let clock = Clock::System;
        let random = Random::from_system().map_err(|error| CliError::NoRandomness(error.to_string()))?;
        let store = open_store(config).await?;
        let keys = Keys::load(&store, &random, &clock).await?;
        let hasher = Hasher::new(&config.password_hash, random.clone())
            .map_err(|error| CliError::PasswordHash(error.to_string()))?;
        Ok(Self { clock, random, store, keys, hasher, demands_email: config.require_2fa })
    }

    /// The account with this user name or e-mail address.
    pub(super) async fn account(&self, name: &str) -> Result<Account, CliError> {
        let account = if name.contains('@') {
            match canonical_email(name) {
                Some(email) => self.store.account_by_email(&email).await?,
                None => None,
            }
        } else {
            match canonical_username(name) {
                Some(username) => self.store.account_by_username(&username).await?,
                None => None,
            }
        };
        account.ok_or_else(|| CliError::NoSuchAccount(name.to_owned()))
    }

    /// Writes an administration act about an account into the audit trail, in the act's own transaction.
    pub(super) async fn record(
        &self,
        tx: &mut Transaction,
        act: &'static str,
        username: &str,
    ) -> Result<(), StoreError> {
        self.record_about(tx, act, &Whom::Account(username.to_owned())).await
    }

    /// Writes an administration act into the audit trail, in the act's own transaction.
    pub(super) async fn record_about(
        &self,
        tx: &mut Transaction,
        act: &'static str,
        whom: &Whom,
    ) -> Result<(), StoreError> {
        let record = Record {
            at: self.clock.now(),
            event: Event::Administration(act),
            outcome: Outcome::Success,
            whom,
            caller: &Caller::default(),
        };
        record.write(&self.random, tx).await
    }
}
