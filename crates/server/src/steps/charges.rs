//! What a try at a password or a code is charged to, before it is looked at.

use super::{Context, whom};
use crate::clock::UnixMillis;
use crate::store::accounts::Account;
use crate::store::audit::{Event, Outcome};
use crate::store::signins::SignIn;
use crate::store::throttle::{self, Charge, Limit, Verdict};
use crate::store::{StoreError, Transaction, in_transaction};

/// A try that is charged as a failure, until it is known what it is.
#[derive(Debug)]
pub(super) struct Charged {
    key: String,
    charge: Charge,
}

/// Whether something may be tried.
#[derive(Debug)]
pub(super) enum Toll {
    /// It may.
    Paid(Charged),
    /// Not before this moment.
    Wait(UnixMillis),
}

/// Charges a try under `key`.
pub(super) async fn charge(context: &Context, tx: &mut Transaction, key: String) -> Result<Toll, StoreError> {
    let limit = Limit::GrowingWaits(&context.server.config.throttle);
    Ok(match throttle::charge(tx, &key, context.now(), limit).await? {
        Verdict::Wait(until) => Toll::Wait(until),
        Verdict::Charged(charge) => Toll::Paid(Charged { key, charge }),
    })
}

impl Charged {
    /// It was no failure.
    pub(super) async fn take_back(&self, tx: &mut Transaction) -> Result<(), StoreError> {
        throttle::take_back(tx, &self.key, &self.charge).await
    }

    /// Nobody was told whether it was one: the person must not wait for our sake.
    pub(super) async fn take_back_untold(&self, context: &Context) {
        let taken_back = async {
            in_transaction!(context.server.store, |tx| self.take_back(&mut tx).await?);
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
        if self.charge.locks {
            context.audit(tx, Event::Locked, Outcome::Limited, &whom(account, signin)).await?;
        }
        Ok(())
    }
}
