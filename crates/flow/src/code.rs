//! The fourth stage: the access code from the mail.

use vestibule_protocol::{AccessCode, AccessCodeError, ChallengeStep, CodeMembers, Secret};

use crate::{Browser, Failure, Stage, SubmittedBy, act::Act, trouble::Trouble, turn::Turn};

/// Why the code was not taken, or no new one sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// What was typed is no code. It was not sent, and cost no attempt.
    Malformed(AccessCodeError),
    /// Wrong: so many attempts are left.
    Wrong(u64),
    /// Right once, but too late: a new one is needed.
    Expired,
    /// A newer mail was sent: its code counts.
    Superseded,
    /// No more mails in this sign-in. The last code still counts.
    SendsExhausted,
    /// The mail server did not take the mail: Resend works at once.
    NotDelivered,
    /// Whatever can happen to a request.
    Failure(Failure),
}

/// The access code that the server waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What the server said of it.
    pub members: CodeMembers,
    /// When it said so, in milliseconds of the monotonic clock.
    pub as_of: u64,
    /// Counts the mails of this sign-in that the page knows of: a new number is a new mail.
    pub mail: u32,
    auto: AutoSubmit,
}

/// Whether the last digit submits by itself: once per mail, and never after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AutoSubmit {
    Armed,
    Spent,
}

impl Code {
    pub(crate) fn new(members: CodeMembers, now: u64) -> Self {
        Self { members, as_of: now, mail: 1, auto: AutoSubmit::Armed }
    }

    /// The same code as the server sees it now. A new reference is a new mail.
    pub(crate) fn update(&mut self, members: CodeMembers, now: u64) {
        if members.reference != self.members.reference {
            self.mail += 1;
            self.auto = AutoSubmit::Armed;
        }
        self.members = members;
        self.as_of = now;
    }

    /// Digits of the code.
    #[must_use]
    pub fn length(&self) -> usize {
        usize::try_from(self.members.length).unwrap_or(6)
    }

    /// Whether the last digit submits the code by itself: once per mail, and never after a refusal.
    #[must_use]
    pub fn submits_by_itself(&self) -> bool {
        self.auto == AutoSubmit::Armed
    }

    /// Life left in whole seconds, rounded up; `None` while no code counts.
    #[must_use]
    pub fn expires_in(&self, now: u64) -> Option<u64> {
        self.members.expires_in.map(|seconds| self.left(seconds, now))
    }

    /// Whole seconds, rounded up, until a resend is answered; 0 if at once.
    #[must_use]
    pub fn resend_in(&self, now: u64) -> u64 {
        self.left(self.members.resend_in, now)
    }

    /// Whole seconds since the code was sent; `None` while no code counts.
    #[must_use]
    pub fn sent_ago(&self, now: u64) -> Option<u64> {
        self.members.sent_ago.map(|seconds| seconds.saturating_add(now.saturating_sub(self.as_of) / 1000))
    }

    fn left(&self, seconds: u64, now: u64) -> u64 {
        let end = self.as_of.saturating_add(seconds.saturating_mul(1000));
        // A clock that ticks may not have ticked yet since the server spoke.
        end.saturating_sub(now.max(self.as_of)).div_ceil(1000)
    }
}

impl<U: Browser> Turn<'_, U> {
    pub(crate) fn code(&mut self, typed: &str, by: SubmittedBy) {
        if self.state.stage != Stage::Code {
            return;
        }
        let Some(code) = self.state.code() else { return };
        let is_spent = code.auto == AutoSubmit::Spent;
        let parsed = AccessCode::parse(typed, code.length(), U::is_alphanumeric);
        if by == SubmittedBy::LastDigit && (is_spent || parsed.is_err()) {
            return;
        }
        self.clear();
        match parsed {
            Err(error) => self.refuse(Trouble::Code(Error::Malformed(error))),
            Ok(otp) => self.send_code(otp.expose().into()),
        }
    }

    fn send_code(&mut self, otp: Secret) {
        if self.load_with_tokens() {
            return;
        }
        let Some(sign_in) = self.state.sign_in_mut() else { return };
        if let Some(code) = &mut sign_in.code {
            code.auto = AutoSubmit::Spent;
        }
        let auth_session = sign_in.auth_session.clone();
        self.challenge(Act::Code, ChallengeStep::Code { auth_session, otp });
    }

    pub(crate) fn resend(&mut self) {
        if self.state.stage != Stage::Code {
            return;
        }
        let Some(sign_in) = self.state.sign_in() else { return };
        let Some(code) = &sign_in.code else { return };
        let auth_session = sign_in.auth_session.clone();
        let reference = code.members.reference.clone();
        if code.resend_in(self.moment.now) > 0 {
            return;
        }
        self.clear();
        self.challenge(Act::Resend { reference }, ChallengeStep::Resend { auth_session });
    }
}
