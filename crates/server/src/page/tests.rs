use axum::body::Body;
use axum::http::{Method, Uri};
use http_body_util::BodyExt;
use proptest::prelude::*;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::*;

const SCRIPT: &str = "/vestibule-0123456789abcdef.js";
const HTML: &str = "text/html; charset=utf-8";
const WASM: &str = "/vestibule_bg-0123456789abcdef.wasm";

fn page() -> Router {
    let files = [
        ("index.html", "<base href=\"/\"><title>Vestibule</title><script>go(\"./v.wasm\")</script>"),
        ("index.de.html", "<html lang=\"de\"><base href=\"/\"><title>Vestibule</title><script>go()</script>"),
        ("index.de.html.br", "brotli of the German page"),
        ("index.html.br", "brotli of the page"),
        ("index.html.gz", "gzip of the page"),
        ("vestibule-0123456789abcdef.js", "script"),
        ("vestibule-0123456789abcdef.js.br", "brotli of the script"),
        ("vestibule_bg-0123456789abcdef.wasm", "\0asm"),
        ("worker.js", "worker"),
        ("pictures/logo.svg", "<svg/>"),
    ];
    let files = files.map(|(path, content)| (path.to_owned(), Cow::Borrowed(content.as_bytes())));
    let addresses = ["https://uc.example.com", "https://uc.example.org/branch"].map(|address| address.parse().unwrap());
    router_for(files.into(), &PublicAddresses::List(addresses.into()), true, &Clock::set_to(1_800_000_000_000))
}

async fn ask(router: Router, method: Method, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = axum::http::Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn get_page(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    ask(page(), Method::GET, path, headers).await
}

#[tokio::test]
async fn every_stage_gets_the_page_which_is_asked_for_again_each_time() {
    for route in ["/", "/account", "/credentials", "/code", "/user", "/?x=1"] {
        let (status, headers, body) = get_page(route, &[]).await;
        assert_eq!(
            (status, headers[header::CACHE_CONTROL].to_str().unwrap()),
            (StatusCode::OK, "private, no-cache"),
            "{route}"
        );
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(body.contains("<title>Vestibule"));
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-"), "{policy}");
        for name in ["referrer-policy", "x-content-type-options", "permissions-policy"] {
            assert!(headers.contains_key(name), "{name}");
        }
    }
}

#[tokio::test]
async fn the_document_comes_with_what_the_page_remembers_also_where_the_browser_has_it() {
    let etag = get_page("/", &[]).await.1[header::ETAG].to_str().unwrap().to_owned();
    for (headers, expected) in [
        (vec![], r#"cookies;desc="1800000000""#),
        (vec![("cookie", "visited=1")], r#"cookies;desc="1800000000; visited=1""#),
        (vec![("cookie", "visited=1"), ("if-none-match", etag.as_str())], r#"cookies;desc="1800000000; visited=1""#),
    ] {
        assert_eq!(get_page("/", &headers).await.1["server-timing"], expected, "{headers:?}");
    }
}

#[tokio::test]
async fn a_missing_file_is_never_the_page() {
    for path in [
        "/vestibule-ffffffffffffffff.js",
        "/old.wasm",
        "/index.html",
        "/index.de.html",
        "/index.de.html.br",
        "/account.js",
        "/worker.js.br",
        "/..%2fx.js",
    ] {
        let (status, headers, body) = get_page(path, &[("accept", "text/html")]).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, "Not found\n"), "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn whoever_mistypes_an_address_gets_the_page_and_a_program_does_not() {
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for path in ["/nonsense", "/account/x", "/Account"] {
        let asked = [("accept", browser), ("host", "uc.example.org"), ("if-none-match", "*")];
        let (status, headers, body) = get_page(path, &asked).await;
        assert_eq!((status, headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::NOT_FOUND, HTML));
        assert!(body.contains("<base href=\"/branch/\">") && body.contains("<title>Vestibule"), "{path}: {body}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY) && !headers.contains_key(header::ETAG));
        for accept in ["*/*", "application/json"] {
            let (status, _, body) = get_page(path, &[("accept", accept)]).await;
            assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, "Not found\n"), "{path} {accept}");
        }
    }
}

#[tokio::test]
async fn only_names_with_a_hash_are_kept_for_ever() {
    for (path, content_type, cache_control) in [
        (SCRIPT, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        (WASM, "application/wasm", "public, max-age=31536000, immutable"),
        ("/worker.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/pictures/logo.svg", "image/svg+xml", "no-cache"),
    ] {
        let (status, headers, _) = get_page(path, &[]).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(headers[header::CONTENT_TYPE], content_type, "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], cache_control, "{path}");
    }
}

#[tokio::test]
async fn the_form_that_the_browser_wants_is_sent_with_a_tag_of_its_own() {
    let mut tags = Vec::new();
    for (accept, encoding, content) in [
        ("gzip, br", Some("br"), "brotli of the page"),
        ("gzip", Some("gzip"), "gzip of the page"),
        ("identity", None, "<base href=\"/\"><title>Vestibule</title><script>go(\"./v.wasm\")</script>"),
    ] {
        let (_, headers, body) = get_page("/", &[("accept-encoding", accept)]).await;
        assert_eq!(headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap()), encoding);
        assert_eq!(headers[header::VARY], "accept-encoding, accept-language, cookie, sec-fetch-site");
        assert_eq!(body, content);
        let tag = headers[header::ETAG].to_str().unwrap().to_owned();
        let weak = format!("\"other\", W/{tag}");
        let (status, headers, body) = get_page("/", &[("accept-encoding", accept), ("if-none-match", &weak)]).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY) && headers.contains_key(header::VARY));
        tags.push(tag);
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "{tags:?}");
    let (status, ..) = get_page("/", &[("if-none-match", &tags[0])]).await;
    assert_eq!(status, StatusCode::OK, "the tag of the brotli form is not that of the plain one");
}

#[tokio::test]
async fn the_document_comes_in_the_language_that_was_chosen_or_is_asked_for() {
    let mut tags = Vec::new();
    for (asked, is_german) in [
        (&[("accept-language", "de-AT, en;q=0.5")][..], true),
        (&[("accept-language", "de"), ("cookie", "a=b; lang=en")][..], false),
        (&[("accept-language", "en"), ("cookie", "lang=de")][..], true),
        (&[("accept-language", "ja")][..], false),
        (&[][..], false),
    ] {
        for route in ["/", "/code"] {
            let (_, headers, body) = get_page(route, asked).await;
            assert_eq!(body.contains("lang=\"de\""), is_german, "{asked:?}");
            assert_eq!(headers[header::VARY], "accept-encoding, accept-language, cookie, sec-fetch-site");
            tags.push((is_german, headers[header::ETAG].clone()));
        }
        let compressed: Vec<_> = asked.iter().copied().chain([("accept-encoding", "br")]).collect();
        let (_, _, body) = get_page("/", &compressed).await;
        assert_eq!(body, if is_german { "brotli of the German page" } else { "brotli of the page" });
    }
    let german = tags.iter().find(|(is_german, _)| *is_german).unwrap().1.clone();
    assert!(tags.iter().all(|(is_german, tag)| *is_german == (*tag == german)), "{tags:?}");
    let asked = [("accept-language", "en"), ("if-none-match", german.to_str().unwrap())];
    assert_eq!(get_page("/", &asked).await.0, StatusCode::OK, "the German page is not the English one");
}

#[tokio::test]
async fn the_program_is_named_before_the_document_comes() {
    for (host, link) in [("uc.example.com", "</v.wasm>"), ("uc.example.org", "</branch/v.wasm>")] {
        let (_, headers, _) = get_page("/account", &[("host", host)]).await;
        assert_eq!(
            headers[header::LINK],
            format!("{link}; rel=preload; crossorigin; as=fetch; type=\"application/wasm\"")
        );
        let asked = [("host", host), ("if-none-match", headers[header::ETAG].to_str().unwrap())];
        let (status, headers, _) = get_page("/account", &asked).await;
        assert_eq!(status, StatusCode::NOT_MODIFIED);
        assert_eq!(headers[header::LINK], "", "it is all there already, and what the browser has kept does not count");
    }
    assert_eq!(get_page(SCRIPT, &[]).await.1.get(header::LINK), None);
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    for path in ["/", SCRIPT] {
        let (status, headers, body) = ask(page(), Method::HEAD, path, &[]).await;
        let (_, of_get, full) = get_page(path, &[]).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
        assert_eq!(headers[header::CONTENT_TYPE], of_get[header::CONTENT_TYPE]);
        assert_eq!(headers[header::CONTENT_LENGTH], full.len().to_string().as_str());
    }
}

#[tokio::test]
async fn a_build_without_the_page_says_so() {
    let (status, _, body) =
        ask(router_for(Files::new(), &PublicAddresses::Any, false, &Clock::System), Method::GET, "/", &[]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(body, "This build of the server has no page, only its API.\n");
}

#[tokio::test]
async fn below_a_path_the_document_says_where_its_files_are() {
    for (host, base) in [("uc.example.com", "/"), ("UC.example.org", "/branch/"), ("192.0.2.1", "/")] {
        let (_, _, body) = get_page("/code", &[("host", host)]).await;
        assert!(body.contains(&format!("<base href=\"{base}\">")), "{host}: {body}");
    }
    // HTTP/2 has no `Host`.
    for host in ["uc.example.org", "UC.example.org:443"] {
        let (_, _, body) = get_page(&format!("https://{host}/code"), &[]).await;
        assert!(body.contains("<base href=\"/branch/\">"), "{host}: {body}");
    }
    let below = [("host", "uc.example.org"), ("accept-encoding", "br")];
    let (_, headers, _) = get_page("/", &below).await;
    assert_eq!(headers.get(header::CONTENT_ENCODING), None, "only the one at the root was compressed");
}

proptest! {
    #[test]
    fn whatever_path_is_asked_for_only_pages_and_files_are_given(
        path in prop_oneof![
            "(/|%2[fF]|\\.|\\.\\.|%2[eE]|account|code|user|index|worker|pictures|logo|html|js|svg|br|gz|%00|%ff|%|\\\\|:|;|x){0,8}",
            "(/account|/worker\\.js|/pictures/logo\\.svg|/vestibule-0123456789abcdef\\.js)[ -~]{0,3}",
            "[!-~]{0,20}",
        ],
    ) {
        thread_local! {
            static PAGE: Router = page();
            static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        }
        let Ok(uri) = format!("/{path}").parse::<Uri>() else { return Ok(()) };
        let decoded = percent_encoding::percent_decode_str(&uri.path()[1..]).decode_utf8().ok();
        let expected = if ROUTES.contains(&uri.path()) {
            Some("text/html; charset=utf-8")
        } else {
            let files = ["vestibule-0123456789abcdef.js", "vestibule_bg-0123456789abcdef.wasm", "worker.js", "pictures/logo.svg"];
            files.iter().find(|file| decoded.as_deref() == Some(**file)).map(|file| asset::content_type(file))
        };
        let request = axum::http::Request::builder().uri(uri).body(Body::empty()).unwrap();
        let answer = PAGE.with(Router::clone).oneshot(request);
        let answer = RUNTIME.with(|runtime| runtime.block_on(answer)).unwrap();
        let content_type = answer.headers().get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap());
        if let Some(expected) = expected {
            prop_assert_eq!((answer.status(), content_type), (StatusCode::OK, Some(expected)));
        } else {
            let refusals = [StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST];
            prop_assert!(refusals.contains(&answer.status()), "{}", answer.status());
            prop_assert!(content_type.is_none_or(|given| given.starts_with("text/plain")));
        }
        prop_assert!(answer.headers().contains_key(header::CONTENT_SECURITY_POLICY));
    }
}
