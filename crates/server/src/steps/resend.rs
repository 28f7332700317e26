//! Mails a new access code. It checks nothing, and gives no new attempts.

use vestibule_protocol::ErrorCode;

use super::delivery::{self, Reservation};
use super::{Answer, Context, Held, StepError, code, is_exhausted, rate_limited, state, whom};
use crate::clock::{UnixMillis, millis};
use crate::store::audit::{Event, Outcome};
use crate::store::codes::MailedCode;
use crate::store::in_transaction;
use crate::store::signins::{SignIn, Stage};

pub(super) async fn take(context: &Context, held: &Held) -> Result<Answer, StepError> {
    let reservation = in_transaction!(context.store, |tx| {
        let Some((mut signin, account)) = held.lock_with_account(context, &mut tx).await? else {
            return Ok(ErrorCode::InvalidSession.into());
        };
        match account {
            Some(account) if signin.stage == Stage::Code && !is_exhausted(context, &signin) => {
                let codes = MailedCode::all(&mut tx, &signin.id).await?;
                let possible_at = possible_at(context, &signin, &codes);
                let now = context.now();
                if possible_at > now {
                    context.audit(&mut tx, Event::CodeResent, Outcome::Limited, &whom(Some(&account), &signin)).await?;
                    let members = code::members(context, &mut tx, &signin, &account).await?;
                    let body = held.code_answer(ErrorCode::RateLimited, members, &signin, now);
                    Reservation::Refused(rate_limited(body, possible_at, now))
                } else {
                    delivery::reserve(context, held, &mut tx, &mut signin, &account, Event::CodeResent, codes).await?
                }
            }
            account => {
                if is_exhausted(context, &signin) {
                    context
                        .audit(&mut tx, Event::CodeResent, Outcome::Exhausted, &whom(account.as_ref(), &signin))
                        .await?;
                }
                Reservation::Refused(state::answer(context, held, &mut tx, &signin, account).await?)
            }
        }
    });
    match reservation {
        Reservation::Made(mailing) => delivery::deliver(context, held, mailing).await,
        Reservation::Refused(answer) => Ok(answer),
    }
}

/// When the next mail may go out: a while after the last one, at once after a failure.
pub(super) fn possible_at(context: &Context, signin: &SignIn, codes: &[MailedCode]) -> UnixMillis {
    if signin.delivery_failed {
        return 0;
    }
    codes.first().map_or(0, |code| code.sent_at + millis(context.server.config.code.resend_after))
}
