//! A mail server that takes its time: whoever waits for a code gets it in the end, and administrators are told.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::Value;
use vestibule_testbed::Postgres;

use crate::serving::{Server, checked, session};
use crate::{binary, program, programs};

const PASSWORD: &str = "a blue kettle";

/// A mail server on this machine, and the codes that it was handed.
struct MailServer {
    address: SocketAddr,
    codes: Receiver<String>,
}

impl MailServer {
    /// Takes every mail, each so long after somebody has connected.
    fn start(slowness: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, (tell, codes)) = (listener.local_addr().unwrap(), channel());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, tell) = (stream.unwrap(), tell.clone());
                std::thread::spawn(move || {
                    std::thread::park_timeout(slowness);
                    converse(&stream, &tell)
                });
            }
        });
        Self { address, codes }
    }
}

/// Until one of both hangs up.
fn converse(mut stream: &TcpStream, tell: &Sender<String>) -> std::io::Result<()> {
    let mut is_message = false;
    stream.write_all(b"220 mail.example.com\r\n")?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        if let Some((code, _)) = line.split_once(" is your access code") {
            // Nobody may be waiting for it any more.
            drop(tell.send(code.to_owned()));
        }
        let begins_message = line == "DATA";
        if is_message && line != "." {
            continue;
        }
        is_message = begins_message;
        stream.write_all(if begins_message { b"354 go on\r\n" } else { b"250 ok\r\n" })?;
    }
    Ok(())
}

fn serve(folder: &Path, database: &str, mail: SocketAddr, time_limit: &str) -> Server {
    let config = format!(
        "database.url = \"{database}\"\nmail.time_limit = \"{time_limit}\"\nmail.warnings = false\n\
         mail.smtp = {{ host = \"127.0.0.1\", port = {}, security = \"plain\" }}\n\
         password_hash = {{ memory_kib = 8, passes = 1 }}\n",
        mail.port()
    );
    Server::start(binary(), folder, &config)
}

/// Adds the account that people sign in to, with two-factor authentication.
fn add_account(folder: &Path) {
    let arguments = ["user", "add", "ada", "--email", "ada@example.com", "--two-factor"];
    assert!(program::run(folder, &arguments, PASSWORD).status.success());
}

fn give_password(server: &Server, begun: &Value) -> Value {
    server.challenge(&[("auth_session", session(begun)), ("uc_username", "ada"), ("password", PASSWORD)])
}

#[track_caller]
fn is_let_in_with(server: &Server, begun: &Value, code: &str) {
    let granted = server.challenge(&[("auth_session", session(begun)), ("otp", code)]);
    assert!(granted["authorization_code"].is_string(), "{granted}");
}

#[test]
#[ignore = "needs PostgreSQL; `cargo xtask test postgres` has it"]
fn a_code_that_one_server_cannot_mail_comes_from_another_and_counts_at_both() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    for folder in [&one, &two] {
        std::fs::create_dir(folder).unwrap();
    }
    let postgres = Postgres::start(&programs(), &folder.path().join("postgres"), &["fsync=off"]).unwrap();
    let mail = MailServer::start(Duration::ZERO);
    // The system takes the connections to it, and nobody says anything.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let well = serve(&one, &postgres.url(), mail.address, "10s");
    let ill = serve(&two, &postgres.url(), silent.local_addr().unwrap(), "1s");
    add_account(&one);

    let begun = ill.begin();
    assert_eq!(give_password(&ill, &begun)["error"], "otp_delivery_failed");
    ill.logs("access code not delivered");
    ill.logs("within 1 s");
    let told = checked(binary(), &two, "mail");
    assert!(told.starts_with("failed") && told.contains("no answer within 1 s"), "{told}");
    let told = checked(binary(), &one, "mail");
    assert!(told.starts_with("ok"), "{told}");

    let sent = well.challenge(&[("auth_session", session(&begun)), ("otp_resend", "true")]);
    assert_eq!(sent["error"], "insufficient_authorization", "{sent}");
    is_let_in_with(&ill, &begun, &mail.codes.recv().unwrap());
}

#[test]
fn a_mail_server_that_takes_three_seconds_is_waited_for_and_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let mail = MailServer::start(Duration::from_secs(3));
    let server = serve(folder.path(), "sqlite:vestibule.db", mail.address, "10s");
    add_account(folder.path());
    let begun = server.begin();
    assert_eq!(give_password(&server, &begun)["error"], "insufficient_authorization");
    server.logs("a mail was taken slowly");
    is_let_in_with(&server, &begun, &mail.codes.recv().unwrap());
    let told = checked(binary(), folder.path(), "mail");
    assert!(told.starts_with("warning") && told.contains("answers, after 3"), "{told}");
}
