//! What a browser may do with the page.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
/// Fetch Metadata: from where somebody was led here.
const LED: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Headers for every answer of the page, by its document.
pub(super) fn headers(document: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    // Hashes are of the characters that HTML has left, and base64 is ASCII: always a header's value.
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&String::from_utf8_lossy(document))) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS));
    headers
}

/// Keeps other windows out, where one may have led here. Whoever has typed the address, or comes from the page itself,
/// has no such window: the browser would only begin a new process once it knows the answer, which takes a slow phone
/// 70 ms. Over plain http browsers ignore the header, and complain about it.
pub(super) fn keep_windows_out(request: &HeaderMap, headers: &mut HeaderMap) {
    let led = request.get(LED).map(HeaderValue::as_bytes);
    if !matches!(led, Some(b"none" | b"same-origin")) {
        headers.insert(OPENER, HeaderValue::from_static("same-origin"));
    }
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
    fn other_windows_are_kept_out_where_one_may_have_led_here() {
        let cases = [
            (None, true),
            (Some("cross-site"), true),
            (Some("same-site"), true),
            (Some("None"), true),
            (Some("none"), false),
            (Some("same-origin"), false),
        ];
        for (led, is_kept_out) in cases {
            let request = led.map(|led| (LED, HeaderValue::from_static(led))).into_iter().collect();
            let mut headers = HeaderMap::new();
            keep_windows_out(&request, &mut headers);
            assert_eq!(headers.contains_key(OPENER), is_kept_out, "{led:?}");
        }
    }
}
