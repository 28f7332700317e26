//! For work on page and server: Trunk rebuilds the page, and this the server, as files change.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use crate::{
    command::{Failure, checked, run, say, started},
    demo, place, server, tools,
};

/// Where the page is; Trunk.toml's proxies name the server's port.
const PAGE_PORT: u16 = 8080;
/// Where the server listens behind Trunk.
const SERVER_PORT: u16 = 8081;

/// What the server is made of.
const SERVER_SOURCES: [&str; 3] = ["Cargo.lock", "crates/protocol", "crates/server"];

/// How often the server's sources are looked at.
const EVERY: Duration = Duration::from_millis(500);

fn config_text() -> String {
    format!(
        "# Written by `cargo xtask dev` at every start.\n\
         listen = \"127.0.0.1:{SERVER_PORT}\"\n\
         service_name = \"Vestibule\"\n\
         public_addresses = [\"http://localhost:{PAGE_PORT}\"]\n\
         allow_plain_http = true\n\
         \n\
         [database]\n\
         url = \"sqlite:demo/dev.db\"\n\
         \n\
         [mail]\n\
         outbox = \"demo/outbox\"\n"
    )
}

/// A program that ends when it is no longer needed.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self, Failure> {
        let child = command.spawn();
        started(command, child).map(Self)
    }

    /// How it ended, if it has.
    fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, by the same Ctrl-C.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The time of the latest change below a path.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = fs::metadata(path).and_then(|data| data.modified()).ok();
    let below = fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| newest(&entry.path()));
    below.chain(own).max()
}

fn sources_changed() -> Option<SystemTime> {
    SERVER_SOURCES.iter().filter_map(|source| newest(&place::root().join(source))).max()
}

/// Builds the server; what the compiler says stands in the terminal.
fn build() -> Result<(), Failure> {
    run(Command::new("cargo").args(["build", "--package", "vestibule-server"]).current_dir(place::root()))
}

fn serve(config: &Path) -> Result<Running, Failure> {
    Running::start(server::command(&binary(), config).arg("serve"))
}

fn binary() -> PathBuf {
    place::target().join("debug").join(format!("vestibule-server{}", std::env::consts::EXE_SUFFIX))
}

/// Runs both until Ctrl-C.
pub(crate) fn dev() -> Result<(), Failure> {
    tools::for_page()?;
    let passwords = demo::passwords(&place::demo())?;
    let config = place::demo().join("dev.toml");
    fs::write(&config, config_text()).map_err(Failure::file(&config))?;

    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    ctrlc::set_handler(move || stopped.store(true, Ordering::Relaxed)).map_err(Failure::Signals)?;

    let mut seen = sources_changed();
    build()?;
    demo::add_accounts(&binary(), &config, &passwords)?;
    let mut server = serve(&config)?;
    let mut trunk = Command::new("trunk");
    trunk
        .args(["serve", "--offline", "--dist"])
        .arg(place::target().join("trunk-dev"))
        .args(["--port", &PAGE_PORT.to_string()])
        .env("PATH", tools::path())
        .env_remove("NO_COLOR")
        .current_dir(place::root());
    let mut page = Running::start(&mut trunk)?;
    say(&format!("http://localhost:{PAGE_PORT} once the page is built; Ctrl-C ends both"));
    demo::print_accounts(&passwords);

    while !stop.load(Ordering::Relaxed) {
        thread::sleep(EVERY);
        if let Some(status) = page.ended() {
            return checked(&trunk, status);
        }
        let now = sources_changed();
        if now != seen {
            seen = now;
            say("The server's sources have changed: building it anew");
            match build() {
                Ok(()) => {
                    // The old one first: both want the same port.
                    drop(server);
                    server = serve(&config)?;
                }
                Err(Failure::Failed { .. }) => say("The server does not compile; the one before goes on"),
                Err(other) => return Err(other),
            }
        }
    }
    Ok(())
}
