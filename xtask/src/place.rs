//! Where things are in the working copy.

use std::path::{Path, PathBuf};

/// The top folder of the working copy.
pub(crate) fn root() -> &'static Path {
    // xtask runs where it was built: cargo builds it anew in every working copy.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Everything that is made and may be thrown away.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// The pinned build tools.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// The finished page; the server embeds this folder.
pub(crate) fn page() -> PathBuf {
    target().join("page")
}

/// The release build of the server.
pub(crate) fn server() -> PathBuf {
    target().join("release").join(format!("vestibule-server{}", std::env::consts::EXE_SUFFIX))
}

/// The end-to-end tests.
pub(crate) fn tests() -> PathBuf {
    root().join("tests")
}

/// What the demo keeps between two starts.
pub(crate) fn demo() -> PathBuf {
    root().join("demo")
}
