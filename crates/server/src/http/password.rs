//! Changing the own password.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use vestibule_protocol::{Problem, ProblemKind, SetPassword};

use super::asked::{Asked, Asker, languages};
use super::body::Whole;
use super::cookies::Cookie;
use super::devices::DeviceCookie;
use super::problem::ProblemResponse;
use super::session::read_json;
use super::signed_in::SignedIn;
use crate::clock::{UnixMillis, seconds_until};
use crate::mail::Warning;
use crate::password::{Busy, NewPasswordError, Place, Prepared, check_new, prepare};
use crate::redemption::audit;
use crate::state::{Server, Shared};
use crate::steps::own_password_throttle_key;
use crate::store::accounts::{Account, AccountError, Change};
use crate::store::audit::{Caller, Event, Outcome};
use crate::store::devices::Device;
use crate::store::in_transaction;
use crate::store::throttle::{self, Charge, Limit, Verdict};
use crate::warnings::Incident;

/// Changes the own password. All sessions and running sign-ins of the account end, the one that asks included.
///
/// Wrong passwords lead to growing waits as they do when signing in; they are counted apart, so that strangers cannot
/// keep the owner from it.
#[utoipa::path(
    put,
    path = "/api/me/password",
    tag = "user",
    request_body = SetPassword,
    responses(
        (status = 204, description = "Changed, and signed out everywhere"),
        (status = 400, description = "Malformed", body = Problem),
        (status = 401, description = "Not signed in", body = Problem),
        (status = 403, description = "Another current password, not from the server's own page, or without the scope `profile`", body = Problem),
        (status = 422, description = "The new password is no good one, or the current one", body = Problem),
        (status = 429, description = "Too soon", body = Problem),
        (status = 503, description = "Not now", body = Problem),
    )
)]
pub(super) async fn put(
    State(server): State<Shared>,
    Asked(issuer): Asked,
    Asker(caller): Asker,
    signed_in: SignedIn,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, ProblemResponse> {
    let SetPassword { current_password, new_password } = read_json(&headers, &body)?;
    let locales = languages(&headers);
    let wanted = Wanted {
        current: prepare(current_password.expose()).ok(),
        new: check_new(new_password.expose())?,
        devices: DeviceCookie::of(&issuer, &headers).devices(),
    };
    let removal = signed_in.is_by_cookie().then(|| Cookie::Session.remove(&issuer));
    // What has begun is finished, whether its client still listens or not.
    let steps = server.steps.clone();
    let changing = steps.finish(async move {
        let account = change(&server, &signed_in, &wanted, &caller).await?;
        let issuer = issuer.as_str().to_owned();
        Incident { warning: Warning::PasswordChanged, account, locales, issuer, caller }.tell_owner(&server);
        Ok::<_, ProblemResponse>(())
    });
    changing.await??;
    Ok(removal.map_or_else(
        || StatusCode::NO_CONTENT.into_response(),
        |cookie| (StatusCode::NO_CONTENT, cookie).into_response(),
    ))
}

/// What is asked for. A text that cannot be a password is checked like any other wrong one.
struct Wanted {
    current: Option<Prepared>,
    new: Prepared,
    /// What the browser shows its device by.
    devices: Vec<Device>,
}

/// A try that is charged as a failure until it is known to be none.
struct Charged {
    account: Account,
    key: String,
    charge: Charge,
}

/// Changes the password; whose it was.
async fn change(
    server: &Server,
    signed_in: &SignedIn,
    wanted: &Wanted,
    caller: &Caller,
) -> Result<Account, ProblemResponse> {
    // Before anything is written, as with any other password.
    let place = server.hasher.admit()?;
    let charged = charge(server, signed_in, caller).await?;
    match decide(server, signed_in, wanted, &charged, &place, caller).await {
        Ok(true) => Ok(charged.account),
        Ok(false) => Err(ProblemKind::WrongPassword.into()),
        Err(problem) => {
            // It was none, or nobody was told whether it was: the person must not wait for our sake.
            in_transaction!(server.store, |tx| throttle::take_back(&mut tx, &[(&charged.key, &charged.charge)])
                .await?);
            Err(problem)
        }
    }
}

async fn charge(server: &Server, signed_in: &SignedIn, caller: &Caller) -> Result<Charged, ProblemResponse> {
    let now = server.clock.now();
    let (account, key, verdict) = in_transaction!(server.store, |tx| {
        let (_, account) = signed_in.lock(server, &mut tx).await?;
        let key = own_password_throttle_key(&account.id);
        let limit = Limit::GrowingWaits(&server.config.throttle);
        let verdict = throttle::charge(&mut tx, &key, now, limit).await?;
        if let Verdict::Wait(_) = verdict {
            audit(server, &mut tx, Event::PasswordChange, Outcome::Limited, &account, caller).await?;
        }
        (account, key, verdict)
    });
    match verdict {
        Verdict::Charged(charge) => Ok(Charged { account, key, charge }),
        Verdict::Wait(until) => Err(too_soon(until, now)),
    }
}

fn too_soon(until: UnixMillis, now: UnixMillis) -> ProblemResponse {
    ProblemResponse::rate_limited(seconds_until(until, now).max(1))
}

/// Whether the current password was right; then the new one is set.
async fn decide(
    server: &Server,
    signed_in: &SignedIn,
    wanted: &Wanted,
    charged: &Charged,
    place: &Place,
    caller: &Caller,
) -> Result<bool, ProblemResponse> {
    let Charged { account, key, charge } = charged;
    let verdict = place.verify(wanted.current.as_ref(), account.password_hash.clone()).await?;
    if !verdict.matches {
        in_transaction!(server.store, |tx| {
            audit(server, &mut tx, Event::PasswordChange, Outcome::Failure, account, caller).await?;
        });
        return Ok(false);
    }
    if wanted.current.as_ref().is_some_and(|current| current.is_same(&wanted.new)) {
        // Nothing would end by it that somebody who knows the old one holds.
        return Err(ProblemKind::PasswordUnchanged.into());
    }
    let hash = place.hash(&wanted.new).await?;
    in_transaction!(server.store, |tx| {
        Account::lock(&mut tx, &account.id).await?;
        // Whoever changed the password meanwhile ended the session with it.
        let (session, account) = signed_in.lock(server, &mut tx).await?;
        throttle::take_back(&mut tx, &[(key, charge)]).await?;
        let by_key = session.dpop_jkt.as_deref().map(Device::with_key);
        let shown: Vec<Device> = wanted.devices.iter().cloned().chain(by_key).collect();
        let now = server.clock.now();
        let asking = Device::known(&mut tx, Some(&account.id), &shown, now).await?;
        Account::change(&mut tx, &account.id, &Change::Password(hash, None)).await?;
        // All are forgotten with the old password, but for the one where the owner gave it.
        if let Some(device) = asking {
            device.remember(&mut tx, &account.id, now, server.config.throttle.device_life).await?;
        }
        audit(server, &mut tx, Event::PasswordChange, Outcome::Success, &account, caller).await?;
    });
    Ok(true)
}

impl From<Busy> for ProblemResponse {
    fn from(_: Busy) -> Self {
        ProblemKind::TemporarilyUnavailable.into()
    }
}

impl From<AccountError> for ProblemResponse {
    fn from(error: AccountError) -> Self {
        tracing::error!(%error, "a password was not changed");
        ProblemKind::TemporarilyUnavailable.into()
    }
}

impl From<NewPasswordError> for ProblemResponse {
    fn from(error: NewPasswordError) -> Self {
        let kind = match error {
            NewPasswordError::TooShort => ProblemKind::PasswordTooShort,
            NewPasswordError::Common => ProblemKind::PasswordTooCommon,
            NewPasswordError::Unusable(_) => ProblemKind::PasswordNotPossible,
        };
        kind.into()
    }
}
