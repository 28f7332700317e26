//! The colour that is most like another one and passes.
//!
//! A person who has chosen a colour has chosen its hue. So the way goes along lightness in `OKLCH`
//! (<https://bottosson.github.io/posts/oklab/>), with as much of the chroma as a screen can show there.

use vestibule_protocol::{Colour, linear};

/// How finely lightness is tried.
const STEPS: u16 = 1000;

/// Lightness 0 to 1, chroma, and the hue as a direction.
#[derive(Clone, Copy, Debug)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    hue: (f64, f64),
}

/// The colour on the way through `colour` that passes and is nearest to it in lightness.
pub fn nearest(colour: Colour, passes: impl Fn(Colour) -> bool) -> Option<Colour> {
    way(colour).into_iter().map(|(_, other)| other).find(|other| passes(*other))
}

/// `colour` and every other one on the way, with how far its lightness is from that of `colour`, the nearest first.
fn way(colour: Colour) -> Vec<(f64, Colour)> {
    let from = Oklch::of(colour);
    let lightness = (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS));
    let mut way: Vec<_> = lightness.map(|it| ((it - from.lightness).abs(), from.at(it))).collect();
    way.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    // At the edge of what a screen shows, a thousandth of lightness is more than a screen's step.
    way.insert(0, (0.0, colour));
    way
}

impl Oklch {
    fn of(colour: Colour) -> Self {
        let [red, green, blue] = colour.0.map(linear);
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let medium = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        let lightness = 0.210_454_255_3 * long + 0.793_617_785_0 * medium - 0.004_072_046_8 * short;
        let a = 1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short;
        let chroma = a.hypot(b);
        let hue = if chroma > 0.0 { (a / chroma, b / chroma) } else { (1.0, 0.0) };
        Self { lightness, chroma, hue }
    }

    /// The same hue at this lightness, with as much of the chroma as can be shown.
    fn at(self, lightness: f64) -> Colour {
        // Black and white have no hue.
        let is_end = lightness <= 0.0 || lightness >= 1.0;
        let (mut shown, mut not_shown) = (0.0, if is_end { 0.0 } else { self.chroma });
        let with = |chroma| Self { lightness, chroma, ..self }.linear_rgb();
        if is_shown(with(not_shown)) {
            shown = not_shown;
        } else {
            for _ in 0..20 {
                let middle = f64::midpoint(shown, not_shown);
                if is_shown(with(middle)) { shown = middle } else { not_shown = middle }
            }
        }
        Colour(with(shown).map(channel))
    }

    fn linear_rgb(self) -> [f64; 3] {
        let (a, b) = (self.hue.0 * self.chroma, self.hue.1 * self.chroma);
        let long = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let medium = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
        ]
    }
}

/// Whether a screen has this colour, but for rounding.
fn is_shown(rgb: [f64; 3]) -> bool {
    rgb.iter().all(|value| (-0.0005..=1.0005).contains(value))
}

/// The channel of linear light (IEC 61966-2-1).
fn channel(value: f64) -> u8 {
    let value = value.clamp(0.0, 1.0);
    let encoded = if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
    let channel = (encoded * 255.0).round() as u8;
    channel
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How far the directions of two hues are apart, 0 to 180 degrees.
    fn turn(one: Oklch, other: Oklch) -> f64 {
        (one.hue.0 * other.hue.0 + one.hue.1 * other.hue.1).clamp(-1.0, 1.0).acos().to_degrees()
    }

    proptest! {
        #[test]
        fn what_is_proposed_passes_and_nothing_on_the_way_that_passes_is_nearer(
            own in any::<[u8; 3]>(), met in any::<[u8; 3]>(), least in 1.0..21.0_f64,
        ) {
            let (own, met) = (Colour(own), Colour(met));
            let passes = |colour: Colour| colour.contrast(met) >= least;
            let distance = |colour| way(own).into_iter().find(|(_, other)| *other == colour).map(|(far, _)| far);
            match nearest(own, passes) {
                None => prop_assert!(!passes(Colour::WHITE) && !passes(Colour::BLACK)),
                Some(proposed) => {
                    prop_assert!(passes(proposed));
                    let far = distance(proposed).unwrap();
                    prop_assert!(way(own).iter().all(|(nearer, other)| *nearer >= far || !passes(*other)));
                }
            }
        }

        #[test]
        fn the_way_leads_through_the_colour_from_black_to_white_and_keeps_the_hue(own in any::<[u8; 3]>()) {
            let own = Colour(own);
            let way = way(own);
            prop_assert_eq!(way.first().unwrap().1, own);
            prop_assert!(step(own, way[1].1) <= 16, "{} is far from {own}", way[1].1);
            prop_assert!([Colour::BLACK, Colour::WHITE].iter().all(|end| way.iter().any(|(_, it)| it == end)));
            for (_, other) in way {
                let (from, to) = (Oklch::of(own), Oklch::of(other));
                prop_assert!(to.chroma <= from.chroma + 0.02, "{other} is more colourful than {own}");
                // Of a grey, and of what is nearly black, rounding makes any hue.
                if to.chroma > 0.05 && to.lightness > 0.3 {
                    prop_assert!(turn(from, to) < 6.0, "{other} has another hue than {own}");
                }
            }
        }
    }

    /// How far two colours are apart in the channel in which they are most.
    fn step(one: Colour, other: Colour) -> u8 {
        (0..3).map(|index| one.0[index].abs_diff(other.0[index])).max().unwrap()
    }

    #[test]
    fn a_colour_at_the_edge_of_what_a_screen_shows_is_on_its_own_way() {
        let green = Colour([0, 0xff, 0x2e]);
        assert_eq!(nearest(green, |_| true), Some(green));
        assert!(step(green, way(green)[1].1) > 2, "it stands for what lies at the edge");
    }

    #[test]
    fn a_colour_is_taken_apart_as_its_inventor_does() {
        let blue = Oklch::of(Colour([0, 0, 0xff]));
        assert!((blue.lightness - 0.452).abs() < 0.001 && (blue.chroma - 0.313).abs() < 0.001, "{blue:?}");
        assert!((Oklch::of(Colour::WHITE).lightness - 1.0).abs() < 0.001);
    }
}
