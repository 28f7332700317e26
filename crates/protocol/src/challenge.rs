//! The sign-in: the Authorization Challenge Endpoint of draft-ietf-oauth-first-party-apps-04.
//!
//! Requests are form members, written and read here, so that page and server cannot disagree about them.

mod answer;

pub use answer::{AuthorizationCode, ChallengeError, CodeMembers};

use crate::Secret;

/// One request to the Authorization Challenge Endpoint.
#[derive(Clone, Debug)]
pub struct ChallengeRequest {
    /// Who asks. Demanded at the account step; at the later ones it must match where it is given.
    pub client_id: Option<String>,
    /// What is asked.
    pub step: ChallengeStep,
    /// The PKCE verifier: the server's own page asks by it for the session itself, where this step ends the sign-in.
    /// Other servers, and older builds, answer with an authorization code all the same.
    pub code_verifier: Option<Secret>,
}

/// What a request asks for, told apart by the members that it brings.
#[derive(Clone, Debug)]
pub enum ChallengeStep {
    /// Begins a sign-in, whatever else comes along.
    Account(AccountRequest),
    /// Proves who one is with a password.
    Credentials {
        /// The running sign-in.
        auth_session: Secret,
        /// User name or e-mail address.
        uc_username: String,
        /// Taken whole: never trimmed, never cut.
        password: Secret,
    },
    /// Enters the access code.
    Code {
        /// The running sign-in.
        auth_session: Secret,
        /// The code as sent; the server reads it like the page does.
        otp: Secret,
    },
    /// Asks for a new access code.
    Resend {
        /// The running sign-in.
        auth_session: Secret,
    },
    /// Asks what the sign-in waits for. No mail, no attempt counted.
    State {
        /// The running sign-in.
        auth_session: Secret,
    },
}

/// The members of the account step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRequest {
    /// Space-separated scopes; the client's own where it is absent.
    pub scope: Option<String>,
    /// PKCE challenge: base64url of SHA-256 of the verifier (RFC 7636 §4.2).
    pub code_challenge: String,
    /// User name or e-mail address.
    pub username: String,
    /// Cell number for the Mobile Phone device.
    pub phone_number: Option<String>,
    /// Languages for the mail, best first (`OpenID` Connect Core §3.1.2.1).
    pub ui_locales: Option<String>,
}

/// Why form members are no challenge request. The answer is `invalid_request`, but for the response type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MalformedRequest {
    /// A member that the step needs is missing or empty; holds its name.
    Missing(&'static str),
    /// A member has a value that cannot be; holds its name.
    Invalid(&'static str),
    /// `response_type` is not `code`.
    ResponseType,
}

impl ChallengeRequest {
    /// Writes the request as form members, in a fixed order.
    #[must_use]
    pub fn members(&self) -> Vec<(&'static str, &str)> {
        let mut members = Vec::new();
        if let Some(client_id) = &self.client_id {
            members.push(("client_id", client_id.as_str()));
        }
        match &self.step {
            ChallengeStep::Account(account) => {
                members.push(("response_type", "code"));
                members.push(("code_challenge", &account.code_challenge));
                members.push(("code_challenge_method", "S256"));
                members.push(("username", &account.username));
                let optional = [
                    ("scope", &account.scope),
                    ("phone_number", &account.phone_number),
                    ("ui_locales", &account.ui_locales),
                ];
                members.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))));
            }
            ChallengeStep::Credentials { auth_session, uc_username, password } => members.extend([
                ("auth_session", auth_session.expose()),
                ("uc_username", uc_username),
                ("password", password.expose()),
            ]),
            ChallengeStep::Code { auth_session, otp } => {
                members.extend([("auth_session", auth_session.expose()), ("otp", otp.expose())]);
            }
            ChallengeStep::Resend { auth_session } => {
                members.extend([("auth_session", auth_session.expose()), ("otp_resend", "true")]);
            }
            ChallengeStep::State { auth_session } => members.push(("auth_session", auth_session.expose())),
        }
        if let Some(code_verifier) = &self.code_verifier {
            members.push(("code_verifier", code_verifier.expose()));
        }
        members
    }

    /// Reads a request from form members; `member` gives the value of a name. Unknown members are never asked for.
    ///
    /// A member without a value counts as absent (RFC 6749 §3.1), a password excepted: the step needs it.
    ///
    /// # Errors
    /// [`MalformedRequest`] names the first member that is wrong.
    pub fn from_members<'a>(member: impl Fn(&str) -> Option<&'a str>) -> Result<Self, MalformedRequest> {
        let value = |name: &'static str| member(name).filter(|value| !value.is_empty());
        let text = |name: &'static str| value(name).map(str::to_owned);
        let demanded = |name: &'static str| value(name).ok_or(MalformedRequest::Missing(name));
        let client_id = text("client_id");
        let code_verifier = text("code_verifier").map(Secret::from);

        if let (Some(response_type), Some(username)) = (value("response_type"), value("username")) {
            if response_type != "code" {
                return Err(MalformedRequest::ResponseType);
            }
            if client_id.is_none() {
                return Err(MalformedRequest::Missing("client_id"));
            }
            let code_challenge = demanded("code_challenge")?;
            if !is_s256_challenge(code_challenge) {
                return Err(MalformedRequest::Invalid("code_challenge"));
            }
            if demanded("code_challenge_method")? != "S256" {
                return Err(MalformedRequest::Invalid("code_challenge_method"));
            }
            let account = AccountRequest {
                scope: text("scope"),
                code_challenge: code_challenge.to_owned(),
                username: username.to_owned(),
                phone_number: text("phone_number"),
                ui_locales: text("ui_locales"),
            };
            return Ok(Self { client_id, step: ChallengeStep::Account(account), code_verifier });
        }
        if value("response_type").is_some() && value("auth_session").is_none() {
            return Err(MalformedRequest::Missing("username"));
        }

        let auth_session = demanded("auth_session")?.into();
        let step = if let Some(resend) = value("otp_resend") {
            if resend != "true" {
                return Err(MalformedRequest::Invalid("otp_resend"));
            }
            ChallengeStep::Resend { auth_session }
        } else if let Some(otp) = member("otp") {
            ChallengeStep::Code { auth_session, otp: otp.into() }
        } else if member("uc_username").is_some() || member("password").is_some() {
            let uc_username = demanded("uc_username")?.to_owned();
            ChallengeStep::Credentials { auth_session, uc_username, password: demanded("password")?.into() }
        } else {
            ChallengeStep::State { auth_session }
        };
        Ok(Self { client_id, step, code_verifier })
    }
}

/// Whether a text can be the base64url of a SHA-256 (43 characters of the URL-safe alphabet, RFC 7636 §4.2).
fn is_s256_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests;
