//! The brand of the service, in discovery and from the server's own origin.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;

use super::harness::{Harness, Reply};
use crate::config::PublicAddresses;

const LOGO: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0h9v9H0z\"/></svg>";

async fn get(harness: &Harness, host: &str, path: &str) -> Reply {
    harness.send(Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap()).await
}

async fn branded(addresses: PublicAddresses) -> Harness {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("logo");
    std::fs::write(&file, LOGO).unwrap();
    Harness::with(|config| {
        config.public_addresses = addresses;
        config.brand.logo = Some(file);
        config.brand.accent_light = Some("#7a1fa2".parse().unwrap());
        config.brand.background_dark = Some("#000000".parse().unwrap());
    })
    .await
}

#[tokio::test]
async fn the_brand_is_in_discovery_and_the_picture_under_the_name_of_its_content() {
    let harness = branded(PublicAddresses::Any).await;
    let metadata = get(&harness, "localhost:8080", "/.well-known/oauth-authorization-server").await;
    let theme = json!({
        "accent_light": "#7a1fa2", "background_light": "#f4f6f8",
        "accent_dark": "#8ab8ff", "background_dark": "#000000",
    });
    assert_eq!(metadata.body["theme"], theme);
    let uri = metadata.text("logo_uri");
    let path = uri.strip_prefix("http://localhost:8080").unwrap();
    let hash = path.strip_prefix("/brand/logo-").and_then(|rest| rest.strip_suffix(".svg")).unwrap();
    assert!(hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()), "{hash}");

    let logo = get(&harness, "localhost:8080", path).await;
    assert_eq!((logo.status, logo.raw.as_str()), (StatusCode::OK, LOGO));
    for (name, value) in [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
        ),
    ] {
        assert_eq!(logo.headers[&name], value, "{name}");
    }
    for other in ["/brand/logo-0000000000000000.svg", "/brand/logo", "/brand/..%2fvestibule.db"] {
        let reply = get(&harness, "localhost:8080", other).await;
        assert_eq!((reply.status, reply.raw.as_str()), (StatusCode::NOT_FOUND, "Not found\n"), "{other}");
        assert_eq!(reply.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}

#[tokio::test]
async fn each_address_has_the_picture_below_itself() {
    let list = ["https://uc.example.com/signin", "https://192.0.2.1"].map(|issuer| issuer.parse().unwrap());
    let harness = branded(PublicAddresses::List(list.to_vec())).await;
    for (host, base) in [("uc.example.com", "/signin"), ("192.0.2.1", "")] {
        let path = format!("{base}/.well-known/oauth-authorization-server");
        let uri = get(&harness, host, &path).await.text("logo_uri");
        let path = uri.strip_prefix(&format!("https://{host}")).unwrap();
        assert!(path.starts_with(&format!("{base}/brand/")), "{path}");
        assert_eq!(get(&harness, host, path).await.raw, LOGO);
    }
}

#[tokio::test]
async fn without_a_brand_none_is_told() {
    let harness = Harness::new().await;
    let metadata = get(&harness, "localhost:8080", "/.well-known/oauth-authorization-server").await;
    assert!(metadata.body.get("theme").is_none() && metadata.body.get("logo_uri").is_none());
    assert_eq!(get(&harness, "localhost:8080", "/brand/logo.svg").await.status, StatusCode::NOT_FOUND);
}
