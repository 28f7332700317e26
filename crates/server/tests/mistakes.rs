//! The wrong folder, and an address that is taken: what administrators are told of where they were wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

mod program;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use vestibule_server::serve::ServeError;

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
fn a_file_that_is_no_database_is_told_as_such_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vestibule.db");
    let somebodys = "a letter, and no database ".repeat(100);
    std::fs::write(&file, &somebodys).unwrap();
    for arguments in [&["serve"][..], &["user", "list"], &["check"]] {
        let (done, out, errors) = said(folder.path(), "listen = \"127.0.0.1:0\"", arguments);
        let told = format!("{out}{errors}");
        assert!(!done && told.contains("file is not a database"), "{told}");
        assert!(told.contains("put back a backup, or name another file") && !told.contains("writable"), "{told}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), somebodys);
}

#[test]
fn a_mail_password_file_that_is_empty_is_told_before_any_mail_is_to_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "\n").unwrap();
    let smtp = "[mail.smtp]\nhost = \"mail.example.com\"\nusername = \"vestibule\"\npassword_file = \"password\"";
    for arguments in [&["serve"][..], &["check"]] {
        let (done, out, errors) = said(folder.path(), &format!("listen = \"127.0.0.1:0\"\n{smtp}"), arguments);
        let expected = "mail.smtp.password_file: password: is empty; write the password there, or remove username";
        assert!(!done && format!("{out}{errors}").contains(expected), "{out}{errors}");
    }
}

#[test]
fn a_database_is_not_copied_onto_itself() {
    let folder = tempfile::tempdir().unwrap();
    said(folder.path(), "", &["user", "add", "ada"]);
    let (done, _, errors) = said(folder.path(), "", &["db", "copy", "sqlite:./vestibule.db"]);
    let expected = "vestibule-server: database.url: sqlite:vestibule.db: still names the database that is to be copied; set \
                    it to the new one\n";
    assert!(!done && errors == expected, "{errors}");
}

#[test]
fn check_tells_the_file_that_it_has_read_and_warns_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (done, out, _) = said(folder.path(), "", &["check"]);
    assert!(done && out.starts_with("ok       configuration: vestibule.toml, issuer http"), "{out}");
    std::fs::remove_file(folder.path().join("vestibule.toml")).unwrap();
    let output = program::run(folder.path(), &["check"], "");
    let out = String::from_utf8(output.stdout).unwrap();
    let expected = "warning  configuration: no file is here or in /etc/vestibule, issuer http";
    assert!(output.status.success() && out.starts_with(expected), "{out}");
}

#[test]
fn a_reader_that_has_read_enough_is_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let said_to_nobody = |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule-server"));
        let output = command.args(arguments).current_dir(folder.path()).stdout(writer).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    // What is shown only once is another matter.
    let (done, errors) = said_to_nobody(&["user", "add", "ada", "--generate"]);
    assert!(!done && errors.contains("standard output: Broken pipe"), "{errors}");
    for arguments in [&["openapi"][..], &["user", "list"], &["user", "show", "ada", "--json"], &["audit"]] {
        assert_eq!(said_to_nobody(arguments), (true, String::new()), "{arguments:?}");
    }
}

#[test]
fn a_port_that_is_not_for_everybody_is_told_with_what_opens_it() {
    let told = |port: u16| {
        let error = std::io::ErrorKind::PermissionDenied.into();
        ServeError::Listen { key: "listen", address: ([192, 0, 2, 1], port).into(), error }.to_string()
    };
    assert!(told(80).ends_with("; ports below 1024 need CAP_NET_BIND_SERVICE, as deploy/vestibule.service gives it"));
    assert_eq!(told(8443), "listen: 192.0.2.1:8443: permission denied");
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
