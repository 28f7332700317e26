use std::fmt;

use crate::Secret;
use crate::digits::decimal_digit;

/// An access code: ASCII digits of the length the server asked for, leading zeros included.
///
/// It is a text, never a number.
#[derive(Clone)]
pub struct AccessCode(Secret);

/// Why a text is not an access code. None of these costs an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessCodeError {
    /// No digit at all.
    Empty,
    /// A letter or another sign that no code has.
    NotADigit(char),
    /// Fewer digits than the code has; holds how many there are.
    TooShort(usize),
    /// More digits than the code has; holds how many there are.
    TooLong(usize),
}

impl AccessCode {
    /// Reads a code of `length` digits from what was typed; `is_alphanumeric` is [`char::is_alphanumeric`], or whatever
    /// knows the same without the tables for it.
    ///
    /// Digits of every script count; blanks, separators and invisible marks around and inside are dropped.
    ///
    /// # Errors
    /// [`AccessCodeError`] says what is wrong with the text.
    pub fn parse(typed: &str, length: usize, is_alphanumeric: fn(char) -> bool) -> Result<Self, AccessCodeError> {
        let mut digits = String::with_capacity(length);
        for c in typed.chars() {
            match decimal_digit(c) {
                Some(value) => digits.push(char::from(b'0' + value)),
                None if is_alphanumeric(c) => return Err(AccessCodeError::NotADigit(c)),
                None => {}
            }
        }
        match digits.len() {
            0 => Err(AccessCodeError::Empty),
            n if n < length => Err(AccessCodeError::TooShort(n)),
            n if n > length => Err(AccessCodeError::TooLong(n)),
            _ => Ok(Self(digits.into())),
        }
    }

    /// Reads a code of `length` digits out of pasted text: the text itself, or the one run of that many digits in it.
    ///
    /// `None` where there is no such run, or more than one: then nobody can say which was meant.
    #[must_use]
    pub fn find(pasted: &str, length: usize, is_alphanumeric: fn(char) -> bool) -> Option<Self> {
        if let Ok(code) = Self::parse(pasted, length, is_alphanumeric) {
            return Some(code);
        }
        let mut runs = pasted.split(|c| decimal_digit(c).is_none()).filter(|run| run.chars().count() == length);
        let only = runs.next()?;
        if runs.next().is_some() {
            return None;
        }
        Self::parse(only, length, is_alphanumeric).ok()
    }

    /// The digits.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for AccessCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessCode([secret])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(typed: &str) -> Result<String, AccessCodeError> {
        AccessCode::parse(typed, 6, char::is_alphanumeric).map(|code| code.expose().to_owned())
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        for (typed, expected) in [
            ("012345", Ok("012345")),
            (" 012345\n", Ok("012345")),
            ("012 345", Ok("012345")),
            ("012-345", Ok("012345")),
            ("012.345", Ok("012345")),
            ("0–1—2·3_4/5", Ok("012345")),
            ("\u{200f}٠١٢٣٤٥\u{200e}", Ok("012345")),
            ("０１２３４５", Ok("012345")),
            ("1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣", Ok("123456")),
            ("", Err(AccessCodeError::Empty)),
            ("   ", Err(AccessCodeError::Empty)),
            ("👋", Err(AccessCodeError::Empty)),
            ("12345", Err(AccessCodeError::TooShort(5))),
            ("1234567", Err(AccessCodeError::TooLong(7))),
            ("12345O", Err(AccessCodeError::NotADigit('O'))),
            ("12345²", Err(AccessCodeError::NotADigit('²'))),
            ("AB", Err(AccessCodeError::NotADigit('A'))),
        ] {
            assert_eq!(parse(typed).as_deref(), expected.as_ref().copied(), "{typed:?}");
        }
    }

    #[test]
    fn the_one_run_of_the_right_length_is_found_in_pasted_text() {
        for (pasted, expected) in [
            ("Your access code: 012345 (reference KX), good for 10 minutes, sent 14:05", Some("012345")),
            ("code ٠١٢٣٤٥ here", Some("012345")),
            ("012 345", Some("012345")),
            ("012345 or 678901", None),
            ("0123456 is too long", None),
            ("no digits", None),
            ("", None),
        ] {
            assert_eq!(
                AccessCode::find(pasted, 6, char::is_alphanumeric).as_ref().map(AccessCode::expose),
                expected,
                "{pasted:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_parsed_code_is_always_digits_of_the_right_length(typed in any::<String>(), length in 6_usize..=8) {
            if let Ok(code) = AccessCode::parse(&typed, length, char::is_alphanumeric) {
                prop_assert_eq!(code.expose().len(), length);
                prop_assert!(code.expose().bytes().all(|b| b.is_ascii_digit()));
            }
        }

        #[test]
        fn a_code_is_its_own_canonical_form(typed in "[0-9٠-٩０-９ ./_-]{0,12}", length in 6_usize..=8) {
            if let Ok(code) = AccessCode::parse(&typed, length, char::is_alphanumeric) {
                let again = AccessCode::parse(code.expose(), length, char::is_alphanumeric).unwrap();
                prop_assert_eq!(again.expose(), code.expose());
                let values = typed.chars().filter_map(decimal_digit).map(|value| char::from(b'0' + value));
                prop_assert_eq!(code.expose(), values.collect::<String>());
            }
        }

        #[test]
        fn a_code_that_stands_alone_in_a_text_is_found(
            before in "[a-zé ,:!]{0,12}", digits in "[0-9]{6}", after in "[a-zé ,:!]{0,12}",
        ) {
            let found = AccessCode::find(&format!("{before}{digits}{after}"), 6, char::is_alphanumeric);
            prop_assert_eq!(found.as_ref().map(AccessCode::expose), Some(digits.as_str()));
        }

        #[test]
        fn what_is_found_in_a_text_stands_there(pasted in any::<String>(), length in 6_usize..=8) {
            if let Some(code) = AccessCode::find(&pasted, length, char::is_alphanumeric) {
                let digits: String = pasted.chars().filter_map(decimal_digit).map(|v| char::from(b'0' + v)).collect();
                prop_assert!(code.expose().len() == length && digits.contains(code.expose()));
            }
        }

        #[test]
        fn separators_never_change_a_code(digits in "[0-9]{6}", separator in "[ \\-./_\u{a0}\u{200e}]{0,3}") {
            let typed: Vec<String> = digits.chars().map(|c| format!("{separator}{c}")).collect();
            prop_assert_eq!(parse(&typed.concat()), Ok(digits));
        }
    }
}
