//! Whether anything that the page is made of has changed.

use std::{fs, path::Path, process::Command};

use sha2::{Digest, Sha256};

use super::assets;
use crate::{
    command::{Failure, output},
    place,
};

/// All that the bytes of the page depend on. The build itself is among them.
const INPUTS: [&str; 12] = [
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "index.html",
    "public",
    "script",
    "src",
    "style",
    "crates/flow",
    "crates/protocol",
    "xtask/src/page",
    "xtask/tools",
];

/// A hash over the names and bytes of all inputs, and the compiler's version.
pub(super) fn of_inputs() -> Result<String, Failure> {
    let mut hash = Sha256::new();
    let compiler = output(Command::new("rustc").arg("--version"))?;
    hash.update(compiler.as_bytes());
    for input in INPUTS {
        let path = place::root().join(input);
        if path.is_dir() {
            for file in assets::files(&path)? {
                add(&mut hash, &format!("{input}/{file}"), &path.join(&file))?;
            }
        } else if path.is_file() {
            add(&mut hash, input, &path)?;
        }
    }
    Ok(assets::hex(&hash.finalize()))
}

fn add(hash: &mut Sha256, name: &str, file: &Path) -> Result<(), Failure> {
    let bytes = fs::read(file).map_err(Failure::file(file))?;
    // Lengths in front, so that no two different sets of files give the same bytes.
    for part in [name.as_bytes(), &bytes] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    Ok(())
}
