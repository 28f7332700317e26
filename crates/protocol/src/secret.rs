use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Json;

/// Text that must not be shown: a password, a code, a token, an `auth_session`.
///
/// It goes over the wire as it is, but never into a log or an error: `Debug` hides it and there is no `Display`.
/// There is no `PartialEq` either: secrets are compared by the server alone, in constant time, on their hashes.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Reads one that is written as a text.
    #[must_use]
    pub fn read(json: Json<'_>) -> Option<Self> {
        json.text().map(Self)
    }

    /// The text itself. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_never_shows_the_text() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "[secret]");
    }
}
