use std::fmt;

use crate::digits::{decimal_digit, is_invisible};

/// The most digits that can be dialled: 15 of ITU-T E.164, and two of a national prefix.
const MAX_DIGITS: usize = 17;
/// Fewer digits than any subscriber number in the world has.
const MIN_DIGITS: usize = 4;

/// A cell number in the form that can be dialled: ASCII digits, with a leading `+` where it is international.
///
/// This is only the form. Whether the number can exist, the server decides with the numbering plan of its region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellNumber(String);

/// Why a text is not a cell number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellNumberError {
    /// No digit at all.
    Empty,
    /// A sign that no telephone number has.
    InvalidCharacter(char),
    /// An extension (`ext. 12`, `x12`, `#12`): a cell phone has none, and dropping it would reach somebody else.
    Extension,
    /// Fewer than 4 digits.
    TooShort,
    /// More than 17 digits.
    TooLong,
}

impl CellNumber {
    /// Reads what was typed: `+` or `00` for international, else national; separators are dropped; digits of every
    /// script count.
    ///
    /// # Errors
    /// [`CellNumberError`] says what is wrong with the text.
    pub fn parse(typed: &str) -> Result<Self, CellNumberError> {
        let mut number = String::new();
        for c in typed.chars() {
            match decimal_digit(c) {
                Some(value) => number.push(char::from(b'0' + value)),
                None if matches!(c, '+' | '\u{ff0b}') && number.is_empty() => number.push('+'),
                None if is_separator(c) => {}
                None if starts_an_extension(c) && number.len() >= MIN_DIGITS => return Err(CellNumberError::Extension),
                None => return Err(CellNumberError::InvalidCharacter(c)),
            }
        }
        if let Some(international) = number.strip_prefix("00") {
            number = format!("+{international}");
        }
        match number.trim_start_matches('+').len() {
            0 => Err(CellNumberError::Empty),
            n if n < MIN_DIGITS => Err(CellNumberError::TooShort),
            n if n > MAX_DIGITS => Err(CellNumberError::TooLong),
            _ => Ok(Self(number)),
        }
    }

    /// The number, ready to send.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CellNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(
            c,
            '-' | '.' | '/' | '(' | ')' | '[' | ']' | '~' | '\u{2010}'
                ..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{b7}'
        )
}

fn starts_an_extension(c: char) -> bool {
    matches!(c, 'x' | 'X' | 'e' | 'E' | '#' | ',' | ';')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, expected) in [
            ("+4915112345678", Ok("+4915112345678")),
            ("+49 151 123 456 78", Ok("+4915112345678")),
            ("+49 (0)151/12345678", Ok("+49015112345678")),
            ("004915112345678", Ok("+4915112345678")),
            ("00 49 151 12345678", Ok("+4915112345678")),
            ("0151-123.456.78", Ok("015112345678")),
            ("＋４９ １５１ １２３４５６７８", Ok("+4915112345678")),
            ("\u{202a}+49 151 12345678\u{202c}", Ok("+4915112345678")),
            ("٠١٥١١٢٣٤٥٦٧٨", Ok("015112345678")),
            ("(415) 555‑0132", Ok("4155550132")),
            ("", Err(CellNumberError::Empty)),
            ("+", Err(CellNumberError::Empty)),
            ("00", Err(CellNumberError::Empty)),
            ("12", Err(CellNumberError::TooShort)),
            ("0151 12345678 ext. 12", Err(CellNumberError::Extension)),
            ("0151 12345678x12", Err(CellNumberError::Extension)),
            ("0151 12345678;ext=12", Err(CellNumberError::Extension)),
            ("0151 12345678#12", Err(CellNumberError::Extension)),
            ("1-800-FLOWERS", Err(CellNumberError::InvalidCharacter('F'))),
            ("++49 151", Err(CellNumberError::InvalidCharacter('+'))),
            ("49+151", Err(CellNumberError::InvalidCharacter('+'))),
            ("ada@example.com", Err(CellNumberError::InvalidCharacter('a'))),
            ("0151 👋", Err(CellNumberError::InvalidCharacter('👋'))),
            ("015\u{0}112345678", Err(CellNumberError::InvalidCharacter('\u{0}'))),
            ("123456789012345678", Err(CellNumberError::TooLong)),
        ] {
            assert_eq!(
                CellNumber::parse(typed).as_ref().map(CellNumber::as_str),
                expected.as_ref().copied(),
                "{typed:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_parsed_number_reads_back_as_itself(typed in prop_oneof!["[+0-9 ()./x٣-]{0,24}", any::<String>()]) {
            if let Ok(number) = CellNumber::parse(&typed) {
                prop_assert_eq!(CellNumber::parse(number.as_str()), Ok(number.clone()));
                let digits = number.as_str().strip_prefix('+').unwrap_or(number.as_str());
                prop_assert!((MIN_DIGITS..=MAX_DIGITS).contains(&digits.len()));
                prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
            }
        }

        #[test]
        fn separators_never_change_a_number(number in "\\+?[1-9][0-9]{3,14}", separator in "[ ./()\u{2013}\u{200e}-]{0,3}") {
            let typed: Vec<String> = number.chars().map(|c| format!("{separator}{c}")).collect();
            prop_assert_eq!(CellNumber::parse(&typed.concat()).map(|read| read.to_string()), Ok(number));
        }
    }
}
