//! Tells owners by mail what they should know of: wrong codes until none was left, a new browser, a new password.

use std::time::Duration;

use crate::clock::{UnixMillis, millis};
use crate::mail::{About, Delivery, Mail, Warning};
use crate::redemption::audit;
use crate::state::{Server, Shared};
use crate::store::accounts::Account;
use crate::store::audit::{Caller, Event, Outcome};
use crate::store::warnings::{Counter, claim, give_back};
use crate::store::{StoreError, in_transaction};

/// An owner gets one warning in this time, and one about a new password.
const EVERY: Duration = Duration::from_hours(1);

/// Something that an owner should know of.
#[derive(Clone, Debug)]
pub struct Incident {
    /// What happened.
    pub warning: Warning,
    /// To whose account.
    pub account: Account,
    /// Languages that the person reads, best first (BCP 47).
    pub locales: Vec<String>,
    /// Address of the server that was asked.
    pub issuer: String,
    /// Who did it.
    pub caller: Caller,
}

impl Incident {
    /// Mails the owner, unless that is switched off, there is no address, or a mail went out within the hour. Nobody
    /// waits for it but a server that is told to stop.
    pub fn tell_owner(self, server: &Shared) {
        let Some(to) = self.account.email.clone().filter(|_| server.config.mail.warnings) else { return };
        let at = server.clock.now();
        let shared = server.clone();
        server.steps.begin(async move {
            if let Err(error) = self.mail(&shared, to, at).await {
                tracing::error!(%error, username = self.account.username, "the owner was not warned");
            }
        });
    }

    async fn mail(&self, server: &Server, to: String, at: UnixMillis) -> Result<(), StoreError> {
        let counter = match self.warning {
            Warning::CodesExhausted | Warning::NewBrowser => Counter::Suspicion,
            Warning::PasswordChanged => Counter::PasswordChange,
        };
        let account_id = &self.account.id;
        if !in_transaction!(server.store, |tx| claim(&mut tx, account_id, counter, at, millis(EVERY)).await?) {
            return Ok(());
        }
        let mail = Mail {
            to,
            name: self.account.name.clone(),
            about: About::Warning(self.warning),
            locales: self.locales.clone(),
            at_ms: at,
            user_agent: self.caller.user_agent.clone(),
            server: self.issuer.clone(),
            service_name: server.config.service_name.clone(),
        };
        let delivery = server.mailer.send(&mail).await;
        let outcome = match &delivery {
            Delivery::Accepted => Outcome::Success,
            Delivery::Refused { reason } | Delivery::Unknown { reason } => {
                tracing::warn!(reason, username = self.account.username, "a warning was not delivered");
                Outcome::NotDelivered
            }
        };
        in_transaction!(server.store, |tx| {
            if let Delivery::Refused { .. } = delivery {
                give_back(&mut tx, account_id, counter, at).await?;
            }
            audit(server, &mut tx, Event::OwnerWarned, outcome, &self.account, &self.caller).await?;
        });
        Ok(())
    }
}
