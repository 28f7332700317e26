//! What a verified sign-in comes to: a session, or an authorization code.

use vestibule_protocol::{BUILT_IN_CLIENT, ErrorCode, Secret};

use super::{Answer, Context};
use crate::clock::millis;
use crate::keys::{self, Purpose};
use crate::redemption::{Claim, Holder, Redeemed};
use crate::store::accounts::Account;
use crate::store::codes::IssuedCode;
use crate::store::signins::{SignIn, Stage};
use crate::store::{StoreError, Transaction, throttle};

/// Marks a sign-in as verified, saves it, and gives the first answer to whoever holds it. That clears the failures of its
/// device, where it is known, and no others: those may be a stranger's.
pub(super) async fn verify(
    context: &Context,
    tx: &mut Transaction,
    signin: &mut SignIn,
    account: &Account,
) -> Result<Answer, StoreError> {
    signin.stage = Stage::Verified;
    signin.verified_at = Some(context.now());
    if let Some(device) = context.device(tx, Some(account)).await? {
        throttle::clear(tx, &super::device_throttle_key(&account.id, &device)).await?;
    }
    signin.save(tx).await?;
    match open(context, tx, signin, account).await? {
        Some(session) => Ok(Answer::Session(Box::new(session))),
        None => issue(context, tx, signin, 1).await,
    }
}

/// The answer to whoever holds a verified sign-in: the session, for our own page that asks for it, and for all others the
/// code that has not been redeemed yet, or a new one.
///
/// Codes are derived, so that the same one can be said again after a lost answer though only its hash is stored.
pub(super) async fn answer(
    context: &Context,
    tx: &mut Transaction,
    signin: &SignIn,
    account: &Account,
) -> Result<Answer, StoreError> {
    let config = &context.server.config.signin;
    let now = context.now();
    if signin.verified_at.is_none_or(|verified_at| verified_at + millis(config.grace) <= now) {
        return Ok(ErrorCode::InvalidSession.into());
    }
    if let Some(session) = open(context, tx, signin, account).await? {
        return Ok(Answer::Session(Box::new(session)));
    }
    let newest = IssuedCode::newest(tx, &signin.id).await?;
    let number = match &newest {
        Some(code) if code.redeemed_at.is_none() && code.expires_at > now => {
            return Ok(Answer::AuthorizationCode(derive(context, &signin.id, code.number)));
        }
        Some(code) => code.number + 1,
        None => 1,
    };
    issue(context, tx, signin, number).await
}

/// Hands out the code with this number.
async fn issue(context: &Context, tx: &mut Transaction, signin: &SignIn, number: i64) -> Result<Answer, StoreError> {
    let code = derive(context, &signin.id, number);
    let issued = IssuedCode {
        id: keys::sha256(code.expose()),
        signin_id: signin.id.clone(),
        number,
        expires_at: context.now() + millis(context.server.config.signin.code_life),
        redeemed_at: None,
    };
    issued.add(tx).await?;
    Ok(Answer::AuthorizationCode(code))
}

/// Begins the session at once. `None` where nobody asks for that who may have it.
async fn open(
    context: &Context,
    tx: &mut Transaction,
    signin: &SignIn,
    account: &Account,
) -> Result<Option<Redeemed>, StoreError> {
    let Some(opening) = &context.opening else { return Ok(None) };
    let claim = Claim {
        code_verifier: &opening.code_verifier,
        client_id: BUILT_IN_CLIENT,
        issuer: &context.issuer,
        dpop_jkt: None,
        devices: &context.devices,
        holder: Holder::Cookie { replaced: opening.replaced.as_deref() },
        caller: &context.caller,
    };
    if !claim.fits(signin) {
        return Ok(None);
    }
    claim.begin(&context.server, tx, signin, account).await.map(Some)
}

fn derive(context: &Context, signin_id: &str, number: i64) -> Secret {
    context.server.keys.mac(Purpose::AuthorizationCode, &[signin_id, &number.to_string()]).into()
}
