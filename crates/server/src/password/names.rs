//! User names and e-mail addresses in the forms that are compared and shown.

use lettre::Address;
use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::PrecisFastInvocation;

/// The longest name that is stored, in characters, as for `AccountName`.
const MAX_CHARS: usize = 254;

/// A user name in its one form (`UsernameCaseMapped`, RFC 8265 §3.3); `None` where it cannot be one. None has an `@`.
#[must_use]
pub fn canonical_username(name: &str) -> Option<String> {
    if name.contains('@') || name.chars().nth(MAX_CHARS).is_some() {
        return None;
    }
    let enforced = |name: &str| UsernameCaseMapped::enforce(name).ok().map(std::borrow::Cow::into_owned);
    // What is changed again, or refused, when it is read back is nobody's name (RFC 8264 §7).
    enforced(name).filter(|name| !name.contains('@') && enforced(name).is_some_and(|again| again == *name))
}

/// An e-mail address in the form that is compared: without letter case. `None` where no mail could go there.
#[must_use]
pub fn canonical_email(address: &str) -> Option<String> {
    if address.chars().nth(MAX_CHARS).is_some() {
        return None;
    }
    let address: Address = address.parse().ok()?;
    let small = address.to_string().to_lowercase();
    // Small letters can take more bytes than capital ones, and a mailbox may have 64: such an address is nobody's.
    small.parse().is_ok_and(|_: Address| small.to_lowercase() == small).then_some(small)
}

/// An e-mail address to show to somebody who may not be its owner: first letter, last letter, domain.
///
/// Local parts of less than four letters show the first at the most: both ends would be nearly all of it.
#[must_use]
pub fn mask_email(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let mut letters = local.chars();
    let first = letters.next();
    let rest = letters.clone().count();
    let shown_first = first.filter(|_| rest > 0).map(String::from).unwrap_or_default();
    let shown_last = letters.next_back().filter(|_| rest > 2).map(String::from).unwrap_or_default();
    format!("{shown_first}***{shown_last}@{domain}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_user_name_are_one() {
        for (name, expected) in [
            ("ada", Some("ada")),
            ("Ada", Some("ada")),
            ("ＡＤＡ", Some("ada")),
            ("A\u{308}da", Some("äda")),
            ("ada.lovelace+1-2_3", Some("ada.lovelace+1-2_3")),
            ("", None),
            ("ada lovelace", None),
            ("ada@example.com", None),
            ("ada＠example.com", None),
            ("👋", None),
            ("a\u{0}", None),
            // Its small form cannot stand in a name: whoever typed that one would not be found.
            ("\u{13a0}", None),
        ] {
            assert_eq!(canonical_username(name).as_deref(), expected, "{name:?}");
        }
        assert_eq!(canonical_username(&"a".repeat(255)), None);
    }

    #[test]
    fn addresses_compare_without_letter_case() {
        for (address, expected) in [
            ("Ada@Example.COM", Some("ada@example.com")),
            ("ada+phone@example.com", Some("ada+phone@example.com")),
            ("Ädä@example.com", Some("ädä@example.com")),
            ("ada", None),
            ("@example.com", None),
            ("ada@", None),
            ("ada@@example.com", None),
            ("ada lovelace@example.com", None),
            ("ada@example.com\r\nBcc: eve@example.com", None),
            ("Ada <ada@example.com>", None),
            ("", None),
        ] {
            assert_eq!(canonical_email(address).as_deref(), expected, "{address:?}");
        }
        // Three bytes each, where the capital one has two.
        assert_eq!(canonical_email(&format!("{}@example.com", "Ⱥ".repeat(32))), None);
    }

    #[test]
    fn a_masked_address_shows_little() {
        for (address, expected) in [
            ("grace@example.com", "g***e@example.com"),
            ("adam@example.com", "a***m@example.com"),
            ("ada@example.com", "a***@example.com"),
            ("ab@example.com", "a***@example.com"),
            ("a@example.com", "***@example.com"),
            ("ärö.ünü@example.com", "ä***ü@example.com"),
            ("\"a@b\"@example.com", "\"***\"@example.com"),
        ] {
            assert_eq!(mask_email(address), expected);
        }
    }

    proptest! {
        #[test]
        fn a_canonical_name_is_its_own_canonical_form(name in prop_oneof!["[a-zA-Z0-9äÄßσΣİ＠ＡＢ.@ -]{0,12}", any::<String>()]) {
            if let Some(canonical) = canonical_username(&name) {
                prop_assert_eq!(canonical_username(&canonical), Some(canonical.clone()));
                prop_assert!(!canonical.is_empty() && !canonical.contains('@') && !canonical.contains(char::is_control));
            }
        }

        #[test]
        fn a_canonical_address_is_its_own_canonical_form(
            address in prop_oneof!["[a-zA-Z0-9äÄΣİ.+\"-]{1,8}@[a-zA-Z0-9.äÄΣ-]{1,8}(\\.com)?", any::<String>()],
        ) {
            if let Some(canonical) = canonical_email(&address) {
                prop_assert_eq!(canonical_email(&canonical), Some(canonical.clone()));
                prop_assert!(canonical.contains('@') && !canonical.contains(['\r', '\n', '\0']));
            }
        }

        #[test]
        fn a_mask_shows_two_letters_of_a_name_at_the_most(local in "[^@]{1,20}", domain in "[a-z.]{1,9}") {
            let masked = mask_email(&format!("{local}@{domain}"));
            let shown = masked.strip_suffix(&format!("@{domain}")).unwrap();
            prop_assert!(shown.chars().count() <= 5 && shown.contains("***"));
        }
    }
}
