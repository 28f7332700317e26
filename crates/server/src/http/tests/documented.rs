//! The OpenAPI document says what there is.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::harness::Harness;
use crate::http::openapi;

#[tokio::test]
async fn every_operation_is_there_and_describes_its_answer_to_nothing() {
    let harness = Harness::new().await;
    let document = openapi::document();
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let operations = operations.as_object().unwrap();
        for (method, operation) in operations {
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{path}: its id is that of another");
            let reply = harness.send(request(&method.to_uppercase(), path)).await;
            let answer = &operation["responses"][reply.status.as_str()];
            assert!(answer.is_object(), "{method} {path}: {reply:?}");
            let media_type = reply.headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap());
            let described = answer["content"].as_object().map(|content| content.contains_key(media_type.unwrap()));
            assert!(described.unwrap_or(media_type.is_none()), "{method} {path}: {reply:?}");
            for name in answer["headers"].as_object().unwrap().keys() {
                assert!(reply.headers.contains_key(name), "{method} {path}: {name}");
            }
        }
        for method in
            ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().filter(|m| !operations.contains_key(&m.to_lowercase()))
        {
            let reply = harness.send(request(method, path)).await;
            assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            let allowed: BTreeSet<_> = reply.headers[header::ALLOW].to_str().unwrap().split(',').collect();
            let described: BTreeSet<_> = operations.keys().map(|method| method.to_uppercase()).collect();
            assert!(described.iter().all(|method| allowed.contains(method.as_str())), "{path}: {allowed:?}");
        }
    }
}

fn request(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).header(header::HOST, "localhost:8080").body(Body::empty()).unwrap()
}

#[test]
fn nothing_is_called_nullable_and_nothing_is_said_of_newer_servers() {
    let text = openapi::document().to_string();
    assert!(!text.contains("null") && !text.contains("\"unknown\""));
    assert!(text.contains("urn:vestibule:problem:not-signed-in") && text.contains("application/problem+json"));
}
