//! The page's release build: Trunk, then one step that makes its files small, immutable and precompressed.

mod assets;
mod document;
mod fingerprint;
mod minify;
mod shell;
mod worker;

use std::{fs, path::Path, process::Command};

pub(crate) use assets::{files, first_load, has_ending, languages};
pub(crate) use shell::shell;

use crate::{
    command::{Failure, run, say},
    place, tools,
};

/// Builds the page into `target/page`, unless nothing has changed since it was built last.
pub(crate) fn build() -> Result<(), Failure> {
    let lock = fs::File::create(place::target().join("page.lock")).map_err(Failure::file(&place::target()))?;
    lock.lock().map_err(Failure::file(&place::target()))?;

    let mark = place::target().join("page.fingerprint");
    let wanted = fingerprint::of_inputs()?;
    if place::page().is_dir() && fs::read_to_string(&mark).is_ok_and(|built| built == wanted) {
        return Ok(());
    }
    tools::for_page()?;
    say("Building the page (the first time some minutes)");
    let raw = place::target().join("trunk");
    trunk(&raw)?;
    say("Making the page small (wasm-opt, brotli, gzip)");
    for file in assets::files(&raw)?.iter().filter(|file| assets::has_ending(file, "wasm")) {
        wasm_opt(&raw.join(file), &["--strip-debug"])?;
    }
    let finished = place::target().join("page.new");
    remove(&finished)?;
    assets::release(&raw, &finished)?;
    remove(&place::page())?;
    fs::rename(&finished, place::page()).map_err(Failure::file(&finished))?;
    fs::write(&mark, wanted).map_err(Failure::file(&mark))
}

fn remove(folder: &Path) -> Result<(), Failure> {
    if folder.exists() { fs::remove_dir_all(folder).map_err(Failure::file(folder)) } else { Ok(()) }
}

fn trunk(into: &Path) -> Result<(), Failure> {
    // Trunk is kept off the network, and tells cargo so: what cargo may need comes first.
    run(Command::new("cargo").args(["fetch", "--quiet", "--target", tools::WASM]).current_dir(place::root()))?;
    run(Command::new("trunk")
        .args(["build", "--release", "--offline", "--dist"])
        .arg(into)
        .env("PATH", tools::path())
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            format!("{SMALL_HASH} {LONG_FUNCTIONS} {}", short_paths()),
        )
        .env_remove("NO_COLOR")
        .current_dir(place::root()))
}

/// The page hashes once in a sign-in: 6 kB for doing it faster are not worth it.
const SMALL_HASH: &str = r#"--cfg sha2_backend_soft="compact""#;

/// Browsers compile a function when it is called for the first time, on the thread that the person waits for, and most of
/// what that takes is there once for each. For 8 kB more there are a quarter fewer (`docs/decisions/0036-first-calls.md`).
const LONG_FUNCTIONS: &str = "-Cllvm-args=-inline-threshold=60";

/// No larger function, as binaryen counts, becomes a part of the only one that calls it: it is compiled once it is called, not
/// with its caller, whose other parts may be all that is needed (`docs/decisions/0036-first-calls.md`).
const PARTS_STAY_APART: &str = "--one-caller-inline-max-function-size=100";

/// Panic messages carry source paths: without this machine's folders they are shorter, and the same everywhere.
fn short_paths() -> String {
    let home = std::env::var_os("CARGO_HOME").map(Into::into).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = home.map(|home| home.join("registry").join("src")).and_then(|folder| fs::read_dir(folder).ok());
    let mut prefixes: Vec<String> =
        registries.into_iter().flatten().flatten().map(|entry| entry.path().display().to_string()).collect();
    // Generic code of the standard library carries the path of its sources, where they are installed.
    let rustc = Command::new("rustc").args(["--print", "sysroot"]).current_dir(place::root()).output();
    let sysroot = rustc.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    prefixes.extend(sysroot.map(|sysroot| format!("{}/lib/rustlib/src/rust/library", sysroot.trim())));
    prefixes.push(place::root().display().to_string());
    prefixes.sort();
    let flags = prefixes.iter().map(|prefix| format!("--remap-path-prefix={prefix}/="));
    flags.collect::<Vec<_>>().join(" ")
}

/// `names`: what becomes of the functions' names. The features are named one by one: with all of them, today's browsers
/// refuse the module.
pub(crate) fn wasm_opt(file: &Path, names: &[&str]) -> Result<(), Failure> {
    run(Command::new("wasm-opt")
        .args([
            "-Oz",
            PARTS_STAY_APART,
            "--strip-producers",
            "--enable-bulk-memory",
            "--enable-nontrapping-float-to-int",
            "--enable-sign-ext",
            "--enable-mutable-globals",
            "--enable-reference-types",
            "--enable-multivalue",
        ])
        .args(names)
        .arg(file)
        .arg("-o")
        .arg(file)
        .env("PATH", tools::path()))
}
