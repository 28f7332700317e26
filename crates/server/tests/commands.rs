//! The commands, run as an administrator runs them: the real binary, real files.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

mod program;

use std::path::Path;
use std::process::Output;

const GOOD: &str = "listen = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite:vestibule.db\"\n";

const NOBODY: &str =
    "vestibule-server: no account has the user name or e-mail address `nobody`; `user list` shows all\n";

fn run(folder: &Path, config: &str, arguments: &[&str], input: &str) -> Output {
    std::fs::write(folder.join("vestibule.toml"), config).unwrap();
    program::run(folder, arguments, input)
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
    let port = vestibule_testbed::free_port().unwrap();
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
fn check_tells_of_a_brand_that_cannot_be_shown_in_one_line_and_nothing_is_served_with_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("note.png"), "no picture").unwrap();
    for (brand, told) in [
        ("logo = \"gone.svg\"", "brand.logo: gone.svg: cannot be read: No such file"),
        ("logo = \"note.png\"", "brand.logo: note.png: is no picture that every browser shows"),
        ("accent_light = \"red\"", "brand.accent_light: `red` is no colour"),
        ("accent_light = \"#ffcc00\"", "and needs 4.5:1; the nearest that passes is #876a00"),
    ] {
        let config = format!("{GOOD}[brand]\n{brand}\n");
        let (failed, success) = failed_checks(folder.path(), &config);
        assert!(!success && failed.len() == 1 && failed[0].contains(told), "{failed:?}");
        let served = run(folder.path(), &config, &["serve"], "");
        assert!(!served.status.success() && text(&served.stderr).contains(told), "{}", text(&served.stderr));
    }
    std::fs::write(folder.path().join("logo"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    let config = format!("{GOOD}[brand]\nlogo = \"logo\"\naccent_light = \"#876a00\"\n");
    assert_eq!(failed_checks(folder.path(), &config), (Vec::new(), true));
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
    let expected = "Added grace (Grace): access codes go to grace@example.com\n";
    assert!(done(&add, "a blue kettle\n").ends_with(expected));
    let shown: serde_json::Value = serde_json::from_str(&done(&["user", "show", "grace", "--json"], "")).unwrap();
    assert_eq!((&shown["username"], &shown["two_factor"]), (&"grace".into(), &true.into()));
    for (act, told) in [
        ("disable", "disabled"),
        ("enable", "enabled"),
        ("unlock", "unlocked"),
        ("disable-2fa", "two-factor authentication is off"),
        ("enable-2fa", "two-factor authentication is on"),
    ] {
        assert_eq!(done(&["user", act, "grace@example.com"], ""), format!("grace: {told}\n"));
    }
    let new = "grace@example.org";
    assert_eq!(done(&["user", "set-email", "grace", new], ""), format!("grace: the e-mail address is {new}\n"));
    assert!(done(&["user", "set-password", "grace"], "a green kettle\n").ends_with("grace: the password is set\n"));
    assert_eq!(done(&["user", "remove", "grace"], ""), "grace: removed\n");
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

#[test]
fn an_import_tells_everything_that_is_wrong_by_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    assert!(run(folder.path(), GOOD, &["migrate"], "").status.success());
    let import = |csv: &[u8]| {
        std::fs::write(folder.path().join("people.csv"), csv).unwrap();
        let output = run(folder.path(), GOOD, &["user", "import", "people.csv"], "");
        assert!(!output.status.success());
        text(&output.stderr)
    };
    let said = import(b"username,email,password\nada,ada,\nbob@x,,\neve,,short\n");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines[0].contains("people.csv, line 2, column email: `ada` is no e-mail address"), "{said}");
    assert!(lines[1].starts_with("people.csv, line 3, column username: `bob@x` is no user name"), "{said}");
    assert!(lines[2].starts_with("people.csv, line 4, column password: a password must have at least 8"), "{said}");
    for (csv, expected) in [
        (&b"username,mail\nada,x\n"[..], "line 1: column 2, `mail`, is not known; there are username, name"),
        (b"name\nAda\n", "line 1: the column username is missing"),
        (b"username,username\nada,ada\n", "line 1: column 2, `username`, is there twice"),
        (b"username,name\nada\n", "line 2: has 1 columns, not 2"),
        (b"username\nada\nADA\n", "line 3, column username: the user name is taken"),
        (b"username,name\nada,\xff\n", "line 2: column 2 is not UTF-8"),
    ] {
        let said = import(csv);
        assert!(said.contains(expected) && said.lines().count() == 1, "{said}");
    }
    assert_eq!(text(&run(folder.path(), GOOD, &["user", "list"], "").stdout), "");
}

#[test]
fn a_password_that_nobody_gave_is_made_up_and_printed() {
    let folder = tempfile::tempdir().unwrap();
    let added = run(folder.path(), GOOD, &["user", "add", "ada", "--generate"], "");
    let said = text(&added.stdout);
    let password = said.lines().find_map(|line| line.strip_prefix("Password: ")).unwrap();
    assert_eq!(password.len(), 19, "{said}");
    std::fs::write(folder.path().join("people.csv"), "username\nbob\neve\n").unwrap();
    let imported = run(folder.path(), GOOD, &["user", "import", "people.csv", "--json"], "");
    let imported: serde_json::Value = serde_json::from_slice(&imported.stdout).unwrap();
    let names: Vec<_> = imported.as_array().unwrap().iter().map(|entry| entry["username"].clone()).collect();
    assert_eq!(names, ["bob", "eve"]);
    let shown = run(folder.path(), GOOD, &["user", "show", "eve", "--json"], "");
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["password_expires_at"], imported[1]["password_expires_at"]);
}

#[test]
fn an_account_with_2fa_keeps_an_e_mail_address() {
    let folder = tempfile::tempdir().unwrap();
    let add = ["user", "add", "grace", "--email", "grace@example.com", "--two-factor"];
    assert!(run(folder.path(), GOOD, &add, "a blue kettle\n").status.success());
    let removed = run(folder.path(), GOOD, &["user", "set-email", "grace@example.com", "--remove"], "");
    assert!(!removed.status.success());
    assert_eq!(text(&removed.stderr), "vestibule-server: grace: two-factor authentication needs an e-mail address\n");
    let shown = text(&run(folder.path(), GOOD, &["user", "show", "grace"], "").stdout);
    assert!(shown.contains("email: grace@example.com\n"), "{shown}");
    let audit = text(&run(folder.path(), GOOD, &["audit"], "").stdout);
    assert_eq!(audit.lines().count(), 1, "what was not done is not audited as done: {audit}");
}

#[test]
fn the_audit_trail_can_be_asked_for_by_time_and_account() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ada", "bob"] {
        assert!(run(folder.path(), GOOD, &["user", "add", name], "a blue kettle\n").status.success());
    }
    for (arguments, entries) in [
        (&["audit"][..], 2),
        (&["audit", "--since", "1h"], 2),
        (&["audit", "--since", "2999-01-01"], 0),
        (&["audit", "--user", "Ada"], 1),
        (&["audit", "--user", "ada", "--since", "2999-01-01"], 0),
    ] {
        let output = run(folder.path(), GOOD, arguments, "");
        assert_eq!(text(&output.stdout).lines().count(), entries, "{arguments:?}");
    }
    let nobody = run(folder.path(), GOOD, &["audit", "--user", "nobody"], "");
    assert_eq!((nobody.status.code(), text(&nobody.stderr)), (Some(1), NOBODY.to_owned()));
    let wrong = run(folder.path(), GOOD, &["audit", "--since", "yesterday"], "");
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("`yesterday` is neither"));
}

#[test]
fn a_database_that_is_none_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("vestibule.db"), "not a database, but long enough to look at").unwrap();
    for arguments in [&["user", "list"][..], &["audit"]] {
        let output = run(folder.path(), GOOD, arguments, "");
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.lines().count() == 1, "{said}");
        assert!(said.contains("database.url: sqlite:vestibule.db: ") && said.contains("not a database"), "{said}");
    }
}

#[test]
fn serving_with_a_wrong_key_ends_with_the_file_the_key_and_those_that_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &format!("{GOOD}[token]\nlife = \"1min\"\n"), &["serve"], "");
    assert!(!output.status.success());
    let expected = "vestibule-server: vestibule.toml: token.life: unknown key `life`, expected `access_life`\n";
    assert_eq!(text(&output.stderr), expected);
}

#[test]
fn the_openapi_document_names_the_endpoints() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), GOOD, &["openapi"], "");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["paths"]["/oauth/authorize-challenge"]["post"].is_object(), "{}", document["paths"]);
}

#[cfg(unix)]
#[test]
fn keys_and_hashes_are_for_the_owner_of_the_database_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    assert!(run(folder.path(), GOOD, &["user", "list"], "").status.success());
    let metadata = std::fs::metadata(folder.path().join("vestibule.db")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[test]
fn where_everybody_needs_a_code_everybody_needs_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let demanding = format!("require_2fa = true\n{GOOD}");
    assert!(run(folder.path(), GOOD, &["user", "add", "ada"], "a blue kettle").status.success());
    let (failed, success) = failed_checks(folder.path(), &demanding);
    assert!(
        !success && failed.len() == 1 && failed[0].contains("accounts: 1 of 1 have no e-mail address"),
        "{failed:?}"
    );

    let refused = |arguments: &[&str]| {
        let output = run(folder.path(), &demanding, arguments, "a blue kettle");
        assert!(!output.status.success() && text(&output.stderr).contains("needs an e-mail address"), "{output:?}");
    };
    std::fs::write(folder.path().join("people.csv"), "username\ngrace\n").unwrap();
    refused(&["user", "add", "grace"]);
    refused(&["user", "import", "people.csv"]);
    refused(&["user", "set-email", "ada", "--remove"]);

    assert!(run(folder.path(), &demanding, &["user", "set-email", "ada", "ada@example.com"], "").status.success());
    assert_eq!(failed_checks(folder.path(), &demanding), (Vec::new(), true));
}
