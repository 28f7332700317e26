//! What is told of a PostgreSQL that cannot be used, and moving to one that can.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

mod program;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

static DATABASES: AtomicUsize = AtomicUsize::new(0);

fn server_url() -> String {
    std::env::var("TEST_POSTGRES_URL").unwrap()
}

/// The address of another database of the same server.
fn url_of(database: &str) -> String {
    format!("{}/{database}", server_url().rsplit_once('/').unwrap().0)
}

async fn say(url: &str, statement: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    connection.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
    connection.close().await.unwrap();
}

/// The address of a new database.
async fn new_database() -> String {
    let name = format!("commands_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::SeqCst));
    say(&server_url(), &format!("CREATE DATABASE {name}")).await;
    url_of(&name)
}

fn run(folder: &Path, database: &str, arguments: &[&str], input: &str) -> Output {
    std::fs::write(folder.join("vestibule.toml"), format!("listen = \"127.0.0.1:0\"\n[database]\n{database}")).unwrap();
    program::run(folder, arguments, input)
}

fn done(folder: &Path, database: &str, arguments: &[&str], input: &str) -> String {
    let output = run(folder, database, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn at(url: &str) -> String {
    format!("url = \"{url}\"\n")
}

/// `check` tells it in the line about the database, and a server that is started says the same.
#[track_caller]
fn told_and_not_served(database: &str, trouble: &str) {
    let folder = tempfile::tempdir().unwrap();
    let checked = run(folder.path(), database, &["check"], "");
    let lines = String::from_utf8(checked.stdout).unwrap();
    let line = lines.lines().find(|line| line.contains("database: ")).unwrap();
    assert!(!checked.status.success() && line.starts_with("failed") && line.contains(trouble), "{line}");
    assert!(!lines.contains("hunter2"), "{lines}");
    let served = run(folder.path(), database, &["serve"], "");
    let said = String::from_utf8(served.stderr).unwrap();
    assert!(!served.status.success() && said.contains(trouble) && !said.contains("hunter2"), "{said}");
}

#[tokio::test]
#[ignore = "needs a PostgreSQL; `cargo xtask test postgres` starts one"]
async fn what_is_wrong_with_the_database_is_told_in_one_line() {
    told_and_not_served("url = \"postgres://ada:hunter2@127.0.0.1:1/vestibule\"\n", "postgres://ada:***@127.0.0.1:1/");
    told_and_not_served(&at(&url_of("no_such_database")), "\"no_such_database\" does not exist");

    let foreign = new_database().await;
    say(&foreign, "CREATE TABLE customer (id TEXT)").await;
    told_and_not_served(&at(&foreign), "the tables of another product");

    let newer = new_database().await;
    done(tempfile::tempdir().unwrap().path(), &at(&newer), &["migrate"], "");
    say(&newer, "UPDATE schema SET version = 99, oldest_compatible = 99").await;
    told_and_not_served(&at(&newer), "needs at least version 99 of its schema");

    let read_only = new_database().await;
    done(tempfile::tempdir().unwrap().path(), &at(&read_only), &["migrate"], "");
    let name = read_only.rsplit('/').next().unwrap();
    say(&server_url(), &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    told_and_not_served(&at(&read_only), "read-only");

    let sealed = new_database().await;
    let with_key = |letter: &str| format!("{}key = \"{}\"\n", at(&sealed), letter.repeat(32));
    done(tempfile::tempdir().unwrap().path(), &with_key("a"), &["keys", "export"], "");
    told_and_not_served(&with_key("b"), "sealed with another key");
    told_and_not_served(&at(&sealed), "set database.key");
}

#[tokio::test]
#[ignore = "needs a PostgreSQL; `cargo xtask test postgres` starts one"]
async fn whatever_is_in_an_sqlite_database_is_in_postgresql_after_it_was_copied() {
    let (folder, url) = (tempfile::tempdir().unwrap(), new_database().await);
    let (old, new) = (at("sqlite:old.db"), at(&url));
    done(folder.path(), &old, &["user", "add", "ada"], "a blue kettle");
    let keys = done(folder.path(), &old, &["keys", "export"], "");
    let audit = done(folder.path(), &old, &["audit", "--json"], "");
    let copied = done(folder.path(), &new, &["db", "copy", "sqlite:old.db"], "");
    assert!(copied.contains("account\t1\n") && copied.contains("server_key\t2\n"), "{copied}");
    assert_eq!(done(folder.path(), &new, &["keys", "export"], ""), keys);
    assert_eq!(done(folder.path(), &new, &["audit", "--json"], ""), audit);
    let again = run(folder.path(), &new, &["db", "copy", "sqlite:old.db"], "");
    assert!(String::from_utf8(again.stderr).unwrap().contains("in use already"));
    let missing = run(folder.path(), &new, &["db", "copy", "sqlite:missing.db"], "");
    assert!(!missing.status.success() && !folder.path().join("missing.db").exists());
}

/// Runs a program of PostgreSQL.
fn program(name: &str, arguments: &[&str]) {
    assert!(Command::new(name).args(arguments).status().unwrap().success(), "{name} {arguments:?}");
}

fn usernames(list: &str) -> Vec<String> {
    let accounts: serde_json::Value = serde_json::from_str(list).unwrap();
    accounts.as_array().unwrap().iter().map(|account| account["username"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
#[ignore = "needs a PostgreSQL; `cargo xtask test postgres` starts one"]
async fn whatever_was_answered_before_a_dump_began_is_in_what_is_restored_of_it() {
    let (folder, url, restored) = (tempfile::tempdir().unwrap(), new_database().await, new_database().await);
    let dump = folder.path().join("dump");
    let dump = dump.to_str().unwrap();
    let add = |number: usize| {
        done(folder.path(), &at(&url), &["user", "add", &format!("ada{number}")], "a blue kettle");
    };
    (0..3).for_each(add);
    let keys = done(folder.path(), &at(&url), &["keys", "export"], "");
    std::thread::scope(|scope| {
        // Others are added all the while.
        let adding = scope.spawn(|| (3..10).for_each(add));
        program("pg_dump", &["--format=custom", "--file", dump, &url]);
        adding.join().unwrap();
    });
    program("pg_restore", &["--no-owner", "--exit-on-error", "--dbname", &restored, dump]);
    let there = usernames(&done(folder.path(), &at(&restored), &["user", "list", "--json"], ""));
    assert!((0..3).all(|number| there.contains(&format!("ada{number}"))), "{there:?}");
    assert_eq!(done(folder.path(), &at(&restored), &["keys", "export"], ""), keys);
    // It is a whole database: it can be gone on with.
    done(folder.path(), &at(&restored), &["user", "add", "grace"], "a blue kettle");
}
