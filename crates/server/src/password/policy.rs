//! What makes a good new password, and making one.

use std::collections::HashSet;
use std::sync::LazyLock;

use vestibule_protocol::{MIN_PASSWORD_CHARS, Secret};

use super::{PasswordError, Prepared, prepare};
use crate::random::Random;

/// Letters and digits of generated passwords, without those that are taken for each other.
const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// The best-known passwords of at least eight characters, in lower case.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Why a text cannot be a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NewPasswordError {
    /// Less than [`MIN_PASSWORD_CHARS`] characters.
    #[error("a password must have at least {MIN_PASSWORD_CHARS} characters")]
    TooShort,
    /// One of those that are tried first.
    #[error("this password is one of those that are tried first; choose another one")]
    Common,
    /// Not a password at all.
    #[error(transparent)]
    Unusable(#[from] PasswordError),
}

/// Prepares a new password if it is long enough and not one of those that everybody tries first.
///
/// # Errors
/// [`NewPasswordError`] says what is wrong with it.
pub fn check_new(password: &str) -> Result<Prepared, NewPasswordError> {
    let prepared = prepare(password)?;
    if prepared.as_str().chars().count() < MIN_PASSWORD_CHARS {
        return Err(NewPasswordError::TooShort);
    }
    let lower = prepared.as_str().to_lowercase();
    let mut letters = lower.chars();
    let is_one_letter_again_and_again = letters.next().is_some_and(|first| letters.all(|letter| letter == first));
    if is_one_letter_again_and_again || COMMON.contains(lower.as_str()) {
        return Err(NewPasswordError::Common);
    }
    Ok(prepared)
}

/// A password that nobody can guess and everybody can type: four groups of four letters and digits, 79 bits.
#[must_use]
pub fn generate(random: &Random) -> Secret {
    let mut letters = String::with_capacity(19);
    while letters.len() < 19 {
        if letters.len() % 5 == 4 {
            letters.push('-');
        }
        let mut bits = [0];
        random.fill(&mut bits);
        // 31 letters for 32 values: the value without a letter is drawn again, so that all are equally likely.
        if let Some(letter) = LETTERS.get(usize::from(bits[0] % 32)) {
            letters.push(char::from(*letter));
        }
    }
    letters.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(password: &str) -> Result<(), NewPasswordError> {
        check_new(password).map(drop)
    }

    #[test]
    fn new_passwords_are_long_enough_and_not_well_known() {
        for (password, expected) in [
            ("correct horse battery staple", Ok(())),
            ("xk7-4tq9", Ok(())),
            ("ünïcödé!", Ok(())),
            ("short", Err(NewPasswordError::TooShort)),
            ("1234567", Err(NewPasswordError::TooShort)),
            ("👋👋👋", Err(NewPasswordError::TooShort)),
            ("password", Err(NewPasswordError::Common)),
            ("PassWord1", Err(NewPasswordError::Common)),
            ("12345678", Err(NewPasswordError::Common)),
            ("qwertyuiop", Err(NewPasswordError::Common)),
            ("iloveyou", Err(NewPasswordError::Common)),
            ("zzzzzzzzzzz", Err(NewPasswordError::Common)),
            ("        ", Err(NewPasswordError::Common)),
            ("", Err(NewPasswordError::Unusable(PasswordError::Empty))),
            ("a\u{7}bcdefgh", Err(NewPasswordError::Unusable(PasswordError::Disallowed))),
        ] {
            assert_eq!(checked(password), expected, "{password:?}");
        }
    }

    #[test]
    fn the_list_holds_only_what_length_alone_would_let_through() {
        assert!(COMMON.len() > 900, "{}", COMMON.len());
        for password in COMMON.iter() {
            assert!(password.chars().count() >= MIN_PASSWORD_CHARS, "{password}");
            assert_eq!(*password, password.to_lowercase());
        }
    }

    #[test]
    fn a_generated_password_is_a_good_one_and_never_the_same() {
        let random = Random::from_seed([3; 32]);
        let (first, second) = (generate(&random), generate(&random));
        assert_ne!(first.expose(), second.expose());
        for password in [first, second] {
            assert_eq!(checked(password.expose()), Ok(()));
            let groups: Vec<usize> = password.expose().split('-').map(str::len).collect();
            assert_eq!(groups, [4, 4, 4, 4]);
        }
    }
}
