//! Mails an access code: reserved in one transaction, sent, and settled in another.

use std::time::Duration;

use vestibule_protocol::{AccessCode, ErrorCode};

use super::{Answer, Context, Held, StepError, code, is_exhausted, rate_limited, state, whom};
use crate::clock::{UnixMillis, millis};
use crate::keys::Purpose;
use crate::mail::{About, Delivery, Mail};
use crate::store::accounts::Account;
use crate::store::audit::{Event, Outcome};
use crate::store::codes::{MailedCode, MailedCodeState, lock_mails, mails_since};
use crate::store::signins::{SignIn, Stage};
use crate::store::{Transaction, in_transaction};

pub(super) const HOUR: Duration = Duration::from_hours(1);

/// A mail that is counted and may go out.
pub(super) struct Mailing {
    event: Event,
    number: i64,
    account: Account,
    mail: Mail,
    /// The sign-in as it was when the mail was counted.
    revision: i64,
    /// What the sign-in and the account have had with it.
    codes: Vec<MailedCode>,
    mails: Vec<UnixMillis>,
}

/// Whether a mail may go out.
pub(super) enum Reservation {
    /// It may.
    Made(Box<Mailing>),
    /// It may not, and this is the answer.
    Refused(Answer),
}

/// Makes a new code, other than the earlier ones of the sign-in, and counts its mail, unless the sign-in or the account has
/// had its mails. `event` is what the audit trail calls it. The sign-in is saved where a mail may go out.
pub(super) async fn reserve(
    context: &Context,
    held: &Held,
    tx: &mut Transaction,
    signin: &mut SignIn,
    account: &Account,
    event: Event,
    earlier: Vec<MailedCode>,
) -> Result<Reservation, StepError> {
    let config = &context.server.config.code;
    let now = context.now();
    let Some(email) = account.email.clone() else {
        // 2FA was demanded of everybody, but there is nowhere to mail to.
        signin.delivery_failed = true;
        signin.save(tx).await?;
        context.audit(tx, event, Outcome::NotDelivered, &whom(Some(account), signin)).await?;
        tracing::warn!(username = account.username, "require_2fa is set, but the account has no e-mail address");
        let members = code::members(context, tx, signin, account).await?;
        return Ok(Reservation::Refused(held.code_answer(ErrorCode::OtpDeliveryFailed, members, signin, now).into()));
    };
    if signin.sends >= i64::from(config.sends) {
        context.audit(tx, event, Outcome::Limited, &whom(Some(account), signin)).await?;
        let members = code::members(context, tx, signin, account).await?;
        return Ok(Reservation::Refused(held.code_answer(ErrorCode::OtpSendsExhausted, members, signin, now).into()));
    }
    let device = context.device(tx, Some(account)).await?;
    lock_mails(tx, &account.id).await?;
    let mut mails = mails_since(tx, &account.id, device.as_ref(), now - millis(HOUR)).await?;
    if let Some(free_at) = hour_is_full_until(&mails, config.sends_per_hour) {
        let members = code::members(context, tx, signin, account).await?;
        let body = held.code_answer(ErrorCode::RateLimited, members, signin, now);
        context.audit(tx, event, Outcome::Limited, &whom(Some(account), signin)).await?;
        return Ok(Reservation::Refused(rate_limited(body, free_at, now)));
    }

    let (access_code, mac) = fresh_code(context, signin, &earlier);
    let mailed = MailedCode {
        number: earlier.first().map_or(1, |code| code.number + 1),
        mac,
        reference: fresh_reference(context, &earlier),
        state: MailedCodeState::Pending,
        sent_at: now,
        expires_at: now + millis(config.life),
    };
    mailed.add(tx, &signin.id, &account.id, device.as_ref()).await?;
    signin.sends += 1;
    signin.delivery_failed = false;
    signin.save(tx).await?;
    let mail = Mail {
        to: email,
        name: account.name.clone(),
        about: About::Code { code: access_code, reference: mailed.reference.clone(), life: config.life },
        locales: signin.languages(),
        at_ms: now,
        user_agent: context.caller.user_agent.clone(),
        server: signin.issuer.clone(),
        service_name: context.server.config.service_name.clone(),
    };
    mails.push(now);
    let number = mailed.number;
    let codes = [vec![mailed], earlier].concat();
    let (account, revision) = (account.clone(), signin.revision);
    Ok(Reservation::Made(Box::new(Mailing { event, number, account, mail, revision, codes, mails })))
}

/// When the oldest of the hour's mails is an hour old; `None` while there is room for another.
pub(super) fn hour_is_full_until(mails: &[i64], limit: u32) -> Option<i64> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let surplus = mails.len().checked_sub(limit)?;
    mails.get(surplus).map(|oldest| oldest + millis(HOUR))
}

/// A code that no mail of this sign-in has had before.
fn fresh_code(context: &Context, signin: &SignIn, earlier: &[MailedCode]) -> (AccessCode, String) {
    let length = context.server.config.code.length;
    loop {
        let digits = context.server.random.digits(length);
        let mac = context.server.keys.mac(Purpose::AccessCode, &[&signin.id, &digits]);
        if earlier.iter().all(|code| code.mac != mac)
            && let Ok(code) = AccessCode::parse(&digits, length, char::is_alphanumeric)
        {
            return (code, mac);
        }
    }
}

fn fresh_reference(context: &Context, earlier: &[MailedCode]) -> String {
    loop {
        let reference = context.server.random.reference();
        if earlier.iter().all(|code| code.reference != reference) {
            return reference;
        }
    }
}

/// Whether no other code of the sign-in was made after the one with this number.
fn is_newest(codes: &[MailedCode], number: i64) -> bool {
    codes.first().is_none_or(|newest| newest.number == number)
}

/// Hands the mail to the mail server and notes what became of it.
pub(super) async fn deliver(context: &Context, held: &Held, mailing: Box<Mailing>) -> Result<Answer, StepError> {
    let delivery = context.server.mailer.send(&mailing.mail).await;
    let now = context.now();
    let outcome = match &delivery {
        Delivery::Accepted => Outcome::Success,
        Delivery::Refused { reason } | Delivery::Unknown { reason } => {
            tracing::warn!(reason, "access code not delivered");
            Outcome::NotDelivered
        }
    };
    let answer = in_transaction!(context.store, |tx| {
        let Some(mut signin) = held.lock(context, &mut tx).await? else {
            return Ok(ErrorCode::InvalidSession.into());
        };
        let is_as_it_was = signin.revision == mailing.revision + 1;
        // What becomes of a mail is no news once another one has been asked for: that one counts.
        let is_latest = is_as_it_was || is_newest(&MailedCode::all(&mut tx, &signin.id).await?, mailing.number);
        // Somebody was quicker with an earlier code, or has guessed until no try was left.
        let is_over = signin.stage == Stage::Verified || is_exhausted(context, &signin);
        let is_refused = matches!(delivery, Delivery::Refused { .. });
        context.audit(&mut tx, mailing.event, outcome, &whom(Some(&mailing.account), &signin)).await?;
        if is_refused {
            MailedCode::was_refused(&mut tx, &signin.id, mailing.number).await?;
            signin.sends -= 1;
        } else if !is_over {
            // Where nobody can say, it may arrive: then it has to work.
            MailedCode::counts_from_now(&mut tx, &signin.id, mailing.number).await?;
        }
        let has_failed = is_latest && delivery != Delivery::Accepted;
        signin.delivery_failed |= has_failed;
        if has_failed || is_refused {
            signin.save(&mut tx).await?;
        }
        if is_over {
            state::answer(context, held, &mut tx, &signin, Some(mailing.account)).await?
        } else {
            // Where somebody else has taken the sign-in meanwhile, or the mail was refused, it is looked up.
            let members = if is_as_it_was && !is_refused {
                code::members_of(context, &signin, &mailing.account, &mailing.codes, &mailing.mails)
            } else {
                code::members(context, &mut tx, &signin, &mailing.account).await?
            };
            let error = if has_failed { ErrorCode::OtpDeliveryFailed } else { ErrorCode::InsufficientAuthorization };
            held.code_answer(error, members, &signin, now).into()
        }
    });
    Ok(answer)
}
