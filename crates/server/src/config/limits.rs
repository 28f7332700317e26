//! `[limits]`: what one client may take of the server, in time and in connections.

use std::time::Duration;

use serde::Deserialize;

use super::sections::{at_least_one, positive};
use super::{Invalid, duration, invalid};

/// Limits on connections. What they hold of memory is bounded by these and by the largest head and body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Connections that are open at the same time.
    pub connections: u32,
    /// Those of one client address (IPv6: /64). Trusted proxies have no limit of their own.
    pub connections_per_address: u32,
    /// Those of one IPv6 network of 48 bits, which one client may have as a whole.
    pub connections_per_site: u32,
    /// For the handshake of TLS, and for the head of a request; also how long a connection is kept for the next one.
    #[serde(deserialize_with = "duration::deserialize")]
    pub header_time: Duration,
    /// For the body of a request, in all.
    #[serde(deserialize_with = "duration::deserialize")]
    pub body_time: Duration,
    /// For a request in all, from its head to the end of its answer, which a client may take slowly.
    #[serde(deserialize_with = "duration::deserialize")]
    pub answer_time: Duration,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            connections: 800,
            connections_per_address: 64,
            connections_per_site: 256,
            header_time: Duration::from_secs(30),
            body_time: Duration::from_secs(20),
            answer_time: Duration::from_mins(2),
        }
    }
}

impl LimitsConfig {
    /// `mail_time` is how long an answer may wait for a mail server.
    pub(super) fn validate(&self, mail_time: Duration) -> Result<(), Invalid> {
        at_least_one("limits.connections", self.connections)?;
        at_least_one("limits.connections_per_address", self.connections_per_address)?;
        at_least_one("limits.connections_per_site", self.connections_per_site)?;
        positive("limits.header_time", self.header_time)?;
        positive("limits.body_time", self.body_time)?;
        if self.answer_time <= self.body_time + mail_time {
            return Err(invalid(
                "limits.answer_time",
                "must be longer than limits.body_time and mail.time_limit together, or people who wait for a mail are \
                 cut off",
            ));
        }
        Ok(())
    }
}
