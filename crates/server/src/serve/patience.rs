//! Connections whose time is over are given up, whatever moves on them: below HTTP and TLS, so that it holds for all.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::connected::Connected;
use super::life::Life;

/// Accepts connections, each for as long as its life lasts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience;

impl Accept<TcpStream, Connected> for Patience {
    type Stream = Patient<TcpStream>;
    type Service = Connected;
    type Future = Ready<io::Result<(Self::Stream, Connected)>>;

    fn accept(&self, stream: TcpStream, service: Connected) -> Self::Future {
        // Answers are small and written at once: there is nothing to wait for.
        ready(stream.set_nodelay(true).map(|()| (Patient::new(stream, service.life()), service)))
    }
}

/// A stream that fails once its life is over.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    life: Arc<Life>,
    timer: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    fn new(stream: S, life: Arc<Life>) -> Self {
        Self { stream, life, timer: Box::pin(sleep_until(Instant::now())) }
    }

    /// Fails where the life of the stream is over, and else sees to it that its reader is woken when it will be.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let end = self.life.ends_at(cx.waker());
        if self.timer.deadline() != end {
            self.timer.as_mut().reset(end);
        }
        // The timer may be made to wait for others; the clock is not.
        if self.timer.as_mut().poll(cx).is_ready() || end <= Instant::now() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check(cx)?;
        Pin::new(&mut this.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check(cx)?;
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check(cx)?;
        Pin::new(&mut this.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Whatever is flushed has been written: flushing alone waits for nobody.
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;
    use crate::config::LimitsConfig;

    const LIMITS: Duration = Duration::from_mins(1);

    fn connection() -> (DuplexStream, Patient<DuplexStream>, Arc<Life>) {
        let life = Life::new(&LimitsConfig { header_time: LIMITS, answer_time: 3 * LIMITS, ..LimitsConfig::default() });
        let (client, server) = duplex(64);
        (client, Patient::new(server, life.clone()), life)
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_is_given_up_whatever_comes_unless_a_request_began() {
        let (mut client, mut server, life) = connection();
        tokio::time::advance(LIMITS / 2).await;
        client.write_all(b"x").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'x');
        let request = life.begin();
        tokio::time::advance(2 * LIMITS).await;
        client.write_all(b"x").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'x');
        drop(request);
        client.write_all(b"xx").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'x');
        tokio::time::advance(LIMITS).await;
        assert_eq!(server.read_u8().await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_take_its_answer_is_given_up() {
        let (_client, mut server, life) = connection();
        let _request = life.begin();
        let began = Instant::now();
        assert_eq!(server.write_all(&[0; 65]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), 3 * LIMITS.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_waits_is_woken_when_its_time_has_become_shorter() {
        let (_client, mut server, life) = connection();
        let request = life.begin();
        let began = Instant::now();
        let reading = tokio::spawn(async move { server.read_u8().await.unwrap_err().kind() });
        tokio::task::yield_now().await;
        drop(request);
        assert_eq!(reading.await.unwrap(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), LIMITS.as_secs());
    }
}
