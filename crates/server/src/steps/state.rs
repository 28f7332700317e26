//! Says what a sign-in waits for. No mail, no attempt counted.

use vestibule_protocol::ErrorCode;

use super::{Answer, Context, Held, StepError, code, grant, is_exhausted};
use crate::store::Transaction;
use crate::store::accounts::Account;
use crate::store::in_transaction;
use crate::store::signins::{SignIn, Stage};

pub(super) async fn take(context: &Context, held: &Held) -> Result<Answer, StepError> {
    let answer = in_transaction!(context.store, |tx| {
        let Some((signin, account)) = held.lock_with_account(context, &mut tx).await? else {
            return Ok(ErrorCode::InvalidSession.into());
        };
        answer(context, held, &mut tx, &signin, account).await?
    });
    Ok(answer)
}

/// What the sign-in waits for.
pub(super) async fn answer(
    context: &Context,
    held: &Held,
    tx: &mut Transaction,
    signin: &SignIn,
    account: Option<Account>,
) -> Result<Answer, StepError> {
    let now = context.now();
    match signin.stage {
        Stage::Credentials => return Ok(held.credentials_required(signin, now).into()),
        Stage::Code if is_exhausted(context, signin) => return Ok(ErrorCode::OtpAttemptsExhausted.into()),
        Stage::Code | Stage::Verified => {}
    }
    let Some(account) = account else { return Ok(ErrorCode::InvalidSession.into()) };
    if signin.stage == Stage::Verified {
        return Ok(grant::answer(context, tx, signin, &account).await?);
    }
    let members = code::members(context, tx, signin, &account).await?;
    Ok(held.code_answer(ErrorCode::InsufficientAuthorization, members, signin, now).into())
}
