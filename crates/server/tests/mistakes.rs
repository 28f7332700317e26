//! The wrong folder: what administrators are told of where they were wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

mod program;

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
