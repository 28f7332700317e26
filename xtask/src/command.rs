//! Running other programs: what they print is passed through, what fails has one error each.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

/// Why a task stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A program is needed that xtask does not install: the person installs it.
    #[error("{program} is needed and was not found: {mend}")]
    Missing {
        /// Its name on the PATH.
        program: String,
        /// What to do about it.
        mend: String,
    },
    /// A program ran and reported a failure; what it printed stands above.
    #[error("`{program}` failed ({status})")]
    Failed {
        /// The command line.
        program: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// A file or folder could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Trunk wrote a page that the release step cannot work with.
    #[error("the built page: {0}")]
    Page(String),
    /// Budgets are passed.
    #[error("too heavy: {0}")]
    TooHeavy(String),
    /// The port to listen on is taken.
    #[error("port {0} is in use; choose another one with --port")]
    PortTaken(u16),
    /// A file that xtask wrote earlier is not as it was written.
    #[error("{path} cannot be understood ({reason}); remove it and try again")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The system gave no randomness.
    #[error("no random numbers from the system: {0}")]
    Randomness(getrandom::Error),
    /// Something that is measured did not do what it should.
    #[error("the measurement: {0}")]
    Bench(String),
    /// Ctrl-C cannot be caught.
    #[error("Ctrl-C cannot be caught: {0}")]
    Signals(ctrlc::Error),
}

impl Failure {
    /// Says which file an I/O error was about.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// Announces a step, so that nobody wonders what a long silence is about.
pub(crate) fn say(step: &str) {
    println!("==> {step}");
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// What to do about a program that is not there.
fn missing(command: &Command) -> Failure {
    let program = command.get_program().to_string_lossy().into_owned();
    let mend = match program.as_str() {
        "node" | "npm" | "npx" => "install Node.js 20 or newer".to_owned(),
        "cargo" | "rustc" => "install Rust from your distribution or with rustup".to_owned(),
        _ => format!("install {program} and put it on the PATH"),
    };
    Failure::Missing { program, mend }
}

/// Turns what starting a command gave into our own error.
pub(crate) fn started<T>(command: &Command, result: io::Result<T>) -> Result<T, Failure> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => missing(command),
        _ => Failure::File { path: command.get_program().into(), source: error },
    })
}

/// Runs a command to its end with this terminal as its own.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let result = command.status();
    checked(command, started(command, result)?)
}

/// Runs a command to its end and gives what it wrote on its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let result = command.stderr(Stdio::inherit()).output();
    let output = started(command, result)?;
    checked(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command to its end with this on its standard input, and gives what it wrote on its standard output.
pub(crate) fn output_of(command: &mut Command, input: &str) -> Result<String, Failure> {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = started(command, child)?;
    let program = PathBuf::from(command.get_program());
    // It reads all of it before it writes anything that would fill a pipe.
    if let Some(mut standard_input) = child.stdin.take() {
        standard_input.write_all(input.as_bytes()).map_err(Failure::file(&program))?;
    }
    let output = child.wait_with_output().map_err(Failure::file(&program))?;
    checked(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A status other than success as an error.
pub(crate) fn checked(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    if status.success() { Ok(()) } else { Err(Failure::Failed { program: line(command), status }) }
}

/// Where a program is on the PATH.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The PATH with these folders before it.
pub(crate) fn path_with(folders: &[PathBuf]) -> OsString {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&rest));
    std::env::join_paths(all).unwrap_or(rest)
}
