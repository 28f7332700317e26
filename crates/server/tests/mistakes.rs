//! The wrong folder, and an address that is taken: what administrators are told of where they were wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

mod program;

use std::net::TcpListener;
use std::path::Path;

/// What a command says in a folder: whether it was done, and on both outputs.
fn said(folder: &Path, config: &str, arguments: &[&str]) -> (bool, String, String) {
    std::fs::write(folder.join("vestibule.toml"), config).unwrap();
    let output = program::run(folder, arguments, "a blue kettle\n");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_database_that_a_command_makes_is_told_by_its_whole_name_and_one_that_is_there_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().canonicalize().unwrap().join("vestibule.db");
    let made = format!("vestibule-server: {}: newly made, for there was no database\n", file.display());
    let (done, out, errors) = said(folder.path(), "", &["user", "add", "ada"]);
    assert!(done && out.starts_with("Added") && errors == made, "{out}{errors}");
    for arguments in [&["user", "list"][..], &["audit"], &["keys", "export"], &["migrate"]] {
        let (done, _, errors) = said(folder.path(), "", arguments);
        assert!(done && errors.is_empty(), "{arguments:?}: {errors}");
    }
    for arguments in [&["migrate"][..], &["user", "list"], &["keys", "export"]] {
        std::fs::remove_file(&file).unwrap();
        let (done, _, errors) = said(folder.path(), "", arguments);
        assert!(done && errors == made, "{arguments:?}: {errors}");
    }
}

#[test]
fn an_address_that_is_taken_is_told_by_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    for (key, config) in [
        ("listen", format!("listen = \"{address}\"")),
        ("management_listen", format!("listen = \"127.0.0.1:0\"\nmanagement_listen = \"{address}\"")),
    ] {
        let (done, _, errors) = said(folder.path(), &config, &["serve"]);
        let expected = format!("vestibule-server: {key}: {address}: Address already in use");
        assert!(!done && errors.lines().any(|line| line.starts_with(&expected)), "{errors}");
    }
}

#[test]
fn check_refuses_one_address_for_people_and_for_management() {
    let folder = tempfile::tempdir().unwrap();
    let config = "listen = \"127.0.0.1:9090\"\nmanagement_listen = \"127.0.0.1:9090\"";
    let (done, out, _) = said(folder.path(), config, &["check"]);
    let expected = "failed   configuration: vestibule.toml: management_listen: 127.0.0.1:9090 is one of listen; write \
                    another address or port\n";
    assert!(!done && out == expected, "{out}");
}
