//! The release: one binary with the page inside, or the page alone for a WebView.

use std::{fs, io::Write};

use clap::ValueEnum;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    command::{Failure, say},
    page, place,
};

/// What a release is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// The server with the page inside
    #[default]
    Server,
    /// The page for a WebView
    Shell,
}

/// Builds the server and puts it into `target/dist`.
pub(crate) fn server() -> Result<(), Failure> {
    crate::server::build()?;
    let folder = place::target().join("dist");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let from = place::server();
    let to = folder.join(from.file_name().unwrap_or_default());
    let bytes = fs::copy(&from, &to).map_err(Failure::file(&from))?;
    say(&format!("{} ({bytes} bytes)", to.display()));
    Ok(())
}

/// Builds the page for a WebView: as a folder and as an archive in `target/dist`.
pub(crate) fn shell(base: &str) -> Result<(), Failure> {
    page::build()?;
    let files = page::shell(base)?;
    let folder = place::target().join("dist").join("shell");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
    }
    let archive = place::target().join("dist").join("vestibule-shell.zip");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let file = fs::File::create(&archive).map_err(Failure::file(&archive))?;
    let mut zip = ZipWriter::new(file);
    let failed = |error: zip::result::ZipError| Failure::Page(format!("{}: {error}", archive.display()));
    for (name, bytes) in &files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(&folder);
        fs::create_dir_all(parent).map_err(Failure::file(parent))?;
        fs::write(&path, bytes).map_err(Failure::file(&path))?;
        // Without times, the same page is the same archive.
        zip.start_file(name.as_str(), SimpleFileOptions::default()).map_err(failed)?;
        zip.write_all(bytes).map_err(Failure::file(&archive))?;
    }
    zip.finish().map_err(failed)?;
    say(&format!("{} ({} files)", archive.display(), files.len()));
    Ok(())
}
