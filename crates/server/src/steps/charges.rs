//! What a try at a password or a code is charged to, before it is looked at.
//!
//! A device that is known for the account has a budget of its own, so that strangers cannot lock its owner out. All
//! others share the growing waits of the account and, for passwords, the budget of their client address. Codes are not
//! counted for the address: whoever has passed the password must not wait for neighbours who have not.

use super::{Context, code_throttle_key, device_throttle_key, password_throttle_key, whom};
use crate::clock::UnixMillis;
use crate::neighbourhood::neighbourhood;
use crate::store::accounts::Account;
use crate::store::audit::{Event, Outcome};
use crate::store::signins::SignIn;
use crate::store::throttle::{self, Charge, Limit};
use crate::store::{StoreError, Transaction, in_transaction};

/// A try that is charged as a failure, until it is known what it is.
#[derive(Debug, Default)]
pub(super) struct Charged(Vec<(String, Charge)>);

/// Whether something may be tried.
#[derive(Debug)]
pub(super) enum Toll {
    /// It may.
    Paid(Charged),
    /// Not before this moment.
    Wait(UnixMillis),
}

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tried {
    /// A password for the name that the sign-in was begun with.
    Password,
    /// An access code.
    Code,
    /// The access code that counts: it has to wait as others have, but is no failure.
    RightCode,
}

/// Charges a try to the known device, or else to the client address and the account.
pub(super) async fn charge(
    context: &Context,
    tx: &mut Transaction,
    account: Option<&Account>,
    signin: &SignIn,
    tried: Tried,
) -> Result<Toll, StoreError> {
    let rules = &context.server.config.throttle;
    let mut limits = Vec::with_capacity(2);
    if let (Some(account), Some(device)) = (account, context.device(tx, account).await?) {
        let limit = Limit::Budget { failures: rules.device_failures, per: rules.device_per };
        limits.push((device_throttle_key(&account.id, &device), limit));
    } else {
        if let Some(address) = context.caller.address.filter(|_| tried == Tried::Password) {
            let limit = Limit::Budget { failures: rules.address_failures, per: rules.address_per };
            limits.push((format!("address:{}", neighbourhood(address)), limit));
        }
        let account_key = match (tried, account) {
            (Tried::Code | Tried::RightCode, Some(account)) => code_throttle_key(&account.id),
            _ => password_throttle_key(&signin.name_key),
        };
        limits.push((account_key, Limit::GrowingWaits(rules)));
    }
    let charges = match throttle::look(tx, &limits, context.now()).await? {
        Ok(charges) => charges,
        Err(until) => return Ok(Toll::Wait(until)),
    };
    if tried == Tried::RightCode {
        return Ok(Toll::Paid(Charged::default()));
    }
    let keys = limits.iter().map(|(key, _)| key.as_str());
    throttle::write(tx, &keys.zip(charges.iter().copied()).collect::<Vec<_>>()).await?;
    let keys = limits.into_iter().map(|(key, _)| key);
    Ok(Toll::Paid(Charged(keys.zip(charges).collect())))
}

impl Charged {
    /// It was no failure.
    pub(super) async fn take_back(&self, tx: &mut Transaction) -> Result<(), StoreError> {
        let charges: Vec<_> = self.0.iter().map(|(key, charge)| (key.as_str(), charge)).collect();
        throttle::take_back(tx, &charges).await
    }

    /// Nobody was told whether it was one: the person must not wait for our sake.
    pub(super) async fn take_back_untold(&self, context: &Context) {
        let taken_back = async {
            in_transaction!(context.store, |tx| self.take_back(&mut tx).await?);
            Ok::<_, StoreError>(())
        };
        if let Err(error) = taken_back.await {
            tracing::error!(%error, "a try that had no answer stays counted as a failure");
        }
    }

    /// It was a failure: tells the audit trail where that ends further tries for long.
    pub(super) async fn settle(
        &self,
        context: &Context,
        tx: &mut Transaction,
        account: Option<&Account>,
        signin: &SignIn,
    ) -> Result<(), StoreError> {
        if self.0.iter().any(|(_, charge)| charge.locks) {
            context.audit(tx, Event::Locked, Outcome::Limited, &whom(account, signin)).await?;
        }
        Ok(())
    }
}
