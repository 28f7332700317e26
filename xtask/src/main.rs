//! What a developer runs: `cargo xtask demo`, `dev`, `test`, `dist`, `size`, `screens`, `bench`. Each installs what it lacks first.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a terminal program speaks to the terminal")]

mod bench;
mod command;
mod demo;
mod dev;
mod dist;
mod features;
mod page;
mod place;
mod postgres;
mod screens;
mod server;
mod size;
mod test;
mod tools;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Set-up, demo, tests and release of Vestibule
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds everything and starts a server with two accounts, to try
    Demo {
        /// The port to listen on
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// A server configuration to use instead of the demo's own
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Page and server, rebuilt as files change
    Dev,
    /// Runs all tests, or only the parts named
    Test {
        /// The parts to run
        #[arg(value_enum)]
        parts: Vec<test::Part>,
        /// Leaves out everything that needs a browser
        #[arg(long)]
        fast: bool,
    },
    /// Builds the release: one server binary with the page inside, or the page as an archive for a WebView
    Dist {
        /// What to build
        #[arg(value_enum, default_value_t)]
        what: dist::What,
        /// Where the shell serves the page: the path that its routes and files begin with
        #[arg(long, default_value = "/")]
        base: String,
    },
    /// How many bytes a browser downloads for the first screen, and whether that is within the budgets
    Size {
        /// What fills the WebAssembly, instead
        #[arg(long)]
        why: bool,
        /// Keeps the figures in xtask/size.json, to compare with
        #[arg(long)]
        save: bool,
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Takes the pictures in docs/screens anew: every stage, in both colour schemes, in three languages
    Screens,
    /// Figures of the release server
    #[command(subcommand)]
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Demo { port, config } => demo::demo(port, config),
        Task::Dev => dev::dev(),
        Task::Test { parts, fast } => return test::test(&parts, fast),
        Task::Dist { what: dist::What::Server, .. } => dist::server(),
        Task::Dist { what: dist::What::Shell, base } => dist::shell(&base),
        Task::Size { why: true, .. } => size::why(),
        Task::Size { json, save, .. } => size::size(json, save),
        Task::Screens => screens::screens(),
        Task::Bench(what) => bench::bench(what),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
