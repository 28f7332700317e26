//! `[throttle]`: what wrong passwords and codes lead to.

use std::time::Duration;

use serde::Deserialize;

use super::sections::{at_least_one, positive};
use super::{Invalid, duration, invalid};

/// Growing waits per account, and budgets per client address and per known device.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThrottleConfig {
    /// After the first failure of an account; doubles with each further one.
    #[serde(deserialize_with = "duration::deserialize")]
    pub first_wait: Duration,
    /// Where doubling ends.
    #[serde(deserialize_with = "duration::deserialize")]
    pub longest_wait: Duration,
    /// When failures of an account are forgotten.
    #[serde(deserialize_with = "duration::deserialize")]
    pub decay: Duration,
    /// Wrong passwords from one client address within [`address_per`](Self::address_per).
    pub address_failures: u32,
    /// From the first failure on.
    #[serde(deserialize_with = "duration::deserialize")]
    pub address_per: Duration,
    /// Failures of a known device within [`device_per`](Self::device_per).
    pub device_failures: u32,
    /// From the first failure on.
    #[serde(deserialize_with = "duration::deserialize")]
    pub device_per: Duration,
    /// How long a device is known after the last sign-in that it completed.
    #[serde(deserialize_with = "duration::deserialize")]
    pub device_life: Duration,
}

impl Default for ThrottleConfig {
    fn default() -> Self {
        Self {
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_mins(15),
            decay: Duration::from_hours(24),
            address_failures: 100,
            address_per: Duration::from_mins(10),
            device_failures: 10,
            device_per: Duration::from_hours(1),
            device_life: Duration::from_hours(365 * 24),
        }
    }
}

impl ThrottleConfig {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        positive("throttle.first_wait", self.first_wait)?;
        positive("throttle.decay", self.decay)?;
        at_least_one("throttle.address_failures", self.address_failures)?;
        positive("throttle.address_per", self.address_per)?;
        at_least_one("throttle.device_failures", self.device_failures)?;
        positive("throttle.device_per", self.device_per)?;
        positive("throttle.device_life", self.device_life)?;
        if self.longest_wait < self.first_wait {
            return Err(invalid("throttle.longest_wait", "must not be shorter than throttle.first_wait"));
        }
        Ok(())
    }

    /// How long a counter can matter.
    #[must_use]
    pub fn memory(&self) -> Duration {
        self.decay.max(self.address_per).max(self.device_per)
    }
}
