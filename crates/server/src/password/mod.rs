//! Passwords and the names that go with them: their one form, what makes a good one, and checking them.

mod hasher;
mod names;
mod policy;

use std::fmt;

use precis_profiles::OpaqueString;
use precis_profiles::precis_core::profile::PrecisFastInvocation;
use subtle::ConstantTimeEq;
use vestibule_protocol::{MAX_PASSWORD_CHARS, Secret};

pub use hasher::{Busy, Cost, Hasher, Load, Place, Verdict, cost_of};
pub use names::{canonical_email, canonical_username, mask_email};
pub use policy::{NewPasswordError, check_new, generate};

/// A password in its one form (PRECIS `OpaqueString`, RFC 8265 §4.2), whole: not trimmed, not cut.
#[derive(Clone)]
pub struct Prepared(Secret);

/// Why a text cannot be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing at all.
    #[error("a password cannot be empty")]
    Empty,
    /// More than [`MAX_PASSWORD_CHARS`] characters.
    #[error("a password can have {MAX_PASSWORD_CHARS} characters at the most")]
    TooLong,
    /// Holds a control character or something else that no keyboard makes.
    #[error("the password holds a character that passwords cannot have, such as a control character")]
    Disallowed,
}

/// Brings a password into its one form, so that the same password typed on two keyboards is the same.
///
/// # Errors
/// [`PasswordError`] says why the text cannot be a password.
pub fn prepare(password: &str) -> Result<Prepared, PasswordError> {
    if password.is_empty() {
        return Err(PasswordError::Empty);
    }
    if password.chars().nth(MAX_PASSWORD_CHARS).is_some() {
        return Err(PasswordError::TooLong);
    }
    match OpaqueString::enforce(password) {
        Ok(prepared) => Ok(Prepared(prepared.into_owned().into())),
        Err(_) => Err(PasswordError::Disallowed),
    }
}

impl Prepared {
    /// Whether both are one password.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.as_str().as_bytes().ct_eq(other.as_str().as_bytes()).into()
    }

    fn as_str(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared([secret])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(password: &str) -> Result<String, PasswordError> {
        prepare(password).map(|prepared| prepared.as_str().to_owned())
    }

    #[test]
    fn a_password_is_taken_whole() {
        for password in
            [" blank at both ends ", "correct horse battery staple", "pässword", "пароль", "👋👋👋👋", "UPPER"]
        {
            assert_eq!(prepared(password).as_deref(), Ok(password), "{password:?}");
        }
        let longest = "x".repeat(MAX_PASSWORD_CHARS);
        assert_eq!(prepared(&longest).as_deref(), Ok(longest.as_str()));
    }

    #[test]
    fn two_spellings_of_the_same_password_are_one() {
        assert_eq!(prepared("pa\u{308}ssword"), prepared("p\u{e4}ssword"));
        assert_eq!(prepared("correct\u{a0}horse"), prepared("correct horse"));
        assert_eq!(prepared("correct\u{3000}horse"), prepared("correct horse"));
    }

    #[test]
    fn what_cannot_be_a_password_is_refused() {
        for (password, error) in [
            ("", PasswordError::Empty),
            ("a\u{0}b", PasswordError::Disallowed),
            ("line\nbreak", PasswordError::Disallowed),
            (&"ä".repeat(MAX_PASSWORD_CHARS + 1), PasswordError::TooLong),
            (&" ".repeat(10_000), PasswordError::TooLong),
        ] {
            assert_eq!(prepared(password), Err(error));
        }
    }

    #[test]
    fn debug_output_never_shows_the_password() {
        assert_eq!(format!("{:?}", prepare("hunter2 hunter2")), "Ok(Prepared([secret]))");
    }
}
