//! Decimal digits of any script: a phone's keyboard types those of its language.

/// The zeros of every set of decimal digits in Unicode 16 (general category Nd); 1 to 9 follow each.
const ZEROS: [u32; 76] = [
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0,
    0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The value, 0 to 9, of a decimal digit of any script; `None` for everything else, numerals like `²` included.
#[must_use]
pub fn decimal_digit(c: char) -> Option<u8> {
    let c = u32::from(c);
    let candidate = ZEROS.partition_point(|&zero| zero <= c).checked_sub(1)?;
    u8::try_from(c - ZEROS[candidate]).ok().filter(|value| *value < 10)
}

/// Marks that show nothing but come along in pasted text: direction marks, joiners, the byte order mark.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use unicode_general_category::{GeneralCategory, get_general_category};

    use super::*;

    #[test]
    fn exactly_the_decimal_numbers_of_unicode_are_digits() {
        for c in '\0'..=char::MAX {
            let is_decimal = get_general_category(c) == GeneralCategory::DecimalNumber;
            assert_eq!(decimal_digit(c).is_some(), is_decimal, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn digits_of_several_scripts_have_their_value() {
        for (digit, value) in [('0', 0), ('9', 9), ('٣', 3), ('۷', 7), ('५', 5), ('８', 8), ('𝟖', 8), ('\u{1e5f3}', 2)]
        {
            assert_eq!(decimal_digit(digit), Some(value), "{digit}");
        }
        for other in ['a', '²', '①', 'Ⅳ', '一', '/', ':'] {
            assert_eq!(decimal_digit(other), None, "{other}");
        }
    }
}
