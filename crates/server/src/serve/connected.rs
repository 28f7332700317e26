//! The service that each connection is given: it counts its requests, each until its answer was taken.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use tower::Service;

use super::connections::Slot;
use super::life::{Life, UnderWay};

/// What is handed over of an answer at a time. Whoever has a file as a whole counts as served.
const PIECE_BYTES: usize = 16 * 1024;

/// The routes, for one connection.
#[derive(Clone)]
pub(super) struct Connected {
    router: Router,
    peer: SocketAddr,
    slot: Arc<Slot>,
}

impl Connected {
    pub(super) fn new(router: Router, peer: SocketAddr, slot: Slot) -> Self {
        Self { router, peer, slot: Arc::new(slot) }
    }

    pub(super) fn life(&self) -> Arc<Life> {
        self.slot.life.clone()
    }
}

impl<B> Service<Request<B>> for Connected
where
    Router: Service<Request<B>, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<B>>::poll_ready(&mut self.router, cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let under_way = self.slot.life.begin();
        let answering = self.router.call(request);
        Box::pin(async move {
            let answer = answering.await?;
            Ok(answer.map(|body| Body::new(Pieces { body, next: Bytes::new(), _under_way: under_way })))
        })
    }
}

/// A body in small pieces, whose request is under way until the last one was taken.
struct Pieces {
    body: Body,
    /// What comes before the rest of the body.
    next: Bytes,
    _under_way: UnderWay,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.next.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)).transpose()?.map(Frame::into_data) {
                Some(Ok(data)) => self.next = data,
                Some(Err(other)) => return Poll::Ready(Some(Ok(other))),
                None => return Poll::Ready(None),
            }
        }
        let length = self.next.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(Frame::data(self.next.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.next.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, next) = (self.body.size_hint(), self.next.len() as u64);
        let mut hint = SizeHint::new();
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + next);
        }
        hint.set_lower(rest.lower() + next);
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::BodyExt;
    use tokio::time::Instant;

    use super::*;
    use crate::config::LimitsConfig;

    #[tokio::test(start_paused = true)]
    async fn an_answer_comes_in_pieces_and_is_under_way_until_the_last_one() {
        let whole: Bytes = (0..=255).cycle().take(2 * PIECE_BYTES + 1).collect();
        let life = Life::new(&LimitsConfig::default());
        let mut pieces = Pieces { body: Body::from(whole.clone()), next: Bytes::new(), _under_way: life.begin() };
        let mut got = Vec::new();
        for length in [PIECE_BYTES, PIECE_BYTES, 1] {
            assert_eq!(pieces.size_hint().exact(), Some((whole.len() - got.len()) as u64));
            assert!(!pieces.is_end_stream() && life.idle_since().is_none());
            let piece = pieces.frame().await.unwrap().unwrap().into_data().unwrap();
            assert_eq!(piece.len(), length);
            got.extend_from_slice(&piece);
        }
        assert!(pieces.is_end_stream());
        assert_eq!(got, whole);
        tokio::time::advance(Duration::from_secs(1)).await;
        drop(pieces);
        assert_eq!(life.idle_since(), Some(Instant::now()));
    }
}
