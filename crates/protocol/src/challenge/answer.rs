//! What the endpoint answers.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, Json, Secret};

/// The answer that ends a sign-in (first-party apps §5.1).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorizationCode {
    /// Single-use, good for 60 s.
    pub authorization_code: Secret,
}

impl AuthorizationCode {
    /// Reads an answer.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| Some(Self { authorization_code: members.text("authorization_code").into() }))
    }
}

/// Every other answer of the Authorization Challenge Endpoint: one more step, or an error.
///
/// Members that do not apply are absent. All times are seconds from now, so that no clock has to agree with another.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChallengeError {
    /// What happened.
    pub error: ErrorCode,
    /// For developers, in English; never shown to a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// The sign-in, where it can go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_session: Option<Secret>,
    /// The sign-in waits for the credentials step.
    #[serde(default, skip_serializing_if = "is_false")]
    pub credentials_required: bool,
    /// Life left of the whole sign-in, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signin_expires_in: Option<u64>,
    /// The sign-in waits for the code step.
    #[serde(default, skip_serializing_if = "is_false")]
    pub otp_required: bool,
    /// The last mail was refused or not answered, and no code is on its way: Resend works at once.
    #[serde(default, skip_serializing_if = "is_false")]
    pub otp_delivery_failed: bool,
    /// Digits of a code, 6 to 8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_length: Option<u64>,
    /// Masked e-mail address: first letter, last letter, domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_destination: Option<String>,
    /// Two letters, also in the mail's subject: which mail counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_reference: Option<String>,
    /// Seconds since the code that counts was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_sent_ago: Option<u64>,
    /// Life left of the code that counts, in seconds; 0 once it has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_expires_in: Option<u64>,
    /// Seconds until a resend is answered; 0 if at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_resend_in: Option<u64>,
    /// Wrong codes that are left in this sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_attempts_remaining: Option<u64>,
    /// Mails that are left in this sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_sends_remaining: Option<u64>,
}

/// What the server says about the access code that counts. All times are seconds from now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeMembers {
    /// Digits of a code, 6 to 8.
    pub length: u64,
    /// Masked e-mail address that mails go to.
    pub destination: String,
    /// Reference of the mail that counts; absent while there is none.
    pub reference: Option<String>,
    /// Seconds since it was sent; absent while there is none.
    pub sent_ago: Option<u64>,
    /// Life left; 0 once it has expired; absent while there is none.
    pub expires_in: Option<u64>,
    /// Seconds until a resend is answered; 0 if at once.
    pub resend_in: u64,
    /// Wrong codes that are left in this sign-in.
    pub attempts_remaining: u64,
    /// Mails that are left in this sign-in.
    pub sends_remaining: u64,
    /// The last mail was refused or not answered.
    pub delivery_failed: bool,
}

impl ChallengeError {
    /// Reads an answer.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                error: members.required("error", ErrorCode::read)?,
                error_description: members.optional_text("error_description"),
                auth_session: members.optional("auth_session", Secret::read),
                credentials_required: members.flag_or_false("credentials_required"),
                signin_expires_in: members.optional_number("signin_expires_in"),
                otp_required: members.flag_or_false("otp_required"),
                otp_delivery_failed: members.flag_or_false("otp_delivery_failed"),
                otp_length: members.optional_number("otp_length"),
                otp_destination: members.optional_text("otp_destination"),
                otp_reference: members.optional_text("otp_reference"),
                otp_sent_ago: members.optional_number("otp_sent_ago"),
                otp_expires_in: members.optional_number("otp_expires_in"),
                otp_resend_in: members.optional_number("otp_resend_in"),
                otp_attempts_remaining: members.optional_number("otp_attempts_remaining"),
                otp_sends_remaining: members.optional_number("otp_sends_remaining"),
            })
        })
    }

    /// An answer that says nothing but what happened.
    #[must_use]
    pub fn new(error: ErrorCode) -> Self {
        Self {
            error,
            error_description: None,
            auth_session: None,
            credentials_required: false,
            signin_expires_in: None,
            otp_required: false,
            otp_delivery_failed: false,
            otp_length: None,
            otp_destination: None,
            otp_reference: None,
            otp_sent_ago: None,
            otp_expires_in: None,
            otp_resend_in: None,
            otp_attempts_remaining: None,
            otp_sends_remaining: None,
        }
    }

    /// The same answer with the code members.
    #[must_use]
    pub fn with_code(self, code: CodeMembers) -> Self {
        Self {
            otp_required: true,
            otp_delivery_failed: code.delivery_failed,
            otp_length: Some(code.length),
            otp_destination: Some(code.destination),
            otp_reference: code.reference,
            otp_sent_ago: code.sent_ago,
            otp_expires_in: code.expires_in,
            otp_resend_in: Some(code.resend_in),
            otp_attempts_remaining: Some(code.attempts_remaining),
            otp_sends_remaining: Some(code.sends_remaining),
            ..self
        }
    }

    /// The code members, where the sign-in waits for a code. Servers of the draft alone leave most of them out.
    #[must_use]
    pub fn code(&self) -> Option<CodeMembers> {
        self.otp_required.then(|| CodeMembers {
            length: self.otp_length.unwrap_or(6),
            destination: self.otp_destination.clone().unwrap_or_default(),
            reference: self.otp_reference.clone(),
            sent_ago: self.otp_sent_ago,
            expires_in: self.otp_expires_in,
            resend_in: self.otp_resend_in.unwrap_or(0),
            attempts_remaining: self.otp_attempts_remaining.unwrap_or(1),
            sends_remaining: self.otp_sends_remaining.unwrap_or(1),
            delivery_failed: self.otp_delivery_failed,
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}
