//! A person's connection: one for each sign-in, from an address of its own, as people come.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpSocket;

use crate::Failure;

const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const FORM: &str = "application/x-www-form-urlencoded";

/// What is said at one step.
pub(crate) enum Said<'a> {
    /// A form, posted.
    Form(&'a [(&'a str, &'a str)]),
    /// Nothing but the access token.
    Token(&'a str),
}

/// A connection.
pub(crate) struct Connection {
    server: SocketAddr,
    host: String,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    /// Connects from the loopback address with this number.
    pub(crate) async fn open(server: SocketAddr, from: u32) -> Result<Self, Failure> {
        let socket = TcpSocket::new_v4()?;
        let [_, a, b, c] = from.to_be_bytes();
        // Not 127.0, where everything else on this machine is.
        socket.bind((IpAddr::from(Ipv4Addr::new(127, a.saturating_add(1), b, c)), 0).into())?;
        let stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(|error| Failure::NoAnswer(server, error))?;
        // What goes wrong with it is told by the request that it goes wrong with.
        tokio::spawn(connection);
        Ok(Self { server, host: server.to_string(), sender })
    }

    /// Takes a step: what was answered, and how long that took. Any other status than these is a failure.
    pub(crate) async fn take(
        &mut self,
        step: &'static str,
        path: &str,
        said: Said<'_>,
        expected: u16,
    ) -> Result<(Value, Duration), Failure> {
        let request = Request::builder().uri(path).header(header::HOST, &self.host).header(header::USER_AGENT, BROWSER);
        let request = match said {
            Said::Form(members) => {
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
                request.method(Method::POST).header(header::CONTENT_TYPE, FORM).body(Full::from(body))
            }
            Said::Token(token) => {
                request.header(header::AUTHORIZATION, format!("Bearer {token}")).body(Full::default())
            }
        };
        let request = request.map_err(|_| Failure::Request(path.to_owned()))?;
        let no_answer = |error| Failure::NoAnswer(self.server, error);
        #[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
        let begun = Instant::now();
        let response = self.sender.send_request(request).await.map_err(no_answer)?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(no_answer)?.to_bytes();
        let took = begun.elapsed();
        if status != expected {
            return Err(Failure::Refused { step, status, body: String::from_utf8_lossy(&body).into_owned() });
        }
        Ok((serde_json::from_slice(&body)?, took))
    }
}
