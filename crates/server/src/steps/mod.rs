//! The steps of a sign-in, one file each, named like the pages.
//!
//! A step decides; the store does one transaction per decision; `http::challenge` translates HTTP.

mod account;
mod charges;
mod code;
mod credentials;
mod delivery;
mod grant;
mod resend;
mod state;

use vestibule_protocol::{
    AccountName, ChallengeError, ChallengeRequest, ChallengeStep, CodeMembers, ErrorCode, Secret,
};

use crate::clock::{UnixMillis, seconds_until};
use crate::config::Issuer;
use crate::dpop::{self, Proof, ProofError};
use crate::keys::{self, Keys};
use crate::password::Busy;
use crate::redemption::Redeemed;
use crate::state::Shared;
use crate::store::accounts::Account;
use crate::store::audit::{Caller, Event, Outcome, Record, Whom};
use crate::store::devices::Device;
use crate::store::signins::{SignIn, Stage};
use crate::store::{Store, StoreError, Transaction};

/// What a step answers.
#[derive(Debug)]
pub enum Answer {
    /// The sign-in is verified: a code to redeem.
    AuthorizationCode(Secret),
    /// The sign-in is verified, and our own page has the session that it asked for.
    Session(Box<Redeemed>),
    /// One more step, or an error.
    Challenge {
        /// What to say.
        body: Box<ChallengeError>,
        /// Seconds to wait before asking again.
        retry_after: Option<u64>,
    },
}

/// What our own page brings to have a session by cookie as soon as the sign-in is verified.
#[derive(Clone)]
pub struct Opening {
    /// The PKCE verifier.
    pub code_verifier: Secret,
    /// SHA-256 of what the browser's cookie says so far.
    pub replaced: Option<String>,
}

/// Why a step did not answer: the server cannot do its work now.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Too many passwords are waiting to be checked, or too many sign-ins are beginning.
    #[error("too many steps of this kind are under way")]
    Busy,
    /// The proof of the request does not count.
    #[error(transparent)]
    Proof(ProofError),
}

/// Sign-ins that may begin at the same time: nobody has shown anything yet, and the store is for the others, too.
pub const MAX_BEGINNING: usize = 32;

impl From<Busy> for StepError {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

/// Who asks for a step, and at which public address.
#[derive(Clone)]
pub struct Context {
    /// The server.
    pub server: Shared,
    /// The store, or the part of it that is kept for whoever has passed the password.
    pub store: Store,
    /// The public address that was asked.
    pub issuer: Issuer,
    /// The proof of the request, checked but not remembered yet.
    pub proof: Option<Proof>,
    /// Thumbprint of the DPoP key that the request was proven to be made with.
    pub dpop_jkt: Option<String>,
    /// What the request shows to be known by.
    pub devices: Vec<Device>,
    /// What our own page asks for a session with, in the place of an authorization code.
    pub opening: Option<Opening>,
    /// Where the request came from.
    pub caller: Caller,
}

/// Takes the step that a request asks for. Nothing is written before there is a place for it: whoever is turned away
/// takes up no time of the store.
///
/// # Errors
/// [`StepError`] where the server cannot do its work now.
pub async fn take(context: Context, request: ChallengeRequest) -> Result<Answer, StepError> {
    let ChallengeRequest { client_id, step, .. } = request;
    let server = context.server.clone();
    let held = |auth_session: Secret| Held {
        id: keys::sha256(auth_session.expose()),
        auth_session,
        client_id: client_id.clone(),
    };
    let mut answer = match step {
        ChallengeStep::Account(request) => {
            let _place = context.server.beginning.try_acquire().map_err(|_| StepError::Busy)?;
            context.spend_proof().await?;
            account::take(&context, client_id.unwrap_or_default(), request).await
        }
        ChallengeStep::Credentials { auth_session, uc_username, password } => {
            credentials::take(&context, &held(auth_session), &uc_username, &password).await
        }
        ChallengeStep::Code { auth_session, otp } => {
            let held = held(auth_session);
            let context = context.beside(&held).await?;
            code::take(&context, &held, &otp).await
        }
        ChallengeStep::Resend { auth_session } => {
            let held = held(auth_session);
            let context = context.beside(&held).await?;
            resend::take(&context, &held).await
        }
        ChallengeStep::State { auth_session } => {
            let held = held(auth_session);
            let context = context.beside(&held).await?;
            state::take(&context, &held).await
        }
    }?;
    if let Answer::Session(redeemed) = &mut answer
        && let Some(incident) = redeemed.incident.take()
    {
        incident.tell_owner(&server);
    }
    Ok(answer)
}

/// A sign-in that somebody holds the `auth_session` of.
struct Held {
    auth_session: Secret,
    id: String,
    client_id: Option<String>,
}

impl Held {
    /// Takes the sign-in for the rest of the transaction; `None` where it is unknown, expired, or begun by another
    /// client, at another address, or with a key that the request was not made with.
    async fn lock(&self, context: &Context, tx: &mut Transaction) -> Result<Option<SignIn>, StoreError> {
        let signin = SignIn::lock(tx, &self.id, context.now()).await?;
        Ok(signin.filter(|signin| self.is_for(context, signin)))
    }

    /// The same, with the account that it is for, if there is one.
    async fn lock_with_account(
        &self,
        context: &Context,
        tx: &mut Transaction,
    ) -> Result<Option<(SignIn, Option<Account>)>, StoreError> {
        let found = SignIn::lock_with_account(tx, &self.id, context.now()).await?;
        Ok(found.filter(|(signin, _)| self.is_for(context, signin)))
    }

    fn is_for(&self, context: &Context, signin: &SignIn) -> bool {
        let same_client = self.client_id.as_ref().is_none_or(|client_id| *client_id == signin.client_id);
        let same_key = signin.dpop_jkt.is_none() || signin.dpop_jkt == context.dpop_jkt;
        same_client && same_key && signin.issuer == context.issuer.as_str()
    }

    /// An answer that the sign-in can go on after.
    fn answer(&self, error: ErrorCode) -> ChallengeError {
        ChallengeError { auth_session: Some(self.auth_session.clone()), ..ChallengeError::new(error) }
    }

    /// An answer about the access code.
    fn code_answer(&self, error: ErrorCode, members: CodeMembers, signin: &SignIn, now: UnixMillis) -> ChallengeError {
        let signin_expires_in = Some(seconds_until(signin.expires_at, now));
        ChallengeError { signin_expires_in, ..self.answer(error) }.with_code(members)
    }

    /// "Credentials first", said at the account step and to whoever tries to skip one.
    fn credentials_required(&self, signin: &SignIn, now: UnixMillis) -> ChallengeError {
        ChallengeError {
            credentials_required: true,
            signin_expires_in: Some(seconds_until(signin.expires_at, now)),
            ..self.answer(ErrorCode::InsufficientAuthorization)
        }
    }
}

impl Context {
    /// The same for a sign-in, the proof having counted. Where the password has been passed, it is with the part of the
    /// store that is kept for that. Where there is no such sign-in the step will say so, and nothing is written of the
    /// proof: else anybody could make us write.
    async fn beside(mut self, held: &Held) -> Result<Self, StepError> {
        let stage = self.store.stage_of(&held.id, self.now()).await?;
        if matches!(stage, Some(Stage::Code | Stage::Verified)) {
            self.store = self.store.kept();
        }
        if stage.is_some() {
            self.spend_proof().await?;
        }
        Ok(self)
    }

    /// Lets the proof of the request count: it does so once.
    async fn spend_proof(&self) -> Result<(), StepError> {
        match &self.proof {
            Some(proof) if !self.store.remember_proof(&proof.id, proof.expires_at).await? => {
                Err(StepError::Proof(dpop::USED))
            }
            _ => Ok(()),
        }
    }

    /// The device, where it is known for the account.
    async fn device(&self, tx: &mut Transaction, account: Option<&Account>) -> Result<Option<Device>, StoreError> {
        Device::known(tx, account.map(|account| account.id.as_str()), &self.devices, self.now()).await
    }

    fn now(&self) -> UnixMillis {
        self.server.clock.now()
    }

    async fn audit(&self, tx: &mut Transaction, event: Event, outcome: Outcome, whom: &Whom) -> Result<(), StoreError> {
        let record = Record { at: self.now(), event, outcome, whom, caller: &self.caller };
        record.write(&self.server.random, tx).await
    }
}

impl From<ChallengeError> for Answer {
    fn from(body: ChallengeError) -> Self {
        Self::Challenge { body: Box::new(body), retry_after: None }
    }
}

impl From<ErrorCode> for Answer {
    fn from(error: ErrorCode) -> Self {
        ChallengeError::new(error).into()
    }
}

/// "Too soon", until a moment.
fn rate_limited(body: ChallengeError, until: UnixMillis, now: UnixMillis) -> Answer {
    Answer::Challenge { body: Box::new(body), retry_after: Some(seconds_until(until, now).max(1)) }
}

fn whom(account: Option<&Account>, signin: &SignIn) -> Whom {
    account.map_or_else(|| Whom::Unknown(signin.name_key.clone()), |account| Whom::Account(account.username.clone()))
}

/// Whether the sign-in has used up its wrong codes: then it is over, for the right code too.
fn is_exhausted(context: &Context, signin: &SignIn) -> bool {
    signin.stage == Stage::Code && signin.attempts >= i64::from(context.server.config.code.attempts)
}

/// Password failures, counted per name that was given.
fn password_throttle_key(name_key: &str) -> String {
    format!("password:{name_key}")
}

/// Code failures, counted apart, so that a right password does not wipe them out.
fn code_throttle_key(account_id: &str) -> String {
    format!("code:{account_id}")
}

/// Failures of who is signed in and changes the own password, counted apart, so that strangers cannot cause them.
#[must_use]
pub fn own_password_throttle_key(account_id: &str) -> String {
    format!("own-password:{account_id}")
}

/// Failures of a device that is known for an account.
fn device_throttle_key(account_id: &str, device: &Device) -> String {
    format!("device:{account_id}:{}", device.id())
}

/// Everything that failures of an account are counted under, but for those of client addresses.
#[must_use]
pub fn throttle_keys(keys: &Keys, account: &Account, devices: &[Device]) -> Vec<String> {
    let names = [Some(account.username.as_str()), account.email.as_deref()];
    let names = names.into_iter().flatten().filter_map(|name| AccountName::parse(name).ok());
    let passwords = names.map(|name| password_throttle_key(&account::name_key(keys, &name)));
    let devices = devices.iter().map(|device| device_throttle_key(&account.id, device));
    let others = [code_throttle_key(&account.id), own_password_throttle_key(&account.id)];
    passwords.chain(others).chain(devices).collect()
}
