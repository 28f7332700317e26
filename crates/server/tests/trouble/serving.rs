//! A server that serves, as the real binary, and somebody who begins to sign in.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::Value;
use vestibule_protocol::BUILT_IN_CLIENT;
use vestibule_server::keys::sha256;

/// It ends with this value.
pub(crate) struct Server {
    address: SocketAddr,
    management: SocketAddr,
    process: Child,
    log: Arc<(Mutex<String>, Condvar)>,
}

/// When a test has waited too long for what should be there at once.
const TOO_LONG: Duration = Duration::from_secs(30);

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Server {
    /// Starts `serve` of this program with this configuration, which becomes a file in the folder. It is ready by then.
    pub(crate) fn start(mut program: Command, folder: &Path, config: &str) -> Self {
        let [address, management] = [(); 2].map(|()| vestibule_testbed::free_address().unwrap());
        let listen = format!("listen = \"{address}\"\nmanagement_listen = \"{management}\"\n");
        std::fs::write(folder.join("vestibule.toml"), listen + config).unwrap();
        program.arg("serve").current_dir(folder).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = program.spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("ready")));
        let log = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.0.lock().unwrap().push_str(&(line + "\n"));
                kept.1.notify_all();
            }
        });
        Self { address, management, process, log }
    }

    /// It logs this, or has done so since it was ready.
    #[track_caller]
    pub(crate) fn logs(&self, what: &str) {
        let (log, news) = &*self.log;
        let log = news.wait_timeout_while(log.lock().unwrap(), TOO_LONG, |log| !log.contains(what)).unwrap().0;
        assert!(log.contains(what), "{log}");
    }

    pub(crate) fn is_ready(&self) -> bool {
        ask(self.management, "GET /readyz HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 200 ")
    }

    /// What it tells an alert to be raised by.
    pub(crate) fn store_failures(&self) -> u64 {
        let metrics = ask(self.management, "GET /metrics HTTP/1.0\r\n\r\n");
        let count = metrics.lines().find_map(|line| line.strip_prefix("vestibule_store_failures_total "));
        count.unwrap_or_else(|| panic!("no failures in {metrics}")).parse().unwrap()
    }

    pub(crate) fn challenge(&self, members: &[(&str, &str)]) -> Value {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        let head = format!(
            "POST /oauth/authorize-challenge HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n",
            body.len()
        );
        let answer = ask(self.address, &(head + &body));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut body: Value = serde_json::from_str(body).unwrap();
        body["can_be_asked_again"] = head.to_lowercase().contains("\r\nretry-after: ").into();
        body
    }

    pub(crate) fn begin(&self) -> Value {
        let code_challenge = sha256("a-verifier-that-is-long-enough-for-pkce-0123456789");
        self.challenge(&[
            ("client_id", BUILT_IN_CLIENT),
            ("response_type", "code"),
            ("code_challenge", &code_challenge),
            ("code_challenge_method", "S256"),
            ("username", "ada"),
        ])
    }

    /// Begins sign-ins until one is refused: those that were begun, and the refusal.
    pub(crate) fn begin_until_refused(&self) -> (Vec<Value>, Value) {
        let mut begun = Vec::new();
        loop {
            let answer = self.begin();
            if answer["auth_session"].is_null() {
                return (begun, answer);
            }
            begun.push(answer);
        }
    }

    /// Whether a sign-in is still there.
    pub(crate) fn knows(&self, begun: &Value) -> bool {
        self.challenge(&[("auth_session", session(begun))])["credentials_required"] == true
    }
}

/// What names a sign-in that was begun.
pub(crate) fn session(begun: &Value) -> &str {
    begun["auth_session"].as_str().unwrap()
}

#[track_caller]
pub(crate) fn asks_to_come_again(refused: &Value) {
    assert_eq!(refused["error"], "temporarily_unavailable", "{refused}");
    assert_eq!(refused["can_be_asked_again"], true);
}

/// The answer to a request that closes its connection.
fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// What `check` of this program says of something, in its one line.
pub(crate) fn checked(mut program: Command, folder: &Path, what: &str) -> String {
    let output = program.arg("check").current_dir(folder).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let line = said.lines().find(|line| line.contains(&format!("  {what}: ")));
    line.unwrap_or_else(|| panic!("nothing of {what} in {said}")).to_owned()
}
