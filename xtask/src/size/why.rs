//! What fills the WebAssembly.

use std::{fs, process::Command};

use crate::{
    command::{Failure, run, say},
    page, place, tools,
};

/// Prints the largest parts of the module by name: as it is shipped, but that its functions keep their names.
pub(crate) fn why() -> Result<(), Failure> {
    page::build()?;
    tools::twiggy()?;
    let folder = place::target().join("why");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    say("Tying the module up with its names");
    // As cargo has left it for Trunk; Trunk's own copy has lost the names.
    let built = place::target().join(tools::WASM).join("wasm-release").join("vestibule.wasm");
    run(Command::new("wasm-bindgen")
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(built)
        .env("PATH", tools::path()))?;
    let module = folder.join("vestibule_bg.wasm");
    page::wasm_opt(&module, &["--debuginfo"])?;
    run(Command::new("twiggy").args(["top", "-n", "60"]).arg(&module).env("PATH", tools::path()))
}
