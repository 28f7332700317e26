//! The service worker knows the files of its own version of the page.

use sha2::{Digest, Sha256};

use super::assets::{self, DIGITS, Files};
use crate::command::Failure;

const WORKER: &str = "sw.js";
const DOCUMENT: &str = "index.html";
/// Where the worker's lists go.
const FILES: &str = r#"["{files}"]"#;
const LANGUAGES: &str = r#"["{languages}"]"#;

/// Fills in the service worker, and has the document ask for it. A page without one (a WebView's) leaves this out.
pub(super) fn with_files(mut files: Files) -> Result<Files, Failure> {
    let without = |what: &str| Failure::Page(format!("{what} is not as the release step expects it"));
    let text = |files: &Files, name: &str| {
        let bytes = files.get(name).cloned().ok_or_else(|| without(name))?;
        String::from_utf8(bytes).map_err(|_| without(name))
    };
    let ours = files.keys().filter(|name| carries_its_content(name)).cloned();
    let (languages, names): (Vec<String>, Vec<String>) = ours.partition(|name| is_language(name));
    let document = text(&files, DOCUMENT)?;
    let worker = text(&files, WORKER)?;
    let is_missing = |part: &&str| !worker.contains(*part);
    if !document.contains("<html ") || [FILES, LANGUAGES, "{version}"].iter().any(is_missing) {
        return Err(without(WORKER));
    }
    let document = document.replacen("<html ", &format!("<html data-worker=\"{WORKER}\" "), 1);
    let mut hash = Sha256::new();
    // The worker's own text too: a mended worker must not share its cache with the one before.
    for part in [document.as_bytes(), worker.as_bytes(), names.join("\n").as_bytes(), languages.join("\n").as_bytes()] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let hash = assets::hex(&hash.finalize());
    let list = |names: &[String]| serde_json::to_string(names).map_err(|error| Failure::Page(error.to_string()));
    let worker = worker.replacen(FILES, &list(&names)?, 1).replacen(LANGUAGES, &list(&languages)?, 1).replacen(
        "{version}",
        hash.get(..DIGITS).unwrap_or(&hash),
        1,
    );
    files.insert(DOCUMENT.to_owned(), document.into_bytes());
    files.insert(WORKER.to_owned(), worker.into_bytes());
    Ok(files)
}

/// Whether a file is a language, which only those load who read it.
pub(super) fn is_language(name: &str) -> bool {
    assets::has_ending(name, "txt")
}

/// Whether a name is one that the release step has given: `page-0123456789abcdef.css`.
pub(super) fn carries_its_content(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
    let digits = stem.rsplit_once('-').map_or("", |(_, digits)| digits);
    digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(script: &str) -> Files {
        [
            ("index.html", "<html lang=\"en\">"),
            ("icon-180.png", ""),
            (script, ""),
            ("de-8899aabbccddeeff.txt", ""),
            ("sw.js", r#"const FILES = ["{files}"]; const LANGUAGES = ["{languages}"]; const VERSION = "{version}";"#),
        ]
        .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
        .into()
    }

    #[test]
    fn the_worker_lists_what_carries_its_content_in_its_name_and_the_document_asks_for_it() {
        let files = with_files(page("v-0011223344556677.js")).unwrap();
        let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
        assert!(text("sw.js").contains(r#"const FILES = ["v-0011223344556677.js"];"#), "{}", text("sw.js"));
        assert!(text("sw.js").contains(r#"const LANGUAGES = ["de-8899aabbccddeeff.txt"];"#), "{}", text("sw.js"));
        assert!(!text("sw.js").contains('{'), "{}", text("sw.js"));
        assert_eq!(text("index.html"), r#"<html data-worker="sw.js" lang="en">"#);
    }

    #[test]
    fn another_page_is_another_version_of_the_worker() {
        let worker = |script: &str| with_files(page(script)).unwrap().remove("sw.js").unwrap();
        assert_ne!(worker("v-0011223344556677.js"), worker("v-8811223344556677.js"));
    }

    #[test]
    fn a_page_without_a_worker_is_refused() {
        let mut files = page("v-0011223344556677.js");
        files.remove("sw.js");
        assert!(matches!(with_files(files), Err(Failure::Page(_))));
    }
}
