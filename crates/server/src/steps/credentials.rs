//! Checks the password. No such account, another account, wrong password, disabled: one answer, the same work.

use vestibule_protocol::{AccountName, ErrorCode, Secret};

use super::delivery::{self, Reservation};
use super::{
    Answer, Context, Held, StepError, account, code, grant, is_exhausted, password_throttle_key, rate_limited, whom,
};
use crate::password::{PasswordError, prepare};
use crate::store::accounts::Account;
use crate::store::audit::{Event, Outcome};
use crate::store::codes::MailedCode;
use crate::store::signins::{SignIn, Stage};
use crate::store::throttle::{self, Charge, Limit, Verdict};
use crate::store::{Transaction, in_transaction};

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
    let charged = in_transaction!(server.store, |tx| {
        let Some(signin) = held.lock(context, &mut tx).await? else {
            return Ok(ErrorCode::InvalidSession.into());
        };
        let key = password_throttle_key(&signin.name_key);
        let verdict =
            throttle::charge(&mut tx, &key, context.now(), Limit::GrowingWaits(&server.config.throttle)).await?;
        let account = super::account_of(&mut tx, &signin).await?;
        if let Verdict::Wait(_) = verdict {
            context.audit(&mut tx, Event::Password, Outcome::Limited, &whom(account.as_ref(), &signin)).await?;
        }
        (verdict, signin, account)
    });
    let (charge, signin, account) = match charged {
        (Verdict::Wait(until), ..) => {
            return Ok(rate_limited(held.answer(ErrorCode::RateLimited), until, context.now()));
        }
        (Verdict::Charged(charge), signin, account) => (charge, signin, account),
    };

    let named = match AccountName::parse(uc_username) {
        Ok(name) => account::find_account(&server.store, &name).await?,
        Err(_) => None,
    };
    let hash = account
        .as_ref()
        .filter(|account| is_named_and_open(account, named.as_ref(), context))
        .and_then(|account| account.password_hash.clone());
    let verdict = match server.hasher.verify(prepared.as_ref(), hash.clone()).await {
        Ok(verdict) => verdict,
        Err(busy) => {
            // Nothing was checked, so nothing failed: the person must not wait for our sake.
            in_transaction!(server.store, |tx| {
                throttle::take_back(&mut tx, &password_throttle_key(&signin.name_key), &charge).await?;
            });
            return Err(busy.into());
        }
    };
    let Some(account) = account.filter(|_| verdict.matches) else {
        return refuse(context, held, &signin).await;
    };
    if let (Some(old), Some(new)) = (&hash, &verdict.rehash) {
        server.store.rehash_password(&account.id, old, new).await?;
    }
    accept(context, held, &account, charge).await
}

fn is_named_and_open(account: &Account, named: Option<&Account>, context: &Context) -> bool {
    let is_named = named.is_some_and(|named| named.id == account.id);
    let has_lapsed = account.password_expires_at.is_some_and(|at| at <= context.now());
    is_named && !account.disabled && !has_lapsed
}

async fn refuse(context: &Context, held: &Held, signin: &SignIn) -> Result<Answer, StepError> {
    in_transaction!(context.server.store, |tx| {
        let account = super::account_of(&mut tx, signin).await?;
        context.audit(&mut tx, Event::Password, Outcome::Failure, &whom(account.as_ref(), signin)).await?;
    });
    Ok(held.answer(ErrorCode::InvalidCredentials).into())
}

/// The password was right: the sign-in is verified, or waits for a code.
async fn accept(context: &Context, held: &Held, account: &Account, charge: Charge) -> Result<Answer, StepError> {
    let next = in_transaction!(context.server.store, |tx| {
        // Whoever changed the password meanwhile ended the sign-in with it.
        let Some(mut signin) = held.lock(context, &mut tx).await? else {
            return Ok(ErrorCode::InvalidSession.into());
        };
        throttle::take_back(&mut tx, &password_throttle_key(&signin.name_key), &charge).await?;
        context.audit(&mut tx, Event::Password, Outcome::Success, &whom(Some(account), &signin)).await?;
        if signin.stage == Stage::Credentials {
            signin.stage = Stage::Code;
            if !account.two_factor && !context.server.config.require_2fa {
                grant::verify(context, &mut tx, &mut signin).await?;
            }
            signin.save(&mut tx).await?;
        }
        match signin.stage {
            Stage::Verified => Next::Answer(grant::answer(context, &mut tx, &signin).await?),
            _ => mail_unless_one_lives(context, held, &mut tx, &mut signin, account).await?,
        }
    });
    match next {
        Next::Answer(answer) => Ok(answer),
        Next::Mail(mailing) => delivery::deliver(context, held, mailing).await,
    }
}

enum Next {
    Answer(Answer),
    Mail(Box<delivery::Mailing>),
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
    let codes = MailedCode::all(tx, &signin.id).await?;
    if codes.iter().any(|code| code.counts(now)) {
        let members = code::members(context, tx, signin, account).await?;
        let answer = held.code_answer(ErrorCode::InsufficientAuthorization, members, signin, now);
        return Ok(Next::Answer(answer.into()));
    }
    Ok(match delivery::reserve(context, held, tx, signin, account).await? {
        Reservation::Made(mailing) => Next::Mail(mailing),
        Reservation::Refused(answer) => Next::Answer(answer),
    })
}
