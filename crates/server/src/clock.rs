//! The time, passed in so that tests can set it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment: milliseconds since 1970-01-01 UTC.
pub type UnixMillis = i64;

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's own clock.
    System,
    /// A clock that stands still until it is moved.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `now` until [`Clock::advance`] moves it.
    #[must_use]
    pub fn set_to(now: UnixMillis) -> Self {
        Self::Set(Arc::new(AtomicI64::new(now)))
    }

    /// Moves a set clock on; the system's clock cannot be moved and stays as it is.
    pub fn advance(&self, by: Duration) {
        if let Self::Set(now) = self {
            now.fetch_add(millis(by), Ordering::SeqCst);
        }
    }

    /// The time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    pub fn now(&self) -> UnixMillis {
        match self {
            Self::System => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis),
            Self::Set(now) => now.load(Ordering::SeqCst),
        }
    }
}

/// A span of time in milliseconds.
#[must_use]
pub fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Seconds from `now` until `then`, rounded up so that nobody comes back too early; 0 where it has passed.
#[must_use]
pub fn seconds_until(then: UnixMillis, now: UnixMillis) -> u64 {
    u64::try_from(then.saturating_sub(now).max(0)).map_or(0, |left| left.div_ceil(1000))
}

/// Whole seconds from `then` until `now`; 0 where it is still to come.
#[must_use]
pub fn seconds_since(then: UnixMillis, now: UnixMillis) -> u64 {
    u64::try_from(now.saturating_sub(then).max(0)).map_or(0, |gone| gone / 1000)
}
