//! A mail server that behaves as a test asks for.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::config::SmtpSecurity;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Accept,
    SayNothing,
    RefuseRecipient,
    RefuseMessage,
    FallSilentAfterMessage,
    HangUpAfterMessage,
    HangUpAfterAnswer,
}

/// What was said in one connection.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    pub(super) authentication: Option<String>,
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) message: String,
}

pub(super) struct MailServer {
    pub(super) port: u16,
    /// How many there were.
    pub(super) connections: Arc<AtomicUsize>,
    /// One for each connection that was ended in so many words.
    pub(super) goodbyes: Arc<Semaphore>,
    running: JoinHandle<()>,
    conversations: mpsc::UnboundedReceiver<Conversation>,
}

#[derive(Clone)]
struct Host {
    manner: Manner,
    security: SmtpSecurity,
    tls: Option<TlsAcceptor>,
    heard: mpsc::UnboundedSender<Conversation>,
    goodbyes: Arc<Semaphore>,
}

/// What to do after a part of a conversation.
enum Next {
    Encrypt,
    End,
}

trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

impl MailServer {
    pub(super) async fn start(manner: Manner) -> Self {
        Self::listen(manner, SmtpSecurity::Plain, None).await
    }

    /// Writes its certificate to `ca_file`.
    pub(super) async fn start_encrypted(security: SmtpSecurity, ca_file: &Path) -> Self {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(ca_file, certified.cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        Self::listen(Manner::Accept, security, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn listen(manner: Manner, security: SmtpSecurity, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, conversations) = mpsc::unbounded_channel();
        let (connections, goodbyes) = (Arc::<AtomicUsize>::default(), Arc::new(Semaphore::new(0)));
        let (counted, host) = (connections.clone(), Host { manner, security, tls, heard, goodbyes: goodbyes.clone() });
        let running = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(host.clone().receive(stream));
            }
        });
        Self { port, connections, goodbyes, running, conversations }
    }

    /// The next conversation that has ended, or has come as far as it will.
    pub(super) async fn conversation(mut self) -> Conversation {
        self.conversations.recv().await.unwrap()
    }

    /// Closes the port.
    pub(super) async fn stop(self) -> u16 {
        self.running.abort();
        self.running.await.unwrap_err();
        self.port
    }
}

impl Host {
    async fn receive(self, stream: impl Line + 'static) {
        let mut stream: Box<dyn Line> = Box::new(stream);
        let mut conversation = Conversation::default();
        let mut is_encrypted = false;
        if let (SmtpSecurity::Tls, Some(tls)) = (self.security, &self.tls) {
            let Ok(encrypted) = tls.accept(stream).await else { return };
            stream = Box::new(encrypted);
            is_encrypted = true;
        }
        let mut greets = true;
        while let Some((Next::Encrypt, plain)) = self.talk(stream, &mut conversation, is_encrypted, greets).await {
            let Ok(encrypted) = self.tls.as_ref().unwrap().accept(plain).await else { return };
            (stream, is_encrypted, greets) = (Box::new(encrypted), true, false);
        }
    }

    /// `None` where the connection broke.
    async fn talk(
        &self,
        stream: Box<dyn Line>,
        talk: &mut Conversation,
        is_encrypted: bool,
        greets: bool,
    ) -> Option<(Next, Box<dyn Line>)> {
        let mut stream = BufReader::new(stream);
        if self.manner == Manner::SayNothing {
            stream.read_to_end(&mut Vec::new()).await.ok()?;
            return Some((Next::End, stream.into_inner()));
        }
        if greets {
            say(&mut stream, "220 mail.example.com").await?;
        }
        loop {
            let command = hear(&mut stream).await?;
            let (verb, argument) = command.split_once(' ').unwrap_or((&command, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" if is_encrypted => say(&mut stream, "250-mail.example.com\r\n250 AUTH PLAIN").await?,
                "EHLO" if self.tls.is_some() => say(&mut stream, "250-mail.example.com\r\n250 STARTTLS").await?,
                "EHLO" => say(&mut stream, "250 mail.example.com").await?,
                "STARTTLS" => {
                    say(&mut stream, "220 go ahead").await?;
                    return Some((Next::Encrypt, stream.into_inner()));
                }
                "AUTH" => {
                    let given = BASE64_STANDARD.decode(argument.trim_start_matches("PLAIN ")).unwrap();
                    let given = String::from_utf8(given).unwrap();
                    let is_right = given.ends_with("\0hunter2");
                    talk.authentication = Some(given);
                    say(&mut stream, if is_right { "235 welcome" } else { "535 wrong password" }).await?;
                }
                "MAIL" => {
                    talk.from = address(argument);
                    say(&mut stream, "250 ok").await?;
                }
                "RCPT" if self.manner == Manner::RefuseRecipient => {
                    say(&mut stream, "550 no such mailbox").await?;
                    self.heard.send(std::mem::take(talk)).ok()?;
                }
                "RCPT" => {
                    talk.to.push(address(argument));
                    say(&mut stream, "250 ok").await?;
                }
                "DATA" => {
                    say(&mut stream, "354 go on").await?;
                    talk.message = message(&mut stream).await?;
                    self.heard.send(std::mem::take(talk)).ok()?;
                    match self.manner {
                        Manner::RefuseMessage => say(&mut stream, "554 looks like spam").await?,
                        Manner::HangUpAfterMessage => return Some((Next::End, stream.into_inner())),
                        Manner::FallSilentAfterMessage => {
                            stream.read_to_end(&mut Vec::new()).await.ok()?;
                        }
                        Manner::HangUpAfterAnswer => {
                            say(&mut stream, "250 taken").await?;
                            return Some((Next::End, stream.into_inner()));
                        }
                        _ => say(&mut stream, "250 taken").await?,
                    }
                }
                "QUIT" => {
                    self.goodbyes.add_permits(1);
                    say(&mut stream, "221 bye").await?;
                    return Some((Next::End, stream.into_inner()));
                }
                _ => say(&mut stream, "502 what?").await?,
            }
        }
    }
}

async fn say(stream: &mut BufReader<Box<dyn Line>>, reply: &str) -> Option<()> {
    stream.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

async fn hear(stream: &mut BufReader<Box<dyn Line>>) -> Option<String> {
    let mut line = String::new();
    let length = stream.read_line(&mut line).await.ok()?;
    (length > 0).then(|| line.trim_end().to_owned())
}

async fn message(stream: &mut BufReader<Box<dyn Line>>) -> Option<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// What stands between `<` and `>`.
fn address(argument: &str) -> String {
    argument.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
