//! Checks the access code.

use vestibule_protocol::{AccessCode, CodeMembers, ErrorCode, Secret};

use super::charges::{self, Toll, Tried};
use super::{Answer, Context, Held, StepError, delivery, grant, is_exhausted, rate_limited, resend, state, whom};
use crate::clock::{UnixMillis, millis, seconds_since, seconds_until};
use crate::keys::{self, Purpose};
use crate::mail::Warning;
use crate::password::mask_email;
use crate::store::accounts::Account;
use crate::store::audit::{Event, Outcome};
use crate::store::codes::{MailedCode, MailedCodeState, is_known_wrong, mails_since, remember_wrong};
use crate::store::signins::{SignIn, Stage};
use crate::store::{StoreError, Transaction, in_transaction};
use crate::warnings::Incident;

pub(super) async fn take(context: &Context, held: &Held, otp: &Secret) -> Result<Answer, StepError> {
    let Ok(code) = AccessCode::parse(otp.expose(), context.server.config.code.length, char::is_alphanumeric) else {
        return Ok(held.answer(ErrorCode::InvalidRequest).into());
    };
    let Checked { answer, incident } = in_transaction!(context.store, |tx| {
        let Some((mut signin, account)) = held.lock_with_account(context, &mut tx).await? else {
            return Ok(ErrorCode::InvalidSession.into());
        };
        let mac = context.server.keys.mac(Purpose::AccessCode, &[&signin.id, code.expose()]);
        match account {
            Some(account) if signin.stage != Stage::Credentials && !is_exhausted(context, &signin) => {
                check(context, held, &mut tx, &mut signin, &account, &mac).await?
            }
            account => {
                if is_exhausted(context, &signin) {
                    context.audit(&mut tx, Event::Code, Outcome::Exhausted, &whom(account.as_ref(), &signin)).await?;
                }
                state::answer(context, held, &mut tx, &signin, account).await?.into()
            }
        }
    });
    if let Some(incident) = incident {
        incident.tell_owner(&context.server);
    }
    Ok(answer)
}

/// What came of a code.
struct Checked {
    answer: Answer,
    /// What to tell the owner, once it is committed.
    incident: Option<Incident>,
}

impl From<Answer> for Checked {
    fn from(answer: Answer) -> Self {
        Self { answer, incident: None }
    }
}

/// What a code turned out to be.
enum Finding {
    /// The one that counts.
    Right,
    /// Wrong, and not counted before.
    Wrong,
    /// Any other: right once, or counted before. It costs nothing.
    Free(ErrorCode),
}

async fn check(
    context: &Context,
    held: &Held,
    tx: &mut Transaction,
    signin: &mut SignIn,
    account: &Account,
    mac: &str,
) -> Result<Checked, StepError> {
    let now = context.now();
    let codes = MailedCode::all(tx, &signin.id).await?;
    // The code that a sign-in was verified with stays right: its answer may be lost.
    let finding = find(&codes, mac, signin.verified_at.unwrap_or(now));
    let finding = match finding {
        Finding::Wrong if is_known_wrong(tx, &signin.id, mac).await? => Finding::Free(ErrorCode::InvalidOtp),
        // A verified sign-in has nothing to guess any more.
        Finding::Wrong if signin.stage == Stage::Verified => Finding::Free(ErrorCode::InvalidOtp),
        finding => finding,
    };
    let whom = whom(Some(account), signin);
    let error = match finding {
        Finding::Free(error) => {
            context.audit(tx, Event::Code, Outcome::Stale, &whom).await?;
            error
        }
        Finding::Right if signin.stage == Stage::Verified => {
            return Ok(grant::answer(context, tx, signin, account).await?.into());
        }
        Finding::Right | Finding::Wrong => {
            let tried = if let Finding::Right = finding { Tried::RightCode } else { Tried::Code };
            let charged = match charges::charge(context, tx, Some(account), signin, tried).await? {
                Toll::Paid(charged) => charged,
                Toll::Wait(until) => {
                    context.audit(tx, Event::Code, Outcome::Limited, &whom).await?;
                    let members = members(context, tx, signin, account).await?;
                    return Ok(rate_limited(
                        held.code_answer(ErrorCode::RateLimited, members, signin, now),
                        until,
                        now,
                    )
                    .into());
                }
            };
            if let Finding::Right = finding {
                context.audit(tx, Event::Code, Outcome::Success, &whom).await?;
                return Ok(grant::verify(context, tx, signin, account).await?.into());
            }
            remember_wrong(tx, &signin.id, mac).await?;
            signin.attempts += 1;
            signin.save(tx).await?;
            charged.settle(context, tx, Some(account), signin).await?;
            if is_exhausted(context, signin) {
                context.audit(tx, Event::Code, Outcome::Exhausted, &whom).await?;
                let incident = Incident {
                    warning: Warning::CodesExhausted,
                    account: account.clone(),
                    locales: signin.languages(),
                    issuer: signin.issuer.clone(),
                    caller: context.caller.clone(),
                };
                return Ok(Checked { answer: ErrorCode::OtpAttemptsExhausted.into(), incident: Some(incident) });
            }
            context.audit(tx, Event::Code, Outcome::Failure, &whom).await?;
            ErrorCode::InvalidOtp
        }
    };
    let members = members(context, tx, signin, account).await?;
    Ok(Answer::from(held.code_answer(error, members, signin, now)).into())
}

/// Compares with every code of the sign-in, in constant time each, as they were at a moment.
fn find(codes: &[MailedCode], mac: &str, at: UnixMillis) -> Finding {
    let mut finding = Finding::Wrong;
    for code in codes {
        if keys::same(&code.mac, mac) {
            finding = match code.state {
                MailedCodeState::Superseded => Finding::Free(ErrorCode::SupersededOtp),
                MailedCodeState::Pending | MailedCodeState::Live if code.expires_at <= at => {
                    Finding::Free(ErrorCode::ExpiredOtp)
                }
                MailedCodeState::Pending | MailedCodeState::Live => Finding::Right,
            };
        }
    }
    finding
}

impl MailedCode {
    /// Whether this code would be accepted now.
    pub(super) fn counts(&self, now: i64) -> bool {
        matches!(self.state, MailedCodeState::Pending | MailedCodeState::Live) && self.expires_at > now
    }
}

/// What the person is told about the code that counts.
pub(super) async fn members(
    context: &Context,
    tx: &mut Transaction,
    signin: &SignIn,
    account: &Account,
) -> Result<CodeMembers, StoreError> {
    let codes = MailedCode::all(tx, &signin.id).await?;
    let device = context.device(tx, Some(account)).await?;
    let mails = mails_since(tx, &account.id, device.as_ref(), context.now() - millis(delivery::HOUR)).await?;
    Ok(members_of(context, signin, account, &codes, &mails))
}

/// The same where it is known which codes the sign-in has had, and when the account was mailed.
pub(super) fn members_of(
    context: &Context,
    signin: &SignIn,
    account: &Account,
    codes: &[MailedCode],
    mails: &[UnixMillis],
) -> CodeMembers {
    let config = &context.server.config.code;
    let now = context.now();
    let newest = codes.iter().find(|code| matches!(code.state, MailedCodeState::Pending | MailedCodeState::Live));
    let hour_full_until = delivery::hour_is_full_until(mails, config.sends_per_hour).unwrap_or(0);
    let left = |limit: u32, used: i64| u64::try_from(i64::from(limit) - used).unwrap_or(0);
    CodeMembers {
        length: config.length as u64,
        destination: account.email.as_deref().map(mask_email).unwrap_or_default(),
        reference: newest.map(|code| code.reference.clone()),
        sent_ago: newest.map(|code| seconds_since(code.sent_at, now)),
        expires_in: newest.map(|code| seconds_until(code.expires_at, now)),
        resend_in: seconds_until(resend::possible_at(context, signin, codes).max(hour_full_until), now),
        attempts_remaining: left(config.attempts, signin.attempts),
        sends_remaining: left(config.sends, signin.sends),
        delivery_failed: signin.delivery_failed,
    }
}
