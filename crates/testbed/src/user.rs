//! Somebody to run PostgreSQL as: it refuses to be run by root.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Whom the package of PostgreSQL made for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User {
    id: u32,
    group: u32,
}

impl User {
    /// Nobody else where we are not root.
    pub(crate) fn unprivileged() -> io::Result<Option<Self>> {
        if id(&["-u"])? != 0 {
            return Ok(None);
        }
        Ok(Some(Self { id: id(&["-u", "postgres"])?, group: id(&["-g", "postgres"])? }))
    }

    pub(crate) fn own(self, folder: &Path) -> io::Result<()> {
        std::os::unix::fs::chown(folder, Some(self.id), Some(self.group))
    }

    pub(crate) fn run(self, command: &mut Command) {
        command.uid(self.id).gid(self.group);
    }
}

fn id(arguments: &[&str]) -> io::Result<u32> {
    let output = Command::new("id").args(arguments).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim().parse().map_err(|_| io::Error::other(format!("`id {}` says {said}", arguments.join(" "))))
}
