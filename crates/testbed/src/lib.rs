//! What tests and measurements start beside the server.

mod postgres;
mod user;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command};

pub use postgres::Postgres;

/// An address of this machine that was free a moment ago.
///
/// # Errors
/// Those of the system.
pub fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Sends a signal, by its name without `SIG`.
///
/// # Errors
/// Those of the system; also where the process has gone.
pub fn signal(name: &str, process: &Child) -> io::Result<()> {
    let status = Command::new("kill").args([&format!("-{name}"), &process.id().to_string()]).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("no signal {name}: {status}"))) }
}

/// HAProxy. Debian keeps it where only root looks.
#[must_use]
pub fn haproxy() -> Command {
    let debian = "/usr/sbin/haproxy";
    Command::new(if Path::new(debian).is_file() { debian } else { "haproxy" })
}
