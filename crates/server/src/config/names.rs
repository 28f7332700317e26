//! Values that are one of some names. Who writes another one is told those that there are.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, Error};

/// Reads one of an enum's names.
pub(super) fn one_of<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    T::deserialize(StrDeserializer::new(&text)).map_err(|problem| match problem {
        Problem::NoneOf(names) => D::Error::custom(none_of(&text, names)),
        Problem::Other(problem) => D::Error::custom(problem),
    })
}

/// What is wrong with a text that is none of these names.
pub(super) fn none_of(text: &str, names: &[&str]) -> String {
    format!("`{text}` is none of {}", names.join(", "))
}

/// Why a text is no value of an enum.
#[derive(Debug)]
enum Problem {
    NoneOf(&'static [&'static str]),
    Other(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoneOf(names) => write!(f, "none of {}", names.join(", ")),
            Self::Other(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::Other(problem.to_string())
    }

    fn unknown_variant(_: &str, names: &'static [&'static str]) -> Self {
        Self::NoneOf(names)
    }
}
