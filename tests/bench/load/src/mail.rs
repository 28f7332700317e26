//! A mail server that takes every mail, and keeps the code in it for whom it was sent to.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the first line of a mail says after the code.
const AFTER_CODE: &str = " is your access code";

/// The codes that were mailed, by address.
#[derive(Clone, Default)]
pub(crate) struct Mailed(Arc<Mutex<HashMap<String, String>>>);

impl Mailed {
    /// Takes the code for an address.
    pub(crate) fn take(&self, address: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(address)
    }
}

/// Takes mails from now on.
pub(crate) async fn serve(address: SocketAddr) -> std::io::Result<Mailed> {
    let listener = TcpListener::bind(address).await?;
    let mailed = Mailed::default();
    let kept = mailed.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mailed = kept.clone();
            // Whoever hangs up has had what it wanted.
            tokio::spawn(async move { converse(stream, &mailed).await });
        }
    });
    Ok(mailed)
}

async fn converse(stream: TcpStream, mailed: &Mailed) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink.example.com ESMTP\r\n").await?;
    let (mut line, mut to) = (String::new(), String::new());
    while read(&mut stream, &mut line).await? {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-sink.example.com\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                b"250 OK\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 Go on\r\n").await?;
                take_message(&mut stream, &to, mailed).await?;
                b"250 OK\r\n"
            }
            "QUIT" => return stream.write_all(b"221 Bye\r\n").await,
            _ => b"250 OK\r\n",
        };
        stream.write_all(answer).await?;
    }
    Ok(())
}

async fn take_message(stream: &mut BufReader<TcpStream>, to: &str, mailed: &Mailed) -> std::io::Result<()> {
    let mut line = String::new();
    while read(stream, &mut line).await? && line != ".\r\n" {
        if let Some((code, _)) = line.split_once(AFTER_CODE)
            && code.bytes().all(|digit| digit.is_ascii_digit())
        {
            mailed.0.lock().unwrap_or_else(PoisonError::into_inner).insert(to.to_owned(), code.to_owned());
        }
    }
    Ok(())
}

/// `false` where there is no further line.
async fn read(stream: &mut BufReader<TcpStream>, line: &mut String) -> std::io::Result<bool> {
    line.clear();
    Ok(stream.read_line(line).await? > 0)
}
