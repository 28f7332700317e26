//! Starts the server, keeps it tidy, and stops it without dropping a request.

mod connected;
mod connections;
mod life;
mod patience;

use std::future::ready;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::service_fn;

use crate::brand::Brand;
use crate::clock::{Clock, millis};
use crate::config::{Config, Invalid, Issuer, PublicAddresses};
use crate::http;
use crate::keys::{Keys, KeysError};
use crate::mail::{Mailer, MailerError};
use crate::password::Hasher;
use crate::random::Random;
use crate::services::Services;
use crate::state::{Server, Shared, Steps};
use crate::steps::MAX_BEGINNING;
use crate::store::housekeeping::Keep;
use crate::store::{Store, StoreError};
use connected::Connected;
use connections::Connections;
use patience::Patience;

/// How long requests under way may take after the server was told to stop: longer than a mail.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// The largest head of a request over HTTP/1.1, and what is buffered of an answer that is not taken yet.
const MAX_BUFFER_BYTES: usize = 64 * 1024;
/// Requests at the same time over one connection of HTTP/2. Browsers queue what goes over it.
const MAX_STREAMS: u32 = 16;
/// What may be under way to the server over HTTP/2: a whole body.
const WINDOW_BYTES: u32 = 64 * 1024;
/// How often expired things are deleted.
const TIDY_EVERY: Duration = Duration::from_mins(1);

/// Why the server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database.
    #[error("database.url: {0}")]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Sending mails.
    #[error(transparent)]
    Mail(#[from] MailerError),
    /// The parameters of the password hash.
    #[error("password_hash: {0}")]
    PasswordHash(String),
    /// The secret of a service.
    #[error("services: {0}")]
    Services(String),
    /// The picture of the service.
    #[error("{}: {}", .0.key, .0.problem)]
    Brand(Invalid),
    /// Certificate or key.
    #[error("tls: {0}")]
    Tls(std::io::Error),
    /// An address that cannot be listened on.
    #[error("{key}: {address}: {error}{}", mend_of(error, address.port()))]
    Listen {
        /// The key that it stands at.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The operating system.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

/// Ports below this one are not for everybody on Linux, as it comes.
const UNPRIVILEGED: u16 = 1024;

/// What lets a server listen where it may not.
fn mend_of(error: &std::io::Error, port: u16) -> &'static str {
    let is_refused = error.kind() == std::io::ErrorKind::PermissionDenied && port < UNPRIVILEGED;
    if is_refused { "; ports below 1024 need CAP_NET_BIND_SERVICE, as deploy/vestibule.service gives it" } else { "" }
}

/// Puts the server together.
///
/// # Errors
/// [`ServeError`] says what is missing.
pub async fn assemble(config: Config) -> Result<Shared, ServeError> {
    let random = Random::from_system().map_err(|error| ServeError::System(std::io::Error::other(error)))?;
    let server = assemble_with(config, Clock::System, random).await?;
    server.hasher.pad_to(server.store.costliest_hash().await?);
    Ok(server)
}

/// The same with a clock and randomness of one's own.
///
/// # Errors
/// [`ServeError`] says what is missing.
pub(crate) async fn assemble_with(config: Config, clock: Clock, random: Random) -> Result<Shared, ServeError> {
    let brand = Brand::from_config(&config).map_err(ServeError::Brand)?;
    let store = Store::open(&config.database).await?;
    // One that can only be read would have everybody come again later, and only this server's log tell why.
    store.try_to_write().await?;
    let keys = Keys::load(&store, &random, &clock).await?;
    let hasher = Hasher::new(&config.password_hash, random.clone())
        .map_err(|error| ServeError::PasswordHash(error.to_string()))?;
    let mailer = Mailer::from_config(&config.mail, random.clone())?;
    let services = Services::from_config(&config).map_err(|invalid| ServeError::Services(invalid.problem))?;
    let (beginning, steps) = (Semaphore::new(MAX_BEGINNING), Steps::default());
    Ok(Arc::new(Server {
        config,
        brand,
        clock,
        random,
        store,
        keys,
        beginning,
        hasher,
        mailer,
        services,
        steps,
        is_stopping: AtomicBool::new(false),
    }))
}

/// Serves until the process is told to stop (SIGTERM or SIGINT).
///
/// # Errors
/// [`ServeError`].
pub async fn run(config: Config) -> Result<(), ServeError> {
    let server = assemble(config).await?;
    let tls = match &server.config.tls {
        Some(tls) => Some(RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await.map_err(ServeError::Tls)?),
        None => None,
    };
    let handle = Handle::new();
    let mut listeners = JoinSet::new();
    let router = http::router(&server);
    let connections = Connections::new(server.config.limits.clone(), server.config.proxy.clone());
    for address in server.config.listen.clone() {
        let listener = bind("listen", address)?;
        let (router, connections, handle, tls) = (router.clone(), connections.clone(), handle.clone(), tls.clone());
        listeners.spawn(listen(listener, tls, handle, router, connections, server.config.limits.header_time));
    }
    if let Some(address) = server.config.management_listen {
        let service = http::management_router(server.clone()).into_make_service();
        let listener = bind("management_listen", address)?;
        let handle = handle.clone();
        listeners.spawn(async move { axum_server::from_tcp(listener)?.handle(handle).serve(service).await });
    }
    let addresses = match &server.config.public_addresses {
        PublicAddresses::Any => "any".to_owned(),
        PublicAddresses::List(issuers) => issuers.iter().map(Issuer::as_str).collect::<Vec<_>>().join(" "),
    };
    tracing::info!(listen = ?server.config.listen, public_addresses = addresses, "ready");

    let tidying = tokio::spawn(keep_tidy(server.clone()));
    let stopping = server.clone();
    let stop = tokio::spawn(async move {
        told_to_stop().await?;
        tracing::info!("stopping");
        stopping.is_stopping.store(true, Ordering::Relaxed);
        tokio::time::sleep(stopping.config.proxy.drain_time).await;
        handle.graceful_shutdown(Some(STOP_LIMIT));
        Ok::<_, std::io::Error>(())
    });
    while let Some(ended) = listeners.join_next().await {
        ended.map_err(std::io::Error::other)??;
    }
    stop.abort();
    tidying.abort();
    finish_steps(&server).await;
    server.store.close().await;
    Ok(())
}

/// Serves the connections of one listener, each within the limits.
async fn listen(
    listener: std::net::TcpListener,
    tls: Option<RustlsConfig>,
    handle: Handle<SocketAddr>,
    router: Router,
    connections: Arc<Connections>,
    handshake_time: Duration,
) -> std::io::Result<()> {
    let service = service_fn(move |peer: SocketAddr| {
        let slot = connections.admit(peer.ip());
        ready(slot.map(|slot| Connected::new(router.clone(), peer, slot)))
    });
    let mut server = axum_server::from_tcp(listener)?.handle(handle);
    let builder = server.http_builder();
    builder.http1().max_buf_size(MAX_BUFFER_BYTES);
    builder
        .http2()
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .max_send_buf_size(MAX_BUFFER_BYTES);
    match tls {
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls).handshake_timeout(handshake_time).acceptor(Patience);
            server.acceptor(acceptor).serve(service).await
        }
        None => server.acceptor(Patience).serve(service).await,
    }
}

/// A step whose client has gone is no request any more, but what it has begun must not be torn.
async fn finish_steps(server: &Server) {
    let steps = server.steps.settled(STOP_LIMIT).await;
    if steps > 0 {
        tracing::error!(steps, "steps were cut off");
    }
}

fn bind(key: &'static str, address: SocketAddr) -> Result<std::net::TcpListener, ServeError> {
    let listener = std::net::TcpListener::bind(address).map_err(|error| ServeError::Listen { key, address, error })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn told_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

async fn keep_tidy(server: Shared) {
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    loop {
        ticks.tick().await;
        match server.store.costliest_hash().await {
            Ok(cost) => server.hasher.pad_to(cost),
            Err(error) => tracing::warn!(%error, "checks stay as costly as they were"),
        }
        if let Err(error) = server.store.tidy(server.clock.now(), keep(&server.config)).await {
            tracing::warn!(%error, "expired rows were not deleted");
        }
        if let Err(error) = keep_keys(&server).await {
            tracing::error!(%error, "the signing keys were not read");
        }
    }
}

/// How long things are kept.
pub(crate) fn keep(config: &Config) -> Keep {
    Keep {
        mails: millis(Duration::from_hours(1)),
        failures: millis(config.throttle.memory()),
        audit: millis(config.audit.keep),
    }
}

/// Takes up the keys that were made meanwhile, and lets go of those whose last token has ended.
async fn keep_keys(server: &Server) -> Result<(), KeysError> {
    let last_token = server.clock.now().saturating_sub(millis(server.config.token.access_life));
    server.store.forget_signing_keys(last_token).await?;
    server.keys.reload(&server.store, &server.random, &server.clock).await
}
