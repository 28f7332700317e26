//! Checks the password. No such account, another account, wrong password, disabled: one answer, the same work.

use vestibule_protocol::{AccountName, ErrorCode, Secret};

use super::charges::{self, Charged, Toll, Tried};
use super::delivery::{self, Reservation};
use super::{Answer, Context, Held, StepError, account, code, grant, is_exhausted, rate_limited, whom};
use crate::password::{PasswordError, Place, Prepared, prepare};
use crate::store::accounts::Account;
use crate::store::audit::{Event, Outcome};
use crate::store::codes::MailedCode;
use crate::store::signins::{SignIn, Stage};
use crate::store::{Lasts, Transaction, in_transaction};

pub(super) async fn take(
    context: &Context,
    held: &Held,
    uc_username: &str,
    password: &Secret,
) -> Result<Answer, StepError> {
    let server = &context.server;
    let prepared = match prepare(password.expose()) {
        Err(PasswordError::TooLong) => return Ok(held.answer(ErrorCode::InvalidRequest).into()),
        // No account has such a password, but that is not told faster than any other wrong one.
        Err(_) => None,
        Ok(prepared) => Some(prepared),
    };
    let place = server.hasher.admit()?;
    // Beside what is nobody's, nothing is written of a proof.
    if context.proof.is_some() && server.store.stage_of(&held.id, context.now()).await?.is_some() {
        context.spend_proof().await?;
    }
    // Whoever tries meanwhile is counted after it, and nobody is told of anything before what follows lasts.
    let charged = in_transaction!(Lasts::Soon, server.store, |tx| {
        let Some((signin, account)) = held.lock_with_account(context, &mut tx).await? else {
            return Ok(ErrorCode::InvalidSession.into());
        };
        let toll = charges::charge(context, &mut tx, account.as_ref(), &signin, Tried::Password).await?;
        (toll, signin, account)
    });
    let (charged, signin, account) = match charged {
        (Toll::Wait(until), signin, account) => {
            let whom = whom(account.as_ref(), &signin);
            in_transaction!(server.store, |tx| {
                context.audit(&mut tx, Event::Password, Outcome::Limited, &whom).await?;
            });
            return Ok(rate_limited(held.answer(ErrorCode::RateLimited), until, context.now()));
        }
        (Toll::Paid(charged), signin, account) => (charged, signin, account),
    };
    let typed = Typed { name: AccountName::parse(uc_username).ok(), password: prepared };
    let next = decide(context, held, &signin, account, &typed, &charged, &place).await;
    if next.is_err() {
        charged.take_back_untold(context).await;
    }
    match next? {
        Next::Answer(answer) => Ok(answer),
        Next::Mail(mailing) => delivery::deliver(context, held, mailing).await,
    }
}

/// What was typed.
struct Typed {
    name: Option<AccountName>,
    password: Option<Prepared>,
}

enum Next {
    Answer(Answer),
    Mail(Box<delivery::Mailing>),
}

async fn decide(
    context: &Context,
    held: &Held,
    signin: &SignIn,
    account: Option<Account>,
    typed: &Typed,
    charged: &Charged,
    place: &Place,
) -> Result<Next, StepError> {
    let server = &context.server;
    let hash = account
        .as_ref()
        .filter(|account| is_named_and_open(account, typed.name.as_ref(), context))
        .and_then(|account| account.password_hash.clone());
    let verdict = place.verify(typed.password.as_ref(), hash.clone()).await?;
    let Some(account) = account.as_ref().filter(|_| verdict.matches) else {
        return refuse(context, held, signin, account.as_ref(), charged).await;
    };
    if let (Some(old), Some(new)) = (&hash, &verdict.rehash)
        && let Err(error) = server.store.rehash_password(&account.id, old, new).await
    {
        tracing::warn!(%error, username = account.username, "a password keeps its old hash until the next sign-in");
    }
    accept(context, held, account, charged).await
}

fn is_named_and_open(account: &Account, name: Option<&AccountName>, context: &Context) -> bool {
    let is_named = name.is_some_and(|name| account::stands_for(name, account));
    let has_lapsed = account.password_expires_at.is_some_and(|at| at <= context.now());
    is_named && !account.disabled && !has_lapsed
}

async fn refuse(
    context: &Context,
    held: &Held,
    signin: &SignIn,
    account: Option<&Account>,
    charged: &Charged,
) -> Result<Next, StepError> {
    in_transaction!(context.store, |tx| {
        context.audit(&mut tx, Event::Password, Outcome::Failure, &whom(account, signin)).await?;
        charged.settle(context, &mut tx, account, signin).await?;
    });
    Ok(Next::Answer(held.answer(ErrorCode::InvalidCredentials).into()))
}

/// The password was right: the sign-in is verified, or waits for a code.
async fn accept(context: &Context, held: &Held, account: &Account, charged: &Charged) -> Result<Next, StepError> {
    // What has been mailed is answered only after what became of that lasts, and this with it.
    let lasts = if is_mailed(context, account) { Lasts::Soon } else { Lasts::AtOnce };
    let mut tx = context.store.begin_what(lasts).await?;
    let mut next = accept_within(context, held, &mut tx, account, charged).await?;
    // No mail after all: then nothing that lasts comes before the answer, and it is taken anew so as to last itself.
    if tx.lasts() == Lasts::Soon && matches!(next, Next::Answer(_)) {
        tx.rollback().await?;
        tx = context.store.begin().await?;
        next = accept_within(context, held, &mut tx, account, charged).await?;
    }
    tx.commit().await?;
    Ok(next)
}

async fn accept_within(
    context: &Context,
    held: &Held,
    tx: &mut Transaction,
    account: &Account,
    charged: &Charged,
) -> Result<Next, StepError> {
    // The sign-in first, as when it was charged: else two could wait for each other.
    let signin = held.lock(context, tx).await?;
    charged.take_back(tx).await?;
    match signin {
        Some(mut signin) => go_on(context, held, tx, &mut signin, account).await,
        // Whoever changed the password meanwhile ended the sign-in with it.
        None => Ok(Next::Answer(ErrorCode::InvalidSession.into())),
    }
}

/// Whether the password alone is not enough.
fn is_mailed(context: &Context, account: &Account) -> bool {
    account.two_factor || context.server.config.require_2fa
}

async fn go_on(
    context: &Context,
    held: &Held,
    tx: &mut Transaction,
    signin: &mut SignIn,
    account: &Account,
) -> Result<Next, StepError> {
    context.audit(tx, Event::Password, Outcome::Success, &whom(Some(account), signin)).await?;
    let moves_on = signin.stage == Stage::Credentials;
    if moves_on {
        signin.stage = Stage::Code;
        if !is_mailed(context, account) {
            return Ok(Next::Answer(grant::verify(context, tx, signin, account).await?));
        }
    }
    let next = match signin.stage {
        Stage::Verified => Next::Answer(grant::answer(context, tx, signin, account).await?),
        _ => mail_unless_one_lives(context, held, tx, signin, account).await?,
    };
    // With a mail that may go out it is saved already.
    if moves_on && !matches!(next, Next::Mail(_)) {
        signin.save(tx).await?;
    }
    Ok(next)
}

async fn mail_unless_one_lives(
    context: &Context,
    held: &Held,
    tx: &mut Transaction,
    signin: &mut SignIn,
    account: &Account,
) -> Result<Next, StepError> {
    let now = context.now();
    if is_exhausted(context, signin) {
        return Ok(Next::Answer(ErrorCode::OtpAttemptsExhausted.into()));
    }
    let codes = match signin.sends {
        // Each code is counted as a mail, and goes with it.
        0 => Vec::new(),
        _ => MailedCode::all(tx, &signin.id).await?,
    };
    if codes.iter().any(|code| code.counts(now)) {
        let members = code::members(context, tx, signin, account).await?;
        let answer = held.code_answer(ErrorCode::InsufficientAuthorization, members, signin, now);
        return Ok(Next::Answer(answer.into()));
    }
    Ok(match delivery::reserve(context, held, tx, signin, account, Event::CodeSent, codes).await? {
        Reservation::Made(mailing) => Next::Mail(mailing),
        Reservation::Refused(answer) => Next::Answer(answer),
    })
}
