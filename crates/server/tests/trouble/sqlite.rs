//! SQLite that cannot be used, or not for a while: it is told in one line, and nothing that was answered is lost.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rusqlite::Connection;

use crate::program;
use crate::serving::{Server, asks_to_come_again, checked};

/// Has what runs after it fail to write more than so many blocks of 512 bytes to a file, as on a full disk.
const FULL: &str = "trap '' XFSZ; ulimit -f 1600; exec \"$0\" \"$@\"";
const NO_ROOM_AT_ALL: &str = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
const ROOMY: &str = "exec \"$0\" \"$@\"";

fn on(disk: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", disk, env!("CARGO_BIN_EXE_vestibule-server")]);
    command
}

fn start(disk: &str, folder: &Path) -> Server {
    Server::start(on(disk), folder, "database.url = \"sqlite:vestibule.db\"\n")
}

#[track_caller]
fn check_fails(disk: &str, folder: &Path, trouble: &str) {
    let line = checked(on(disk), folder, "database");
    assert!(line.starts_with("failed") && line.contains(trouble), "{line}");
}

#[test]
fn on_a_full_disk_one_is_asked_to_come_again_and_what_was_answered_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(FULL, folder.path());
    assert_eq!(server.store_failures(), 0);
    let (answered, refused) = server.begin_until_refused();
    asks_to_come_again(&refused);
    assert!(server.store_failures() > 0);
    server.logs("disk");
    check_fails(NO_ROOM_AT_ALL, folder.path(), "disk");
    // Killed like that, and started where there is room.
    drop(server);
    let server = start(ROOMY, folder.path());
    assert!(!answered.is_empty() && answered.iter().all(|begun| server.knows(begun)));
    assert!(server.begin()["auth_session"].is_string());
}

#[test]
fn a_database_that_takes_five_seconds_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(ROOMY, folder.path());
    let other = Connection::open(folder.path().join("vestibule.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = std::thread::scope(|scope| {
        let beginning = scope.spawn(|| server.begin());
        // As long as the database is slow.
        std::thread::park_timeout(Duration::from_secs(5));
        assert!(!beginning.is_finished());
        other.execute_batch("COMMIT").unwrap();
        beginning.join().unwrap()
    });
    server.logs("the database is slow");
    assert!(server.knows(&begun));
}

#[test]
fn what_is_wrong_with_the_file_is_told_in_one_line() {
    for (statements, trouble) in [
        ("UPDATE schema SET version = 99, oldest_compatible = 99", "needs at least version 99"),
        ("DROP TABLE signin", "the tables of another product"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        drop(start(ROOMY, folder.path()));
        let database = Connection::open(folder.path().join("vestibule.db")).unwrap();
        database.execute_batch(statements).unwrap();
        drop(database);
        check_fails(ROOMY, folder.path(), trouble);
        let served = program::run(folder.path(), &["serve"], "");
        let said = String::from_utf8(served.stderr).unwrap();
        assert!(!served.status.success() && said.contains(trouble), "{said}");
    }
}

/// Nobody of importance, where the test is run by root, who may write everything.
const NOBODY: u32 = 65534;

#[test]
fn a_file_that_can_only_be_read_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    drop(start(ROOMY, folder.path()));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        std::fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o444)).unwrap();
    }
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    let is_root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
    for argument in ["check", "serve"] {
        let mut command = on(ROOMY);
        command.arg(argument).current_dir(folder.path());
        if is_root {
            command.uid(NOBODY);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        let line = said.lines().find(|line| line.contains("database")).unwrap_or(&said);
        assert!(!output.status.success() && line.contains("readonly"), "{argument}: {said}");
    }
}
