//! Values that are one of some names.

use super::{load, refused};

#[test]
fn a_value_that_is_none_of_some_names_is_told_with_those_that_there_are() {
    for (key, names) in [
        ("configuration", "integrated, uc-only, voice-only"),
        ("proxy.header", "x-forwarded-for, forwarded"),
        ("log.format", "text, json"),
        ("log.level", "error, warn, info, debug, trace, off"),
        ("mail.smtp.security", "starttls, tls, plain"),
    ] {
        let named = |value: &str| format!("{key}: `{value}` is none of {names}");
        let host = "[mail.smtp]\nhost = \"mail.example.com\"";
        let variable = format!("VESTIBULE_{}", key.replace('.', "__").to_uppercase());
        refused(host, &[(&variable, "foo")], &format!("{variable}: {}", named("foo")));
        for (value, shown) in [("\"foo\"", "foo"), ("\"\"", ""), ("\"1\"", "1"), ("3000", "3000")] {
            let text = format!("{key} = {value}\n{}", if key.starts_with("mail") { "" } else { host });
            refused(&text, &[], &format!("vestibule.toml: {}", named(shown)));
        }
        let first = names.split(", ").next().unwrap();
        let trusted = if key == "proxy.header" { "proxy.trusted = \"192.0.2.1\"\n" } else { "" };
        load(&format!("{trusted}{host}"), &[(&variable, first)]).unwrap();
    }
}
