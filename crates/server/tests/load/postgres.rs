//! A PostgreSQL of the test's own, for it is restarted.

use std::fs::Permissions;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::servers::free_port;

/// Who owns everything in it.
const OWNER: &str = "vestibule";

/// A PostgreSQL that runs.
pub(crate) struct Postgres {
    programs: PathBuf,
    data: PathBuf,
    port: u16,
    process: Child,
}

impl Postgres {
    /// Starts one with an empty database, its data in a new folder.
    pub(crate) fn start(data: PathBuf) -> Self {
        // Set by `cargo xtask test postgres`.
        let programs = PathBuf::from(std::env::var_os("TEST_POSTGRES_PROGRAMS").unwrap());
        std::fs::create_dir(&data).unwrap();
        if is_root() {
            // Whoever it runs as has to get there.
            std::fs::set_permissions(data.parent().unwrap(), Permissions::from_mode(0o711)).unwrap();
            chown(&data, Some(id_of_postgres("-u")), Some(id_of_postgres("-g"))).unwrap();
        }
        let mut initdb = program(&programs, &data, "initdb");
        initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--username", OWNER, "--pgdata"]);
        assert!(initdb.arg(&data).stdout(Stdio::null()).status().unwrap().success());
        let port = free_port();
        let process = serve(&programs, &data, port);
        Self { programs, data, port, process }
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Restarts it as `pg_ctl restart --mode fast` does: whoever is connected is cut off.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.process = serve(&self.programs, &self.data, self.port);
    }

    /// Executes statements in one transaction, again and again until no lock is in their way, as migrations are made.
    pub(crate) fn migrate(&self, statements: &str) {
        let is_done = |_| {
            let mut psql = Command::new(self.programs.join("psql"));
            psql.args(["--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--command", statements]);
            psql.env("PGOPTIONS", "-clock_timeout=250ms").arg(self.url()).stderr(Stdio::null());
            psql.status().unwrap().success()
        };
        assert!((0..60).any(is_done));
    }

    fn stop(&mut self) {
        crate::servers::signal("INT", &self.process);
        self.process.wait().unwrap();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts the server; it takes connections by then.
fn serve(programs: &Path, data: &Path, port: u16) -> Child {
    let mut command = program(programs, data, "postgres");
    command.arg("-D").arg(data).arg("-k").arg(data).args(["-p", &port.to_string()]);
    for setting in ["listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off"] {
        command.args(["-c", setting]);
    }
    let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    assert!(log.any(|line| line.unwrap().contains("ready to accept connections")));
    std::thread::spawn(move || log.for_each(drop));
    process
}

/// A program of PostgreSQL, which refuses to be run by root.
fn program(programs: &Path, data: &Path, name: &str) -> Command {
    let mut command = Command::new(programs.join(name));
    command.current_dir(data);
    if is_root() {
        command.uid(id_of_postgres("-u")).gid(id_of_postgres("-g"));
    }
    command
}

fn is_root() -> bool {
    id(&["-u"]) == 0
}

/// What the package of PostgreSQL made.
fn id_of_postgres(which: &str) -> u32 {
    id(&[which, "postgres"])
}

fn id(arguments: &[&str]) -> u32 {
    let output = Command::new("id").args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}
