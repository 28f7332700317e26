//! Servers that are killed and started again.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use vestibule_testbed::signal;

/// What HAProxy calls them. Each has an address of its own, and all the same ports.
pub(crate) const NAMES: [&str; 3] = ["one", "two", "three"];

/// Where they listen.
#[derive(Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) public: u16,
    pub(crate) management: u16,
}

/// What all servers share.
pub(crate) struct Shared<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) database: &'a str,
    pub(crate) ports: Ports,
    pub(crate) public_address: &'a str,
    /// The build that they are of.
    pub(crate) build: &'a Path,
}

/// The build under test.
pub(crate) fn this_build() -> PathBuf {
    env!("CARGO_BIN_EXE_vestibule-server").into()
}

/// A server, running or not.
pub(crate) struct Server {
    folder: PathBuf,
    address: SocketAddr,
    pub(crate) build: PathBuf,
    process: Option<Child>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Server {
    /// Starts the one with this number.
    pub(crate) fn start(number: usize, shared: &Shared<'_>) -> Self {
        let (address, ports) = (Ipv4Addr::new(127, 0, 0, u8::try_from(number + 11).unwrap()), shared.ports);
        let config = format!(
            "listen = \"{address}:{}\"\nmanagement_listen = \"{address}:{}\"\npublic_addresses = \"{}\"\n\
             [proxy]\ntrusted = [\"127.0.0.1\"]\nheader = \"x-forwarded-for\"\ndrain_time = \"5s\"\n\
             [database]\nurl = \"{}\"\nkey = \"{}\"\n\
             [mail]\noutbox = \"{}\"\nwarnings = false\n[code]\nresend_after = \"2s\"\nsends_per_hour = 1000\n\
             [password_hash]\nmemory_kib = 8\npasses = 1\n",
            ports.public,
            ports.management,
            shared.public_address,
            shared.database,
            "k".repeat(32),
            shared.folder.join("outbox").display(),
        );
        let folder = shared.folder.join(NAMES[number]);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("vestibule.toml"), config).unwrap();
        let mut server =
            Self { folder, address: (address, ports.public).into(), build: shared.build.to_owned(), process: None };
        server.start_again();
        server
    }

    /// It is ready by then.
    pub(crate) fn start_again(&mut self) {
        let mut command = self.command();
        let mut process = command.arg("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        assert!(log.any(|line| line.unwrap().contains("ready")));
        // What is logged later must go somewhere, or the server would wait for its reader.
        std::thread::spawn(move || log.for_each(drop));
        self.process = Some(process);
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Has it finish what it has begun, as `systemctl stop` does. Whoever sends people to it has noticed by then: it is
    /// there as long as that takes.
    pub(crate) fn stop(&mut self, is_noticed: impl FnOnce()) {
        if let Some(mut process) = self.process.take() {
            signal("TERM", &process).unwrap();
            is_noticed();
            TcpStream::connect(self.address).unwrap();
            assert!(process.wait().unwrap().success());
        }
    }

    /// Adds an account whose access codes go to its name at example.com.
    pub(crate) fn add_account(&self, name: &str, password: &str) {
        let mut add = self.command();
        add.args(["user", "add", name, "--email", &format!("{name}@example.com"), "--two-factor"]);
        let mut child = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.build);
        command.current_dir(&self.folder);
        command
    }
}
