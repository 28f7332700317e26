mod names;
mod properties;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;

const EXAMPLE: &str = include_str!("../../../../deploy/vestibule.example.toml");

/// The example with every setting that it only describes switched on.
fn example_with_everything() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => setting.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vestibule.toml");
    std::fs::write(&file, text).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let shown = format!("{}/", folder.path().display());
    Config::load_with(Some(&file), environment).map_err(|error| error.to_string().replace(&shown, ""))
}

#[track_caller]
fn refused(text: &str, environment: &[(&str, &str)], message: &str) {
    assert_eq!(load(text, environment).unwrap_err(), message);
}

#[test]
fn the_example_holds_the_defaults() {
    let example = load(EXAMPLE, &[]).unwrap();
    assert_eq!(format!("{example:#?}"), format!("{:#?}", Config::default()));
}

#[test]
fn the_example_names_every_key() {
    let text = example_with_everything();
    let settings = config::Config::builder().add_source(config::File::from_str(&text, config::FileFormat::Toml));
    let everything: Value = settings.build().unwrap().try_deserialize().unwrap();
    serde_json::from_value::<Config>(everything.clone()).unwrap();

    let mut sections = 0;
    for pointer in ["", "/brand", "/database", "/tls", "/mail", "/mail/smtp", "/code", "/signin", "/session", "/token"]
        .into_iter()
        .chain(["/proxy", "/throttle", "/limits", "/password_hash", "/audit", "/log", "/clients/0", "/services/0"])
    {
        let mut with_unknown = everything.clone();
        let section = with_unknown.pointer_mut(pointer).and_then(Value::as_object_mut).unwrap();
        let named: BTreeSet<String> = section.keys().cloned().collect();
        section.insert("no_such_key".to_owned(), json!(0));
        let message = serde_json::from_value::<Config>(with_unknown).unwrap_err().to_string();
        let known = message.split('`').skip(3).step_by(2).map(str::to_owned).collect();
        assert_eq!(named, known, "{pointer}");
        sections += 1;
    }
    let tables = everything.as_object().unwrap().values().filter(|value| value.is_object()).count();
    // Besides the tables of the root: the root, the mail server, the clients and the services.
    assert_eq!(sections, tables + 4);
}

#[test]
fn the_environment_goes_over_the_file() {
    let environment = [
        ("VESTIBULE_CODE__LIFE", "5min"),
        ("VESTIBULE_CODE__LENGTH", "8"),
        ("VESTIBULE_LISTEN", "127.0.0.1:1, [::1]:2"),
        ("VESTIBULE_REQUIRE_2FA", "true"),
        ("VESTIBULE_MAIL__SMTP__HOST", "mail.example.com"),
        ("VESTIBULE_MAIL__SMTP__USERNAME", "vestibule"),
        ("VESTIBULE_MAIL__SMTP__PASSWORD", "1234"),
        ("HOME", "/"),
    ];
    let config = load("[code]\nlife = \"1min\"\nattempts = 3", &environment).unwrap();
    assert_eq!(config.code.life.as_secs(), 300);
    assert_eq!((config.code.length, config.code.attempts, config.require_2fa), (8, 3, true));
    assert_eq!(config.listen.iter().map(ToString::to_string).collect::<Vec<_>>(), ["127.0.0.1:1", "[::1]:2"]);
    let smtp = config.mail.smtp.unwrap();
    assert_eq!((smtp.host.as_str(), smtp.port()), ("mail.example.com", 587));
    assert_eq!(smtp.password.unwrap().expose(), "1234");
}

#[test]
fn an_unknown_key_is_named_with_its_file_and_those_that_exist() {
    refused(
        "[token]\nacess_life = \"1min\"",
        &[],
        "vestibule.toml: token.acess_life: unknown key `acess_life`, expected `access_life`",
    );
    refused(
        "",
        &[("VESTIBULE_TOKEN__LIFE", "1min")],
        "VESTIBULE_TOKEN__LIFE: token.life: unknown key `life`, expected `access_life`",
    );
}

#[test]
fn a_wrong_value_is_named_with_its_file_or_variable_and_the_mend() {
    refused(
        "[code]\nlife = \"10\"",
        &[],
        "vestibule.toml: code.life: `10` is no duration; write it like 30s, 10min or 7days",
    );
    refused(
        "",
        &[("VESTIBULE_CODE__SENDS", "many")],
        "VESTIBULE_CODE__SENDS: code.sends: must be an integer, not string \"many\"",
    );
    refused("[code]\nlength = 9", &[], "vestibule.toml: code.length: must be 6, 7 or 8");
    refused(
        "public_addresses = \"vestibule.example.com\"",
        &[],
        "vestibule.toml: public_addresses: `vestibule.example.com`: is no address; write it like \
         https://vestibule.example.com",
    );
    refused(
        "listen = [\"8080\"]",
        &[],
        "vestibule.toml: listen: `8080` is no address with a port; write it like 127.0.0.1:8080 or [::]:8080",
    );
    refused(
        "[mail]\nfrom = \"nobody\"",
        &[],
        "vestibule.toml: mail.from: `nobody` is no sender; write it like \"Vestibule <vestibule@example.com>\"",
    );
    refused(
        "[mail.smtp]\nhost = \"mail.example.com\"\nusername = \"ada\"",
        &[],
        "vestibule.toml: mail.smtp.password: is missing; set it or password_file, or remove username",
    );
    refused(
        "[mail.smtp]\nhost = \"mail.example.com\"\nusername = \"ada\"\npassword = \"\"",
        &[],
        "vestibule.toml: mail.smtp.password: is empty; set it or password_file, or remove username",
    );
    refused(
        "listen = [\"127.0.0.1:8080\", \"[::1]:8080\"]\nmanagement_listen = \"[::1]:8080\"",
        &[],
        "vestibule.toml: management_listen: [::1]:8080 is one of listen; write another address or port",
    );
    load("listen = \"127.0.0.1:0\"\nmanagement_listen = \"127.0.0.1:0\"", &[]).unwrap();
    refused("[tls]\nkey = \"key.pem\"", &[], "vestibule.toml: tls: `certificate` is missing");
}

#[test]
fn a_file_that_is_no_toml_is_told_by_line_without_quoting_it() {
    refused(
        "[mail.smtp]\npassword = hunter2",
        &[],
        "vestibule.toml: TOML parse error at line 2, column 12: string values must be quoted, expected literal string",
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Some(&PathBuf::from("no/such/file.toml"))).unwrap_err().to_string();
    assert!(error.starts_with("no/such/file.toml: cannot be read: "), "{error}");
}

#[test]
fn passwords_over_plain_http_have_to_be_asked_for() {
    for addresses in ["\"http://192.0.2.1\"", "[\"https://uc.example.com\", \"http://192.0.2.1\"]", "\"any\""] {
        let text = format!("public_addresses = {addresses}");
        let error = load(&text, &[]).unwrap_err();
        assert!(
            error.starts_with("vestibule.toml: public_addresses: ") && error.contains("allow_plain_http"),
            "{error}"
        );
        load(&format!("{text}\nallow_plain_http = true"), &[]).unwrap();
    }
    load("public_addresses = [\"https://uc.example.com\", \"http://127.0.0.1:8080\"]", &[]).unwrap();
}

#[test]
fn addresses_that_no_request_tells_apart_are_refused() {
    for addresses in [
        "\"https://uc.example.com/a\", \"https://uc.example.com/b\"",
        "\"https://uc.example.com\", \"http://uc.example.com\"",
        "\"https://uc.example.com\", \"http://uc.example.com:443\"",
        "\"https://192.0.2.1\", \"https://uc.example.com:8443\", \"https://UC.example.com:8443/uc\"",
    ] {
        let error = load(&format!("allow_plain_http = true\npublic_addresses = [{addresses}]"), &[]).unwrap_err();
        assert!(error.starts_with("vestibule.toml: public_addresses: ") && error.contains("told apart"), "{error}");
    }
    load("public_addresses = [\"https://uc.example.com/a\", \"https://uc.example.com:8443/a\"]", &[]).unwrap();
}

#[test]
fn clients_and_services_have_ids_of_their_own_and_what_they_need() {
    let secret = "x".repeat(24);
    let service = format!("[[services]]\nid = \"pbx\"\nsecret = \"{secret}\"\n");
    let phone = "[[clients]]\nid = \"phone\"\nscopes = [\"profile\"]\n";
    load(&format!("{service}{phone}[[clients]]\nid = \"vestibule\"\n"), &[]).unwrap();
    load("[[services]]\nid = \"media\"\nclaims = []", &[]).unwrap();
    refused(
        "[[services]]\nid = \"media\"\nclaims = [\"password\"]",
        &[],
        "vestibule.toml: services[0].claims[0]: `password` is no claim; there are name, uc_configuration, phone_number, \
         preferred_device and route_calls_to_cell, and the user name is always there",
    );
    for (text, message) in [
        (format!("{phone}{phone}"), "clients: phone stands there twice; every client and service has an id of its own"),
        (
            format!("{service}{phone}").replace("phone", "pbx"),
            "services: pbx stands there twice; every client and service has an id of its own",
        ),
        (phone.replace("phone", "a b"), "clients: `a b` is no id: letters, digits and signs without blanks"),
        (
            phone.replace("scopes = [\"profile\"]\n", ""),
            "clients: phone: scopes is missing; write what it may ask for, like profile",
        ),
        (phone.replace("profile", "a b"), "clients: phone: `a b` is no scope: one word without \" or \\"),
        (
            service.replace(&secret, "short"),
            "services: pbx: the secret must have at least 24 characters; make one with `openssl rand -hex 24`",
        ),
        (
            "[[services]]\nid = \"pbx\"\n".to_owned(),
            "services: pbx: set secret or secret_file if it asks about tokens, and claims if it gets tokens",
        ),
        (
            "[[services]]\nid = \"http://localhost:8080\"\nclaims = []\n".to_owned(),
            "services: http://localhost:8080 is an address of this server; give the service another id",
        ),
        (format!("{service}secret_file = \"x\"\n"), "services: pbx: set secret or secret_file, not both"),
    ] {
        refused(&text, &[], &format!("vestibule.toml: {message}"));
    }
}

#[test]
fn colours_are_colours_and_can_be_told_from_what_they_meet() {
    load("[brand]\naccent_light = \"#7A1FA2\"\nbackground_dark = \"#000000\"", &[]).unwrap();
    for (settings, message) in [
        ("accent_light = \"purple\"", "brand.accent_light: `purple` is no colour; write it like #0b57c2"),
        ("background_dark = \"#12345\"", "brand.background_dark: `#12345` is no colour; write it like #0b57c2"),
        (
            "accent_light = \"#ffcc00\"",
            "brand.accent_light: #ffcc00 has a contrast of 1.39:1 with the background #f4f6f8, and needs 4.5:1; the \
             nearest that passes is #876a00",
        ),
        (
            "background_light = \"#888888\"",
            "brand.background_light: #888888 has a contrast of 1.06:1 with the lines around fields, #78858f, and needs \
             3:1; the nearest that passes is #e5e5e5",
        ),
        (
            "accent_dark = \"#3355aa\"",
            "brand.accent_dark: #3355aa has a contrast of 2.34:1 with the cards and fields of the page, #182129, and \
             needs 4.5:1; the nearest that passes is #688fe9",
        ),
    ] {
        refused(&format!("[brand]\n{settings}"), &[], &format!("vestibule.toml: {message}"));
    }
    let environment = [("VESTIBULE_BRAND__ACCENT_DARK", "blue")];
    refused(
        "",
        &environment,
        "VESTIBULE_BRAND__ACCENT_DARK: brand.accent_dark: `blue` is no colour; write it like #0b57c2",
    );
}

#[test]
fn a_debug_print_shows_no_password() {
    let text = "[mail.smtp]\nhost = \"mail.example.com\"\nusername = \"ada\"\npassword = \"hunter2\"";
    assert!(!format!("{:?}", load(text, &[]).unwrap()).contains("hunter2"));
}

#[test]
fn the_examples_for_one_server_and_for_three_are_read() {
    let one = load(include_str!("../../../../deploy/one-server/vestibule.toml"), &[]).unwrap();
    let three = load(include_str!("../../../../deploy/three-servers/vestibule.toml"), &[]).unwrap();
    assert!(!one.database.is_postgres() && three.database.is_postgres());
    for example in [one, three] {
        assert!(example.database.key_file.is_some() && example.mail.smtp.is_some());
        assert!(example.proxy.header.is_some() && example.services[0].claims.is_some());
    }
}

#[test]
fn a_database_is_one_that_is_known_and_has_what_it_needs() {
    for (text, message) in [
        (
            "url = \"mysql://db.example.com/vestibule\"",
            "vestibule.toml: database.url: must begin with `sqlite:`, like sqlite:vestibule.db, or with `postgres://`, \
             like postgres://vestibule@db.example.com/vestibule",
        ),
        (
            "url = \"postgres://db.example.com:a/vestibule\"",
            "vestibule.toml: database.url: is no address (invalid port number); write it like \
             postgres://vestibule@db.example.com/vestibule",
        ),
        (
            "url = \"postgres://db.example.com/vestibule\"\nconnections = 3",
            "vestibule.toml: database.connections: must be at least 4",
        ),
        (
            "password = \"a\"\npassword_file = \"b\"",
            "vestibule.toml: database.password: cannot be set together with password_file; remove one of them",
        ),
        (
            "key = \"too short\"",
            "vestibule.toml: database.key: must have at least 32 characters; make one with `openssl rand -hex 32`",
        ),
    ] {
        refused(&format!("[database]\n{text}"), &[], message);
    }
}
