//! PostgreSQL that cannot do its work for a while, under a server that runs: it is told, and nothing that was answered is
//! lost.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use vestibule_testbed::Postgres;

use crate::serving::{Server, asks_to_come_again, checked};
use crate::{binary, programs};

const SETTINGS: [&str; 2] = ["fsync=off", "full_page_writes=off"];

/// A server, and its folder.
fn serve(database: &str) -> (Server, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Server::start(binary(), folder.path(), &format!("database.url = \"{database}\"\n")), folder)
}

/// Runs a statement as the owner of everything.
fn say(postgres: &Postgres, statement: &str) {
    let mut terminal = postgres.terminal();
    terminal.args(["--command", statement]).env("PGOPTIONS", "-cdefault_transaction_read_only=off");
    assert!(terminal.stdout(Stdio::null()).status().unwrap().success(), "{statement}");
}

#[test]
#[ignore = "needs PostgreSQL; `cargo xtask test postgres` has it"]
fn on_a_full_disk_one_is_asked_to_come_again_and_what_was_answered_is_kept() {
    let data = tempfile::tempdir().unwrap();
    let postgres = Postgres::start_on_small_disk(&programs(), &data.path().join("postgres"), &SETTINGS, 128).unwrap();
    let (server, folder) = serve(&postgres.url());
    // What a transaction is written to first has room, or PostgreSQL would stop altogether, which other tests are about.
    say(&postgres, "SELECT pg_switch_wal()");
    let first = server.begin();
    // The disk is full to its last byte; others' files are not ours to take away.
    say(&postgres, "COPY (SELECT 1) TO PROGRAM 'cat /dev/zero > ballast || true'");
    assert_eq!(server.store_failures(), 0);
    let (answered, refused) = server.begin_until_refused();
    asks_to_come_again(&refused);
    assert!(server.store_failures() > 0);
    server.logs("No space left on device");
    let told = checked(binary(), folder.path(), "database");
    assert!(told.starts_with("failed") && told.contains("No space left on device"), "{told}");
    // No other server could do better.
    assert!(server.is_ready());
    say(&postgres, "COPY (SELECT 1) TO PROGRAM 'rm ballast'");
    assert!(server.begin()["auth_session"].is_string());
    assert!(server.knows(&first) && answered.iter().all(|begun| server.knows(begun)));
    let told = checked(binary(), folder.path(), "database");
    assert!(told.starts_with("ok"), "{told}");
}

/// Has everybody who is connected connect anew.
const CUT_OFF: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'vestibule' AND pid <> pg_backend_pid()";

#[test]
#[ignore = "needs PostgreSQL; `cargo xtask test postgres` has it"]
fn a_database_that_turns_read_only_has_its_server_say_so_until_it_can_be_written_again() {
    let data = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(&programs(), &data.path().join("postgres"), &SETTINGS).unwrap();
    let (server, folder) = serve(&postgres.url());
    let begun = server.begin();
    say(&postgres, "ALTER DATABASE postgres SET default_transaction_read_only = on");
    say(&postgres, CUT_OFF);
    asks_to_come_again(&server.begin());
    server.logs("read-only");
    assert!(!server.is_ready());
    server.logs("not ready");
    let told = checked(binary(), folder.path(), "database");
    assert!(told.starts_with("failed") && told.contains("read-only"), "{told}");
    say(&postgres, "ALTER DATABASE postgres RESET default_transaction_read_only");
    say(&postgres, CUT_OFF);
    assert!(server.knows(&begun) && server.begin()["auth_session"].is_string());
    assert!(server.is_ready());
    server.logs("ready again");
}

/// What lies between a server and its database, and can hold everything up.
#[derive(Clone)]
struct Wire {
    is_held: Arc<(Mutex<bool>, Condvar)>,
}

impl Wire {
    /// The wire, and the address of its end.
    fn to(database: SocketAddr) -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (wire, address) = (Self { is_held: Arc::default() }, listener.local_addr().unwrap());
        let ends = wire.clone();
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let (near, far) = (near.unwrap(), TcpStream::connect(database).unwrap());
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (from, to, wire) = (from.try_clone().unwrap(), to.try_clone().unwrap(), ends.clone());
                    std::thread::spawn(move || wire.pass_on(from, to));
                }
            }
        });
        (wire, address)
    }

    /// Until one of both hangs up.
    fn pass_on(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = [0; 8192];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            let (is_held, let_go) = &*self.is_held;
            drop(let_go.wait_while(is_held.lock().unwrap(), |is_held| *is_held).unwrap());
            if to.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Both));
    }

    fn hold(&self, is_held: bool) {
        *self.is_held.0.lock().unwrap() = is_held;
        self.is_held.1.notify_all();
    }
}

#[test]
#[ignore = "needs PostgreSQL; `cargo xtask test postgres` has it"]
fn a_database_that_takes_five_seconds_is_waited_for_and_one_that_takes_longer_is_told() {
    let data = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(&programs(), &data.path().join("postgres"), &SETTINGS).unwrap();
    let (wire, address) = Wire::to(postgres.address());
    let (server, folder) = serve(&format!("postgres://vestibule@{address}/postgres"));
    let check = || checked(binary(), folder.path(), "database");
    wire.hold(true);
    let (begun, told) = std::thread::scope(|scope| {
        let (beginning, checking) = (scope.spawn(|| server.begin()), scope.spawn(check));
        // As long as the database is slow.
        std::thread::park_timeout(Duration::from_secs(5));
        assert!(!beginning.is_finished() && !checking.is_finished());
        assert!(!server.is_ready());
        wire.hold(false);
        (beginning.join().unwrap(), checking.join().unwrap())
    });
    server.logs("slow");
    server.logs("the database does not answer");
    assert!(told.starts_with("warning") && told.contains("can be written, after "), "{told}");
    assert!(server.knows(&begun) && server.is_ready());
    // One that says nothing at all.
    wire.hold(true);
    let told = check();
    assert!(told.starts_with("failed") && told.contains("did not answer within 10 s"), "{told}");
    wire.hold(false);
    assert!(server.knows(&begun));
}

#[test]
#[ignore = "needs PostgreSQL; `cargo xtask test postgres` has it"]
fn who_has_a_table_to_itself_for_too_long_is_not_waited_for() {
    let data = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(&programs(), &data.path().join("postgres"), &SETTINGS).unwrap();
    let (server, _folder) = serve(&postgres.url());
    let begun = server.begin();
    let mut other = postgres.terminal().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut says = other.stdin.take().unwrap();
    says.write_all(b"BEGIN; LOCK TABLE signin; SELECT 'locked';\n").unwrap();
    let mut locked = [0; 6];
    other.stdout.as_mut().unwrap().read_exact(&mut locked).unwrap();
    asks_to_come_again(&server.begin());
    server.logs("lock timeout");
    drop(says);
    other.wait().unwrap();
    assert!(server.knows(&begun) && server.begin()["auth_session"].is_string());
}
