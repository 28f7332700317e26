//! The picture beside the name of the service.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use axum::body::Bytes;
use sha2::{Digest, Sha256};

/// The largest picture that is taken, in bytes: it is shown smaller than a thumb.
const MAX_LOGO_BYTES: usize = 128 * 1024;

/// A picture that browsers can show.
#[derive(Clone, Debug)]
pub struct Logo {
    /// Name of its file, with a hash of its content: other content has another name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// The file.
    pub content: Bytes,
}

/// Why there is no picture. Each says what is to be done.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// Gone, or not to be read.
    #[error("cannot be read: {0}; name a file that is there, or remove the key")]
    Unreadable(#[from] std::io::Error),
    /// More than 128 KiB.
    #[error("is larger than {} KiB; make it smaller, it is shown 32 pixels high", MAX_LOGO_BYTES / 1024)]
    TooLarge,
    /// Nothing that every browser shows.
    #[error("is no picture that every browser shows; use SVG, PNG, JPEG, WebP or GIF")]
    NoPicture,
}

impl Logo {
    /// Reads the picture.
    ///
    /// # Errors
    /// [`LogoError`].
    pub fn read(path: &Path) -> Result<Self, LogoError> {
        let mut content = Vec::new();
        // One more tells that there is more.
        File::open(path)?.take(MAX_LOGO_BYTES as u64 + 1).read_to_end(&mut content)?;
        Self::new(content)
    }

    fn new(content: Vec<u8>) -> Result<Self, LogoError> {
        if content.len() > MAX_LOGO_BYTES {
            return Err(LogoError::TooLarge);
        }
        let (ending, media_type) = kind(&content).ok_or(LogoError::NoPicture)?;
        let hash = Sha256::digest(&content)[..8].iter().fold(0_u64, |hash, byte| (hash << 8) | u64::from(*byte));
        Ok(Self { name: format!("logo-{hash:016x}.{ending}"), media_type, content: content.into() })
    }
}

/// By what it holds, whatever it is called: the end of its name, and its media type.
fn kind(content: &[u8]) -> Option<(&'static str, &'static str)> {
    match content {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(("png", "image/png")),
        [0xff, 0xd8, 0xff, ..] => Some(("jpg", "image/jpeg")),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(("gif", "image/gif")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(("webp", "image/webp")),
        text if is_svg(text) => Some(("svg", "image/svg+xml")),
        _ => None,
    }
}

/// Whether the first element of a document is a drawing's.
fn is_svg(content: &[u8]) -> bool {
    let Ok(mut rest) = std::str::from_utf8(content) else { return false };
    rest = rest.strip_prefix('\u{feff}').unwrap_or(rest);
    loop {
        rest = rest.trim_start();
        let after = [("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">")].iter().find_map(|(open, close)| {
            let (_, after) = rest.strip_prefix(open)?.split_once(close)?;
            Some(after)
        });
        match after {
            Some(after) => rest = after,
            None => break,
        }
    }
    rest.strip_prefix("<svg").is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '>'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pictures_are_known_by_what_they_hold() {
        let svg = |text: &str| Some(text.as_bytes().to_vec());
        for (content, media_type) in [
            (svg("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), Some("image/svg+xml")),
            (
                svg("\u{feff}<?xml version=\"1.0\"?>\n<!-- a door -->\n<!DOCTYPE svg>\n<svg>\n</svg>"),
                Some("image/svg+xml"),
            ),
            (Some(b"\x89PNG\r\n\x1a\n....".to_vec()), Some("image/png")),
            (Some(b"\xff\xd8\xff\xe0....".to_vec()), Some("image/jpeg")),
            (Some(b"GIF89a....".to_vec()), Some("image/gif")),
            (Some(b"RIFF\x10\0\0\0WEBPVP8 ".to_vec()), Some("image/webp")),
            (svg("<html><svg></svg></html>"), None),
            (svg("<svgx>"), None),
            (svg("<!-- never closed <svg>"), None),
            (svg("logo"), None),
            (svg(""), None),
            (Some(b"RIFF\x10\0\0\0WAVE".to_vec()), None),
            (Some(b"%PDF-1.7".to_vec()), None),
        ] {
            let logo = Logo::new(content.unwrap());
            assert_eq!(logo.as_ref().ok().map(|logo| logo.media_type), media_type, "{logo:?}");
        }
    }

    #[test]
    fn each_fault_has_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            Logo::read(&path).unwrap_err().to_string()
        };
        let gone = Logo::read(&folder.path().join("gone.png")).unwrap_err().to_string();
        assert!(gone.starts_with("cannot be read: No such file") && gone.contains("remove the key"), "{gone}");
        assert!(matches!(Logo::read(folder.path()), Err(LogoError::Unreadable(_))));
        let mut large = b"\x89PNG\r\n\x1a\n".to_vec();
        large.resize(MAX_LOGO_BYTES + 1, 0);
        assert_eq!(at("large.png", &large), "is larger than 128 KiB; make it smaller, it is shown 32 pixels high");
        large.truncate(MAX_LOGO_BYTES);
        assert_eq!(Logo::new(large).unwrap().content.len(), MAX_LOGO_BYTES);
        assert_eq!(
            at("logo.png", b"not a picture"),
            "is no picture that every browser shows; use SVG, PNG, JPEG, WebP or GIF"
        );
    }

    #[test]
    fn other_content_has_another_name() {
        let name = |text: &str| Logo::new(text.into()).unwrap().name;
        assert_eq!(name("<svg></svg>"), name("<svg></svg>"));
        assert_ne!(name("<svg></svg>"), name("<svg> </svg>"));
    }

    proptest! {
        #[test]
        fn no_file_makes_reading_panic(content in prop::collection::vec(any::<u8>(), 0..64), text in "(<[?!a-z-]{0,5}|[ >?-]){0,9}") {
            for content in [content, text.into_bytes()] {
                if let Ok(logo) = Logo::new(content.clone()) {
                    prop_assert_eq!(logo.content.as_ref(), content.as_slice());
                }
            }
        }
    }
}
