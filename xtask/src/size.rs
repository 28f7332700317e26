//! What a browser downloads to show the first screen and to take it over, what it may be at most, and how old the
//! browser may be.

mod budget;
mod why;

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use why::why;

use crate::{command::Failure, features::Features, page, place};

/// Endings of what comes once the page runs, beside the service worker: the icon and the manifest.
const LATER: [&str; 2] = ["svg", "webmanifest"];
const WORKER: &str = "sw.js";
/// English is in the page; its file is for whoever changes to it from another language.
const OWN: &str = "en";

/// Bytes after brotli, as the server sends them. The names are read by whoever follows the figures over time.
#[derive(Debug, Default, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the JSON")]
struct Sizes {
    document_br: u64,
    script_br: u64,
    wasm_br: u64,
    /// All that comes before the program takes the first screen over.
    cold_before_br: u64,
    cold_total_br: u64,
    /// What a language besides English adds, by its tag.
    languages_br: BTreeMap<String, u64>,
}

/// All that is told as JSON.
#[derive(Serialize)]
struct Figures<'a> {
    #[serde(flatten)]
    sizes: &'a Sizes,
    #[serde(flatten)]
    features: &'a Features,
}

/// The size of a file as it is sent: its brotli form, where that is smaller.
fn sent(path: &str) -> Result<u64, Failure> {
    let plain = place::page().join(path);
    let brotli = place::page().join(format!("{path}.br"));
    let file = if brotli.is_file() { brotli } else { plain };
    Ok(fs::metadata(&file).map_err(Failure::file(&file))?.len())
}

fn measure(first: &[String]) -> Result<Sizes, Failure> {
    let sum = |ending: &str| -> Result<u64, Failure> {
        first.iter().filter(|path| path.ends_with(ending)).map(|path| sent(path)).sum()
    };
    let is_later = |path: &String| path == WORKER || LATER.iter().any(|ending| page::has_ending(path, ending));
    let later: u64 = page::files(&place::page())?
        .iter()
        .filter(|path| is_later(path))
        .map(|path| sent(path))
        .sum::<Result<_, Failure>>()?;
    let cold_before_br = sum("")?;
    Ok(Sizes {
        document_br: sent("index.html")?,
        script_br: sum(".js")?,
        wasm_br: sum(".wasm")?,
        cold_before_br,
        cold_total_br: cold_before_br + later,
        languages_br: page::languages(&place::page())?
            .into_iter()
            .filter(|(tag, _)| tag != OWN)
            .map(|(tag, file)| Ok((tag, sent(&file)?)))
            .collect::<Result<_, Failure>>()?,
    })
}

/// What the module among these files needs.
fn features(first: &[String]) -> Result<Features, Failure> {
    let module = first.iter().find(|path| page::has_ending(path, "wasm"));
    let module = module.ok_or_else(|| Failure::Page("it has no WebAssembly".to_owned()))?;
    let path = place::page().join(module);
    Features::of(&fs::read(&path).map_err(Failure::file(&path))?)
}

/// The figures of the last commit that kept them.
fn kept() -> PathBuf {
    place::root().join("xtask").join("size.json")
}

fn before() -> Result<Sizes, Failure> {
    let path = kept();
    let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
    serde_json::from_str(&text).map_err(|error| Failure::Unreadable { path, reason: error.to_string() })
}

/// Builds the page and prints its sizes beside those before and its budgets, or as one JSON object; with `save` they
/// are the ones to compare with from now on. A budget that is passed is a failure.
pub(crate) fn size(json: bool, save: bool) -> Result<(), Failure> {
    page::build()?;
    let first = page::first_load(&place::page())?;
    let (sizes, features) = (measure(&first)?, features(&first)?);
    let unreadable = |error: serde_json::Error| Failure::Page(error.to_string());
    if json {
        println!("{}", serde_json::to_string(&Figures { sizes: &sizes, features: &features }).map_err(unreadable)?);
    } else {
        let before = before().unwrap_or_default();
        println!("{}", budget::table(&sizes, &before));
        println!("WebAssembly features: {}", features.names.join(", "));
        println!("oldest browsers: {}", features.oldest);
    }
    if save {
        let text = serde_json::to_string_pretty(&sizes).map_err(unreadable)? + "\n";
        fs::write(kept(), text).map_err(Failure::file(&kept()))?;
    }
    budget::check(&sizes)
}
