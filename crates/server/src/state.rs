//! What every request works with.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::brand::Brand;
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::Keys;
use crate::mail::Mailer;
use crate::password::Hasher;
use crate::random::Random;
use crate::services::Services;
use crate::store::Store;

/// The server, shared by all requests.
pub type Shared = Arc<Server>;

/// Everything that a request needs. Time and randomness are parts like the others, so that tests can set them.
pub struct Server {
    /// What the administrator set.
    pub config: Config,
    /// What the service looks like.
    pub brand: Brand,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// What lasts.
    pub store: Store,
    /// Keys for MACs and signatures.
    pub keys: Keys,
    /// Room for those who begin a sign-in.
    pub beginning: Semaphore,
    /// Checks passwords.
    pub hasher: Hasher,
    /// Sends mails.
    pub mailer: Mailer,
    /// Those who may ask about tokens.
    pub services: Services,
    /// Steps under way, which end even where their clients have gone.
    pub steps: Steps,
    /// It was told to stop, and waits for those to notice who send people to it.
    pub is_stopping: AtomicBool,
}

/// What was begun for clients: it ends even where they have gone, for something of it may be done already, and a server
/// that is told to stop waits for it.
#[derive(Clone, Debug, Default)]
pub struct Steps(TaskTracker);

/// A step broke off, by a fault of ours. It is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a step did not end")]
pub struct Broken;

impl Steps {
    /// Takes a step for as long as anybody listens; after that it goes on by itself.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn finish<T: Send + 'static>(
        &self,
        step: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Result<T, Broken>> {
        // Steps are large: each is moved once, and is no part of what it is awaited in.
        let step = Listened(Some(self.0.track_future(AssertUnwindSafe(Box::pin(step)).catch_unwind())));
        async {
            step.await.map_err(|_| {
                tracing::error!("a step did not end");
                Broken
            })
        }
    }

    /// Begins a step that nobody waits for.
    pub fn begin(&self, step: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(step);
    }

    /// Waits until no step is under way; how many still are after this time.
    pub async fn settled(&self, limit: Duration) -> usize {
        self.0.close();
        let settled = tokio::time::timeout(limit, self.0.wait()).await;
        self.0.reopen();
        if settled.is_ok() { 0 } else { self.0.len() }
    }
}

/// A step that somebody listens to. It is taken where they are, for to have it taken elsewhere would wake another thread
/// each time; only what they leave becomes a task of its own.
struct Listened<F: Future<Output: Send> + Send + Unpin + 'static>(Option<F>);

impl<F: Future<Output: Send> + Send + Unpin + 'static> Future for Listened<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some(step) = &mut self.0 else { return Poll::Pending };
        let output = ready!(Pin::new(step).poll(cx));
        self.0 = None;
        Poll::Ready(output)
    }
}

impl<F: Future<Output: Send> + Send + Unpin + 'static> Drop for Listened<F> {
    fn drop(&mut self) {
        if let (Some(step), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(step);
        }
    }
}
