//! What is pinned, and how it gets here: only what is missing is installed.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{Failure, output, path_with, run, say, which},
    place,
};

/// Builds the page; 0.22 needs a newer rustc.
const TRUNK: &str = "0.21.14";
/// Must be the version of the `wasm-bindgen` crate in Cargo.lock.
const WASM_BINDGEN: &str = "0.2.129";
/// Says what fills a module.
const TWIGGY: &str = "0.8.0";
/// The page's target.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The PATH on which the pinned tools come first.
pub(crate) fn path() -> OsString {
    path_with(&[place::tools().join("bin"), place::tools().join("node_modules").join(".bin")])
}

/// Whether a program of ours answers `--version` with this version.
fn is_installed(program: &str, version: &str) -> bool {
    let answer = Command::new(place::tools().join("bin").join(program)).arg("--version").output();
    answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).split_whitespace().any(|word| word == version))
}

/// Everything that building the page needs.
pub(crate) fn for_page() -> Result<(), Failure> {
    wasm_target()?;
    trunk()?;
    wasm_bindgen()?;
    node()?;
    small()
}

/// The standard library for the page's target.
pub(crate) fn wasm_target() -> Result<(), Failure> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    if which("rustup").is_none() {
        return Err(Failure::Missing {
            program: WASM.to_owned(),
            mend: "install your distribution's package of Rust's standard library for WebAssembly".to_owned(),
        });
    }
    say(&format!("Adding the target {WASM} to Rust (a download of some 20 MB, once)"));
    run(Command::new("rustup").args(["target", "add", WASM]))
}

/// The formatter and the linter.
pub(crate) fn for_host_checks() -> Result<(), Failure> {
    for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        let answers = Command::new(program).arg("--version").output().is_ok_and(|answer| answer.status.success());
        if !answers {
            if which("rustup").is_none() {
                let mend = format!("install your distribution's package of {component}");
                return Err(Failure::Missing { program: program.to_owned(), mend });
            }
            say(&format!("Adding {component} to Rust (a download of a few MB, once)"));
            run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// `cargo install`, quick to build rather than quick to run: the tools work for seconds only.
fn cargo_install(name: &str, version: &str, opt_level: &str) -> Command {
    let mut command = Command::new("cargo");
    command
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level)
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        // Built apart, so that neither the working copy's profiles nor its lock file have a say.
        .env("CARGO_TARGET_DIR", place::tools().join("build"))
        .current_dir(std::env::temp_dir())
        .args(["install", name, "--version", version, "--locked", "--force", "--root"])
        .arg(place::tools());
    command
}

fn trunk() -> Result<(), Failure> {
    if is_installed("trunk", TRUNK) {
        return Ok(());
    }
    say(&format!("Installing trunk {TRUNK}, which builds the page (compiled from source: some minutes, once)"));
    run(cargo_install("trunk", TRUNK, "0").args(["--no-default-features", "--features", "rustls"]))?;
    built()
}

/// Also brings `wasm-bindgen-test-runner`.
pub(crate) fn wasm_bindgen() -> Result<(), Failure> {
    if is_installed("wasm-bindgen", WASM_BINDGEN) && is_installed("wasm-bindgen-test-runner", WASM_BINDGEN) {
        return Ok(());
    }
    say(&format!(
        "Installing wasm-bindgen {WASM_BINDGEN}, which ties the page to the browser (compiled too: some minutes, once)"
    ));
    run(&mut cargo_install("wasm-bindgen-cli", WASM_BINDGEN, "1"))?;
    built()
}

/// Only for whoever wants to know.
pub(crate) fn twiggy() -> Result<(), Failure> {
    if is_installed("twiggy", TWIGGY) {
        return Ok(());
    }
    say(&format!("Installing twiggy {TWIGGY}, which says what fills the WebAssembly (compiled from source, once)"));
    run(&mut cargo_install("twiggy", TWIGGY, "1"))?;
    built()
}

/// The build folder of an installed tool is of no more use.
fn built() -> Result<(), Failure> {
    let folder = place::tools().join("build");
    fs::remove_dir_all(&folder).map_err(Failure::file(&folder))
}

/// Node.js is the person's to install; too old a one is told at once.
pub(crate) fn node() -> Result<(), Failure> {
    let version = output(Command::new("node").arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major >= 20) {
        return Ok(());
    }
    let mend = format!("version 20 or newer; {} is installed", version.trim());
    Err(Failure::Missing { program: "node".to_owned(), mend })
}

fn small() -> Result<(), Failure> {
    npm_ci(
        &place::root().join("xtask").join("tools"),
        &place::tools(),
        "wasm-opt and esbuild, which make the page small",
    )
}

/// Installs what a lock file names, once for each content of the lock file.
pub(crate) fn npm_ci(manifests: &Path, into: &Path, what: &str) -> Result<(), Failure> {
    let lock = manifests.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(Failure::file(&lock))?;
    let mark = into.join("node_modules").join(".vestibule-lock");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say(&format!("Installing {what} (npm, a download of some MB, once)"));
    fs::create_dir_all(into).map_err(Failure::file(into))?;
    if manifests != into {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            let from = manifests.join(name);
            fs::copy(&from, into.join(name)).map_err(Failure::file(&from))?;
        }
    }
    run(Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(into))?;
    fs::write(&mark, wanted).map_err(Failure::file(&mark))
}

/// The end-to-end tests' own packages.
pub(crate) fn for_browser_tests() -> Result<(), Failure> {
    node()?;
    npm_ci(&place::tests(), &place::tests(), "the browser tests' packages")
}

/// A Python of the tests' own with the packages that `requirements` names, once for each content of that file.
pub(crate) fn python(requirements: &Path) -> Result<(), Failure> {
    let wanted = fs::read(requirements).map_err(Failure::file(requirements))?;
    let folder = place::tools().join("python");
    let mark = folder.join(".vestibule-requirements");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say("Installing the Python packages of the tests (pip, a download of some MB, once)");
    let venv = || run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    match venv() {
        // Debian keeps what this needs in a package of its own.
        Err(Failure::Failed { .. }) if can_apt_get() => {
            apt_get("python3-venv")?;
            venv()?;
        }
        other => other?,
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(folder.join("bin").join("python")).args(pip).arg(requirements))?;
    fs::write(&mark, wanted).map_err(Failure::file(&mark))
}

/// Whether the system's packages can be installed without asking anybody.
fn can_apt_get() -> bool {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    is_root && which("apt-get").is_some()
}

fn apt_get(package: &str) -> Result<(), Failure> {
    say(&format!("Installing {package} with apt-get (a download of up to 100 MB, once)"));
    run(Command::new("apt-get").arg("update").env("DEBIAN_FRONTEND", "noninteractive"))?;
    run(Command::new("apt-get").args(["install", "-y", package]).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// A Chromium: the system's; else Debian's; else the one that Playwright brings (`None`: it finds it itself).
pub(crate) fn chromium() -> Result<Option<PathBuf>, Failure> {
    let on_path = || ["chromium", "chromium-browser", "google-chrome", "chrome"].into_iter().find_map(which);
    if let Some(found) = on_path() {
        return Ok(Some(found));
    }
    if can_apt_get() {
        apt_get("chromium")?;
        return Ok(on_path());
    }
    say("Installing Chromium with Playwright (a download of some 150 MB, once)");
    run(Command::new("npx").args(["playwright", "install", "chromium"]).current_dir(place::tests()))?;
    Ok(None)
}

/// The same engine without all that a window needs, in which most tests take half the time: the system's; else Debian's;
/// else a whole Chromium.
pub(crate) fn headless_chromium() -> Result<Option<PathBuf>, Failure> {
    const PROGRAM: &str = "chromium-headless-shell";
    if which(PROGRAM).is_none() && can_apt_get() {
        match apt_get(PROGRAM) {
            // Not every Debian has it.
            Ok(()) | Err(Failure::Failed { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    if let Some(found) = which(PROGRAM) {
        return Ok(Some(found));
    }
    say(&format!("There is no {PROGRAM}: a whole Chromium takes longer, and its pictures are not compared"));
    chromium()
}

/// The browsers beside Chromium, by the programs that the tests start and the Debian packages that bring them: Firefox,
/// WebKit, and a screen for it that nobody sees.
const ENGINES: [(&[&str], &str); 3] =
    [(&["firefox-esr", "firefox"], "firefox-esr"), (&["WebKitWebDriver"], "webkit2gtk-driver"), (&["Xvfb"], "xvfb")];

/// Every browser engine that the sign-in is tried in.
pub(crate) fn engines() -> Result<(), Failure> {
    let is_there = |programs: &[&str]| programs.iter().any(|program| which(program).is_some());
    for (programs, package) in ENGINES {
        if !is_there(programs) && can_apt_get() {
            apt_get(package)?;
        }
        if !is_there(programs) {
            let mend = format!("on Debian the package {package} has it");
            return Err(Failure::Missing { program: programs[0].to_owned(), mend });
        }
    }
    Ok(())
}

/// The driver by which wasm-bindgen's test runner starts Chromium.
pub(crate) fn chromedriver() -> Result<PathBuf, Failure> {
    if which("chromedriver").is_none() && can_apt_get() {
        apt_get("chromium-driver")?;
    }
    which("chromedriver").ok_or_else(|| Failure::Missing {
        program: "chromedriver".to_owned(),
        mend: "install the driver of the same version as your Chromium".to_owned(),
    })
}

/// HAProxy, which some installations stand behind.
pub(crate) fn haproxy() -> Result<(), Failure> {
    // Debian keeps it where only root looks.
    let is_there = || which("haproxy").is_some() || Path::new("/usr/sbin/haproxy").is_file();
    if !is_there() && can_apt_get() {
        apt_get("haproxy")?;
    }
    if is_there() {
        return Ok(());
    }
    Err(Failure::Missing { program: "haproxy".to_owned(), mend: "install HAProxy 2.6 or newer".to_owned() })
}

/// The folder with the programs of PostgreSQL, of the newest one that is there.
pub(crate) fn postgres() -> Result<PathBuf, Failure> {
    let there = || {
        // Debian keeps those of a server apart, by version.
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let version = |name: &OsString| name.to_str().and_then(|name| name.parse::<u32>().ok());
        let newest = versions.filter_map(|entry| Some((version(&entry.file_name())?, entry.path()))).max();
        let debian = newest.map(|(_, folder)| folder.join("bin")).filter(|folder| folder.join("initdb").is_file());
        debian.or_else(|| Some(which("initdb")?.parent()?.to_owned()))
    };
    if there().is_none() && can_apt_get() {
        apt_get("postgresql")?;
    }
    there().ok_or_else(|| Failure::Missing {
        program: "initdb".to_owned(),
        mend: "install the server of PostgreSQL 15 or newer".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_is_told_the_same_versions() {
        let trunk_toml = fs::read_to_string(place::root().join("Trunk.toml")).unwrap();
        assert!(trunk_toml.contains(&format!("trunk-version = \"={TRUNK}\"")), "{trunk_toml}");
        assert!(trunk_toml.contains(&format!("wasm_bindgen = \"{WASM_BINDGEN}\"")), "{trunk_toml}");
    }

    #[test]
    fn the_page_is_built_against_the_same_wasm_bindgen() {
        let lock = fs::read_to_string(place::root().join("Cargo.lock")).unwrap();
        let wanted = format!("name = \"wasm-bindgen\"\nversion = \"{WASM_BINDGEN}\"");
        assert!(lock.contains(&wanted), "Cargo.lock names another version than {WASM_BINDGEN}");
    }
}
