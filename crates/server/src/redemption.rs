//! An authorization code becomes a session.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use vestibule_protocol::{PreferredDevice, Secret};

use crate::clock::millis;
use crate::config::Issuer;
use crate::keys;
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

/// What a client brings to redeem a code.
pub struct Redemption<'a> {
    /// The code.
    pub code: &'a Secret,
    /// The PKCE verifier.
    pub code_verifier: &'a Secret,
    /// Who asks.
    pub client_id: &'a str,
    /// The public address that was asked.
    pub issuer: &'a Issuer,
    /// Thumbprint of the DPoP key that the request was proven to be made with.
    pub dpop_jkt: Option<&'a str>,
    /// What the request shows to be known by.
    pub devices: Vec<Device>,
    /// What it can be known by from now on, where it is not known for the account.
    pub fresh_device: Option<Device>,
    /// Where the request came from.
    pub caller: &'a Caller,
}

/// What became of a code.
#[derive(Debug)]
pub struct Redeemed {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub account: Account,
    /// The device that is known for the account from now on.
    pub device: Option<Device>,
    /// What to tell the owner, once all this is committed: that the browser is a new one.
    pub incident: Option<Incident>,
}

/// Spends a code and begins its session; `cookie_hash` where a cookie holds it. `None` where the code does not count:
/// unknown, late, spent, another client's, another address's, bound to another key, or with the wrong verifier.
///
/// A verifier that does not fit leaves the code good: whoever has only the code can neither use nor spoil it. But that
/// somebody tried is in the audit trail, where the caller commits.
///
/// # Errors
/// [`StoreError`].
pub async fn redeem(
    server: &Server,
    tx: &mut Transaction,
    redemption: &Redemption<'_>,
    cookie_hash: Option<String>,
) -> Result<Option<Redeemed>, StoreError> {
    let now = server.clock.now();
    let id = keys::sha256(redemption.code.expose());
    let Some(signin_id) = IssuedCode::signin_of(tx, &id).await? else { return Ok(None) };
    let Some(signin) = SignIn::lock(tx, &signin_id, now).await? else { return Ok(None) };
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(redemption.code_verifier.expose().as_bytes()));
    let is_theirs = keys::same(&challenge, &signin.code_challenge)
        && signin.client_id == redemption.client_id
        && signin.issuer == redemption.issuer.as_str()
        && signin.dpop_jkt.as_deref().is_none_or(|jkt| redemption.dpop_jkt == Some(jkt));
    let account = match &signin.account_id {
        Some(account_id) => Account::load(tx, account_id).await?,
        None => None,
    };
    let Some(account) = account else { return Ok(None) };
    if !is_theirs {
        audit(server, tx, Event::SessionBegun, Outcome::Foreign, &account, redemption.caller).await?;
        return Ok(None);
    }
    if !IssuedCode::spend(tx, &id, now).await? {
        return Ok(None);
    }

    let known = Device::known(tx, Some(&account.id), &redemption.devices, now).await?;
    let is_new = known.is_none();
    let device = known.or_else(|| redemption.fresh_device.clone());
    let locales = signin.languages();
    let session = Session {
        id: server.random.id(),
        kind: if cookie_hash.is_some() { Kind::Cookie } else { Kind::Token },
        account_id: account.id.clone(),
        signin_id: Some(signin.id),
        issuer: signin.issuer,
        client_id: signin.client_id,
        scope: signin.scope,
        dpop_jkt: redemption.dpop_jkt.map(str::to_owned),
        cookie_hash,
        phone_number: signin.phone_number,
        preferred_device: PreferredDevice::DeskPhone,
        route_calls_to_cell: false,
        user_agent: redemption.caller.user_agent.clone(),
        client_address: redemption.caller.address.map(|address| address.to_string()),
        device: device.clone(),
        created_at: now,
        used_at: now,
        idle_expires_at: now + millis(server.config.session.idle),
        expires_at: now + millis(server.config.session.life),
    };
    session.add(tx).await?;
    audit(server, tx, Event::SessionBegun, Outcome::Success, &account, redemption.caller).await?;
    // One that shows nothing to be known by is new every time: else a thief would show nothing.
    let incident = is_new.then(|| Incident {
        warning: Warning::NewBrowser,
        account: account.clone(),
        locales,
        issuer: session.issuer.clone(),
        caller: redemption.caller.clone(),
    });
    if let Some(device) = &device {
        device.remember(tx, &account.id, now, server.config.throttle.device_life).await?;
    }
    Ok(Some(Redeemed { session, account, device, incident }))
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
    let record = Record { id: server.random.id(), at: server.clock.now(), event, outcome, whom: &whom, caller };
    record.write(tx).await
}
