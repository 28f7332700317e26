//! SQLite that cannot be used, or not for a while: it is told in one line, and nothing that was answered is lost.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

mod program;

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;
use vestibule_protocol::BUILT_IN_CLIENT;
use vestibule_server::keys::sha256;

/// Has what runs after it fail to write more than so many blocks of 512 bytes to a file, as on a full disk.
const FULL: &str = "trap '' XFSZ; ulimit -f 800; exec \"$0\" \"$@\"";
const NO_ROOM_AT_ALL: &str = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
const ROOMY: &str = "exec \"$0\" \"$@\"";

/// A server in a folder. It ends with this value.
struct Server {
    address: SocketAddr,
    process: Child,
    log: Arc<Mutex<String>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn binary(disk: &str, folder: &Path, argument: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", disk, env!("CARGO_BIN_EXE_vestibule-server"), argument]).current_dir(folder);
    command
}

impl Server {
    /// It is ready by then.
    fn start(disk: &str, folder: &Path) -> Self {
        // A port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = format!("listen = \"{address}\"\n[database]\nurl = \"sqlite:vestibule.db\"\n");
        std::fs::write(folder.join("vestibule.toml"), config).unwrap();
        let mut process = binary(disk, folder, "serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("ready")));
        let log = Arc::new(Mutex::new(String::new()));
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self { address, process, log }
    }

    fn challenge(&self, members: &[(&str, &str)]) -> Value {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = format!(
            "POST /oauth/authorize-challenge HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut body: Value = serde_json::from_str(body).unwrap();
        body["can_be_asked_again"] = head.to_lowercase().contains("\r\nretry-after: ").into();
        body
    }

    fn begin(&self) -> Value {
        let code_challenge = sha256("a-verifier-that-is-long-enough-for-pkce-0123456789");
        self.challenge(&[
            ("client_id", BUILT_IN_CLIENT),
            ("response_type", "code"),
            ("code_challenge", &code_challenge),
            ("code_challenge_method", "S256"),
            ("username", "ada"),
        ])
    }

    /// Whether a sign-in is still there.
    fn knows(&self, begun: &Value) -> bool {
        let session = begun["auth_session"].as_str().unwrap();
        self.challenge(&[("auth_session", session)])["credentials_required"] == true
    }
}

#[track_caller]
fn checked(disk: &str, folder: &Path, trouble: &str) {
    let output = binary(disk, folder, "check").output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let line = lines.lines().find(|line| line.contains("database: ")).unwrap();
    assert!(!output.status.success() && line.starts_with("failed") && line.contains(trouble), "{line}");
}

#[test]
fn on_a_full_disk_one_is_asked_to_come_again_and_what_was_answered_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(FULL, folder.path());
    let mut answered = Vec::new();
    let refused = loop {
        let answer = server.begin();
        if answer["auth_session"].is_null() {
            break answer;
        }
        answered.push(answer);
    };
    assert_eq!(refused["error"], "temporarily_unavailable");
    assert_eq!(refused["can_be_asked_again"], true);
    assert!(server.log.lock().unwrap().contains("disk"), "{}", server.log.lock().unwrap());
    checked(NO_ROOM_AT_ALL, folder.path(), "disk");
    // Killed like that, and started where there is room.
    drop(server);
    let server = Server::start(ROOMY, folder.path());
    assert!(!answered.is_empty() && answered.iter().all(|begun| server.knows(begun)));
    assert!(server.begin()["auth_session"].is_string());
}

#[test]
fn a_database_that_takes_five_seconds_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(ROOMY, folder.path());
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
    assert!(server.knows(&begun));
}

#[test]
fn what_is_wrong_with_the_file_is_told_in_one_line() {
    for (statements, trouble) in [
        ("UPDATE schema SET version = 99, oldest_compatible = 99", "needs at least version 99"),
        ("DROP TABLE signin", "the tables of another product"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        drop(Server::start(ROOMY, folder.path()));
        let database = Connection::open(folder.path().join("vestibule.db")).unwrap();
        database.execute_batch(statements).unwrap();
        drop(database);
        checked(ROOMY, folder.path(), trouble);
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
    drop(Server::start(ROOMY, folder.path()));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        std::fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o444)).unwrap();
    }
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    let is_root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
    for argument in ["check", "serve"] {
        let mut command = binary(ROOMY, folder.path(), argument);
        if is_root {
            command.uid(NOBODY);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        let line = said.lines().find(|line| line.contains("database")).unwrap_or(&said);
        assert!(!output.status.success() && line.contains("readonly"), "{argument}: {said}");
    }
}
