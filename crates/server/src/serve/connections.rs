//! How many connections are open, in all and from each client address, and the service that each is given.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use ipnet::IpNet;
use tokio::time::Instant;
use tower::Service;

use crate::config::{LimitsConfig, ProxyConfig};
use crate::neighbourhood::neighbourhood;

/// How often it is logged that connections are refused.
const LOG_EVERY: Duration = Duration::from_mins(1);

/// The open connections of all listeners.
pub(super) struct Connections {
    limits: LimitsConfig,
    proxies: ProxyConfig,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: u32,
    by_client: HashMap<IpNet, u32>,
    logged_at: Option<Instant>,
}

/// A connection that is counted for as long as this lives.
pub(super) struct Slot {
    connections: Arc<Connections>,
    client: Option<IpNet>,
}

/// There are too many connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many connections")]
pub(super) struct TooMany;

impl Connections {
    pub(super) fn new(limits: LimitsConfig, proxies: ProxyConfig) -> Arc<Self> {
        Arc::new(Self { limits, proxies, open: Mutex::default() })
    }

    /// Counts a connection, where there is room for one more from this address.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Slot, TooMany> {
        let peer = peer.to_canonical();
        let client = (!self.proxies.trusts(peer)).then(|| neighbourhood(peer));
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_client = client.and_then(|client| open.by_client.get(&client)).copied().unwrap_or(0);
        if open.all >= self.limits.connections || of_client >= self.limits.connections_per_address {
            if open.logged_at.is_none_or(|at| at.elapsed() >= LOG_EVERY) {
                open.logged_at = Some(Instant::now());
                tracing::warn!(%peer, open = open.all, from_there = of_client, "connections are refused");
            }
            return Err(TooMany);
        }
        open.all += 1;
        if let Some(client) = client {
            open.by_client.insert(client, of_client + 1);
        }
        Ok(Slot { connections: self.clone(), client })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        let Some(client) = self.client else { return };
        match open.by_client.get_mut(&client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.by_client.remove(&client)),
        }
    }
}

/// The routes, for one connection.
#[derive(Clone)]
pub(super) struct Connected {
    router: Router,
    peer: SocketAddr,
    _slot: Arc<Slot>,
}

impl Connected {
    pub(super) fn new(router: Router, peer: SocketAddr, slot: Slot) -> Self {
        Self { router, peer, _slot: Arc::new(slot) }
    }
}

impl<B> Service<Request<B>> for Connected
where
    Router: Service<Request<B>>,
{
    type Response = <Router as Service<Request<B>>>::Response;
    type Error = <Router as Service<Request<B>>>::Error;
    type Future = <Router as Service<Request<B>>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Service::<Request<B>>::poll_ready(&mut self.router, cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        self.router.call(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(all: u32, per_address: u32) -> Arc<Connections> {
        let limits = LimitsConfig { connections: all, connections_per_address: per_address, ..LimitsConfig::default() };
        let proxies = ProxyConfig { trusted: vec!["192.0.2.7".parse().unwrap()], ..ProxyConfig::default() };
        Connections::new(limits, proxies)
    }

    fn admit(connections: &Arc<Connections>, peer: &str) -> Result<Slot, TooMany> {
        connections.admit(peer.parse().unwrap())
    }

    #[test]
    fn one_client_cannot_take_every_connection() {
        let connections = connections(4, 2);
        let one = admit(&connections, "2001:db8::1").unwrap();
        let _other = admit(&connections, "2001:db8::2").unwrap();
        assert!(admit(&connections, "2001:db8::3").is_err(), "of the same network");
        let elsewhere = admit(&connections, "192.0.2.1").unwrap();
        drop(one);
        let again = admit(&connections, "2001:db8::3");
        assert!(again.is_ok(), "there is room again");
        drop(elsewhere);
        assert_eq!(connections.open.lock().unwrap().by_client.len(), 1, "nobody is remembered who has gone");
    }

    #[test]
    fn a_proxy_stands_for_many_clients_but_there_is_an_end_to_all() {
        let connections = connections(3, 1);
        let slots: Vec<_> = (0..4).map(|_| admit(&connections, "::ffff:192.0.2.7")).collect();
        assert_eq!(slots.iter().filter(|slot| slot.is_ok()).count(), 3);
        assert!(admit(&connections, "192.0.2.1").is_err());
        drop(slots);
        assert!(admit(&connections, "192.0.2.1").is_ok());
    }
}
