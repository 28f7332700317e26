//! The brand of the service: what the configuration says, read and checked when the server starts.

mod logo;

use vestibule_protocol::{Theme, endpoint};

use crate::config::{Config, Invalid};

pub use logo::{Logo, LogoError};

/// What the service looks like.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// Its colours, where they are its own.
    pub theme: Option<Theme>,
    /// Its picture.
    pub logo: Option<Logo>,
}

impl Brand {
    /// The brand of a configuration, its picture read.
    ///
    /// # Errors
    /// [`Invalid`] where the picture is none that can be shown.
    pub fn from_config(config: &Config) -> Result<Self, Invalid> {
        let read = |path: &std::path::PathBuf| {
            Logo::read(path)
                .map_err(|error| Invalid { key: "brand.logo", problem: format!("{}: {error}", path.display()) })
        };
        Ok(Self { theme: config.brand.theme(), logo: config.brand.logo.as_ref().map(read).transpose()? })
    }

    /// Where the picture is, below the base address.
    #[must_use]
    pub fn logo_path(&self) -> Option<String> {
        self.logo.as_ref().map(|logo| format!("{}/{}", endpoint::BRAND, logo.name))
    }
}
