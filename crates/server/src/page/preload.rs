//! What the document tells the browser to fetch at once, as a header: it comes before the document, and a proxy can
//! send it as early hints (RFC 8297).

use std::fmt::Write;

use axum::http::HeaderValue;

/// The header for the document below this path; `None` where the document names nothing.
pub(super) fn header(document: &str, path: &str) -> Option<HeaderValue> {
    let links: Vec<String> = document.split("<link ").skip(1).filter_map(|link| entry(link, path)).collect();
    HeaderValue::from_str(&links.join(", ")).ok().filter(|value| !value.is_empty())
}

/// The link whose attributes stand before the first `>`.
fn entry(link: &str, path: &str) -> Option<String> {
    let attributes = link.split('>').next()?;
    let value = |name: &str| {
        let (_, after) = attributes.split_once(&format!("{name}=\""))?;
        after.split('"').next()
    };
    let rel = value("rel").filter(|rel| ["modulepreload", "preload"].contains(rel))?;
    // Absolute: what the document has is relative to its `<base href>`, which is not that of a header.
    let file = value("href")?.trim_start_matches("./").trim_start_matches('/');
    let mut entry = format!("<{path}/{file}>; rel={rel}; crossorigin");
    for (name, quote) in [("as", ""), ("type", "\"")] {
        if let Some(value) = value(&format!(" {name}")) {
            // Writing to a String cannot fail.
            let _ = write!(entry, "; {name}={quote}{value}{quote}");
        }
    }
    Some(entry)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DOCUMENT: &str = "<link rel=\"modulepreload\" href=\"./v.js\" crossorigin=\"anonymous\">\
        <link rel=\"icon\" href=\"icon.svg\"><link rel=\"preload\" href=\"./v.wasm\" crossorigin=\"anonymous\" as=\"fetch\" \
        type=\"application/wasm\">";

    #[test]
    fn the_header_names_what_the_document_names_where_it_is() {
        let names = |path| header(DOCUMENT, path).unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            names(""),
            "</v.js>; rel=modulepreload; crossorigin, \
             </v.wasm>; rel=preload; crossorigin; as=fetch; type=\"application/wasm\""
        );
        assert!(names("/branch").starts_with("</branch/v.js>; rel=modulepreload"));
        assert_eq!(header("<link rel=\"icon\" href=\"icon.svg\">", ""), None);
    }

    proptest! {
        #[test]
        fn no_document_makes_it_panic(document in prop_oneof![any::<String>(), "(<link |rel=\"|preload|href=\"|\"|>|./| as=\"|é|\n){0,12}"]) {
            let _ = header(&document, "/branch");
        }
    }
}
