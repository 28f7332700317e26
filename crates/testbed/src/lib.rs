//! What tests and measurements start beside the server.

mod postgres;
mod user;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};

pub use postgres::Postgres;

/// Below those that systems give to outgoing connections (Linux from 32768, others from 49152): of these, one that is
/// free now can be the near end of anybody's connection before a server has taken it.
const PORTS: Range<u16> = 20_000..32_000;

/// A port of this machine that nothing listens on, and that no other call has got.
///
/// # Errors
/// None of them is free.
pub fn free_port() -> io::Result<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let count = u32::from(PORTS.end - PORTS.start);
    // Processes that run side by side begin apart.
    let mine = std::process::id().wrapping_mul(16);
    for _ in PORTS {
        let offset = mine.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % count;
        let port = PORTS.start + u16::try_from(offset).map_err(io::Error::other)?;
        if TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

/// [`free_port`] of the loopback interface.
///
/// # Errors
/// As there.
pub fn free_address() -> io::Result<SocketAddr> {
    Ok((Ipv4Addr::LOCALHOST, free_port()?).into())
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
