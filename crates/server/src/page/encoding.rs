//! Which of the precompressed forms a browser wants (RFC 9110 §12.5.3).

/// A form that a file is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// As it is written in `Content-Encoding`; `None`: not written.
    pub(super) fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// The one of `available`, smallest first, that suits `Accept-Encoding` best. A browser that takes none of them
    /// gets the file as it is.
    pub(super) fn choose(accept: Option<&str>, available: &[Self]) -> Self {
        let mut best = (Self::Identity, 0);
        for encoding in available.iter().copied() {
            let weight = encoding.weight(accept.unwrap_or("identity"));
            if weight > best.1 {
                best = (encoding, weight);
            }
        }
        best.0
    }

    /// Quality in thousandths.
    fn weight(self, accept: &str) -> u32 {
        let mut any = None;
        for item in accept.split(',') {
            let mut parts = item.split(';').map(str::trim);
            let coding = parts.next().unwrap_or_default();
            let quality = parts.find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
            });
            let quality = quality.unwrap_or(1_000);
            if coding.eq_ignore_ascii_case(self.token().unwrap_or("identity")) {
                return quality;
            }
            if coding == "*" {
                any = Some(quality);
            }
        }
        match (any, self) {
            (Some(quality), _) => quality,
            // Taken unless it is refused, but anything that was asked for comes first.
            (None, Self::Identity) => 1,
            (None, _) => 0,
        }
    }
}

/// A quality of RFC 9110 §12.4.2; one that cannot be read counts as refused.
fn thousandths(quality: &str) -> u32 {
    let (whole, fraction) = quality.split_once('.').unwrap_or((quality, ""));
    match (whole, format!("{fraction:0<3}").parse::<u32>()) {
        ("0", Ok(fraction)) if fraction < 1_000 => fraction,
        ("1", Ok(0)) => 1_000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_smallest_form_that_the_browser_wants_is_chosen() {
        use Encoding::{Brotli, Gzip, Identity};
        let all = &[Brotli, Gzip, Identity][..];
        for (accept, available, expected) in [
            (Some("gzip, deflate, br, zstd"), all, Brotli),
            (Some("gzip, deflate"), all, Gzip),
            (Some("gzip, br"), &[Gzip, Identity][..], Gzip),
            (Some("gzip, br"), &[Identity][..], Identity),
            (Some("br;q=0.5, gzip;q=0.8"), all, Gzip),
            (Some("BR; Q=0.001"), all, Brotli),
            (Some("br;q=0, gzip"), all, Gzip),
            (Some("br;q=0, gzip;q=0"), all, Identity),
            (Some("gzip;q=0.3, identity"), all, Identity),
            (Some("*"), all, Brotli),
            (Some("*;q=0"), all, Identity),
            (Some("br;q=0, *"), all, Gzip),
            (Some("br;q=nonsense"), all, Identity),
            (Some("br;q=1.5"), all, Identity),
            (Some("deflate"), all, Identity),
            (Some(""), all, Identity),
            (None, all, Identity),
        ] {
            assert_eq!(Encoding::choose(accept, available), expected, "{accept:?}");
        }
    }

    fn item() -> impl Strategy<Value = String> {
        "(br|gzip|identity|deflate|\\*|BR)( ?; ?q=(0|1|0\\.[0-9]{1,3}|0\\.0{0,3}|1\\.0{0,3}|2|x))?"
    }

    proptest! {
        #[test]
        fn what_is_chosen_is_there_and_wanted(items in prop::collection::vec(item(), 0..5), available in 0_u8..4) {
            let accept = items.join(", ");
            let mut there = vec![Encoding::Identity];
            there.extend((available & 1 > 0).then_some(Encoding::Gzip));
            there.extend((available & 2 > 0).then_some(Encoding::Brotli));
            there.reverse();
            let chosen = Encoding::choose(Some(&accept), &there);
            prop_assert!(there.contains(&chosen));
            if let Some(token) = chosen.token() {
                let names_it = |item: &&String| item.to_ascii_lowercase().starts_with(token) || item.starts_with('*');
                prop_assert!(items.iter().any(|item| names_it(&item)), "{accept}");
                let refused = |item: &String| item.to_ascii_lowercase().starts_with(token) && item.ends_with("q=0");
                prop_assert!(!items.iter().find(|item| item.to_ascii_lowercase().starts_with(token)).is_some_and(refused));
            }
        }

        #[test]
        fn no_text_makes_choosing_panic(accept in any::<String>()) {
            let all = [Encoding::Brotli, Encoding::Gzip, Encoding::Identity];
            prop_assert_eq!(Encoding::choose(Some(&accept), &all[2..]), Encoding::Identity);
            prop_assert!(all.contains(&Encoding::choose(Some(&accept), &all)));
        }

        #[test]
        fn a_quality_is_what_it_says(thousands in 0_u32..=1_000) {
            let quality = format!("{}.{:03}", thousands / 1_000, thousands % 1_000);
            prop_assert_eq!(thousandths(&quality), thousands);
        }
    }
}
