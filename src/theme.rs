//! The colours of the service, taken over only where they can be read.

use leptos::prelude::*;
use vestibule_protocol::Theme;
use wasm_bindgen::JsCast;
use web_sys::{CssStyleDeclaration, HtmlElement};

use crate::runner::Flow;

/// The least contrast of text (WCAG 2.2, success criterion 1.4.3).
const READABLE: f64 = 4.5;

/// A scheme of style/theme.css: what a service's colours meet there.
struct Scheme {
    name: &'static str,
    surface: Colour,
    ink_soft: Colour,
}

const LIGHT: Scheme =
    Scheme { name: "light", surface: Colour([0xff, 0xff, 0xff]), ink_soft: Colour([0x4b, 0x59, 0x66]) };
const DARK: Scheme = Scheme { name: "dark", surface: Colour([0x18, 0x21, 0x29]), ink_soft: Colour([0xa9, 0xb7, 0xc3]) };

/// Shows the service's own colours as long as its server is connected to.
pub(crate) fn follow(flow: Flow) {
    let theme = flow.slice(|state| state.server().and_then(|server| server.theme.clone()));
    Effect::new(move |_| {
        let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
        if let Some(style) = root.map(|root| root.style()) {
            theme.with(|theme| {
                let colours = |theme: &Theme| {
                    [
                        (theme.accent_light.clone(), theme.background_light.clone()),
                        (theme.accent_dark.clone(), theme.background_dark.clone()),
                    ]
                };
                let [light, dark] = theme.as_ref().map(colours).unwrap_or_default();
                LIGHT.show(&style, &light.0, &light.1);
                DARK.show(&style, &dark.0, &dark.1);
            });
        }
    });
}

impl Scheme {
    fn show(&self, style: &CssStyleDeclaration, accent: &str, background: &str) {
        let readable = self.readable(accent, background);
        let values =
            readable.map(|(accent, ink, background)| [accent.to_string(), ink.to_string(), background.to_string()]);
        for (index, property) in ["accent", "accent-ink", "background"].iter().enumerate() {
            let name = format!("--service-{property}-{}", self.name);
            // Only a style that cannot be written makes these fail, and an inline style always can.
            match &values {
                Some(values) => drop(style.set_property(&name, &values[index])),
                None => drop(style.remove_property(&name)),
            }
        }
    }

    /// Accent, text on it, and background, if everything that meets can be told apart.
    fn readable(&self, accent: &str, background: &str) -> Option<(Colour, Colour, Colour)> {
        let (accent, background) = (Colour::parse(accent)?, Colour::parse(background)?);
        let ink = if accent.contrast(WHITE) >= accent.contrast(BLACK) { WHITE } else { BLACK };
        let pairs = [(accent, background), (accent, self.surface), (accent, ink), (self.ink_soft, background)];
        pairs.iter().all(|(one, other)| one.contrast(*other) >= READABLE).then_some((accent, ink, background))
    }
}

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour([u8; 3]);

const WHITE: Colour = Colour([0xff, 0xff, 0xff]);
const BLACK: Colour = Colour([0, 0, 0]);

impl Colour {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let channel = |from: usize| u8::from_str_radix(&digits[from..from + 2], 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Contrast ratio, 1 to 21 (WCAG 2.2).
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn colours_that_can_be_read_are_taken_over_with_text_that_can_be_read_on_them() {
        for (scheme, accent, background, ink) in [
            (&LIGHT, "#0b57c2", "#f4f6f8", Some(WHITE)),
            (&DARK, "#8ab8ff", "#0f151b", Some(BLACK)),
            (&LIGHT, "#ffee00", "#ffffff", None),
            (&LIGHT, "#0b57c2", "#777777", None),
            (&DARK, "#222222", "#000000", None),
            (&LIGHT, "red", "#ffffff", None),
            (&LIGHT, "#0b57c2;x", "#ffffff", None),
            (&LIGHT, "#0b57é", "#ffffff", None),
            (&LIGHT, "", "", None),
        ] {
            assert_eq!(scheme.readable(accent, background).map(|(_, ink, _)| ink), ink, "{accent} on {background}");
        }
    }

    #[wasm_bindgen_test]
    fn contrast_is_that_of_the_standard() {
        assert!((WHITE.contrast(BLACK) - 21.0).abs() < 0.001);
        let grey = Colour([0x76, 0x76, 0x76]);
        assert!((grey.contrast(WHITE) - 4.54).abs() < 0.01);
    }
}
