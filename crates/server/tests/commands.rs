//! The commands, run as an administrator runs them: the real binary, real files.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const GOOD: &str = "listen = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite:vestibule.db\"\n";

fn run(folder: &Path, config: &str, arguments: &[&str], input: &str) -> Output {
    std::fs::write(folder.join("vestibule.toml"), config).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vestibule-server"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The lines of `check` that failed, and whether its exit code says so.
fn failed_checks(folder: &Path, config: &str) -> (Vec<String>, bool) {
    let output = run(folder, config, &["check"], "");
    let failed = text(&output.stdout).lines().filter(|line| line.starts_with("failed")).map(str::to_owned).collect();
    (failed, output.status.success())
}

#[test]
fn check_passes_where_everything_is_there() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(failed_checks(folder.path(), GOOD), (Vec::new(), true));
}

#[test]
fn check_tells_of_a_missing_mail_server_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    // A port that was free a moment ago, and that nobody listens on.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!("{GOOD}[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"plain\"\n");
    let (failed, success) = failed_checks(folder.path(), &config);
    assert!(!success);
    assert!(failed.len() == 1 && failed[0].contains("mail:") && failed[0].contains(&port.to_string()), "{failed:?}");
}

#[test]
fn check_tells_of_a_wrong_key_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let (failed, success) = failed_checks(folder.path(), &format!("servise_name = \"x\"\n{GOOD}"));
    assert!(!success);
    assert!(
        failed.len() == 1 && failed[0].contains("servise_name") && failed[0].contains("vestibule.toml"),
        "{failed:?}"
    );
}

#[test]
fn check_tells_of_an_unwritable_database_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let config = GOOD.replace("sqlite:vestibule.db", "sqlite:no/such/folder/vestibule.db");
    let (failed, success) = failed_checks(folder.path(), &config);
    assert!(!success);
    assert!(failed.len() == 1 && failed[0].contains("database"), "{failed:?}");
}

#[test]
fn an_account_is_made_shown_changed_and_removed_and_all_of_it_is_audited() {
    let folder = tempfile::tempdir().unwrap();
    let done = |arguments: &[&str], input: &str| {
        let output = run(folder.path(), GOOD, arguments, input);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let add = ["user", "add", "Grace", "--email", "grace@example.com", "--two-factor"];
    done(&add, "a blue kettle\n");
    let shown: serde_json::Value = serde_json::from_str(&done(&["user", "show", "grace", "--json"], "")).unwrap();
    assert_eq!((&shown["username"], &shown["two_factor"]), (&"grace".into(), &true.into()));
    for act in ["disable", "enable", "unlock", "disable-2fa", "enable-2fa"] {
        done(&["user", act, "grace"], "");
    }
    done(&["user", "set-email", "grace", "grace@example.org"], "");
    done(&["user", "set-password", "grace"], "a green kettle\n");
    done(&["user", "remove", "grace"], "");
    let audit: serde_json::Value = serde_json::from_str(&done(&["audit", "--user", "grace", "--json"], "")).unwrap();
    let events: Vec<_> = audit.as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    let expected = [
        "user-add",
        "user-disable",
        "user-enable",
        "user-unlock",
        "user-disable-2fa",
        "user-enable-2fa",
        "user-set-email",
        "user-set-password",
        "user-remove",
    ];
    assert_eq!(events, expected);
    assert!(!run(folder.path(), GOOD, &["user", "show", "grace"], "").status.success());
}

#[test]
fn what_cannot_be_an_account_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), GOOD, &["user", "add", "ada", "--email", "ada@example.com"], "a blue kettle\n");
    for (arguments, input, reason) in [
        (&["user", "add", "a@b"][..], "a blue kettle\n", "no user name"),
        (&["user", "add", "Ada"], "a blue kettle\n", "taken"),
        (&["user", "add", "eve", "--email", "ADA@example.com"], "a blue kettle\n", "taken"),
        (&["user", "add", "eve", "--two-factor"], "a blue kettle\n", "needs an e-mail address"),
        (&["user", "add", "eve", "--email", "eve"], "a blue kettle\n", "no e-mail address"),
        (&["user", "add", "eve"], "short\n", "8 characters"),
        (&["user", "add", "eve"], "password\n", ""),
    ] {
        let output = run(folder.path(), GOOD, arguments, input);
        let said = text(&output.stderr);
        assert!(
            !output.status.success() && said.contains(reason) && said.lines().count() == 1,
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn an_import_makes_all_accounts_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let import = |rows: &str| {
        let csv = format!("username,name,email,two_factor,password\n{rows}");
        std::fs::write(folder.path().join("people.csv"), csv).unwrap();
        run(folder.path(), GOOD, &["user", "import", "people.csv"], "")
    };
    let refused = import("ada,Ada,ada@example.com,false,a blue kettle\nbob,Bob,,true,a red kettle\n");
    assert!(!refused.status.success() && text(&refused.stderr).contains("line 3"), "{}", text(&refused.stderr));
    assert_eq!(text(&run(folder.path(), GOOD, &["user", "list"], "").stdout), "");
    let done = import("ada,Ada,ada@example.com,true,a blue kettle\nbob,Bob,,false,a red kettle\n");
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(text(&run(folder.path(), GOOD, &["user", "list"], "").stdout).lines().count(), 2);
}
