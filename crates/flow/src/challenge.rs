//! What the answers of the Authorization Challenge Endpoint mean at each step.

use vestibule_protocol::{AuthorizationCode, ChallengeError, CodeMembers, ErrorCode, Secret};

use crate::{
    Browser, Failure, Reply, Stage, account,
    act::{Act, Opening, Why},
    code::{self, Code},
    credentials,
    effect::History,
    state::{Progress, SignIn},
    stored::Account,
    trouble::{Notice, Trouble},
    turn::Turn,
};

impl<U: Browser> Turn<'_, U> {
    pub(crate) fn challenged(&mut self, act: Act, reply: Reply) {
        match reply {
            Reply::Granted(code) => self.granted(&act, code),
            Reply::Me(me) => self.opened_at_once(act, *me),
            Reply::Challenged(answer, retry_after) => self.answered(act, &answer, retry_after),
            Reply::Lost(lost) => self.failed(act, lost.into()),
            _ => self.failed(act, Failure::Misunderstood),
        }
    }

    fn granted(&mut self, act: &Act, code: AuthorizationCode) {
        match act {
            // Nothing has been proven yet: a server that grants now is none of ours.
            Act::Begin { .. } => self.fail(Failure::Misunderstood),
            Act::Ask(Why::Reopen) => self.open(code, Opening::Again),
            _ => self.open(code, Opening::First),
        }
    }

    fn answered(&mut self, act: Act, answer: &ChallengeError, retry_after: Option<u64>) {
        // The newest one given is the one to use (first-party apps §5.3.1).
        if let (Some(newest), false) = (&answer.auth_session, matches!(act, Act::Begin { .. }))
            && let Some(sign_in) = self.state.sign_in_mut()
            && sign_in.auth_session.expose() != newest.expose()
        {
            sign_in.auth_session = newest.clone();
            self.record_sign_in();
            self.store();
        }
        match &answer.error {
            ErrorCode::InvalidSession => return self.restart(Notice::SignInExpired),
            ErrorCode::OtpAttemptsExhausted => return self.restart(Notice::AttemptsExhausted),
            _ => {}
        }
        let failure = Failure::of(&answer.error, retry_after, self.moment.now);
        match act {
            Act::Begin { account, verifier, password } => {
                self.begun(account, verifier, password, answer, failure);
            }
            Act::Credentials => self.credentials_answered(answer, failure),
            Act::Code => self.code_answered(answer, failure),
            Act::Resend { reference } => self.resend_answered(reference.as_ref(), answer, failure),
            Act::Ask(why) => self.told(why, answer, failure),
            _ => {}
        }
    }

    fn begun(
        &mut self,
        account: Account,
        verifier: Secret,
        password: Option<Secret>,
        answer: &ChallengeError,
        failure: Failure,
    ) {
        if answer.error == ErrorCode::InvalidPhoneNumber {
            if self.state.stage != Stage::Account {
                self.show(Stage::Account, History::Push);
            }
            return self.refuse(Trouble::Account(account::Error::CellNumberRefused));
        }
        let is_begun = answer.error == ErrorCode::InsufficientAuthorization;
        let (Some(auth_session), true) = (answer.auth_session.clone(), is_begun) else { return self.fail(failure) };
        self.state.record.username = Some(account.name.clone());
        if account.cell_number.is_some() {
            self.state.record.cell_number.clone_from(&account.cell_number);
        }
        if let Progress::Connected(connection) = &mut self.state.progress {
            connection.sign_in = Some(SignIn { account, verifier, auth_session, code: None, tokens: None });
        }
        match password {
            None => self.keep(Stage::Credentials),
            Some(password) => {
                self.record_sign_in();
                self.store();
                self.send_credentials(password);
            }
        }
    }

    fn credentials_answered(&mut self, answer: &ChallengeError, failure: Failure) {
        match (&answer.error, answer.code()) {
            (ErrorCode::InsufficientAuthorization | ErrorCode::OtpDeliveryFailed, Some(members)) => {
                self.set_code(members);
                self.keep(Stage::Code);
            }
            (ErrorCode::OtpDeliveryFailed, None) => self.ask(Why::Credentials(failure)),
            // No code counts any more, and this sign-in sends no other.
            (ErrorCode::OtpSendsExhausted, _) => self.restart(Notice::SendsExhausted),
            (ErrorCode::InvalidCredentials, _) => {
                self.refuse(Trouble::Credentials(credentials::Error::Refused));
            }
            _ => self.fail(failure),
        }
    }

    fn code_answered(&mut self, answer: &ChallengeError, failure: Failure) {
        let members = answer.code();
        let left = members.as_ref().map_or(1, |members| members.attempts_remaining);
        if let Some(members) = members {
            self.set_code(members);
        }
        let error = match answer.error {
            ErrorCode::InvalidOtp => code::Error::Wrong(left),
            ErrorCode::SupersededOtp => code::Error::Superseded,
            ErrorCode::ExpiredOtp | ErrorCode::InsufficientAuthorization if answer.otp_required => code::Error::Expired,
            ErrorCode::ExpiredOtp => code::Error::Expired,
            ErrorCode::OtpDeliveryFailed => code::Error::NotDelivered,
            ErrorCode::InsufficientAuthorization if answer.credentials_required => return self.back_to_credentials(),
            _ => code::Error::Failure(failure),
        };
        self.refuse(Trouble::Code(error));
    }

    fn resend_answered(&mut self, before: Option<&String>, answer: &ChallengeError, failure: Failure) {
        let is_new = answer.code().is_some_and(|members| members.reference.as_ref() != before);
        if let Some(members) = answer.code() {
            self.set_code(members);
        }
        let error = match answer.error {
            ErrorCode::InsufficientAuthorization if answer.otp_required => return self.finish(),
            // The answer to an earlier resend was lost, but its mail went out.
            ErrorCode::RateLimited if is_new => return self.finish(),
            ErrorCode::InsufficientAuthorization if answer.credentials_required => return self.back_to_credentials(),
            ErrorCode::OtpSendsExhausted if !self.has_live_code() => return self.restart(Notice::SendsExhausted),
            ErrorCode::OtpSendsExhausted => code::Error::SendsExhausted,
            ErrorCode::OtpDeliveryFailed => code::Error::NotDelivered,
            _ => code::Error::Failure(failure),
        };
        self.refuse(Trouble::Code(error));
    }

    /// The server has told what the sign-in waits for.
    fn told(&mut self, why: Why, answer: &ChallengeError, failure: Failure) {
        let members = answer.code();
        if members.is_none() && !answer.credentials_required {
            return self.failed(Act::Ask(why), failure);
        }
        let is_new = |before: Option<&String>| members.as_ref().is_some_and(|now| now.reference.as_ref() != before);
        let is_resent = matches!(&why, Why::Resend(_, before) if is_new(before.as_ref()));
        match members.clone() {
            Some(members) => self.set_code(members),
            None => self.forget_code(),
        }
        match why {
            Why::Resume(stage) => {
                self.show(stage.min(self.state.furthest()), History::Replace);
            }
            Why::Credentials(_) if members.is_some() => self.keep(Stage::Code),
            Why::Resend(..) if is_resent => self.finish(),
            Why::Code(_) | Why::Resend(..) | Why::Reopen | Why::Check
                if self.state.stage == Stage::Code && members.is_none() =>
            {
                self.back_to_credentials();
            }
            Why::Credentials(failure) | Why::Code(failure) | Why::Resend(failure, _) => self.fail(failure),
            Why::Reopen => self.fail(Failure::NoAnswer),
            Why::Check => self.finish(),
        }
    }

    fn back_to_credentials(&mut self) {
        self.forget_code();
        self.show(Stage::Credentials, History::Replace);
    }

    /// Whether the server has said of a code that it still counts.
    fn has_live_code(&self) -> bool {
        let code = self.state.code();
        code.and_then(|code| code.expires_in(self.moment.now)).is_some_and(|seconds| seconds > 0)
    }

    fn forget_code(&mut self) {
        if let Some(sign_in) = self.state.sign_in_mut() {
            sign_in.code = None;
        }
    }

    fn set_code(&mut self, members: CodeMembers) {
        let now = self.moment.now;
        if let Some(sign_in) = self.state.sign_in_mut() {
            match &mut sign_in.code {
                Some(code) => code.update(members, now),
                none => *none = Some(Code::new(members, now)),
            }
        }
    }
}
