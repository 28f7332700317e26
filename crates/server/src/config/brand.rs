//! What the service looks like.

use std::path::PathBuf;

use serde::Deserialize;
use vestibule_protocol::{Clash, Colour, Met, Scheme, Theme};

use super::{Invalid, invalid};
use crate::nearest::nearest;

/// Picture and colours of the service. What is not set is as the page has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrandConfig {
    /// File with the picture beside the name.
    pub logo: Option<PathBuf>,
    /// Buttons and links in the light scheme.
    pub accent_light: Option<Colour>,
    /// Background of the light scheme.
    pub background_light: Option<Colour>,
    /// Buttons and links in the dark scheme.
    pub accent_dark: Option<Colour>,
    /// Background of the dark scheme.
    pub background_dark: Option<Colour>,
}

impl BrandConfig {
    /// The colours; `None` where none is set.
    #[must_use]
    pub fn theme(&self) -> Option<Theme> {
        let set = [self.accent_light, self.background_light, self.accent_dark, self.background_dark];
        if set.iter().all(Option::is_none) {
            return None;
        }
        let ((accent_light, background_light), (accent_dark, background_dark)) =
            (Scheme::LIGHT.own(), Scheme::DARK.own());
        Some(Theme {
            accent_light: self.accent_light.unwrap_or(accent_light),
            background_light: self.background_light.unwrap_or(background_light),
            accent_dark: self.accent_dark.unwrap_or(accent_dark),
            background_dark: self.background_dark.unwrap_or(background_dark),
        })
    }

    /// Everything that meets must be told apart.
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        let Some(theme) = self.theme() else { return Ok(()) };
        let light = ["brand.background_light", "brand.accent_light"];
        check(Scheme::LIGHT, light, theme.background_light, theme.accent_light)?;
        let dark = ["brand.background_dark", "brand.accent_dark"];
        check(Scheme::DARK, dark, theme.background_dark, theme.accent_dark)
    }
}

fn check(scheme: Scheme, keys: [&'static str; 2], background: Colour, accent: Colour) -> Result<(), Invalid> {
    let (own_accent, own_background) = scheme.own();
    scheme.check_background(background).map_err(|clash| {
        let other = nearest(background, |colour| scheme.check_background(colour).is_ok());
        invalid(keys[0], refusal(background, clash, other.unwrap_or(own_background)))
    })?;
    scheme.check_accent(accent, background).map_err(|clash| {
        let other = nearest(accent, |colour| scheme.check_accent(colour, background).is_ok());
        invalid(keys[1], refusal(accent, clash, other.unwrap_or(own_accent)))
    })
}

fn refusal(colour: Colour, clash: Clash, other: Colour) -> String {
    let with = match clash.with {
        Met::Background => "the background",
        Met::Surface => "the cards and fields of the page,",
        Met::Soft => "what is hinted at, which is the accent in the cards of the page,",
        Met::Text => "text of the page,",
        Met::Line => "the lines around fields,",
    };
    // Never more than it is: 4.499 is not enough.
    let ratio = (clash.ratio * 100.0).floor() / 100.0;
    let (least, met) = (clash.least, clash.colour);
    format!(
        "{colour} has a contrast of {ratio:.2}:1 with {with} {met}, and needs {least}:1; the nearest that passes is \
         {other}"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn config(accent: Colour, background: Colour, is_dark: bool) -> BrandConfig {
        let (accent, background) = (Some(accent), Some(background));
        if is_dark {
            BrandConfig { accent_dark: accent, background_dark: background, ..BrandConfig::default() }
        } else {
            BrandConfig { accent_light: accent, background_light: background, ..BrandConfig::default() }
        }
    }

    proptest! {
        #[test]
        fn whoever_takes_what_is_proposed_is_through(
            accent in any::<[u8; 3]>(), background in any::<[u8; 3]>(), is_dark in any::<bool>(),
        ) {
            let (mut accent, mut background) = (Colour(accent), Colour(background));
            for _ in 0..2 {
                let Err(refused) = config(accent, background, is_dark).validate() else { break };
                let proposed: Colour = refused.problem.rsplit(' ').next().unwrap().parse().unwrap();
                if refused.key.starts_with("brand.background") { background = proposed } else { accent = proposed }
            }
            prop_assert_eq!(config(accent, background, is_dark).validate(), Ok(()));
        }
    }

    #[test]
    fn what_is_not_set_is_as_the_page_has_it() {
        assert_eq!(BrandConfig::default().theme(), None);
        let accent = Colour([0x7a, 0x1f, 0xa2]);
        let theme = BrandConfig { accent_light: Some(accent), ..BrandConfig::default() }.theme().unwrap();
        let (_, background) = Scheme::LIGHT.own();
        assert_eq!((theme.accent_light, theme.background_light), (accent, background));
        assert_eq!((theme.accent_dark, theme.background_dark), Scheme::DARK.own());
    }
}
