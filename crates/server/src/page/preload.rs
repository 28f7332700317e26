//! The program, which the browser is told of in a header: it is on its way before the document has been read, and a
//! proxy can send the header as early hints (RFC 8297).

use axum::http::HeaderValue;

const PROGRAM: &str = ".wasm\"";

/// The header for the document below this path; `None` where the document names no program.
pub(super) fn header(document: &str, path: &str) -> Option<HeaderValue> {
    let (before, _) = document.split_once(PROGRAM)?;
    // Absolute: what the document has is relative to its `<base href>`, which is not that of a header.
    let name = before.rsplit_once('"')?.1.trim_start_matches("./").trim_start_matches('/');
    let link = format!("<{path}/{name}.wasm>; rel=preload; crossorigin; as=fetch; type=\"application/wasm\"");
    HeaderValue::from_str(&link).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_header_names_the_program_where_it_is() {
        let names = |path| header("<script>f(\"x\"),fetch(\"./v.wasm\")</script>", path).unwrap();
        assert_eq!(names(""), "</v.wasm>; rel=preload; crossorigin; as=fetch; type=\"application/wasm\"");
        assert!(names("/branch").to_str().unwrap().starts_with("</branch/v.wasm>; rel=preload"));
        assert_eq!(header("<link rel=\"icon\" href=\"icon.svg\">", ""), None);
    }

    proptest! {
        #[test]
        fn no_document_makes_it_panic(document in prop_oneof![any::<String>(), "(<script>|fetch\\(|\"|\\.wasm|/|\\./|é|\n){0,12}"]) {
            let _ = header(&document, "/branch");
        }
    }
}
