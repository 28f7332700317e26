//! The server's binary, and its administration commands as the demo and the development server use them.

use std::{path::Path, process::Command};

use crate::{
    command::{Failure, output_of, run, say},
    page, place,
};

/// One account to be there.
pub(crate) struct Account<'a> {
    /// The user name.
    pub(crate) name: &'a str,
    /// Where codes go.
    pub(crate) email: &'a str,
    /// What the User tab shows.
    pub(crate) display_name: &'a str,
    /// Whether signing in asks for a code.
    pub(crate) two_factor: bool,
    /// Given to the server on its standard input, never on a command line.
    pub(crate) password: &'a str,
}

/// Builds the release binary with the page inside.
pub(crate) fn build() -> Result<(), Failure> {
    page::build()?;
    say("Building the server (the first time some minutes)");
    run(Command::new("cargo")
        .args(["build", "--release", "--package", "vestibule-server", "--features", "page"])
        .current_dir(place::root()))
}

/// The server with this configuration.
pub(crate) fn command(binary: &Path, config: &Path) -> Command {
    let mut command = Command::new(binary);
    command.arg("--config").arg(config).current_dir(place::root());
    command
}

/// Adds an account.
pub(crate) fn add(binary: &Path, config: &Path, account: &Account<'_>) -> Result<(), Failure> {
    let mut command = command(binary, config);
    command.args(["user", "add", account.name, "--email", account.email, "--display-name", account.display_name]);
    if account.two_factor {
        command.arg("--two-factor");
    }
    output_of(&mut command, &format!("{}\n", account.password)).map(drop)
}
