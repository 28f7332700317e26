//! The steps of a sign-in there.

use vestibule_protocol::{AuthorizationCode, ChallengeError, ChallengeRequest, ChallengeStep, CodeMembers, ErrorCode};

use super::{Asked, Model, SignIn, WaitsFor};
use crate::{Reply, testing::members};

const ATTEMPTS: u64 = 3;
const SENDS: usize = 3;

impl Model {
    pub(super) fn challenge(&mut self, request: &ChallengeRequest, prover: Option<usize>) -> Reply {
        match self.step(request, prover) {
            Reply::Granted(code) if request.code_verifier.is_some() && !self.is_older => {
                self.open_by_cookie(code.authorization_code.expose())
            }
            reply => reply,
        }
    }

    fn step(&mut self, request: &ChallengeRequest, prover: Option<usize>) -> Reply {
        match &request.step {
            ChallengeStep::Account(account) => {
                self.sign_ins.push(SignIn {
                    name: account.username.clone(),
                    waits_for: WaitsFor::Credentials,
                    codes: Vec::new(),
                    attempts: ATTEMPTS,
                    is_live: false,
                    code: Asked::Not,
                    key: prover,
                });
                self.state(self.sign_ins.len() - 1, ErrorCode::InsufficientAuthorization)
            }
            ChallengeStep::Credentials { auth_session, uc_username, password } => {
                self.with(auth_session.expose(), prover, |model, index| {
                    let sign_in = &mut model.sign_ins[index];
                    if password.expose() != model.password || *uc_username != sign_in.name {
                        return model.state(index, ErrorCode::InvalidCredentials);
                    }
                    if uc_username == "plain" {
                        sign_in.waits_for = WaitsFor::Nothing;
                    } else if sign_in.waits_for == WaitsFor::Credentials {
                        sign_in.waits_for = WaitsFor::Code;
                        sign_in.code = Asked::AndNotGiven;
                    }
                    let needs_mail = sign_in.waits_for == WaitsFor::Code && !sign_in.is_live;
                    if needs_mail && !model.mail(index) {
                        return model.state(index, ErrorCode::OtpSendsExhausted);
                    }
                    model.state(index, ErrorCode::InsufficientAuthorization)
                })
            }
            ChallengeStep::Code { auth_session, otp } => {
                self.with(auth_session.expose(), prover, |model, index| model.code(index, otp.expose()))
            }
            ChallengeStep::Resend { auth_session } => self.with(auth_session.expose(), prover, |model, index| {
                if model.sign_ins[index].waits_for == WaitsFor::Code && !model.mail(index) {
                    return model.state(index, ErrorCode::OtpSendsExhausted);
                }
                model.state(index, ErrorCode::InsufficientAuthorization)
            }),
            ChallengeStep::State { auth_session } => self.with(auth_session.expose(), prover, |model, index| {
                model.state(index, ErrorCode::InsufficientAuthorization)
            }),
        }
    }

    fn with(
        &mut self,
        auth_session: &str,
        prover: Option<usize>,
        step: impl FnOnce(&mut Self, usize) -> Reply,
    ) -> Reply {
        let index = auth_session.strip_prefix("session-").and_then(|index| index.parse::<usize>().ok());
        let key = index.and_then(|index| self.sign_ins.get(index)?.key);
        assert!(key.is_none() || key == prover, "a sign-in that was begun bound is never gone on with otherwise");
        match index {
            Some(index) if self.sign_ins.get(index).is_some_and(|sign_in| sign_in.waits_for != WaitsFor::Over) => {
                step(self, index)
            }
            _ => crate::testing::challenged(ErrorCode::InvalidSession),
        }
    }

    fn code(&mut self, index: usize, otp: &str) -> Reply {
        let sign_in = &mut self.sign_ins[index];
        match sign_in.codes.iter().rposition(|code| code == otp) {
            _ if sign_in.waits_for == WaitsFor::Credentials => self.state(index, ErrorCode::InsufficientAuthorization),
            Some(_) if !sign_in.is_live => self.state(index, ErrorCode::ExpiredOtp),
            Some(position) if position + 1 == sign_in.codes.len() => {
                sign_in.waits_for = WaitsFor::Nothing;
                sign_in.code = Asked::AndGiven;
                self.state(index, ErrorCode::InsufficientAuthorization)
            }
            Some(_) => self.state(index, ErrorCode::SupersededOtp),
            None => {
                sign_in.attempts = sign_in.attempts.saturating_sub(1);
                if sign_in.attempts == 0 {
                    sign_in.waits_for = WaitsFor::Over;
                    return crate::testing::challenged(ErrorCode::OtpAttemptsExhausted);
                }
                self.state(index, ErrorCode::InvalidOtp)
            }
        }
    }

    /// Whether there was one more mail to send.
    fn mail(&mut self, index: usize) -> bool {
        let sign_in = &mut self.sign_ins[index];
        if sign_in.codes.len() == SENDS {
            return false;
        }
        self.mails += 1;
        sign_in.is_live = true;
        sign_in.codes.push(format!("{:06}", 100_000 + self.mails));
        true
    }

    /// Time passes: no code counts any more.
    pub(crate) fn expire(&mut self) {
        for sign_in in &mut self.sign_ins {
            sign_in.is_live = false;
        }
    }

    fn state(&self, index: usize, error: ErrorCode) -> Reply {
        let sign_in = &self.sign_ins[index];
        let answer =
            ChallengeError { auth_session: Some(format!("session-{index}").into()), ..ChallengeError::new(error) };
        match sign_in.waits_for {
            WaitsFor::Nothing => Reply::Granted(AuthorizationCode { authorization_code: index.to_string().into() }),
            WaitsFor::Code => {
                let reference = format!("R{}", sign_in.codes.len());
                let code = CodeMembers {
                    resend_in: 0,
                    attempts_remaining: sign_in.attempts,
                    sends_remaining: (SENDS - sign_in.codes.len()) as u64,
                    expires_in: sign_in.is_live.then_some(600),
                    ..members(&reference)
                };
                Reply::Challenged(Box::new(answer.with_code(code)), None)
            }
            _ => Reply::Challenged(Box::new(ChallengeError { credentials_required: true, ..answer }), None),
        }
    }

    /// The code in the latest mail.
    pub(crate) fn latest_code(&self) -> String {
        format!("{:06}", 100_000 + self.mails)
    }
}
