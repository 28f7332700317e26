//! Clients that take their time, against the real server on real sockets. Each test waits for the cut.
#![expect(clippy::unwrap_used, reason = "a test that cannot do its work has failed")]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// When a test has waited too long: far longer than any limit that is set here.
const TOO_LONG: Duration = Duration::from_secs(30);
/// Between two drops of whoever sends or takes as slowly as can be.
const PAUSE: Duration = Duration::from_millis(10);
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
        let address = vestibule_testbed::free_address().unwrap();
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

/// Keeps sending `bytes`, as slowly as can be without falling silent, until nobody takes them any more.
fn drip(stream: &TcpStream, bytes: Vec<u8>) -> std::thread::JoinHandle<()> {
    let mut stream = stream.try_clone().unwrap();
    std::thread::spawn(move || {
        // No longer than a test may wait, so that it can fail.
        for _ in 0..TOO_LONG.as_millis() / PAUSE.as_millis() {
            if stream.write_all(&bytes).is_err() {
                break;
            }
            std::thread::park_timeout(PAUSE);
        }
    })
}

/// A frame of HTTP/2 (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// The beginning of a connection (RFC 9113 §3.4), with the settings of `payload`.
fn preface(settings: &[u8]) -> Vec<u8> {
    [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(0x4, 0, 0, settings)].concat()
}

/// `GET path` as the whole of a stream: HEADERS with what RFC 7541 makes of it.
fn get(stream: u8, path: &str) -> Vec<u8> {
    let literal = |name: u8, value: &str| [&[name, u8::try_from(value.len()).unwrap()], value.as_bytes()].concat();
    let fields = [vec![0x82, 0x86], literal(0x01, "localhost"), literal(0x04, path)].concat();
    frame(0x1, 0x5, stream, &fields)
}

/// The payload of the first frame of this kind, whatever comes before it.
fn wait_for_frame(stream: &mut TcpStream, kind: u8) -> Vec<u8> {
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).unwrap();
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        stream.read_exact(&mut payload).unwrap();
        if head[3] == kind {
            return payload;
        }
    }
}

const DATA: u8 = 0x0;
const PING: u8 = 0x6;
const WINDOW_UPDATE: u8 = 0x8;
/// No answer may be sent until the window is opened (`SETTINGS_INITIAL_WINDOW_SIZE`, RFC 9113 §6.5.2).
const NO_WINDOW: [u8; 6] = [0, 0x4, 0, 0, 0, 0];

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
    let dripping = drip(&stream, b"x".to_vec());
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
    let dripping = drip(&stream, b"x".to_vec());
    server.assert_serves_others();
    let answer = read_until_cut(&stream);
    // RFC 9110 §15.5.9.
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    dripping.join().unwrap();
}

#[test]
fn whoever_takes_no_answers_or_only_drops_of_them_is_cut_off() {
    let server =
        Server::start("limits.body_time = \"100ms\"\nlimits.answer_time = \"300ms\"\nlimits.header_time = \"300ms\"");
    for takes_drops in [false, true] {
        let mut stream = server.connect();
        let mut taking = stream.try_clone().unwrap();
        let (is_cut, cut) = mpsc::channel::<()>();
        let taker = std::thread::spawn(move || {
            while takes_drops && cut.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                assert_eq!(taking.read(&mut [0]).unwrap(), 1);
            }
        });
        let requests = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
        let error = loop {
            if let Err(error) = stream.write_all(&requests) {
                break error;
            }
        };
        assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error:?}");
        server.assert_serves_others();
        drop(is_cut);
        taker.join().unwrap();
    }
}

#[test]
fn http_2_that_says_nothing_is_cut_off() {
    let server = Server::start("limits.header_time = \"300ms\"");
    let mut stream = server.connect();
    stream.write_all(&preface(&[])).unwrap();
    server.assert_serves_others();
    read_until_cut(&stream);
}

#[test]
fn http_2_that_only_pings_is_cut_off() {
    let server = Server::start("limits.header_time = \"300ms\"");
    for requests in [&[][..], &[1]] {
        let mut stream = server.connect();
        stream.write_all(&preface(&[])).unwrap();
        for id in requests {
            stream.write_all(&get(*id, "/oauth/jwks")).unwrap();
            assert!(String::from_utf8(wait_for_frame(&mut stream, DATA)).unwrap().contains("\"keys\""));
        }
        let dripping = drip(&stream, frame(PING, 0, 0, &[0; 8]));
        server.assert_serves_others();
        read_until_cut(&stream);
        dripping.join().unwrap();
    }
}

#[test]
fn http_2_that_takes_drops_of_an_answer_is_cut_off() {
    let server = Server::start("limits.body_time = \"100ms\"\nlimits.answer_time = \"300ms\"");
    let mut stream = server.connect();
    stream.write_all(&preface(&NO_WINDOW)).unwrap();
    stream.write_all(&get(1, "/openapi.json")).unwrap();
    let dripping = drip(&stream, frame(WINDOW_UPDATE, 0, 1, &[0, 0, 0, 1]));
    server.assert_serves_others();
    read_until_cut(&stream);
    dripping.join().unwrap();
}

#[test]
fn an_answer_has_longer_than_the_next_request() {
    let server = Server::start("limits.header_time = \"300ms\"");
    let mut stream = server.connect();
    stream.write_all(&preface(&NO_WINDOW)).unwrap();
    stream.write_all(&get(1, "/oauth/jwks")).unwrap();
    // What the time of a head is over for, twice.
    read_until_cut(&server.connect());
    read_until_cut(&server.connect());
    stream.write_all(&frame(WINDOW_UPDATE, 0, 1, &[0, 0, 0xff, 0xff])).unwrap();
    assert!(String::from_utf8(wait_for_frame(&mut stream, DATA)).unwrap().contains("\"keys\""));
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
fn a_connection_beyond_the_limit_takes_the_place_of_the_one_that_was_idle_for_longest() {
    let server = Server::start("limits.connections_per_address = 2");
    let idle = server.connect();
    let mut other = server.connect();
    other.write_all(GET).unwrap();
    assert!(read_answer(&mut other).starts_with("HTTP/1.1 200 "));
    // They are taken in the order in which they came.
    let mut newest = server.connect();
    assert_eq!(read_until_cut(&idle), "");
    for stream in [&mut newest, &mut other] {
        stream.write_all(GET).unwrap();
        assert!(read_answer(stream).starts_with("HTTP/1.1 200 "));
    }
}

#[test]
fn nobody_takes_the_place_of_a_request_that_is_under_way() {
    let server = Server::start("limits.connections_per_address = 2");
    let mut busy = [server.connect(), server.connect()];
    for stream in &mut busy {
        // "Go on" says that the request has begun.
        let asking = String::from_utf8_lossy(POST).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
        stream.write_all(asking.as_bytes()).unwrap();
        let mut answer = [0; 25];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, *b"HTTP/1.1 100 Continue\r\n\r\n");
    }
    let refused = server.connect();
    assert_eq!(read_until_cut(&refused), "");
    let [mut stream, _other] = busy;
    stream.write_all(&[b'x'; 89]).unwrap();
    assert!(read_answer(&mut stream).starts_with("HTTP/1.1 400 "));
}
