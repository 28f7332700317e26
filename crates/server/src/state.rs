//! What every request works with.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

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
    pub steps: TaskTracker,
}
