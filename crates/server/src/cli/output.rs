//! Standard output and standard error: the only places where commands write.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use jiff::Timestamp;

pub(super) use crate::terminal::show;

/// Says what went wrong, on standard error.
pub(super) fn complain(error: &dyn Error) -> ExitCode {
    // Where nobody can be told, the exit code still tells.
    drop(writeln!(std::io::stderr(), "vestibule-server: {error}"));
    ExitCode::FAILURE
}

/// A moment as people read it, in UTC.
pub(super) fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at)
        .map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}
