//! What the page's module needs of a browser, and so the oldest browsers that run it.

use std::fmt;

use serde::Serialize;
use wasmparser::{Validator, WasmFeatures};

use crate::command::Failure;

/// A version of a browser: major and minor.
type Version = (u16, u16);

/// The first versions that have something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Browsers {
    chrome: Version,
    firefox: Version,
    safari: Version,
}

impl Browsers {
    const fn new(chrome: Version, firefox: Version, safari: Version) -> Self {
        Self { chrome, firefox, safari }
    }

    fn and(self, other: Self) -> Self {
        Self {
            chrome: self.chrome.max(other.chrome),
            firefox: self.firefox.max(other.firefox),
            safari: self.safari.max(other.safari),
        }
    }
}

impl fmt::Display for Browsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |(major, minor): Version| match minor {
            0 => major.to_string(),
            _ => format!("{major}.{minor}"),
        };
        let [chrome, firefox, safari] = [self.chrome, self.firefox, self.safari].map(version);
        write!(f, "Chrome {chrome}, Firefox {firefox}, Safari {safari}")
    }
}

/// WebAssembly itself, and the policy by which a page allows it and no other code from text: the server sends it.
const ALWAYS: Browsers = Browsers::new((97, 0), (102, 0), (16, 0));

/// What modules may use here, with the first versions that have it (webassembly.org/features).
const KNOWN: [(&str, WasmFeatures, Browsers); 6] = [
    ("mutable-globals", WasmFeatures::MUTABLE_GLOBAL, Browsers::new((74, 0), (61, 0), (13, 1))),
    ("sign-ext", WasmFeatures::SIGN_EXTENSION, Browsers::new((74, 0), (62, 0), (14, 1))),
    ("nontrapping-fptoint", WasmFeatures::SATURATING_FLOAT_TO_INT, Browsers::new((75, 0), (64, 0), (15, 0))),
    ("bulk-memory", WasmFeatures::BULK_MEMORY, Browsers::new((75, 0), (79, 0), (15, 0))),
    ("multivalue", WasmFeatures::MULTI_VALUE, Browsers::new((85, 0), (78, 0), (13, 1))),
    ("reference-types", WasmFeatures::REFERENCE_TYPES, Browsers::new((96, 0), (79, 0), (15, 0))),
];

/// What a module uses beyond the first version of WebAssembly.
#[derive(Debug, Serialize)]
pub(crate) struct Features {
    #[serde(rename = "wasm_features")]
    pub(crate) names: Vec<&'static str>,
    #[serde(skip)]
    pub(crate) oldest: Browsers,
}

impl Features {
    /// A feature is used if the module is not valid without it.
    pub(crate) fn of(module: &[u8]) -> Result<Self, Failure> {
        let check = |features| Validator::new_with_features(features).validate_all(module);
        let all = KNOWN.iter().fold(WasmFeatures::MVP, |all, (_, feature, _)| all | *feature);
        check(all).map_err(|error| Failure::Page(format!("its WebAssembly needs something new: {error}")))?;
        let used = || KNOWN.iter().filter(|(_, feature, _)| check(all - *feature).is_err());
        Ok(Self {
            names: used().map(|(name, ..)| *name).collect(),
            oldest: used().fold(ALWAYS, |oldest, (.., browsers)| oldest.and(*browsers)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of one function without parameters and results, whose instructions are these.
    fn module(instructions: &[u8]) -> Vec<u8> {
        let length = u8::try_from(instructions.len()).unwrap() + 2;
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend([1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, length + 2, 1, length, 0]);
        bytes.extend(instructions);
        bytes.push(0x0b);
        bytes
    }

    #[test]
    fn features_are_those_without_which_a_module_is_not_valid() {
        let i32_const_0_drop = [0x41, 0, 0x1a];
        assert!(Features::of(&module(&i32_const_0_drop)).unwrap().names.is_empty());
        let i32_extend8_s = [0x41, 0, 0xc0, 0x1a];
        let features = Features::of(&module(&i32_extend8_s)).unwrap();
        assert_eq!(features.names, ["sign-ext"]);
        assert_eq!(features.oldest, ALWAYS);
    }

    #[test]
    fn a_module_that_needs_more_than_is_known_here_is_refused() {
        let v128_const_drop = [&[0xfd, 12][..], &[0; 16], &[0x1a]].concat();
        assert!(Features::of(&module(&v128_const_drop)).is_err());
    }

    #[test]
    fn the_oldest_browser_is_the_one_that_has_everything() {
        let one = Browsers::new((96, 0), (79, 0), (15, 4));
        assert_eq!(one.and(ALWAYS).to_string(), "Chrome 97, Firefox 102, Safari 16");
        assert_eq!(one.to_string(), "Chrome 96, Firefox 79, Safari 15.4");
    }
}
