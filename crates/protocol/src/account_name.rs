use std::fmt;

use crate::digits::is_invisible;

/// The longest user name or e-mail address that is taken, in characters: the limit of RFC 5321 for an address.
const MAX_CHARS: usize = 254;

/// A user name or an e-mail address as a person typed it, without the blanks around it.
///
/// Whose it is, and whether two spellings are the same account, only the server can say (`UsernameCaseMapped` of
/// RFC 8265 for user names, letter case ignored for e-mail addresses).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountName(String);

/// Why a text cannot be a user name or an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountNameError {
    /// Nothing but blanks.
    Empty,
    /// More than 254 characters.
    TooLong,
    /// Holds a control character, which no keyboard makes.
    ControlCharacter,
}

impl AccountName {
    /// Reads what was typed. Blanks and invisible marks around it are dropped: keyboards and clipboards add them.
    ///
    /// # Errors
    /// [`AccountNameError`] says what is wrong with the text.
    pub fn parse(typed: &str) -> Result<Self, AccountNameError> {
        let name = typed.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        if name.is_empty() {
            Err(AccountNameError::Empty)
        } else if name.chars().nth(MAX_CHARS).is_some() {
            Err(AccountNameError::TooLong)
        } else if name.chars().any(char::is_control) {
            Err(AccountNameError::ControlCharacter)
        } else {
            Ok(Self(name.to_owned()))
        }
    }

    /// The name as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is an e-mail address: user names contain no `@`.
    #[must_use]
    pub fn is_email(&self) -> bool {
        self.0.contains('@')
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_read_as_people_type_them() {
        for (typed, expected) in [
            ("ada", Ok("ada")),
            ("  ada \t", Ok("ada")),
            ("\u{200e}ada\u{feff}", Ok("ada")),
            ("Ada Lovelace", Ok("Ada Lovelace")),
            ("ada+phone@example.com", Ok("ada+phone@example.com")),
            ("عادة", Ok("عادة")),
            ("👋", Ok("👋")),
            ("", Err(AccountNameError::Empty)),
            (" \u{a0}\u{3000}", Err(AccountNameError::Empty)),
            ("a\u{0}b", Err(AccountNameError::ControlCharacter)),
            ("a\nb", Err(AccountNameError::ControlCharacter)),
        ] {
            assert_eq!(
                AccountName::parse(typed).as_ref().map(AccountName::as_str),
                expected.as_ref().copied(),
                "{typed:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_name_reads_back_as_itself_and_keeps_its_inside(typed in typed()) {
            if let Ok(name) = AccountName::parse(&typed) {
                prop_assert_eq!(AccountName::parse(name.as_str()), Ok(name.clone()));
                prop_assert_eq!(name.to_string(), name.as_str());
                prop_assert!(typed.contains(name.as_str()));
                prop_assert!((1..=MAX_CHARS).contains(&name.as_str().chars().count()));
                prop_assert!(!name.as_str().contains(char::is_control));
            }
        }

        #[test]
        fn blanks_around_a_name_never_change_it(typed in typed(), before in "[ \u{a0}\u{200e}\t]{0,4}", after in "[ \u{feff}\n]{0,4}") {
            prop_assert_eq!(AccountName::parse(&format!("{before}{typed}{after}")), AccountName::parse(&typed));
        }
    }

    fn typed() -> impl Strategy<Value = String> {
        prop_oneof!["[ \u{200e}]?[a-zA-Z@.ä\u{0}\u{200e} ]{0,20}[ \n]?", any::<String>(), "a{250,258}"]
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert!(AccountName::parse(&"ä".repeat(254)).is_ok());
        assert_eq!(AccountName::parse(&"a".repeat(255)), Err(AccountNameError::TooLong));
    }
}
