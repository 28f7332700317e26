//! The document as it is served: what it needs is named first, and there is one in every language.

use std::{collections::BTreeMap, fmt::Write};

use super::{assets::Files, worker};
use crate::command::Failure;

const DOCUMENT: &str = "index.html";
/// As the document begins, in its own language.
const LANGUAGE: &str = r#" lang="en" dir="ltr""#;
const BASE: &str = r#"<base href="/">"#;
/// As Trunk begins what is to be fetched early.
const EARLY: [&str; 2] = [r#"<link rel="modulepreload""#, r#"<link rel="preload""#];

/// As Trunk starts the program.
const START: &str = "const wasm = await init(";
/// What `script/first.js` promises: that the first screen has been painted.
const SHOWN: &str = "await self.vestibuleShown;";

fn failure(lacks: &str) -> Failure {
    Failure::Page(format!("{DOCUMENT} has no {lacks}"))
}

fn text(files: &Files) -> Result<String, Failure> {
    let bytes = files.get(DOCUMENT).cloned().ok_or_else(|| failure("file"))?;
    String::from_utf8(bytes).map_err(|_| failure("UTF-8"))
}

/// Moves what the browser is to fetch early from the end of the head to its beginning, before scripts and styles.
pub(super) fn with_early_links(mut files: Files) -> Result<Files, Failure> {
    let mut document = text(&files)?;
    let mut links = String::new();
    for beginning in EARLY {
        let Some(at) = document.find(beginning) else { return Err(failure(beginning)) };
        let length = document[at..].find('>').ok_or_else(|| failure(">"))? + 1;
        links.extend(document.drain(at..at + length));
    }
    if !document.contains(BASE) {
        return Err(failure(BASE));
    }
    let document = document.replacen(BASE, &format!("{BASE}\n{links}"), 1);
    files.insert(DOCUMENT.to_owned(), document.into_bytes());
    Ok(files)
}

/// Has the program compiled once the first screen is painted: on a small device the one would hold up the other. It is
/// on its way all the same.
pub(super) fn with_late_start(mut files: Files) -> Result<Files, Failure> {
    let document = text(&files)?;
    if !document.contains(START) {
        return Err(failure(START));
    }
    let document = document.replacen(START, &format!("{SHOWN}\n{START}"), 1);
    files.insert(DOCUMENT.to_owned(), document.into_bytes());
    Ok(files)
}

/// Adds `index.<tag>.html` for every language.
pub(super) fn with_languages(mut files: Files) -> Result<Files, Failure> {
    let document = text(&files)?;
    let languages: Vec<String> = files.keys().filter(|name| worker::is_language(name)).cloned().collect();
    for name in languages {
        let Some((tag, _)) = name.rsplit_once('-') else { continue };
        let lines = String::from_utf8_lossy(files.get(&name).map(Vec::as_slice).unwrap_or_default()).into_owned();
        let first = lines.lines().next().unwrap_or_default();
        let texts: BTreeMap<String, String> =
            serde_json::from_str(first).map_err(|error| Failure::Page(format!("{name}: {error}")))?;
        if !document.contains(&format!(r#" lang="{tag}""#)) {
            let translated = translated(&document, tag, &texts)?;
            files.insert(format!("index.{tag}.html"), translated.into_bytes());
        }
    }
    Ok(files)
}

/// Puts the texts where the document names them.
fn translated(document: &str, tag: &str, texts: &BTreeMap<String, String>) -> Result<String, Failure> {
    let lacks = |what: &str| Failure::Page(format!("in {tag} there is no {what}"));
    let find = |name: &str| texts.get(name).ok_or_else(|| lacks(name));
    if !document.contains(LANGUAGE) {
        return Err(failure(LANGUAGE));
    }
    let language = format!(r#" lang="{tag}" dir="{}""#, find("direction")?);
    let document = document.replacen(LANGUAGE, &language, 1);
    let mut parts = document.split(r#"data-text=""#);
    let mut translated = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let split = || {
            let (name, rest) = part.split_once('"')?;
            let (attributes, rest) = rest.split_once('>')?;
            Some((name, attributes, &rest[rest.find('<')?..]))
        };
        let (name, attributes, rest) = split().ok_or_else(|| failure("end of data-text"))?;
        let text = find(name)?.replace('&', "&amp;").replace('<', "&lt;");
        // Writing to a String cannot fail.
        let _ = write!(translated, r#"data-text="{name}"{attributes}>{text}{rest}"#);
    }
    Ok(translated)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html data-worker=\"sw.js\" lang=\"en\" dir=\"ltr\"><base href=\"/\"><script>go(\"<p>\")</script>\
        <link rel=\"modulepreload\" href=\"./v.js\"><link rel=\"preload\" href=\"./v.wasm\"><h1 data-text=\"heading\" \
        hidden>Connect</h1><noscript><p data-text=\"noscript\">No</p></noscript>";

    fn files(language: &str) -> Files {
        let files = [(DOCUMENT, PAGE), ("ar-0011223344556677.txt", language), ("en-0011223344556677.txt", language)];
        files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into()
    }

    fn text_of(files: &Files, name: &str) -> String {
        String::from_utf8(files[name].clone()).unwrap()
    }

    #[test]
    fn the_program_is_compiled_once_the_first_screen_is_painted() {
        let late = with_late_start(Files::from([(DOCUMENT.to_owned(), format!("x\n{START}y").into_bytes())])).unwrap();
        assert_eq!(text(&late).unwrap(), format!("x\n{SHOWN}\n{START}y"));
        assert!(with_late_start(Files::from([(DOCUMENT.to_owned(), b"x".to_vec())])).is_err());
    }

    #[test]
    fn what_is_needed_early_is_named_before_anything_else() {
        let document = text_of(&with_early_links(files("{}")).unwrap(), DOCUMENT);
        let early = "<base href=\"/\">\n<link rel=\"modulepreload\" href=\"./v.js\"><link rel=\"preload\" href=\"./v.wasm\"><script>";
        assert!(document.contains(early), "{document}");
        assert_eq!(document.matches("<link").count(), 2);
    }

    #[test]
    fn a_document_in_another_language_differs_in_its_texts_alone() {
        let texts = r#"{"direction":"rtl","heading":"<&>","noscript":"لا"}"#;
        let files = with_languages(files(&format!("{texts}\nmore\n"))).unwrap();
        let expected = PAGE
            .replace("lang=\"en\" dir=\"ltr\"", "lang=\"ar\" dir=\"rtl\"")
            .replace("Connect", "&lt;&amp;>")
            .replace("No<", "لا<");
        assert_eq!(text_of(&files, "index.ar.html"), expected);
        assert!(!files.contains_key("index.en.html"), "that one has no language in its name");
    }

    #[test]
    fn a_text_that_a_language_lacks_is_told() {
        let lacking = with_languages(files(r#"{"direction":"rtl","heading":"x"}"#));
        assert!(matches!(lacking, Err(Failure::Page(told)) if told == "in ar there is no noscript"));
    }
}
