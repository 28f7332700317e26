//! The colours of a service, and what they meet on the page.

use serde::{Deserialize, Serialize};

use crate::{Colour, Json};

/// The least contrast of text (WCAG 2.2, success criterion 1.4.3).
pub const TEXT_CONTRAST: f64 = 4.5;
/// The least contrast of lines that carry a meaning (WCAG 2.2, success criterion 1.4.11).
pub const LINE_CONTRAST: f64 = 3.0;
/// How much accent there is in the surface of what is hinted at: `--accent-soft` of style/theme.css.
const SOFT: f64 = 0.1;

/// Colours of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Buttons and links on a light background.
    pub accent_light: Colour,
    /// Background of the light scheme.
    pub background_light: Colour,
    /// Buttons and links on a dark background.
    pub accent_dark: Colour,
    /// Background of the dark scheme.
    pub background_dark: Colour,
}

impl Theme {
    /// Reads the member of a discovery document.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                accent_light: members.required("accent_light", Colour::read)?,
                background_light: members.required("background_light", Colour::read)?,
                accent_dark: members.required("accent_dark", Colour::read)?,
                background_dark: members.required("background_dark", Colour::read)?,
            })
        })
    }
}

/// A scheme of the page, by what does not change with the service.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    /// Cards and fields: `--surface`.
    surface: Colour,
    /// What is written on the background: `--ink-soft`, `--alert`, `--warning`, `--success`.
    texts: [Colour; 4],
    /// The lines around fields: `--line-strong`.
    line: Colour,
    /// The page's own colours.
    accent: Colour,
    background: Colour,
}

/// Something that a colour meets, and is too much like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clash {
    /// What it is.
    pub with: Met,
    /// Its colour.
    pub colour: Colour,
    /// The contrast ratio.
    pub ratio: f64,
    /// The least one that will do.
    pub least: f64,
}

/// What a colour of the service meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The service's background.
    Background,
    /// Cards and fields.
    Surface,
    /// A surface with a little of the accent in it.
    Soft,
    /// Text of the page.
    Text,
    /// Lines around fields.
    Line,
}

impl Scheme {
    /// The light one of style/theme.css.
    pub const LIGHT: Self = Self {
        surface: Colour([0xff, 0xff, 0xff]),
        texts: [
            Colour([0x4b, 0x59, 0x66]),
            Colour([0xb3, 0x23, 0x1b]),
            Colour([0x7a, 0x4b, 0x00]),
            Colour([0x14, 0x6c, 0x43]),
        ],
        line: Colour([0x78, 0x85, 0x8f]),
        accent: Colour([0x0b, 0x57, 0xc2]),
        background: Colour([0xf4, 0xf6, 0xf8]),
    };
    /// The dark one of style/theme.css.
    pub const DARK: Self = Self {
        surface: Colour([0x18, 0x21, 0x29]),
        texts: [
            Colour([0xa9, 0xb7, 0xc3]),
            Colour([0xff, 0xb3, 0xab]),
            Colour([0xf3, 0xc2, 0x6c]),
            Colour([0x86, 0xd6, 0xa8]),
        ],
        line: Colour([0x7c, 0x8b, 0x98]),
        accent: Colour([0x8a, 0xb8, 0xff]),
        background: Colour([0x0f, 0x15, 0x1b]),
    };

    /// The page's own accent and background.
    #[must_use]
    pub fn own(&self) -> (Colour, Colour) {
        (self.accent, self.background)
    }

    /// Whether everything that stands on this background can be read, but for the accent.
    ///
    /// # Errors
    /// The worst [`Clash`].
    pub fn check_background(&self, background: Colour) -> Result<(), Clash> {
        let texts = self.texts.map(|text| (Met::Text, text, TEXT_CONTRAST));
        worst(background, texts.into_iter().chain([(Met::Line, self.line, LINE_CONTRAST)]))
    }

    /// Whether this accent can be told from everything that it meets on this background.
    ///
    /// # Errors
    /// The worst [`Clash`].
    pub fn check_accent(&self, accent: Colour, background: Colour) -> Result<(), Clash> {
        let text = |with, colour| (with, colour, TEXT_CONTRAST);
        worst(accent, [text(Met::Background, background), text(Met::Surface, self.surface)].into_iter())?;
        worst(accent, [text(Met::Soft, accent.mixed(SOFT, self.surface))].into_iter())
    }
}

fn worst(own: Colour, met: impl Iterator<Item = (Met, Colour, f64)>) -> Result<(), Clash> {
    let clashes = met
        .map(|(with, colour, least)| Clash { with, colour, ratio: own.contrast(colour), least })
        .filter(|clash| clash.ratio < clash.least);
    clashes.min_by(|one, other| (one.ratio / one.least).total_cmp(&(other.ratio / other.least))).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: &str = include_str!("../../../style/theme.css");

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn the_schemes_are_those_of_the_style_sheet() {
        let (light, dark) = STYLE.split_once("@media (prefers-color-scheme: dark)").unwrap();
        for (sheet, scheme) in [(light, Scheme::LIGHT), (dark, Scheme::DARK)] {
            let of = |name: &str| {
                let line = sheet.lines().find(|line| line.trim_start().starts_with(&format!("--{name}:"))).unwrap();
                colour(&line[line.find('#').unwrap()..][..7])
            };
            assert_eq!(scheme.texts, ["ink-soft", "alert", "warning", "success"].map(of));
            assert_eq!((scheme.surface, scheme.line), (of("surface"), of("line-strong")));
            assert_eq!(scheme.own(), (of("accent"), of("background")));
            // `--ink` is further from the background than `--ink-soft`.
            assert!(of("ink").contrast(of("background")) > of("ink-soft").contrast(of("background")));
        }
        assert!(STYLE.contains("--accent-soft: color-mix(in srgb, var(--accent) 10%, var(--surface))"));
    }

    #[test]
    fn the_own_colours_can_be_read() {
        for scheme in [Scheme::LIGHT, Scheme::DARK] {
            let (accent, background) = scheme.own();
            assert_eq!(
                (scheme.check_background(background), scheme.check_accent(accent, background)),
                (Ok(()), Ok(()))
            );
        }
    }

    #[test]
    fn colours_that_cannot_be_told_apart_are_refused_with_what_they_meet() {
        for (scheme, accent, background, with) in [
            (Scheme::LIGHT, "#ffee00", "#ffffff", Met::Background),
            (Scheme::LIGHT, "#7a1fa2", "#7a1fa3", Met::Background),
            (Scheme::DARK, "#222222", "#000000", Met::Surface),
            (Scheme::DARK, "#556677", "#101010", Met::Surface),
            (Scheme::LIGHT, "#767676", "#ffffff", Met::Soft),
        ] {
            let clash = scheme.check_accent(colour(accent), colour(background)).unwrap_err();
            assert_eq!(clash.with, with, "{accent} on {background}: {clash:?}");
            assert!((1.0..4.5).contains(&clash.ratio));
        }
        for (scheme, background, with) in [
            (Scheme::LIGHT, "#777777", Met::Text),
            (Scheme::LIGHT, "#000000", Met::Text),
            (Scheme::DARK, "#444444", Met::Line),
            (Scheme::DARK, "#aaaaaa", Met::Text),
        ] {
            assert_eq!(scheme.check_background(colour(background)).unwrap_err().with, with, "{background}");
        }
    }
}
