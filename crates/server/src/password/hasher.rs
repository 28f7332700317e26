//! Argon2id (RFC 9106) on a bounded pool: hashing takes memory and time by design, and a flood must not take all.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version, password_hash};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Prepared;
use crate::config::PasswordHashConfig;
use crate::random::Random;

/// Hashes and checks passwords, as many at once as there are processor cores.
#[derive(Clone)]
pub struct Hasher(Arc<Pool>);

/// What came out of checking a password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is the right one.
    pub matches: bool,
    /// The hash to store instead, where the configured parameters have risen since.
    pub rehash: Option<String>,
}

/// The work of a hash: KiB of memory times passes over it.
pub type Cost = u64;

/// How much there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Hashes that are running.
    pub running: usize,
    /// Hashes that wait for a processor.
    pub waiting: usize,
}

/// Too many hashes are waiting already; the client may come again in a few seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be checked")]
pub struct Busy;

/// A place among the hashes that are running or waiting: whoever has one is not turned away.
pub struct Place {
    pool: Arc<Pool>,
    /// Goes along with the work: a client that hangs up ends its request, but not the hash that is running.
    permit: Arc<OwnedSemaphorePermit>,
}

struct Pool {
    params: Params,
    random: Random,
    /// What every check costs: as much as the costliest hash that is stored or would be made.
    padded_to: AtomicU64,
    /// Hashes that may run, and those that may run or wait.
    cores: usize,
    places: usize,
    /// Hashes that are running or waiting.
    admitted: Arc<Semaphore>,
    /// Hashes that are running.
    running: Arc<Semaphore>,
    /// Memory of earlier hashes: having the system zero it anew would take a good part of a hash's time.
    arenas: Mutex<Vec<Vec<Block>>>,
}

impl Hasher {
    /// A pool with these parameters.
    ///
    /// # Errors
    /// Where argon2 does not take the parameters; a validated configuration has none of those.
    pub fn new(config: &PasswordHashConfig, random: Random) -> Result<Self, password_hash::Error> {
        let params = Params::new(config.memory_kib, config.passes, config.lanes, Some(Params::DEFAULT_OUTPUT_LEN))?;
        let cores = available_parallelism().map_or(1, usize::from);
        let places = cores.saturating_add(config.queue).min(Semaphore::MAX_PERMITS);
        Ok(Self(Arc::new(Pool {
            padded_to: AtomicU64::new(cost(&params)),
            params,
            random,
            admitted: Arc::new(Semaphore::new(places)),
            running: Arc::new(Semaphore::new(cores)),
            cores,
            places,
            arenas: Mutex::default(),
        })))
    }

    /// Makes every check as costly as the costliest hash that is stored, so that no account is told by its time.
    pub fn pad_to(&self, costliest_stored: Cost) {
        self.0.padded_to.store(costliest_stored.max(cost(&self.0.params)), Ordering::Relaxed);
    }

    /// How much there is to do now.
    #[must_use]
    pub fn load(&self) -> Load {
        let running = self.0.cores.saturating_sub(self.0.running.available_permits());
        let admitted = self.0.places.saturating_sub(self.0.admitted.available_permits());
        Load { running, waiting: admitted.saturating_sub(running) }
    }

    /// Takes a place, before anything is written for the sake of a password.
    ///
    /// # Errors
    /// [`Busy`].
    pub fn admit(&self) -> Result<Place, Busy> {
        let permit = self.0.admitted.clone().try_acquire_owned().map_err(|_| Busy)?;
        Ok(Place { pool: self.0.clone(), permit: Arc::new(permit) })
    }

    /// Takes a place and hashes a password, to be stored: a PHC string.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn hash(&self, password: &Prepared) -> Result<String, Busy> {
        self.admit()?.hash(password).await
    }

    /// Lets the pool be full from now on.
    #[cfg(test)]
    pub(crate) fn fill_up(&self) {
        self.0.admitted.close();
    }
}

impl Place {
    /// Checks a password against a PHC string. Without a password or without a string the same work is done, and
    /// nothing matches. The string may have other parameters than those configured.
    ///
    /// # Errors
    /// [`Busy`] where the work did not end.
    pub async fn verify(&self, password: Option<&Prepared>, hash: Option<String>) -> Result<Verdict, Busy> {
        let password = password.cloned();
        self.run(move |pool| pool.verify(password.as_ref(), hash.as_deref())).await
    }

    /// Hashes a password, to be stored: a PHC string.
    ///
    /// # Errors
    /// [`Busy`] where the work did not end.
    pub async fn hash(&self, password: &Prepared) -> Result<String, Busy> {
        let password = password.clone();
        self.run(move |pool| pool.hash(&password)).await?.map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            Busy
        })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Pool) -> T + Send + 'static) -> Result<T, Busy> {
        let (pool, admitted) = (self.pool.clone(), self.permit.clone());
        let running = pool.running.clone().acquire_owned().await.map_err(|_| Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&pool);
            drop((running, admitted));
            result
        });
        done.await.map_err(|_| Busy)
    }
}

impl Pool {
    fn verify(&self, password: Option<&Prepared>, hash: Option<&str>) -> Verdict {
        let stored = hash.and_then(Stored::read);
        let typed = password.map_or("", Prepared::as_str);
        let is_equal = stored.as_ref().is_some_and(|stored| self.is_hash_of(stored, typed));
        self.work(self.remaining(stored.as_ref()), typed);
        let (Some(password), Some(stored), true) = (password, stored, is_equal) else {
            return Verdict::default();
        };
        Verdict { matches: true, rehash: self.has_risen_above(&stored).then(|| self.hash(password).ok()).flatten() }
    }

    /// What is left to do after checking this hash, so that every check costs the same.
    fn remaining(&self, stored: Option<&Stored>) -> Cost {
        let done = stored.map_or(0, |stored| cost(&stored.params));
        self.padded_to.load(Ordering::Relaxed).saturating_sub(done)
    }

    /// Hashes for nothing, in as many passes as are configured: the memory makes up the cost.
    fn work(&self, amount: Cost, password: &str) {
        let passes = self.params.t_cost();
        let memory = u32::try_from(amount / Cost::from(passes)).unwrap_or(u32::MAX);
        // Less than argon2 can do is less than can be measured.
        if let Ok(params) = Params::new(memory, passes, 1, None) {
            let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            if let Err(error) = self.fill(&argon2, password, &[0; 16], &mut output) {
                tracing::error!(%error, "a check was not padded");
            }
        }
    }

    fn is_hash_of(&self, stored: &Stored, password: &str) -> bool {
        let mut output = vec![0; stored.output.len()];
        let argon2 = Argon2::new(stored.algorithm, stored.version, stored.params.clone());
        match self.fill(&argon2, password, stored.salt.as_ref(), &mut output) {
            // Compares in constant time.
            Ok(()) => Output::new(&output).is_ok_and(|output| output == stored.output),
            Err(error) => {
                tracing::error!(%error, "a stored password hash is damaged");
                false
            }
        }
    }

    fn hash(&self, password: &Prepared) -> Result<String, password_hash::Error> {
        let (mut salt, mut output) = ([0; 16], [0; Params::DEFAULT_OUTPUT_LEN]);
        self.random.fill(&mut salt);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        self.fill(&argon2, password.as_str(), &salt, &mut output)?;
        Ok(phc(&self.params, &salt, &output)?.to_string())
    }

    fn fill(&self, argon2: &Argon2<'_>, password: &str, salt: &[u8], output: &mut [u8]) -> argon2::Result<()> {
        let mut arena = self.arenas.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let blocks = argon2.params().block_count();
        if arena.len() < blocks {
            arena.resize(blocks, Block::new());
        }
        let filled = argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, &mut arena[..blocks]);
        self.arenas.lock().unwrap_or_else(PoisonError::into_inner).push(arena);
        filled
    }

    fn has_risen_above(&self, stored: &Stored) -> bool {
        self.params.m_cost() > stored.params.m_cost()
            || self.params.t_cost() > stored.params.t_cost()
            || stored.algorithm != Algorithm::Argon2id
    }
}

/// A stored hash, read.
struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl Stored {
    /// `None` where the hash is damaged: nothing matches it.
    fn read(text: &str) -> Option<Self> {
        let read = || -> Result<Self, password_hash::Error> {
            let hash = PasswordHash::new(text)?;
            Ok(Self {
                algorithm: Algorithm::try_from(hash.algorithm.as_str())?,
                version: hash.version.map(Version::try_from).transpose()?.unwrap_or_default(),
                params: Params::try_from(&hash)?,
                salt: hash.salt.ok_or(password_hash::Error::SaltInvalid)?,
                output: hash.hash.ok_or(password_hash::Error::OutputSize)?,
            })
        };
        read().inspect_err(|error| tracing::error!(%error, "a stored password hash is damaged")).ok()
    }
}

fn cost(params: &Params) -> Cost {
    Cost::from(params.m_cost()) * Cost::from(params.t_cost())
}

/// The cost of a PHC string; 0 where it is damaged, for then nothing is computed.
#[must_use]
pub fn cost_of(hash: &str) -> Cost {
    Stored::read(hash).map_or(0, |stored| cost(&stored.params))
}

fn phc(params: &Params, salt: &[u8], output: &[u8]) -> Result<PasswordHash, password_hash::Error> {
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(output)?),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use argon2::PasswordVerifier;

    use super::super::prepare;
    use super::*;

    fn hasher(memory_kib: u32, passes: u32, queue: usize) -> Hasher {
        let config = PasswordHashConfig { memory_kib, passes, lanes: 1, queue };
        Hasher::new(&config, Random::from_seed([5; 32])).unwrap()
    }

    async fn verify(hasher: &Hasher, password: &str, hash: Option<&str>) -> Verdict {
        let place = hasher.admit().unwrap();
        place.verify(Some(&prepare(password).unwrap()), hash.map(str::to_owned)).await.unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let hasher = hasher(64, 1, 8);
        let hash = hasher.hash(&prepare("correct horse").unwrap()).await.unwrap();
        assert_eq!(verify(&hasher, "correct horse", Some(&hash)).await, Verdict { matches: true, rehash: None });
        for wrong in ["correct horse ", "Correct horse", "correct", "x"] {
            assert_eq!(verify(&hasher, wrong, Some(&hash)).await, Verdict::default(), "{wrong}");
        }
        assert_eq!(verify(&hasher, "correct horse", None).await, Verdict::default());
        assert_eq!(hasher.admit().unwrap().verify(None, Some(hash)).await, Ok(Verdict::default()));
    }

    #[tokio::test]
    async fn the_hash_is_one_that_any_argon2_checks() {
        let hasher = hasher(64, 2, 8);
        let password = prepare("correct horse").unwrap();
        let (first, second) = (hasher.hash(&password).await.unwrap(), hasher.hash(&password).await.unwrap());
        assert!(first.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{first}");
        assert_ne!(first, second, "every hash has a salt of its own");
        Argon2::default().verify_password(b"correct horse", &PasswordHash::new(&first).unwrap()).unwrap();
    }

    #[tokio::test]
    async fn raised_parameters_give_a_new_hash_with_the_right_password_only() {
        let (old, new) = (hasher(64, 1, 8), hasher(128, 1, 8));
        let hash = old.hash(&prepare("correct horse").unwrap()).await.unwrap();
        assert_eq!(verify(&new, "wrong horse", Some(&hash)).await, Verdict::default());
        let verdict = verify(&new, "correct horse", Some(&hash)).await;
        assert!(verdict.matches);
        let rehash = verdict.rehash.unwrap();
        assert_eq!(verify(&new, "correct horse", Some(&rehash)).await, Verdict { matches: true, rehash: None });
        assert_eq!(verify(&old, "correct horse", Some(&rehash)).await, Verdict { matches: true, rehash: None });
    }

    #[tokio::test]
    async fn every_check_costs_as_much_as_the_costliest_hash() {
        let (cheap, configured, costly) = (hasher(64, 1, 8), hasher(128, 2, 8), hasher(1024, 3, 8));
        let password = prepare("correct horse").unwrap();
        let mut hashes = vec![None, Some(String::new())];
        for hasher in [&cheap, &configured, &costly] {
            hashes.push(Some(hasher.hash(&password).await.unwrap()));
        }
        let costs: Vec<Cost> = hashes.iter().flatten().map(|hash| cost_of(hash)).collect();
        assert_eq!(costs, [0, 64, 256, 3072]);
        for (stored, expected) in [(0, 256), (256, 256), (3072, 3072)] {
            configured.pad_to(stored);
            for hash in hashes.iter().flatten().map(|hash| Stored::read(hash)).chain([None]) {
                let own = hash.as_ref().map_or(0, |hash| cost(&hash.params));
                assert_eq!(own.max(expected), own + configured.0.remaining(hash.as_ref()));
            }
        }
    }

    #[tokio::test]
    async fn a_damaged_hash_matches_nothing() {
        let hasher = hasher(64, 1, 8);
        for damaged in ["", "correct horse", "$argon2id$v=19$m=64,t=1,p=1", "$scrypt$ln=1$c2FsdHNhbHQ$aGFzaGhhc2g"] {
            assert_eq!(verify(&hasher, "correct horse", Some(damaged)).await, Verdict::default(), "{damaged}");
        }
    }

    #[tokio::test]
    async fn beyond_the_queue_the_hasher_is_busy_and_works_again_afterwards() {
        let hasher = hasher(64, 1, 0);
        let password = prepare("correct horse").unwrap();
        let cores = hasher.0.running.available_permits();
        let mut gates = Vec::new();
        let mut running = Vec::new();
        for _ in 0..cores {
            let (gate, closed) = mpsc::channel::<()>();
            let occupied = hasher.admit().unwrap();
            gates.push(gate);
            running.push(tokio::spawn(async move { occupied.run(move |_| closed.recv().ok()).await }));
        }
        assert_eq!(hasher.admit().err(), Some(Busy));
        assert_eq!(hasher.hash(&password).await, Err(Busy));
        drop(gates);
        for occupied in running {
            assert_eq!(occupied.await.unwrap(), Ok(None));
        }
        assert_eq!(hasher.admit().unwrap().verify(Some(&password), None).await, Ok(Verdict::default()));
    }
}
