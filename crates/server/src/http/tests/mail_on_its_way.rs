//! What becomes of a sign-in while a mail of it is on its way.

use std::net::Ipv4Addr;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::at_once::{asking, cookies};
use super::harness::{Harness, PASSWORD, Reply, wrong};
use crate::config::{SmtpConfig, SmtpSecurity};

/// A mail server that says nothing until it is let.
struct SlowMail(TcpListener);

/// A mail that somebody waits for.
struct OnItsWay {
    stream: TcpStream,
    waiting: JoinHandle<Reply>,
}

impl SlowMail {
    /// With a server beside the first that sends by it.
    async fn beside(harness: &Harness) -> (Self, Harness) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let other = harness.beside_with(|config| {
            config.mail.smtp = Some(SmtpConfig {
                host: Ipv4Addr::LOCALHOST.to_string(),
                port: Some(port),
                security: SmtpSecurity::Plain,
                username: None,
                password: None,
                password_file: None,
                ca_file: None,
            });
        });
        (Self(listener), other.await)
    }

    /// What is asked for waits for the mail server from here on.
    async fn holds(&self, asking: impl Future<Output = Reply> + Send + 'static) -> OnItsWay {
        let waiting = tokio::spawn(asking);
        OnItsWay { stream: self.0.accept().await.unwrap().0, waiting }
    }

    async fn resend(&self, server: &Harness, session: &str) -> OnItsWay {
        let (server, session) = (server.clone(), session.to_owned());
        self.holds(async move { server.resend(&session).await }).await
    }
}

impl OnItsWay {
    /// The mail server takes it; the answer to whoever waited.
    async fn taken(self) -> Reply {
        let mut stream = BufReader::new(self.stream);
        stream.write_all(b"220 mail.example.com\r\n").await.unwrap();
        let (mut line, mut is_message) = (String::new(), false);
        while line != ".\r\n" {
            line.clear();
            stream.read_line(&mut line).await.unwrap();
            let answer = match line.as_str() {
                ".\r\n" => "250 taken\r\n",
                _ if is_message => continue,
                "DATA\r\n" => "354 go on\r\n",
                _ => "250 so be it\r\n",
            };
            is_message = answer.starts_with("354");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        self.waiting.await.unwrap()
    }

    /// The mail server hangs up before it has anything.
    async fn refused(self) -> Reply {
        drop(self.stream);
        self.waiting.await.unwrap()
    }
}

/// A sign-in whose second mail is on its way, and the code of the first.
async fn resending(harness: &Harness, slow: &SlowMail, other: &Harness) -> (String, String, OnItsWay) {
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    harness.server.clock.advance(Duration::from_secs(30));
    let mail = slow.resend(other, &session).await;
    (session, code, mail)
}

#[tokio::test]
async fn the_code_that_verified_a_sign_in_is_right_whatever_becomes_of_a_later_mail() {
    let harness = Harness::new().await;
    let (slow, other) = SlowMail::beside(&harness).await;
    for is_taken in [true, false] {
        let (session, code, mail) = resending(&harness, &slow, &other).await;
        let verified = harness.code(&session, &code).await;
        assert_eq!(verified.status, StatusCode::OK);
        let resent = if is_taken { mail.taken().await } else { mail.refused().await };
        for again in [resent, harness.code(&session, &code).await, harness.state(&session).await] {
            assert_eq!((again.status, &again.body), (StatusCode::OK, &verified.body), "{is_taken}: {again:?}");
        }
        harness.server.clock.advance(Duration::from_hours(1));
    }
}

#[tokio::test]
async fn our_own_page_that_waits_for_a_mail_has_the_session_of_the_tab_that_was_quicker() {
    let harness = Harness::new().await;
    let (slow, other) = SlowMail::beside(&harness).await;
    let session = harness.at_code().await;
    let code = harness.mailed_code();
    harness.server.clock.advance(Duration::from_secs(30));
    let request = asking(&[("auth_session", &session), ("otp_resend", "true")], None);
    let mail = slow.holds(async move { other.send(request).await }).await;
    let quicker = harness.send(asking(&[("auth_session", &session), ("otp", &code)], None)).await;
    let resent = mail.taken().await;
    assert_eq!((resent.status, cookies(&resent)), (StatusCode::OK, cookies(&quicker)), "{resent:?}");
}

#[tokio::test]
async fn a_sign_in_whose_codes_were_guessed_meanwhile_is_over_for_whoever_waits_for_its_mail() {
    let harness = Harness::with(|config| config.throttle.first_wait = Duration::from_nanos(1)).await;
    let (slow, other) = SlowMail::beside(&harness).await;
    for is_taken in [true, false] {
        let (session, code, mail) = resending(&harness, &slow, &other).await;
        for by in 1..=5 {
            harness.code(&session, &wrong(&code, by)).await;
        }
        let resent = if is_taken { mail.taken().await } else { mail.refused().await };
        assert_eq!(resent.error(), "otp_attempts_exhausted", "{is_taken}: {resent:?}");
        harness.server.clock.advance(Duration::from_hours(1));
    }
}

/// A sign-in with two mails on their way.
async fn hurried(harness: &Harness, slow: &SlowMail, other: &Harness) -> (String, [OnItsWay; 2]) {
    let session = harness.account("grace").await;
    let (sending, of) = (other.clone(), session.clone());
    let first = slow.holds(async move { sending.credentials(&of, "grace", PASSWORD).await }).await;
    harness.server.clock.advance(Duration::from_secs(1));
    let second = slow.resend(other, &session).await;
    (session, [first, second])
}

async fn in_a_hurry() -> (Harness, SlowMail, Harness) {
    let harness = Harness::with(|config| config.code.resend_after = Duration::from_secs(1)).await;
    let (slow, other) = SlowMail::beside(&harness).await;
    (harness, slow, other)
}

#[tokio::test]
async fn whoever_waited_for_a_mail_is_told_of_the_one_that_was_asked_for_after_it() {
    let (harness, slow, other) = in_a_hurry().await;
    let (session, [first, second]) = hurried(&harness, &slow, &other).await;
    first.refused().await;
    harness.server.clock.advance(Duration::from_secs(1));
    let third = slow.resend(&other, &session).await;
    let second = second.taken().await.text("otp_reference");
    assert_eq!(second, third.taken().await.text("otp_reference"));
}

#[tokio::test]
async fn a_mail_that_is_refused_late_says_nothing_of_the_one_that_was_asked_for_after_it() {
    let (harness, slow, other) = in_a_hurry().await;
    let (session, [first, second]) = hurried(&harness, &slow, &other).await;
    let second = second.taken().await;
    let first = first.refused().await;
    for told in [first, harness.state(&session).await] {
        assert_eq!(
            (told.error(), told.text("otp_reference")),
            ("insufficient_authorization", second.text("otp_reference"))
        );
        assert_eq!((told.body.get("otp_delivery_failed"), told.number("otp_resend_in")), (None, 1));
    }
}
