//! The release: one binary with the page inside.

use std::fs;

use crate::{
    command::{Failure, say},
    place, server,
};

/// Builds the release and puts it into `target/dist`.
pub(crate) fn dist() -> Result<(), Failure> {
    server::build()?;
    let folder = place::target().join("dist");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let from = place::server();
    let to = folder.join(from.file_name().unwrap_or_default());
    let bytes = fs::copy(&from, &to).map_err(Failure::file(&from))?;
    say(&format!("{} ({bytes} bytes)", to.display()));
    Ok(())
}
