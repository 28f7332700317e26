//! A PostgreSQL of the tests' own: on a free port, its data under `target`, gone with whoever started it.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use crate::{
    command::{Failure, output, run, say, started},
    place, tools,
};

/// Who owns everything in it.
const OWNER: &str = "vestibule";
/// What it says once it can be used.
const READY: &str = "database system is ready to accept connections";

/// A PostgreSQL that runs.
pub(crate) struct Postgres {
    server: Child,
    port: u16,
    data: PathBuf,
    programs: PathBuf,
}

/// What is thrown away after a test need not survive a power cut.
const FORGETFUL: [&str; 3] = ["fsync=off", "full_page_writes=off", "max_connections=400"];
/// As it is run for good, but for the statements being counted.
const COUNTING: [&str; 2] = ["shared_preload_libraries=pg_stat_statements", "max_connections=200"];

impl Postgres {
    /// Starts one with an empty database, for tests.
    pub(crate) fn start() -> Result<Self, Failure> {
        Self::start_with(&FORGETFUL)
    }

    /// Starts one with an empty database that writes everything as one that is run for good does, and counts statements.
    pub(crate) fn start_counting() -> Result<Self, Failure> {
        Self::start_with(&COUNTING)
    }

    fn start_with(settings: &[&str]) -> Result<Self, Failure> {
        let programs = tools::postgres()?;
        let data = place::target().join("postgres");
        if data.exists() {
            fs::remove_dir_all(&data).map_err(Failure::file(&data))?;
        }
        fs::create_dir_all(&data).map_err(Failure::file(&data))?;
        let user = User::unprivileged()?;
        if let Some(user) = &user {
            chown(&data, Some(user.id), Some(user.group)).map_err(Failure::file(&data))?;
        }
        say("Starting PostgreSQL");
        let program = |name: &str| {
            let mut command = Command::new(programs.join(name));
            command.current_dir(&data);
            if let Some(user) = &user {
                command.uid(user.id).gid(user.group);
            }
            command
        };
        // Bytes are compared as bytes, as SQLite does.
        let mut initdb = program("initdb");
        initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--username", OWNER, "--pgdata"]);
        run(initdb.arg(&data).stdout(Stdio::null()))?;
        let port = free_port()?;
        let mut postgres = program("postgres");
        postgres.arg("-D").arg(&data).arg("-k").arg(&data).args(["-p", &port.to_string()]);
        for setting in ["listen_addresses=127.0.0.1"].iter().chain(settings) {
            postgres.args(["-c", setting]);
        }
        let child = postgres.stdin(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut server = started(&postgres, child)?;
        let mut log = BufReader::new(server.stderr.take().ok_or(Failure::Bench("no log of PostgreSQL".to_owned()))?);
        let postgres = Self { server, port, data, programs };
        let mut said = String::new();
        while !said.contains(READY) {
            let length = log.read_line(&mut said).map_err(Failure::file(&postgres.data))?;
            if length == 0 {
                eprint!("{said}");
                return Err(Failure::Missing {
                    program: "postgres".to_owned(),
                    mend: "it did not start; what it said stands above".to_owned(),
                });
            }
        }
        keep_log(log)?;
        Ok(postgres)
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Its terminal, which ends with the first statement that fails.
    pub(crate) fn terminal(&self) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--quiet", "--tuples-only", "--no-align", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]).arg(self.url());
        psql
    }
}

/// Writes the log to a file beside the data, for as long as there is one.
fn keep_log(log: impl BufRead + Send + 'static) -> Result<(), Failure> {
    let path = place::target().join("postgres.log");
    let mut file = fs::File::create(&path).map_err(Failure::file(&path))?;
    thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            if writeln!(file, "{line}").is_err() {
                break;
            }
        }
    });
    Ok(())
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // At once: nothing of it is needed any more. What cannot be stopped or removed is in the way of the next start,
        // and told then.
        drop(Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status());
        drop(self.server.wait());
        drop(fs::remove_dir_all(&self.data));
    }
}

/// Somebody to run it as: it refuses to be run by root.
struct User {
    id: u32,
    group: u32,
}

impl User {
    /// Whom the package made for it, where we are root.
    fn unprivileged() -> Result<Option<Self>, Failure> {
        let id = |arguments: &[&str]| -> Result<u32, Failure> {
            let mut command = Command::new("id");
            let text = output(command.args(arguments))?;
            text.trim().parse().map_err(|_| Failure::Missing {
                program: "postgres".to_owned(),
                mend: format!("`id {}` says {text}", arguments.join(" ")),
            })
        };
        if id(&["-u"])? != 0 {
            return Ok(None);
        }
        Ok(Some(Self { id: id(&["-u", "postgres"])?, group: id(&["-g", "postgres"])? }))
    }
}

fn free_port() -> Result<u16, Failure> {
    let place = Path::new("127.0.0.1");
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Failure::file(place))?;
    Ok(listener.local_addr().map_err(Failure::file(place))?.port())
}
