//! What a browser may do with the page.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// Headers for every answer of the page, by its document.
pub(super) fn headers(document: &[u8], is_https: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    // Hashes are of the characters that HTML has left, and base64 is ASCII: always a header's value.
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&String::from_utf8_lossy(document))) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS));
    if is_https {
        // Over plain http browsers ignore this one, and complain about it.
        headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    }
    headers
}

/// Scripts and styles within the document are allowed by their hashes. The person may type any server's address, so
/// that requests may go everywhere.
fn content_security_policy(document: &str) -> String {
    let scripts = hashes(document, "script");
    let styles = hashes(document, "style");
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; \
         connect-src 'self' https: http:; img-src 'self' https: data:; manifest-src 'self'; worker-src 'self'; \
         base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// Hashes of what stands in elements of this name, without those that name a file.
fn hashes(document: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}"), format!("</{element}"));
    let mut sources = Vec::new();
    let mut rest = document;
    while let Some((_, after)) = rest.split_once(&open) {
        let Some((attributes, inside)) = after.split_once('>') else { break };
        let Some((content, after)) = inside.split_once(&close) else { break };
        rest = after;
        if !content.is_empty() && !attributes.contains("src=") {
            // HTML knows no carriage return: browsers hash what is left.
            let hash = Sha256::digest(content.replace("\r\n", "\n"));
            sources.push(format!(" 'sha256-{}'", BASE64_STANDARD.encode(hash)));
        }
    }
    sources.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_document_is_allowed_by_its_hash() {
        let document = "<style>p{}</style><script type=\"module\">go()\r\n</script><script src=\"/x.js\"></script>";
        let policy = content_security_policy(document);
        // sha256sum | xxd -r -p | base64 of `go()\n` and of `p{}`.
        assert!(
            policy.contains(
                "script-src 'self' 'wasm-unsafe-eval' 'sha256-uxztVBOu4I1US70toGMPbtpfckNKW9OzJ9C6/M5mIrI=';"
            ),
            "{policy}"
        );
        assert!(policy.contains("style-src 'self' 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y=';"), "{policy}");
        for forbidden in ["unsafe-inline", "'unsafe-eval'"] {
            assert!(!policy.contains(forbidden), "{policy}");
        }
    }

    #[test]
    fn other_windows_are_kept_out_where_browsers_take_it() {
        assert_eq!(headers(b"", false).get("cross-origin-opener-policy"), None);
        assert!(headers(b"", true).contains_key("cross-origin-opener-policy"));
    }
}
