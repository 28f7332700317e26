//! A sign-in that has come to its end becomes a session: by an authorization code, or at once.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use vestibule_protocol::{PROFILE_SCOPE, PreferredDevice, Secret};

use crate::clients;
use crate::clock::millis;
use crate::config::Issuer;
use crate::keys::{self, Purpose};
use crate::mail::Warning;
use crate::state::Server;
use crate::store::accounts::Account;
use crate::store::audit::{Caller, Event, Outcome, Record, Whom};
use crate::store::codes::IssuedCode;
use crate::store::devices::Device;
use crate::store::sessions::{Kind, Session};
use crate::store::signins::SignIn;
use crate::store::{StoreError, Transaction};
use crate::warnings::Incident;

/// What a client brings to have a session.
pub struct Claim<'a> {
    /// The PKCE verifier.
    pub code_verifier: &'a Secret,
    /// Who asks.
    pub client_id: &'a str,
    /// The public address that was asked.
    pub issuer: &'a Issuer,
    /// Thumbprint of the DPoP key that the request was proven to be made with.
    pub dpop_jkt: Option<&'a str>,
    /// What the request shows to be known by.
    pub devices: &'a [Device],
    /// What is to hold the session.
    pub holder: Holder<'a>,
    /// Where the request came from.
    pub caller: &'a Caller,
}

/// What holds a session.
#[derive(Clone, Copy, Debug)]
pub enum Holder<'a> {
    /// A cookie of our own page.
    Cookie {
        /// SHA-256 of the value that it has so far.
        replaced: Option<&'a str>,
    },
    /// Tokens.
    Tokens,
}

/// What became of a sign-in.
#[derive(Debug)]
pub struct Redeemed {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub account: Account,
    /// The device that is known for the account from now on.
    pub device: Option<Device>,
    /// What the cookies say, where one holds the session.
    pub cookies: Option<CookieSecrets>,
    /// What to tell the owner, once all this is committed: that the browser is a new one.
    pub incident: Option<Incident>,
}

/// What the cookies of a session say. Derived, so that the same is said again after a lost answer, or to two tabs at
/// once: whichever answer comes last, the browser then has the cookie of the session that there is. Nobody can tell
/// them from what is stored, for the verifier is not.
#[derive(Debug)]
pub struct CookieSecrets {
    /// Holds the session.
    pub session: Secret,
    /// Is what a browser is known by from now on that was not known for the account.
    pub device: Secret,
}

impl CookieSecrets {
    fn of(server: &Server, signin: &SignIn, code_verifier: &Secret) -> Self {
        let derive = |purpose| server.keys.mac(purpose, &[&signin.id, code_verifier.expose()]).into();
        Self { session: derive(Purpose::SessionCookie), device: derive(Purpose::DeviceCookie) }
    }
}

/// Spends a code and begins its session. `None` where the code does not count: unknown, late, spent, another client's,
/// another address's, bound to another key, with the wrong verifier, or for a cookie without the scope that it needs.
///
/// A verifier that does not fit leaves the code good: whoever has only the code can neither use nor spoil it. But that
/// somebody tried is in the audit trail, where the caller commits.
///
/// # Errors
/// [`StoreError`].
pub async fn redeem(
    server: &Server,
    tx: &mut Transaction,
    code: &Secret,
    claim: &Claim<'_>,
) -> Result<Option<Redeemed>, StoreError> {
    let now = server.clock.now();
    let id = keys::sha256(code.expose());
    let Some((signin, Some(account))) = SignIn::lock_by_code(tx, &id, now).await? else { return Ok(None) };
    if !claim.fits(&signin) {
        audit(server, tx, Event::SessionBegun, Outcome::Foreign, &account, claim.caller).await?;
        return Ok(None);
    }
    if !IssuedCode::spend(tx, &id, now).await? {
        return Ok(None);
    }
    Ok(Some(claim.begin(server, tx, &signin, &account).await?))
}

impl Claim<'_> {
    /// Whether this comes from where the sign-in was begun. A cookie is for the User tab: it holds no session that may not
    /// see that.
    #[must_use]
    pub fn fits(&self, signin: &SignIn) -> bool {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.code_verifier.expose().as_bytes()));
        keys::same(&challenge, &signin.code_challenge)
            && signin.client_id == self.client_id
            && signin.issuer == self.issuer.as_str()
            && signin.dpop_jkt.as_deref().is_none_or(|jkt| self.dpop_jkt == Some(jkt))
            && match self.holder {
                Holder::Cookie { .. } => clients::allows(&signin.scope, PROFILE_SCOPE),
                Holder::Tokens => true,
            }
    }

    /// Begins the session of a verified sign-in, which the transaction has locked, and which this [fits](Self::fits).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(
        &self,
        server: &Server,
        tx: &mut Transaction,
        signin: &SignIn,
        account: &Account,
    ) -> Result<Redeemed, StoreError> {
        let now = server.clock.now();
        let cookies = match self.holder {
            Holder::Cookie { .. } => Some(CookieSecrets::of(server, signin, self.code_verifier)),
            Holder::Tokens => None,
        };
        let fresh_device = match &cookies {
            Some(cookies) => Some(Device::with_cookie(cookies.device.expose())),
            None => self.dpop_jkt.map(Device::with_key),
        };
        let known = Device::known(tx, Some(&account.id), self.devices, now).await?;
        let is_new = known.is_none();
        let device = known.or(fresh_device);
        let session = Session {
            id: server.random.id_at(now),
            kind: if cookies.is_some() { Kind::Cookie } else { Kind::Token },
            account_id: account.id.clone(),
            signin_id: Some(signin.id.clone()),
            issuer: signin.issuer.clone(),
            client_id: signin.client_id.clone(),
            scope: signin.scope.clone(),
            dpop_jkt: self.dpop_jkt.map(str::to_owned),
            cookie_hash: cookies.as_ref().map(|cookies| keys::sha256(cookies.session.expose())),
            phone_number: signin.phone_number.clone(),
            preferred_device: PreferredDevice::DeskPhone,
            route_calls_to_cell: false,
            user_agent: self.caller.user_agent.clone(),
            client_address: self.caller.address.map(|address| address.to_string()),
            device: device.clone(),
            created_at: now,
            used_at: now,
            idle_expires_at: now + millis(server.config.session.idle),
            expires_at: now + millis(server.config.session.life),
        };
        let session = session.add(tx).await?;
        if let Holder::Cookie { replaced: Some(replaced) } = self.holder {
            self.end_replaced(server, tx, replaced, &session).await?;
        }
        audit(server, tx, Event::SessionBegun, Outcome::Success, account, self.caller).await?;
        // One that shows nothing to be known by is new every time: else a thief would show nothing.
        let incident = is_new.then(|| Incident {
            warning: Warning::NewBrowser,
            account: account.clone(),
            locales: signin.languages(),
            issuer: session.issuer.clone(),
            caller: self.caller.clone(),
        });
        if let Some(device) = &device {
            device.remember(tx, &account.id, now, server.config.throttle.device_life).await?;
        }
        Ok(Redeemed { session, account: account.clone(), device, cookies, incident })
    }

    /// Ends the session of the cookie that the browser forgets: nobody could end it by that any more.
    async fn end_replaced(
        &self,
        server: &Server,
        tx: &mut Transaction,
        cookie_hash: &str,
        by: &Session,
    ) -> Result<(), StoreError> {
        let replaced = Session::find_by_cookie(tx, cookie_hash, server.clock.now()).await?;
        match replaced.filter(|replaced| replaced.issuer == by.issuer && replaced.id != by.id) {
            Some(replaced) => end(server, tx, &replaced, self.caller).await,
            None => Ok(()),
        }
    }
}

/// Ends a session because whoever holds it wants to.
///
/// # Errors
/// [`StoreError`].
pub async fn end(server: &Server, tx: &mut Transaction, session: &Session, caller: &Caller) -> Result<(), StoreError> {
    if Session::end(tx, &session.id).await?
        && let Some(account) = Account::load(tx, &session.account_id).await?
    {
        audit(server, tx, Event::SessionEnded, Outcome::Success, &account, caller).await?;
    }
    Ok(())
}

/// Writes an audit entry about an account.
///
/// # Errors
/// [`StoreError`].
pub async fn audit(
    server: &Server,
    tx: &mut Transaction,
    event: Event,
    outcome: Outcome,
    account: &Account,
    caller: &Caller,
) -> Result<(), StoreError> {
    let whom = Whom::Account(account.username.clone());
    Record { at: server.clock.now(), event, outcome, whom: &whom, caller }.write(&server.random, tx).await
}
