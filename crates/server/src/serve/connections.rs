//! The open connections of all listeners: how many there may be, in all and from one place.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use tokio::time::Instant;

use super::life::Life;
use crate::config::{LimitsConfig, ProxyConfig};
use crate::neighbourhood::{neighbourhood, site};

/// How often it is logged that there is no room.
const LOG_EVERY: Duration = Duration::from_mins(1);

/// The open connections of all listeners.
pub(super) struct Connections {
    limits: LimitsConfig,
    proxies: ProxyConfig,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    /// By the number that each got when it came.
    connections: HashMap<u64, Connection>,
    next: u64,
    logged_at: Option<Instant>,
}

struct Connection {
    /// Absent for a proxy, which stands for many.
    client: Option<IpNet>,
    life: Arc<Life>,
}

/// A connection that is counted for as long as this lives, unless it loses its place before.
pub(super) struct Slot {
    pub(super) life: Arc<Life>,
    connections: Arc<Connections>,
    number: u64,
}

/// There are too many connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many connections")]
pub(super) struct TooMany;

impl Connections {
    pub(super) fn new(limits: LimitsConfig, proxies: ProxyConfig) -> Arc<Self> {
        Arc::new(Self { limits, proxies, open: Mutex::default() })
    }

    /// Counts a connection. Where there is no room for it, the one goes that has been idle for longest among those that
    /// take it.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Slot, TooMany> {
        let peer = peer.to_canonical();
        let client = (!self.proxies.trusts(peer)).then(|| neighbourhood(peer));
        let limits = &self.limits;
        let mut open = self.open();
        if let Some(client) = client {
            open.make_room(limits.connections_per_address, peer, |other| other.client == Some(client))?;
            if let Some(site) = site(peer) {
                let is_of_site = |other: &Connection| other.client.is_some_and(|client| site.contains(&client));
                open.make_room(limits.connections_per_site, peer, is_of_site)?;
            }
        }
        open.make_room(limits.connections, peer, |_| true)?;
        let (life, number) = (Life::new(limits), open.next);
        open.next += 1;
        open.connections.insert(number, Connection { client, life: life.clone() });
        Ok(Slot { life, connections: self.clone(), number })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Sees to it that there are fewer than `limit` of those that are `counted`.
    fn make_room(&mut self, limit: u32, peer: IpAddr, counted: impl Fn(&Connection) -> bool) -> Result<(), TooMany> {
        let counted = || self.connections.iter().filter(|(_, connection)| counted(connection));
        if counted().count() < limit as usize {
            return Ok(());
        }
        let idle = counted().filter_map(|(number, connection)| Some((connection.life.idle_since()?, *number)));
        let longest = idle.min().map(|(_, number)| number);
        if self.logged_at.is_none_or(|at| at.elapsed() >= LOG_EVERY) {
            self.logged_at = Some(Instant::now());
            tracing::warn!(%peer, limit, open = self.connections.len(), refused = longest.is_none(), "connections are full");
        }
        let number = longest.ok_or(TooMany)?;
        let connection = self.connections.get(&number).filter(|connection| connection.life.end_if_idle());
        connection.ok_or(TooMany)?;
        self.connections.remove(&number);
        Ok(())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connections.open().connections.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(all: u32, per_address: u32, per_site: u32) -> Arc<Connections> {
        let limits = LimitsConfig {
            connections: all,
            connections_per_address: per_address,
            connections_per_site: per_site,
            ..LimitsConfig::default()
        };
        let proxies = ProxyConfig { trusted: vec!["192.0.2.7".parse().unwrap()], ..ProxyConfig::default() };
        Connections::new(limits, proxies)
    }

    fn admit(connections: &Arc<Connections>, peer: &str) -> Result<Slot, TooMany> {
        connections.admit(peer.parse().unwrap())
    }

    fn is_open(slot: &Slot) -> bool {
        slot.connections.open().connections.contains_key(&slot.number)
    }

    #[test]
    fn one_client_cannot_take_every_connection() {
        let connections = connections(4, 2, 4);
        let one = admit(&connections, "2001:db8::1").unwrap();
        let _busy = one.life.begin();
        let other = admit(&connections, "2001:db8::2").unwrap();
        let _busy_too = other.life.begin();
        assert!(admit(&connections, "2001:db8::3").is_err(), "of the same network");
        let elsewhere = admit(&connections, "192.0.2.1").unwrap();
        drop(one);
        assert!(admit(&connections, "2001:db8::3").is_ok(), "there is room again");
        drop((other, elsewhere));
        assert!(connections.open().connections.is_empty(), "nobody is remembered who has gone");
    }

    #[test]
    fn neither_can_one_that_has_many_networks() {
        let connections = connections(9, 2, 3);
        let slots: Vec<_> = (1..=3).map(|n| admit(&connections, &format!("2001:db8:1:{n}::1")).unwrap()).collect();
        let _busy: Vec<_> = slots.iter().map(|slot| slot.life.begin()).collect();
        assert!(admit(&connections, "2001:db8:1:4::1").is_err());
        assert!(admit(&connections, "2001:db8:2:4::1").is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_been_idle_for_longest_makes_room() {
        let connections = connections(9, 3, 9);
        let slots: Vec<_> = (0..3).map(|_| admit(&connections, "192.0.2.1").unwrap()).collect();
        let elsewhere = admit(&connections, "192.0.2.2").unwrap();
        let _busy = slots[0].life.begin();
        tokio::time::advance(Duration::from_secs(1)).await;
        drop(slots[1].life.begin());
        let newest = admit(&connections, "192.0.2.1").unwrap();
        assert_eq!(slots.iter().map(is_open).collect::<Vec<_>>(), [true, true, false]);
        assert!(is_open(&newest) && is_open(&elsewhere));
    }

    #[test]
    fn a_proxy_stands_for_many_clients_but_there_is_an_end_to_all() {
        let connections = connections(3, 1, 1);
        let slots: Vec<_> = (0..3).map(|_| admit(&connections, "::ffff:192.0.2.7").unwrap()).collect();
        let busy: Vec<_> = slots.iter().map(|slot| slot.life.begin()).collect();
        assert!(admit(&connections, "192.0.2.1").is_err());
        drop(busy);
        assert!(admit(&connections, "192.0.2.1").is_ok());
        assert_eq!(slots.iter().filter(|slot| is_open(slot)).count(), 2);
    }
}
