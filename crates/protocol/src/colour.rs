//! Colours, and whether they can be told apart (WCAG 2.2).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Json;

/// An sRGB colour, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^#[0-9a-f]{6}$"))]
pub struct Colour(pub [u8; 3]);

/// A text is no colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoColour(String);

impl Colour {
    /// `#ffffff`
    pub const WHITE: Self = Self([0xff; 3]);
    /// `#000000`
    pub const BLACK: Self = Self([0; 3]);

    /// Reads one that is written as a text.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.text()?.parse().ok()
    }

    /// Contrast ratio, 1 to 21 (WCAG 2.2, contrast ratio).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2, relative luminance).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Black or white, whichever is read better on it. One of them always has a contrast of 4.58.
    #[must_use]
    pub fn ink(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// So much of this one in another one, 0 to 1: `color-mix(in srgb, …)`.
    #[must_use]
    pub fn mixed(self, share: f64, other: Self) -> Self {
        let mix = |index: usize| {
            let mixed = f64::from(self.0[index]) * share + f64::from(other.0[index]) * (1.0 - share);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two channels")]
            let channel = mixed.round() as u8;
            channel
        };
        Self([mix(0), mix(1), mix(2)])
    }
}

/// A channel in linear light, 0 to 1 (IEC 61966-2-1).
#[must_use]
pub fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { fifth_root((value + 0.055) / 1.055).powi(12) }
}

/// By Newton's method, for values from 0.08 to 1. The page would have to load `powf`, and does without.
fn fifth_root(value: f64) -> f64 {
    (0..10).fold(1.0, |root: f64, _| (4.0 * root + value / root.powi(4)) / 5.0)
}

impl FromStr for Colour {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let channel = |from: usize| u8::from_str_radix(digits?.get(from..from + 2)?, 16).ok();
        match (channel(0), channel(2), channel(4)) {
            (Some(red), Some(green), Some(blue)) => Ok(Self([red, green, blue])),
            _ => Err(NoColour(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Colour {
    type Error = NoColour;

    fn try_from(text: String) -> Result<Self, NoColour> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl fmt::Display for NoColour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no colour; write it like #0b57c2", self.0)
    }
}

impl std::error::Error for NoColour {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 0.001);
        let grey = Colour([0x76; 3]);
        assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
        assert!((Colour::WHITE.contrast(grey) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_channel_has_the_light_of_the_standard() {
        for channel in 11..=u8::MAX {
            let expected = ((f64::from(channel) / 255.0 + 0.055) / 1.055).powf(2.4);
            assert!((linear(channel) - expected).abs() < 1e-14, "{channel}");
        }
        assert!((linear(10) - 10.0 / 255.0 / 12.92).abs() < 1e-14);
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["", "red", "#fff", "#0b57c2;", "#0b57c", "0b57c2f", "#0b57c2 ", "#0b57é", "#+b57c2", "#0B57G2"] {
            assert_eq!(text.parse::<Colour>(), Err(NoColour(text.to_owned())));
        }
        assert_eq!("#0B57c2".parse(), Ok(Colour([0x0b, 0x57, 0xc2])));
    }

    #[test]
    fn a_mix_lies_between_both() {
        let (one, other) = (Colour([0x0b, 0x57, 0xc2]), Colour::WHITE);
        assert_eq!((one.mixed(0.0, other), one.mixed(1.0, other)), (other, one));
        assert_eq!(one.mixed(0.1, other).to_string(), "#e7eef9");
    }

    proptest! {
        #[test]
        fn colours_are_written_as_they_are_read(channels in any::<[u8; 3]>()) {
            let colour = Colour(channels);
            prop_assert_eq!(colour.to_string().parse(), Ok(colour));
            prop_assert!(colour.contrast(colour.ink()) >= 4.58);
        }

        #[test]
        fn no_text_makes_reading_panic(text in "#?.{0,8}") {
            if let Ok(colour) = text.parse::<Colour>() {
                prop_assert_eq!(colour.to_string(), text.to_lowercase());
            }
        }
    }
}
