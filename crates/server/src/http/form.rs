//! Form bodies, read strictly: what cannot be understood is refused, never guessed.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};

/// More members than any request of the protocol has. Each is compared with all before it.
const MAX_MEMBERS: usize = 64;

/// The members of a form body (`application/x-www-form-urlencoded`), each at most once.
#[derive(Debug)]
pub(super) struct Form(Vec<(String, String)>);

/// Why a body is no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FormError {
    /// Another `Content-Type`.
    #[error("the body must be application/x-www-form-urlencoded")]
    ContentType,
    /// A name or a value is not UTF-8. A password with a replacement character in it would be another password.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// More than 64 members.
    #[error("the body has too many members")]
    TooMany,
    /// A member stands there twice (RFC 6749 §3.1).
    #[error("a member is repeated")]
    Repeated,
}

impl Form {
    /// Reads a body.
    ///
    /// # Errors
    /// [`FormError`] says why it is no form.
    pub(super) fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self, FormError> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let essence = content_type.split(';').next().unwrap_or("").trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(FormError::ContentType);
        }
        let mut members: Vec<(String, String)> = Vec::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if members.len() == MAX_MEMBERS {
                return Err(FormError::TooMany);
            }
            let at = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = at.map_or((pair, &pair[..0]), |at| (&pair[..at], &pair[at + 1..]));
            let (name, value) = (decode(name)?, decode(value)?);
            if members.iter().any(|(seen, _)| *seen == name) {
                return Err(FormError::Repeated);
            }
            members.push((name, value));
        }
        Ok(Self(members))
    }

    /// The value of a member.
    #[must_use]
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| value.as_str())
    }

    /// The value of a member, where it has one.
    #[must_use]
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }
}

/// `form_urlencoded` would put replacement characters where bytes are not UTF-8.
pub(super) fn decode(part: &[u8]) -> Result<String, FormError> {
    let spaced: Vec<u8> = part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let decoded: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
    String::from_utf8(decoded).map_err(|_| FormError::NotUtf8)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn body() -> impl Strategy<Value = Vec<u8>> {
        let written = "[ab=&+%0-9a-fA-F]{0,40}".prop_map(String::into_bytes);
        let members = proptest::collection::vec("[a-z]{1,3}=x", 60..70).prop_map(|all| all.join("&").into_bytes());
        prop_oneof![8 => written, 4 => proptest::collection::vec(any::<u8>(), 0..60), 1 => members]
    }

    fn headers(content_type: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))])
    }

    fn read(body: &[u8]) -> Result<Form, FormError> {
        Form::read(&headers("application/x-www-form-urlencoded"), &Bytes::copy_from_slice(body))
    }

    #[test]
    fn members_are_read_as_browsers_write_them() {
        let form = read(b"username=ada%2Bphone%40example.com&password=+a%20%C3%A4%26%3D+&empty=&bare").unwrap();
        assert_eq!(form.get("username"), Some("ada+phone@example.com"));
        assert_eq!(form.get("password"), Some(" a ä&= "));
        assert_eq!(form.get("empty"), Some(""));
        assert_eq!(form.get("bare"), Some(""));
        assert_eq!(form.text("empty"), None);
        assert_eq!(form.get("missing"), None);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        assert_eq!(read(b"a=1&a=2").unwrap_err(), FormError::Repeated);
        assert_eq!(read(b"password=%ff").unwrap_err(), FormError::NotUtf8);
        assert_eq!(read(b"password=\xff").unwrap_err(), FormError::NotUtf8);
        let members = |count: usize| (0..count).map(|n| format!("m{n}=")).collect::<Vec<_>>().join("&");
        assert!(read(members(64).as_bytes()).is_ok());
        assert_eq!(read(members(65).as_bytes()).unwrap_err(), FormError::TooMany);
        for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
            let body = Bytes::from_static(b"a=1");
            assert_eq!(Form::read(&headers(content_type), &body).unwrap_err(), FormError::ContentType);
        }
        let body = Bytes::from_static(b"a=1");
        assert!(Form::read(&headers("Application/X-WWW-Form-Urlencoded; charset=UTF-8"), &body).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in any::<String>()) {
            let body = form_urlencoded::Serializer::new(String::new()).append_pair("v", &value).finish();
            let form = read(body.as_bytes()).unwrap();
            prop_assert_eq!(form.get("v"), Some(value.as_str()));
        }

        #[test]
        fn what_is_read_is_what_the_url_standard_reads(body in body()) {
            let reference: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
            match read(&body) {
                Ok(Form(members)) => {
                    prop_assert!(members.len() <= MAX_MEMBERS);
                    prop_assert_eq!(members, reference);
                }
                Err(FormError::NotUtf8) => {
                    let mut texts = reference.iter().flat_map(|(name, value)| [name, value]);
                    prop_assert!(texts.any(|text| text.contains(char::REPLACEMENT_CHARACTER)));
                }
                Err(FormError::Repeated) => {
                    let names: HashSet<_> = reference.iter().map(|(name, _)| name).collect();
                    prop_assert!(names.len() < reference.len());
                }
                Err(error) => prop_assert_eq!((error, reference.len() > MAX_MEMBERS), (FormError::TooMany, true)),
            }
        }
    }
}
