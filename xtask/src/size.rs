//! What a browser downloads to show the first screen, and how old it may be.

use std::{collections::BTreeMap, fs};

use serde::Serialize;

use crate::{command::Failure, features::Features, page, place};

/// Bytes after brotli, as the server sends them, and what the browser has to know. The names are read by whoever follows the figures over time.
#[derive(Debug, Serialize)]
struct Sizes {
    document_br: u64,
    script_br: u64,
    wasm_br: u64,
    cold_total_br: u64,
    /// What a language besides English adds, by its tag.
    languages_br: BTreeMap<String, u64>,
    #[serde(flatten)]
    features: Features,
}

/// The size of a file as it is sent: its brotli form, where that is smaller.
fn sent(path: &str) -> Result<u64, Failure> {
    let plain = place::page().join(path);
    let brotli = place::page().join(format!("{path}.br"));
    let file = if brotli.is_file() { brotli } else { plain };
    Ok(fs::metadata(&file).map_err(Failure::file(&file))?.len())
}

fn measure() -> Result<Sizes, Failure> {
    let first = page::first_load(&place::page())?;
    let sum = |ending: &str| -> Result<u64, Failure> {
        first.iter().filter(|path| path.ends_with(ending)).map(|path| sent(path)).sum()
    };
    Ok(Sizes {
        document_br: sent("index.html")?,
        script_br: sum(".js")?,
        wasm_br: sum(".wasm")?,
        cold_total_br: sum("")?,
        languages_br: page::languages(&place::page())?
            .into_iter()
            .map(|(tag, file)| Ok((tag, sent(&file)?)))
            .collect::<Result<_, Failure>>()?,
        features: features(&first)?,
    })
}

/// What the module among these files needs.
fn features(first: &[String]) -> Result<Features, Failure> {
    let module = first.iter().find(|path| page::has_ending(path, "wasm"));
    let module = module.ok_or_else(|| Failure::Page("it has no WebAssembly".to_owned()))?;
    let path = place::page().join(module);
    Features::of(&fs::read(&path).map_err(Failure::file(&path))?)
}

/// Builds the page and prints its sizes, as a table or as one JSON object.
pub(crate) fn size(json: bool) -> Result<(), Failure> {
    page::build()?;
    let sizes = measure()?;
    if json {
        let text = serde_json::to_string(&sizes).map_err(|error| Failure::Page(error.to_string()))?;
        println!("{text}");
        return Ok(());
    }
    println!("bytes, brotli");
    println!("{:>9}  document", sizes.document_br);
    println!("{:>9}  scripts", sizes.script_br);
    println!("{:>9}  WebAssembly", sizes.wasm_br);
    println!("{:>9}  everything for the first screen", sizes.cold_total_br);
    for (tag, bytes) in &sizes.languages_br {
        println!("{bytes:>9}  more in {tag}");
    }
    println!("WebAssembly features: {}", sizes.features.names.join(", "));
    println!("oldest browsers: {}", sizes.features.oldest);
    Ok(())
}
