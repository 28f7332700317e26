//! How long a connection is kept. Requests alone keep it, never bytes: pings cost a client nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::LimitsConfig;

/// The life of one connection, known to its stream, to its requests and to the count of all.
#[derive(Debug)]
pub(super) struct Life {
    header_time: Duration,
    answer_time: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When each request under way began, the oldest first.
    began: Vec<Instant>,
    idle_since: Instant,
    /// Its place was given to somebody else.
    is_over: bool,
    /// Of the task that the stream is read by.
    waker: Option<Waker>,
}

/// A request that is under way, until its answer was taken or nobody waits for it any more.
#[derive(Debug)]
pub(super) struct UnderWay {
    life: Arc<Life>,
    began: Instant,
}

impl Life {
    /// Begins now, without a request.
    pub(super) fn new(limits: &LimitsConfig) -> Arc<Self> {
        let state = State { began: Vec::new(), idle_since: Instant::now(), is_over: false, waker: None };
        let LimitsConfig { header_time, answer_time, .. } = *limits;
        Arc::new(Self { header_time, answer_time, state: Mutex::new(state) })
    }

    /// When it is to end; whoever asks is woken when a request has ended, or the connection has.
    pub(super) fn ends_at(&self, waker: &Waker) -> Instant {
        let mut state = self.state();
        if !state.waker.as_ref().is_some_and(|known| known.will_wake(waker)) {
            state.waker = Some(waker.clone());
        }
        match state.began.first() {
            _ if state.is_over => state.idle_since,
            Some(oldest) => *oldest + self.answer_time,
            None => state.idle_since + self.header_time,
        }
    }

    /// A request begins.
    pub(super) fn begin(self: &Arc<Self>) -> UnderWay {
        let mut state = self.state();
        let began = Instant::now();
        state.began.push(began);
        drop(state);
        UnderWay { life: self.clone(), began }
    }

    /// Since when no request has been under way; `None` while one is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        state.began.is_empty().then_some(state.idle_since)
    }

    /// Ends it at once, unless a request has begun meanwhile.
    pub(super) fn end_if_idle(&self) -> bool {
        let mut state = self.state();
        state.is_over = state.began.is_empty();
        state.wake();
        state.is_over
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.life.state();
        // Those that began at the same moment are alike.
        if let Some(position) = state.began.iter().position(|began| *began == self.began) {
            state.began.remove(position);
        }
        state.idle_since = Instant::now();
        state.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life() -> Arc<Life> {
        let (header_time, answer_time) = (Duration::from_secs(30), Duration::from_mins(2));
        Life::new(&LimitsConfig { header_time, answer_time, ..LimitsConfig::default() })
    }

    /// Seconds that it has from now on.
    fn rest(life: &Life) -> u64 {
        (life.ends_at(Waker::noop()) - Instant::now()).as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_waits_for_its_next_request_from_the_end_of_the_last_one_on() {
        let life = life();
        assert_eq!(rest(&life), 30);
        tokio::time::advance(Duration::from_secs(20)).await;
        let request = life.begin();
        tokio::time::advance(Duration::from_secs(40)).await;
        drop(request);
        assert_eq!(rest(&life), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_request_under_way_counts_whatever_begins_after_it() {
        let life = life();
        let old = life.begin();
        tokio::time::advance(Duration::from_secs(90)).await;
        let young = life.begin();
        assert_eq!(rest(&life), 30);
        drop(old);
        assert_eq!(rest(&life), 120);
        drop(young);
        assert_eq!(rest(&life), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn only_an_idle_connection_gives_its_place_away() {
        let life = life();
        let request = life.begin();
        assert!(!life.end_if_idle());
        assert_eq!(life.idle_since(), None);
        assert_eq!(rest(&life), 120);
        drop(request);
        assert_eq!(life.idle_since(), Some(Instant::now()));
        assert!(life.end_if_idle());
        assert_eq!(rest(&life), 0);
    }
}
