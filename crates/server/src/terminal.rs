//! What people at the terminal read: the one writer to standard output. Logs and errors go to standard error.

use std::io::{self, Write};

/// Shows a text and ends the line.
///
/// # Errors
/// Where standard output is closed, such as when it goes to a program that has stopped reading.
pub fn show(text: &str) -> io::Result<()> {
    let mut terminal = io::stdout().lock();
    writeln!(terminal, "{text}")?;
    terminal.flush()
}

/// Shows what can be had again: whoever stops reading it has read enough.
///
/// # Errors
/// Where standard output is closed for another reason.
pub fn list(text: &str) -> io::Result<()> {
    match show(text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        shown => shown,
    }
}

/// Says what went wrong, on standard error.
pub fn complain(text: &str) {
    // Where nobody can read it, nobody can be told that either; the exit code says it too.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
