//! A PostgreSQL of one's own: on a free port, its data in a new folder, gone with whoever started it.

use std::fs::{self, File, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::user::User;
use crate::{free_address, signal};

/// What it says once it can be used.
const READY: &str = "database system is ready to accept connections";
/// Makes a database whose owner is `vestibule`, and serves it. Bytes are compared as bytes, as SQLite does.
const MAKE_AND_SERVE: &str = r#"programs=$1 data=$2
    shift 2
    "$programs/initdb" --auth=trust --encoding=UTF8 --locale=C --no-sync --username vestibule --pgdata "$data" >/dev/null
    cd "$data"
    exec "$programs/postgres" -D "$data" -k "$data" "$@""#;
/// Runs a command on a disk in the memory, which nobody else sees, as somebody who is not root there.
const ON_A_SMALL_DISK: &str = r#"mount -t tmpfs -o "size=$1m,mode=0700" tmpfs "$2"
    shift 2
    exec unshare --user --map-user=1 --map-group=1 -- "$@""#;

/// A PostgreSQL that runs.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    data: PathBuf,
    port: u16,
    settings: Vec<String>,
    process: Child,
}

impl Postgres {
    /// Starts one with an empty database. The folder is made; its parent is there.
    ///
    /// # Errors
    /// Those of the system; what PostgreSQL said where it did not start.
    pub fn start(programs: &Path, data: &Path, settings: &[&str]) -> io::Result<Self> {
        fs::create_dir(data)?;
        let mut command = Command::new("sh");
        if let Some(user) = User::unprivileged()? {
            if let Some(parent) = data.parent() {
                // Whoever it runs as has to get there.
                let mode = fs::metadata(parent)?.permissions().mode();
                fs::set_permissions(parent, Permissions::from_mode(mode | 0o011))?;
            }
            user.own(data)?;
            user.run(&mut command);
        }
        Self::make(command, programs, data, settings)
    }

    /// The same on a disk of its own of so many MiB, which goes with it: it cannot be restarted.
    ///
    /// # Errors
    /// Those of the system; what PostgreSQL said where it did not start.
    pub fn start_on_small_disk(programs: &Path, data: &Path, settings: &[&str], size: u32) -> io::Result<Self> {
        fs::create_dir(data)?;
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "--", "sh", "-ec", ON_A_SMALL_DISK, "sh"]);
        command.arg(size.to_string()).arg(data).arg("sh");
        Self::make(command, programs, data, settings)
    }

    /// `command` is a shell.
    fn make(mut command: Command, programs: &Path, data: &Path, settings: &[&str]) -> io::Result<Self> {
        let port = free_address()?.port();
        let settings = ["listen_addresses=127.0.0.1"].iter().chain(settings);
        let settings = settings.flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]);
        let settings: Vec<String> = ["-p".to_owned(), port.to_string()].into_iter().chain(settings).collect();
        command.args(["-ec", MAKE_AND_SERVE, "sh"]).arg(programs).arg(data).args(&settings);
        let process = serve(command, data)?;
        Ok(Self { programs: programs.to_owned(), data: data.to_owned(), port, settings, process })
    }

    /// Restarts it as `pg_ctl restart --mode fast` does: whoever is connected is cut off.
    ///
    /// # Errors
    /// As at the start.
    pub fn restart(&mut self) -> io::Result<()> {
        signal("INT", &self.process)?;
        self.process.wait()?;
        let mut command = Command::new(self.programs.join("postgres"));
        if let Some(user) = User::unprivileged()? {
            user.run(&mut command);
        }
        command.current_dir(&self.data).arg("-D").arg(&self.data).arg("-k").arg(&self.data).args(&self.settings);
        self.process = serve(command, &self.data)?;
        Ok(())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://vestibule@{}/postgres", self.address())
    }

    /// Its terminal, which ends with the first statement that fails.
    #[must_use]
    pub fn terminal(&self) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--quiet", "--tuples-only", "--no-align", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]).arg(self.url());
        psql
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // At once: nothing of it is needed any more. What cannot be stopped or removed is in the way of the next start,
        // and told then.
        drop(signal("QUIT", &self.process));
        drop(self.process.wait());
        drop(fs::remove_dir_all(&self.data));
    }
}

/// Starts it; it takes connections by then. What it says goes to a file beside its data.
fn serve(mut command: Command, data: &Path) -> io::Result<Child> {
    let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut log = BufReader::new(process.stderr.take().ok_or_else(|| io::Error::other("no log of PostgreSQL"))?);
    let mut said = String::new();
    while !said.contains(READY) {
        if log.read_line(&mut said)? == 0 {
            process.wait()?;
            return Err(io::Error::other(format!("PostgreSQL did not start: {said}")));
        }
    }
    let mut file = File::create(data.with_extension("log"))?;
    thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            if writeln!(file, "{line}").is_err() {
                break;
            }
        }
    });
    Ok(process)
}
