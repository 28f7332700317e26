//! Clients that take their time, against the real server on real sockets. Each test waits for the cut.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// When a test has waited too long: far longer than any limit that is set here.
const TOO_LONG: Duration = Duration::from_secs(30);
const GET: &[u8] = b"GET /oauth/jwks HTTP/1.1\r\nHost: localhost\r\n\r\n";
const POST: &[u8] = b"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\
                      Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=";

struct Server {
    address: SocketAddr,
    process: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Server {
    fn start(limits: &str) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), limits)
    }

    fn start_in(folder: tempfile::TempDir, settings: &str) -> Self {
        // A port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = format!(
            "listen = \"{address}\"\ndatabase.url = \"sqlite:vestibule.db\"\nlog.format = \"json\"\n\
             mail.time_limit = \"1ms\"\n{settings}"
        );
        std::fs::write(folder.path().join("vestibule.toml"), config).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_vestibule-server"))
            .arg("serve")
            .current_dir(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        assert!(log.any(|line| line.unwrap().contains("\"ready\"")));
        // What is logged later must go somewhere, or the server would wait for its reader.
        std::thread::spawn(move || log.for_each(drop));
        Self { address, process, _folder: folder }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(TOO_LONG)).unwrap();
        stream.set_write_timeout(Some(TOO_LONG)).unwrap();
        stream
    }

    /// Somebody else is served meanwhile.
    fn assert_serves_others(&self) {
        let mut stream = self.connect();
        stream.write_all(GET).unwrap();
        assert!(read_answer(&mut stream).starts_with("HTTP/1.1 200 "));
    }
}

/// Everything until the server cuts the connection.
fn read_until_cut(mut stream: &TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "not cut"),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// One answer with its body, on a connection that stays open.
fn read_answer(stream: &mut TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "cut after {head:?}");
    }
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap()];
    reader.read_exact(&mut body).unwrap();
    head
}

/// Keeps sending `byte`, as slowly as can be without falling silent, until nobody takes it any more.
fn drip(stream: &TcpStream, byte: u8) -> std::thread::JoinHandle<()> {
    let mut stream = stream.try_clone().unwrap();
    std::thread::spawn(move || {
        while stream.write_all(&[byte]).is_ok() {
            std::thread::park_timeout(Duration::from_millis(10));
        }
    })
}

#[test]
fn whoever_says_nothing_is_cut_off() {
    let server = Server::start("limits.header_time = \"300ms\"");
    let silent = server.connect();
    server.assert_serves_others();
    assert_eq!(read_until_cut(&silent), "");
}

#[test]
fn a_head_that_drips_is_cut_off() {
    let server = Server::start("limits.header_time = \"300ms\"");
    let mut stream = server.connect();
    stream.write_all(b"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
    let dripping = drip(&stream, b'x');
    server.assert_serves_others();
    let answer = read_until_cut(&stream);
    assert!(!answer.contains(" 200 "), "{answer}");
    dripping.join().unwrap();
}

#[test]
fn the_next_head_has_the_same_time() {
    let server = Server::start("limits.header_time = \"300ms\"");
    for next in [&b""[..], b"GET /oauth/jwks HTTP/1.1\r\n"] {
        let mut stream = server.connect();
        stream.write_all(GET).unwrap();
        assert!(read_answer(&mut stream).starts_with("HTTP/1.1 200 "));
        stream.write_all(next).unwrap();
        read_until_cut(&stream);
    }
}

#[test]
fn a_body_that_drips_is_answered_and_cut_off() {
    let server = Server::start("limits.body_time = \"300ms\"");
    let mut stream = server.connect();
    stream.write_all(POST).unwrap();
    let dripping = drip(&stream, b'x');
    server.assert_serves_others();
    let answer = read_until_cut(&stream);
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    dripping.join().unwrap();
}

#[test]
fn whoever_does_not_take_the_answers_is_cut_off() {
    let server = Server::start("limits.idle_time = \"300ms\"");
    let mut stream = server.connect();
    let requests = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    let error = loop {
        if let Err(error) = stream.write_all(&requests) {
            break error;
        }
    };
    assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error:?}");
    server.assert_serves_others();
}

#[test]
fn http_2_that_says_nothing_is_cut_off() {
    let server = Server::start("limits.header_time = \"300ms\"");
    let mut stream = server.connect();
    // The preface and an empty SETTINGS frame (RFC 9113 §3.4).
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    server.assert_serves_others();
    read_until_cut(&stream);
}

#[test]
fn a_handshake_that_does_not_begin_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.path().join("certificate.pem"), key.cert.pem()).unwrap();
    std::fs::write(folder.path().join("key.pem"), key.signing_key.serialize_pem()).unwrap();
    let tls = "limits.header_time = \"300ms\"\ntls = { certificate = \"certificate.pem\", key = \"key.pem\" }";
    let server = Server::start_in(folder, tls);
    assert_eq!(read_until_cut(&server.connect()), "");
}

#[test]
fn connections_beyond_the_limit_are_refused_and_the_others_go_on() {
    let server = Server::start("limits.connections_per_address = 2");
    let mut one = server.connect();
    let _other = server.connect();
    // They are taken in the order in which they came.
    let refused = server.connect();
    assert_eq!(read_until_cut(&refused), "");
    one.write_all(GET).unwrap();
    assert!(read_answer(&mut one).starts_with("HTTP/1.1 200 "));
}
