//! Three servers on one PostgreSQL, each killed in turn, and the database's connections cut: nobody's sign-in is lost.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot do its work has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use vestibule_protocol::BUILT_IN_CLIENT;
use vestibule_server::keys::sha256;

const PASSWORD: &str = "a blue kettle";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-pkce-0123456789";
const PEOPLE: usize = 4;
/// Sign-ins of each person.
const SIGN_INS: usize = 30;
/// What a person puts up with at one step.
const TRIES: usize = 200;

/// A database of its own in the PostgreSQL of the tests.
struct Database {
    base: String,
    name: String,
}

impl Database {
    async fn new() -> Self {
        sqlx::any::install_default_drivers();
        let base = std::env::var("TEST_POSTGRES_URL").unwrap();
        let name = format!("several_{}", std::process::id());
        let database = Self { base, name };
        database.say(&format!("CREATE DATABASE {}", database.name)).await;
        database
    }

    fn url(&self) -> String {
        let (server, _) = self.base.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }

    /// What a restart does to whoever is connected.
    async fn cut_all_connections(&self) {
        let name = &self.name;
        self.say(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")).await;
    }

    async fn say(&self, statement: &str) {
        let mut connection = AnyConnection::connect(&self.base).await.unwrap();
        connection.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// A server that can be killed and started again.
struct Server {
    address: SocketAddr,
    folder: PathBuf,
    process: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Server {
    fn start(folder: PathBuf, shared: &Path, database: &str) -> Self {
        // A port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = format!(
            "listen = \"{address}\"\n[database]\nurl = \"{database}\"\nkey = \"{}\"\n\
             [mail]\noutbox = \"{}\"\nwarnings = false\n[code]\nsends_per_hour = 1000\n\
             [password_hash]\nmemory_kib = 8\npasses = 1\n",
            "k".repeat(32),
            shared.join("outbox").display(),
        );
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("vestibule.toml"), config).unwrap();
        let process = serve(&folder);
        Self { address, folder, process }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn restart(&mut self) {
        self.kill();
        self.process = serve(&self.folder);
    }
}

/// Starts a server; it is ready by then.
fn serve(folder: &Path) -> Child {
    let mut command = command(folder);
    let mut process = command.arg("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    assert!(log.any(|line| line.unwrap().contains("ready")));
    // What is logged later must go somewhere, or the server would wait for its reader.
    std::thread::spawn(move || log.for_each(drop));
    process
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule-server"));
    command.current_dir(folder);
    command
}

/// Somebody who signs in by whichever server answers, as with a load balancer in front.
struct Person {
    name: String,
    servers: Arc<[SocketAddr]>,
    next: usize,
    outbox: PathBuf,
    /// Answers that were lost, or said to come again later.
    retried: usize,
}

impl Person {
    /// The answer of the first server that gives one.
    fn ask(&mut self, path: &str, members: &[(&str, &str)]) -> Value {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        for _ in 0..TRIES {
            self.next += 1;
            let answer = post(self.servers[self.next % self.servers.len()], path, &body);
            match answer.filter(|answer| answer["error"] != "temporarily_unavailable") {
                Some(answer) => return answer,
                None => self.retried += 1,
            }
        }
        panic!("{}: {path} is not answered", self.name);
    }

    fn challenge(&mut self, members: &[(&str, &str)]) -> Value {
        self.ask("/oauth/authorize-challenge", members)
    }

    /// A whole sign-in, as the page does it: where an answer was lost it asks how things stand.
    fn sign_in(&mut self) {
        let (name, code_challenge) = (self.name.clone(), sha256(VERIFIER));
        let begun = self.challenge(&[
            ("client_id", BUILT_IN_CLIENT),
            ("response_type", "code"),
            ("code_challenge", &code_challenge),
            ("code_challenge_method", "S256"),
            ("username", &name),
        ]);
        let session = text(&begun, "auth_session");
        let credentials = [("auth_session", session.as_str()), ("uc_username", &name), ("password", PASSWORD)];
        while self.challenge(&credentials)["error"] != "insufficient_authorization" {
            // A try that broke off is counted for a moment.
            self.retried += 1;
            std::thread::park_timeout(Duration::from_millis(100));
        }
        loop {
            let code = self.mailed_code();
            let answer = self.challenge(&[("auth_session", &session), ("otp", &code)]);
            let Some(code) = answer["authorization_code"].as_str() else {
                assert_eq!(answer["error"], "rate_limited", "{answer}");
                self.retried += 1;
                std::thread::park_timeout(Duration::from_millis(100));
                continue;
            };
            if self.redeem(&session, code.to_owned()) {
                return;
            }
        }
    }

    /// Redeems a code, or the next one where it was redeemed by a try whose answer was lost.
    fn redeem(&mut self, session: &str, mut code: String) -> bool {
        for _ in 0..TRIES {
            let tokens = self.ask(
                "/oauth/token",
                &[
                    ("grant_type", "authorization_code"),
                    ("client_id", BUILT_IN_CLIENT),
                    ("code", &code),
                    ("code_verifier", VERIFIER),
                ],
            );
            if tokens["access_token"].is_string() {
                return true;
            }
            self.retried += 1;
            code = text(&self.challenge(&[("auth_session", session)]), "authorization_code");
        }
        false
    }

    /// The code in the newest mail.
    fn mailed_code(&self) -> String {
        let mut files: Vec<_> = std::fs::read_dir(&self.outbox).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let to = format!("{}@example.com", self.name);
        let mails = files.iter().rev().filter_map(|file| std::fs::read_to_string(file).ok());
        let mail = mails.into_iter().find(|mail| mail.contains(&to) && mail.contains("\r\n\r\n")).unwrap();
        let body = mail.split("\r\n\r\n").skip(1).collect::<Vec<_>>().join("\n");
        body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).unwrap().to_owned()
    }
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}")).to_owned()
}

/// The body of an answer; `None` where there is none, or not the whole of it.
fn post(server: SocketAddr, path: &str, body: &str) -> Option<Value> {
    let mut stream = TcpStream::connect(server).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

#[tokio::test]
#[ignore = "needs a PostgreSQL; `cargo xtask test postgres` starts one"]
async fn no_sign_in_is_lost_when_servers_are_killed_and_connections_to_the_database_cut() {
    let database = Database::new().await;
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..PEOPLE).map(|number| format!("ada{number}")).collect();
    let mut servers: Vec<Server> = ["one", "two", "three"]
        .iter()
        .map(|name| Server::start(folder.path().join(name), folder.path(), &database.url()))
        .collect();
    for name in &names {
        let mut add = command(&servers[0].folder);
        add.args(["user", "add", name, "--email", &format!("{name}@example.com"), "--two-factor"]);
        let mut child = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    let addresses: Arc<[SocketAddr]> = servers.iter().map(|server| server.address).collect();
    let (signed_in, sign_ins) = mpsc::channel();
    let people: Vec<_> = names
        .into_iter()
        .map(|name| {
            let (servers, signed_in) = (addresses.clone(), signed_in.clone());
            let outbox = folder.path().join("outbox");
            std::thread::spawn(move || {
                let mut person = Person { name, servers, next: 0, outbox, retried: 0 };
                for _ in 0..SIGN_INS {
                    person.sign_in();
                    signed_in.send(()).unwrap();
                }
                person.retried
            })
        })
        .collect();
    // Nobody is left to send where all have given up.
    drop(signed_in);
    let (mut done, trouble_every) = (0, PEOPLE * SIGN_INS / 7);
    while sign_ins.recv().is_ok() {
        done += 1;
        match done / trouble_every {
            _ if !usize::is_multiple_of(done, trouble_every) => {}
            number @ (1 | 3 | 5) => servers[number / 2].restart(),
            2 | 4 | 6 => database.cut_all_connections().await,
            _ => {}
        }
    }
    let retried: usize = people.into_iter().map(|person| person.join().unwrap()).sum();
    println!("{done} sign-ins, none lost; {retried} answers were lost or put off, and asked for again");
    assert_eq!(done, PEOPLE * SIGN_INS);
    assert!(retried > 0, "nothing was in anybody's way");
}
