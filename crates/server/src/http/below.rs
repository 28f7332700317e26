//! A public address may have a path. Whether the proxy in front leaves it on or takes it off makes no difference.

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use tower::util::MapRequest;

use crate::config::PublicAddresses;

/// The same routes, at the root and below the paths of the public addresses.
pub(super) fn paths(router: Router, addresses: &PublicAddresses) -> Router {
    let PublicAddresses::List(issuers) = addresses else { return router };
    let mut paths: Vec<String> =
        issuers.iter().map(|issuer| issuer.path().to_owned()).filter(|path| !path.is_empty()).collect();
    if paths.is_empty() {
        return router;
    }
    // The longest first: one may begin like another.
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    let strip = move |mut request: Request| {
        if let Some(uri) = paths.iter().find_map(|path| without(request.uri(), path)) {
            *request.uri_mut() = uri;
        }
        request
    };
    Router::new().fallback_service(MapRequest::new(router, strip))
}

fn without(uri: &Uri, path: &str) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(path)?;
    let rest = match rest.as_bytes().first() {
        None | Some(b'?') => format!("/{rest}"),
        Some(b'/') => rest.to_owned(),
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(rest.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_left_behind_a_path_is_what_stood_there(rest in "(/[a-z%.]{0,4}){0,3}(\\?[a-z=/]{0,4})?") {
            let uri: Uri = format!("/uc{rest}").parse().unwrap();
            let left = without(&uri, "/uc").unwrap().to_string();
            prop_assert_eq!(left.strip_prefix('/').map(|left| left.trim_start_matches('/')), rest.strip_prefix('/').map(|rest| rest.trim_start_matches('/')).or(Some(&rest)));
            prop_assert!(left.starts_with('/') && left.ends_with(&rest));
        }

        #[test]
        fn no_path_makes_taking_off_panic(path in "/?[!-~]{0,30}") {
            if let Ok(uri) = path.parse::<Uri>() && let Some(left) = without(&uri, "/uc") {
                prop_assert!(uri.path() == "/uc" || uri.path().starts_with("/uc/"));
                prop_assert_eq!(left.query(), uri.query());
            }
        }
    }

    #[test]
    fn a_path_is_taken_off_where_it_is_a_whole_one() {
        for (uri, expected) in [
            ("/uc", Some("/")),
            ("/uc/", Some("/")),
            ("/uc?x=1", Some("/?x=1")),
            ("/uc/api/me?x=/uc/", Some("/api/me?x=/uc/")),
            ("https://uc.example.com/uc/code", Some("https://uc.example.com/code")),
            ("/ucx", None),
            ("/", None),
            ("/code", None),
        ] {
            let stripped = without(&uri.parse().unwrap(), "/uc").map(|uri| uri.to_string());
            assert_eq!(stripped.as_deref(), expected, "{uri}");
        }
    }
}
