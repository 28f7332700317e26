//! Three servers on one PostgreSQL behind HAProxy, while people sign in: whatever dies, nobody's sign-in is lost.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot do its work has failed")]
#![expect(clippy::print_stdout, reason = "figures")]

mod browser;
mod haproxy;
mod person;
mod servers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use browser::Tab;
use haproxy::HaProxy;
use person::{Outcome, sign_in};
use servers::{NAMES, Ports, Server, Shared, this_build};
use vestibule_flow::{Event, Stage};
use vestibule_testbed::{Postgres, free_port};

/// How many sign in at a time, each again and again.
const PEOPLE: usize = 16;
/// Sign-ins between one thing that happens and the next.
const MEANWHILE: usize = 2 * PEOPLE;

/// What became of the sign-ins.
#[derive(Default)]
struct Tally {
    started: usize,
    finished: usize,
    /// Those where an answer was lost or put off, and the page went on by itself.
    unnoticed: usize,
    /// Those where the person was told, and tapped again.
    noticed: usize,
    /// What they were told, and how often.
    told: BTreeMap<String, usize>,
    longest: Duration,
    lost: Vec<String>,
    /// What anybody may read, each time asked for once: how often it was, and what was answered instead.
    read: usize,
    not_read: Vec<String>,
    signed_in: Vec<Tab>,
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        self.started += 1;
        self.longest = self.longest.max(outcome.took);
        match outcome.tab {
            Err(lost) => self.lost.push(lost),
            Ok(tab) => {
                self.finished += 1;
                self.unnoticed += usize::from(outcome.retries > 0 && outcome.told.is_empty());
                self.noticed += usize::from(!outcome.told.is_empty());
                for said in outcome.told {
                    *self.told.entry(said).or_default() += 1;
                }
                self.signed_in.push(tab);
            }
        }
    }

    /// Waits for sign-ins that began before something happened, and for some that began after it.
    fn go_on(&mut self, outcomes: &Receiver<Outcome>) {
        for outcome in outcomes.iter().take(MEANWHILE) {
            self.count(outcome);
        }
    }
}

/// One test has the machine at a time: else the others would be in the way of its people.
static ALONE: Mutex<()> = Mutex::new(());

/// Everything that can die, and where it is.
struct Machines {
    servers: Vec<Server>,
    haproxy: HaProxy,
    postgres: Postgres,
    origin: String,
    _alone: MutexGuard<'static, ()>,
}

impl Machines {
    fn start(folder: &Path, build: &Path) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        // Set by `cargo xtask test postgres`.
        let programs = PathBuf::from(std::env::var_os("TEST_POSTGRES_PROGRAMS").unwrap());
        let settings = ["fsync=off", "full_page_writes=off"];
        let postgres = Postgres::start(&programs, &folder.join("postgres"), &settings).unwrap();
        let [port, public, management] = [(); 3].map(|()| free_port().unwrap());
        let (ports, origin) = (Ports { public, management }, format!("https://127.0.0.1:{port}"));
        let shared = Shared { folder, database: &postgres.url(), ports, public_address: &origin, build };
        let servers: Vec<_> = (0..NAMES.len()).map(|number| Server::start(number, &shared)).collect();
        (0..PEOPLE).for_each(|number| servers[0].add_account(&name(number), person::PASSWORD));
        let haproxy = HaProxy::start(folder, port, ports);
        Self { _alone: alone, postgres, servers, haproxy, origin }
    }

    /// Has people sign in all the while that something happens.
    fn under_load(mut self, outbox: &Path, happens: impl FnOnce(&mut Self, &mut dyn FnMut())) -> Tally {
        let (mut tally, is_over) = (Tally::default(), AtomicBool::new(false));
        let (tell, outcomes) = channel();
        let (origin, certificate) = (self.origin.clone(), self.haproxy.certificate.clone());
        std::thread::scope(|scope| {
            for number in 0..PEOPLE {
                let (tell, origin, certificate, is_over) = (tell.clone(), &origin, &certificate, &is_over);
                scope.spawn(move || {
                    let agent = browser::agent(certificate);
                    while !is_over.load(Ordering::Relaxed) {
                        tell.send(sign_in(&agent, origin, &name(number), outbox)).unwrap();
                    }
                });
            }
            let reading = scope.spawn(|| read_on(&origin, &certificate, &is_over));
            // Nobody is left to tell where all have given up.
            drop(tell);
            tally.go_on(&outcomes);
            happens(&mut self, &mut || tally.go_on(&outcomes));
            is_over.store(true, Ordering::Relaxed);
            for outcome in outcomes {
                tally.count(outcome);
            }
            (tally.read, tally.not_read) = reading.join().unwrap();
        });
        // What a browser was told has happened has happened: its session is there.
        for mut tab in std::mem::take(&mut tally.signed_in) {
            tab.send(Event::Returned);
            if tab.state.stage() != Stage::User {
                tally.lost.push(format!("a session: {:?}", tab.state.notice()));
            }
        }
        tally
    }
}

/// Reads what anybody may read, each time over a connection of its own and without another try.
fn read_on(origin: &str, certificate: &str, is_over: &AtomicBool) -> (usize, Vec<String>) {
    let (mut read, mut not_read) = (0, Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        let answer = browser::agent(certificate).get(format!("{origin}/oauth/jwks")).call();
        match answer.map(|answer| answer.status().as_u16()) {
            Ok(200) => read += 1,
            other => not_read.push(format!("{other:?}")),
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    (read, not_read)
}

fn name(number: usize) -> String {
    format!("ada{number}")
}

#[track_caller]
fn assert_none_lost(tally: &Tally) {
    println!(
        "{} sign-ins started, {} finished, {} lost; {} retried without the person noticing, {} after the person was told {:?}; \
         the longest took {:.1} s; {} read what they asked for, {} did not",
        tally.started,
        tally.finished,
        tally.lost.len(),
        tally.unnoticed,
        tally.noticed,
        tally.told,
        tally.longest.as_secs_f32(),
        tally.read,
        tally.not_read.len()
    );
    assert_eq!(tally.lost, Vec::<String>::new());
    assert_eq!(tally.not_read, Vec::<String>::new());
}

#[test]
#[ignore = "needs PostgreSQL and HAProxy; `cargo xtask test postgres` has them"]
fn no_sign_in_is_lost_when_servers_are_killed_and_what_is_around_them_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let machines = Machines::start(folder.path(), &this_build());
    let tally = machines.under_load(&folder.path().join("outbox"), |machines, go_on| {
        for number in 0..machines.servers.len() {
            machines.servers[number].kill();
            machines.haproxy.misses(number);
            go_on();
            machines.servers[number].start_again();
            machines.haproxy.has_back(number);
            go_on();
        }
        machines.postgres.restart().unwrap();
        go_on();
        machines.haproxy.reload();
        go_on();
    });
    assert_none_lost(&tally);
    assert!(tally.unnoticed + tally.noticed > 0, "nothing was in anybody's way");
}

/// What the next build may do to the schema beside this one: each changes one table.
const NEXT_MIGRATIONS: [&str; 3] = [
    "ALTER TABLE account ADD COLUMN newer TEXT; UPDATE schema SET version = version + 1",
    "ALTER TABLE signin ADD COLUMN newer BIGINT NOT NULL DEFAULT 0; CREATE INDEX signin_newer ON signin (newer);
     UPDATE schema SET version = version + 1",
    "CREATE TABLE newer (id TEXT NOT NULL PRIMARY KEY, account_id TEXT REFERENCES account (id) ON DELETE CASCADE);
     UPDATE schema SET version = version + 1",
];

/// The database as the last migration that is for PostgreSQL finds it.
const BEFORE_LAST_MIGRATION: &str = "DROP INDEX session_expiry;
    DROP INDEX sent_mail_time;
    UPDATE schema SET version = 5";

/// Executes statements in one transaction, again and again until no lock is in their way, as migrations are made.
fn migrate(postgres: &Postgres, statements: &str) {
    let is_done = |_| {
        let mut psql = postgres.terminal();
        psql.args(["--single-transaction", "--command", statements]).env("PGOPTIONS", "-clock_timeout=250ms");
        psql.stderr(Stdio::null()).status().unwrap().success()
    };
    assert!((0..60).any(is_done));
}

/// The builds before and after the upgrade can be named. Without, this one is both: the first that starts again makes the
/// last migration, and then there is one that none of them knows.
#[test]
#[ignore = "needs PostgreSQL and HAProxy; `cargo xtask test postgres` has them"]
fn no_sign_in_is_lost_while_one_server_after_the_other_is_upgraded() {
    let folder = tempfile::tempdir().unwrap();
    let build = |variable| std::env::var_os(variable).map(PathBuf::from);
    let before = build("TEST_BUILD_BEFORE").unwrap_or_else(this_build);
    let after = build("TEST_BUILD_AFTER");
    let machines = Machines::start(folder.path(), &before);
    if after.is_none() {
        migrate(&machines.postgres, BEFORE_LAST_MIGRATION);
    }
    let tally = machines.under_load(&folder.path().join("outbox"), |machines, go_on| {
        for number in 0..machines.servers.len() {
            machines.servers[number].stop(|| machines.haproxy.misses(number));
            if after.is_none() && number == 1 {
                for statements in NEXT_MIGRATIONS {
                    migrate(&machines.postgres, statements);
                }
            }
            machines.servers[number].build = after.clone().unwrap_or_else(this_build);
            machines.servers[number].start_again();
            go_on();
            go_on();
        }
    });
    assert_none_lost(&tally);
}
