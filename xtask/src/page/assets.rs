//! Names that carry the content: Trunk's names are made before the last changes to the bytes, and a cached file
//! of the same name with other bytes breaks the page.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use super::{document, minify, worker};
use crate::command::Failure;

/// The page's files by their path below its folder, with `/` between the parts.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// How many hexadecimal digits of the hash a name carries.
pub(super) const DIGITS: usize = 16;

/// Brotli's best, which takes a second for a whole page.
const BROTLI_QUALITY: u32 = 11;

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// All files below a folder, sorted, as paths with `/`.
pub(crate) fn files(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Failure::file(folder))? {
        let path = entry.map_err(Failure::file(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path)?.into_iter().map(|below| format!("{name}/{below}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

/// All files below a folder with their bytes.
pub(super) fn read(folder: &Path) -> Result<Files, Failure> {
    let read_one = |name: String| {
        let path = folder.join(&name);
        let bytes = fs::read(&path).map_err(Failure::file(&path))?;
        Ok((name, bytes))
    };
    files(folder)?.into_iter().map(read_one).collect()
}

/// Reads Trunk's output, makes it small, renames by content, puts the document into every language, and writes
/// everything with its compressed forms beside it.
pub(super) fn release(from: &Path, to: &Path) -> Result<(), Failure> {
    let files = minify::minified(document::with_late_start(read(from)?)?)?;
    let files = renamed(document::with_one_script(document::with_late_style(files)?)?)?;
    for (name, bytes) in document::with_languages(worker::with_files(files)?)? {
        let path = to.join(&name);
        let folder = path.parent().unwrap_or(to);
        fs::create_dir_all(folder).map_err(Failure::file(folder))?;
        let write = |ending: &str, bytes: &[u8]| {
            let path = to.join(format!("{name}{ending}"));
            fs::write(&path, bytes).map_err(Failure::file(&path))
        };
        write("", &bytes)?;
        let brotli = brotli(&bytes).map_err(Failure::file(&path))?;
        let gzip = gzip(&bytes).map_err(Failure::file(&path))?;
        // Pictures and the like only grow.
        if brotli.len() < bytes.len() {
            write(".br", &brotli)?;
        }
        if gzip.len() < bytes.len() {
            write(".gz", &gzip)?;
        }
    }
    Ok(())
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), bytes.len().max(1), BROTLI_QUALITY, 24);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}

/// A file name taken apart around the hash that Trunk put into it.
fn without_hash(name: &str) -> Option<(String, &str)> {
    let (stem, ending) = name.rsplit_once('.')?;
    let (before, hash) = stem.rsplit_once('-')?;
    // `_bg` is what wasm-bindgen appends to the name that Trunk gave it.
    let (hash, after) = hash.split_once('_').map_or((hash, String::new()), |(hash, after)| (hash, format!("_{after}")));
    let is_hash = (8..=DIGITS).contains(&hash.len()) && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hash.then(|| (format!("{before}{after}"), ending))
}

/// Whether a text file speaks of another file by its name.
fn mentions(bytes: &[u8], name: &str) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.contains(name))
}

/// Gives every file whose name carries a hash the hash of its final content, and rewrites who speaks of it.
/// A file is renamed only when those that it speaks of have their final names. What Trunk copies as it is has zeros for
/// a hash until here: the icon and the languages.
fn renamed(mut files: Files) -> Result<Files, Failure> {
    let mut pending: Vec<String> =
        files.keys().filter(|path| without_hash(file_name(path)).is_some()).cloned().collect();
    while !pending.is_empty() {
        let is_ready = |path: &String| {
            let bytes = files.get(path).map(Vec::as_slice).unwrap_or_default();
            pending.iter().all(|other| other == path || !mentions(bytes, file_name(other)))
        };
        let Some(index) = pending.iter().position(is_ready) else {
            return Err(Failure::Page(format!("these files speak of one another: {}", pending.join(", "))));
        };
        let path = pending.swap_remove(index);
        let old = file_name(&path).to_owned();
        let (Some(bytes), Some((stem, ending))) = (files.remove(&path), without_hash(&old)) else { continue };
        let hash = hex(&Sha256::digest(&bytes));
        let new = format!("{stem}-{}.{ending}", hash.get(..DIGITS).unwrap_or(&hash));
        for other in files.values_mut() {
            if mentions(other, &old) {
                *other = String::from_utf8_lossy(other).replace(&old, &new).into_bytes();
            }
        }
        files.insert(path.replace(&old, &new), bytes);
    }
    Ok(files)
}

/// Whether a path has this ending; the endings here are our own tools' and always in small letters.
pub(crate) fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|own| own == ending)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What a browser fetches to start the page, the document first: what `index.html` speaks of, and what that speaks of.
/// Pictures, the manifest and the service worker come when the page runs already, languages to those who read them.
pub(crate) fn first_load(folder: &Path) -> Result<Vec<String>, Failure> {
    let files = read(folder)?;
    let mut reached = vec!["index.html".to_owned()];
    let mut next = 0;
    while let Some(path) = reached.get(next) {
        let bytes = files.get(path).map(Vec::as_slice).unwrap_or_default();
        let new: Vec<String> = files
            .keys()
            .filter(|other| worker::carries_its_content(other))
            .filter(|other| !worker::is_language(other) && !has_ending(other, "svg"))
            .filter(|other| !reached.contains(other) && mentions(bytes, file_name(other)))
            .cloned()
            .collect();
        reached.extend(new);
        next += 1;
    }
    Ok(reached)
}

/// The languages that can be loaded besides English, by tag, as files of the built page.
pub(crate) fn languages(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let names = files(folder)?.into_iter().filter(|name| worker::is_language(name));
    Ok(names.filter_map(|name| Some((name.rsplit_once('-')?.0.to_owned(), name))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(wasm: &str) -> Files {
        [
            ("index.html", r#"<link href="/style-00112233445566.css"><script>import "/v-1122334455667788.js""#),
            ("style-00112233445566.css", "body {}"),
            ("v-1122334455667788.js", "new URL('v-1122334455667788_bg.wasm')"),
            ("v-1122334455667788_bg.wasm", wasm),
            ("manifest.webmanifest", r#"{ "icons": [{ "src": "icon-00000000.svg" }, { "src": "icon-180.png" }] }"#),
            ("icon-00000000.svg", "<svg/>"),
            ("icon-180.png", ""),
        ]
        .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
        .into()
    }

    fn names(files: &Files) -> Vec<&str> {
        files.keys().map(String::as_str).collect()
    }

    #[test]
    fn every_reference_leads_to_a_file_that_carries_its_content_in_its_name() {
        let files = renamed(page("one")).unwrap();
        assert_eq!(files.len(), 7);
        for (name, bytes) in files.iter().filter(|(name, _)| !has_ending(name, "png")) {
            if let Some((_, hash)) = name.rsplit_once('-') {
                assert_eq!(hash.split('.').next().unwrap(), &hex(&Sha256::digest(bytes))[..DIGITS], "{name}");
            }
        }
        let text = |path: &str| String::from_utf8(files[path].clone()).unwrap();
        let script = names(&files).into_iter().find(|name| has_ending(name, "js")).unwrap();
        let module = names(&files).into_iter().find(|name| has_ending(name, "wasm")).unwrap();
        assert!(module.starts_with("v_bg-"));
        assert_eq!(text(script), format!("new URL('{module}')"));
        assert!(text("index.html").contains(script));
        assert!(!text("index.html").contains("1122334455667788"));
        let icon = names(&files).into_iter().find(|name| has_ending(name, "svg")).unwrap();
        let icons = format!(r#"{{ "icons": [{{ "src": "{icon}" }}, {{ "src": "icon-180.png" }}] }}"#);
        assert_eq!(text("manifest.webmanifest"), icons);
    }

    #[test]
    fn another_module_gives_the_script_that_loads_it_another_name() {
        let (one, two) = (renamed(page("one")).unwrap(), renamed(page("two")).unwrap());
        let script = |files: &Files| files.keys().find(|name| has_ending(name, "js")).unwrap().clone();
        assert_ne!(script(&one), script(&two));
    }

    #[test]
    fn names_without_a_hash_stay() {
        assert!(renamed(page("one")).unwrap().contains_key("icon-180.png"));
        for name in ["index.html", "icon-180.png", "two-factor.svg", "v-12.js", "v-.js", "no-ending"] {
            assert_eq!(without_hash(name), None, "{name}");
        }
    }

    #[test]
    fn files_that_speak_of_one_another_are_refused() {
        let files = [("a-00112233.js", "b-00112233.js"), ("b-00112233.js", "a-00112233.js")]
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        assert!(matches!(renamed(files.into()), Err(Failure::Page(_))));
    }

    #[test]
    fn compressed_forms_give_back_the_same_bytes() {
        let bytes = b"vestibule ".repeat(500);
        let mut from_brotli = Vec::new();
        brotli::BrotliDecompress(&mut brotli(&bytes).unwrap().as_slice(), &mut from_brotli).unwrap();
        assert_eq!(from_brotli, bytes);
        let mut from_gzip = Vec::new();
        io::copy(&mut flate2::read::GzDecoder::new(gzip(&bytes).unwrap().as_slice()), &mut from_gzip).unwrap();
        assert_eq!(from_gzip, bytes);
    }
}
