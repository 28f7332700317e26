//! The page for a WebView: no server sends its policy along, and no service worker stands between it and its files.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::assets::{self, Files};
use crate::{command::Failure, place};

const DOCUMENT: &str = "index.html";
/// What only a browser that keeps the page itself has a use for.
const LEFT_OUT: [&str; 2] = ["sw.js", "manifest.webmanifest"];

/// The files of the built page, for a shell that serves them below this path.
pub(crate) fn shell(base: &str) -> Result<Files, Failure> {
    let mut files = assets::read(&place::page())?;
    files.retain(|name, _| {
        let is_compressed = ["br", "gz"].iter().any(|ending| assets::has_ending(name, ending));
        // `script/language.js` puts the one document into the other languages.
        let is_translated = name != DOCUMENT && assets::has_ending(name, "html");
        !is_compressed && !is_translated && !LEFT_OUT.contains(&name.as_str())
    });
    let document = files.remove(DOCUMENT).and_then(|bytes| String::from_utf8(bytes).ok());
    let document = document.ok_or_else(|| Failure::Page(format!("{DOCUMENT} is missing")))?;
    files.insert(DOCUMENT.to_owned(), for_shell(&document, base)?.into_bytes());
    Ok(files)
}

fn for_shell(document: &str, base: &str) -> Result<String, Failure> {
    let is_path = base.starts_with('/')
        && base.ends_with('/')
        && base.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte));
    if !is_path {
        return Err(Failure::Page(format!("{base}: --base is a path that begins and ends with /")));
    }
    let mut document = document.to_owned();
    let policy = format!(r#"<meta http-equiv="Content-Security-Policy" content="{}">"#, policy(&document));
    // Before anything that it is about.
    let charset = r#"<meta charset="utf-8">"#;
    for (from, to) in [
        (r#" data-worker="sw.js""#, String::new()),
        (r#"<base href="/">"#, format!(r#"<base href="{base}">"#)),
        (charset, format!("{charset}\n    {policy}")),
    ] {
        if !document.contains(from) {
            return Err(Failure::Page(format!("{DOCUMENT} has no {from}")));
        }
        document = document.replacen(from, &to, 1);
    }
    Ok(document)
}

/// As the server's policy for the page, without what a document cannot say of itself.
fn policy(document: &str) -> String {
    let (scripts, styles) = (hashes(document, "script"), hashes(document, "style"));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; \
         connect-src 'self' https: http:; img-src 'self' https: data:; base-uri 'self'; form-action 'self'"
    )
}

/// Hashes of what stands in elements of this name, without those that name a file.
fn hashes(document: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}"), format!("</{element}"));
    let mut hashes = Vec::new();
    let mut rest = document;
    while let Some((_, after)) = rest.split_once(&open) {
        let Some((attributes, inside)) = after.split_once('>') else { break };
        let Some((content, after)) = inside.split_once(&close) else { break };
        rest = after;
        if !attributes.contains("src=") {
            hashes.push(format!(" 'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(content))));
        }
    }
    hashes.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html data-worker=\"sw.js\" lang=\"en\"><meta charset=\"utf-8\"><base href=\"/\">\
                        <script>go()\n</script><style>p{}</style>";

    #[test]
    fn a_shell_has_its_policy_in_the_document_and_no_worker() {
        let document = for_shell(PAGE, "/assets/").unwrap();
        assert!(document.contains(r#"<base href="/assets/">"#));
        // sha256sum | xxd -r -p | base64 of `go()\n`.
        let allowed = "script-src 'self' 'wasm-unsafe-eval' 'sha256-uxztVBOu4I1US70toGMPbtpfckNKW9OzJ9C6/M5mIrI=';";
        assert!(
            document.contains("style-src 'self' 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y=';"),
            "{document}"
        );
        let (before, after) = document.split_once(allowed).unwrap();
        assert!(!before.contains("<script") && after.contains("<script"), "the policy comes first");
        assert!(!document.contains("worker"), "{document}");
    }

    #[test]
    fn a_base_that_is_no_path_is_refused() {
        for base in ["", "assets/", "/assets", "https://example.com/", "/a\"b/"] {
            assert!(matches!(for_shell(PAGE, base), Err(Failure::Page(_))), "{base}");
        }
    }
}
