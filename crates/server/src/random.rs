//! Randomness, passed in so that tests can seed it.

use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, RngExt, SeedableRng, TryRng};

use vestibule_protocol::Secret;

use crate::clock::UnixMillis;

/// Where random bits come from: a cryptographically secure generator.
#[derive(Clone, Debug)]
pub struct Random(Arc<Mutex<StdRng>>);

/// The letters of a reference: none that is taken for a digit or for another letter.
const REFERENCE_LETTERS: &[u8] = b"ACDEFGHJKLMNPQRTUVWXY";

impl Random {
    /// A generator seeded by the operating system.
    ///
    /// # Errors
    /// Where the operating system has no randomness to give.
    pub fn from_system() -> Result<Self, rand::rngs::SysError> {
        let mut seed = [0; 32];
        SysRng.try_fill_bytes(&mut seed)?;
        Ok(Self::from_seed(seed))
    }

    /// A generator that gives the same bits for the same seed.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(Arc::new(Mutex::new(StdRng::from_seed(seed))))
    }

    /// Fills a buffer.
    pub fn fill(&self, buffer: &mut [u8]) {
        self.with(|rng| rng.fill_bytes(buffer));
    }

    /// 256 bits that nobody can guess, as 43 characters of base64url.
    #[must_use]
    pub fn secret(&self) -> Secret {
        let mut bits = [0; 32];
        self.fill(&mut bits);
        BASE64_URL_SAFE_NO_PAD.encode(bits).into()
    }

    /// 128 bits, unique and no secret, as 22 characters of base64url.
    #[must_use]
    pub fn id(&self) -> String {
        let mut bits = [0; 16];
        self.fill(&mut bits);
        BASE64_URL_SAFE_NO_PAD.encode(bits)
    }

    /// An id of something that happens at this moment, after those of what happened before: what is stored by its id is
    /// stored beside what was stored last. 80 bits of it are random.
    #[must_use]
    pub fn id_at(&self, at: UnixMillis) -> String {
        let mut bits = [0; 10];
        self.fill(&mut bits);
        bits.iter().fold(format!("{at:012x}"), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        })
    }

    /// A uniformly distributed code of `length` digits, leading zeros kept (OWASP ASVS 5 §6.5.3).
    #[must_use]
    pub fn digits(&self, length: usize) -> String {
        self.with(|rng| (0..length).map(|_| char::from(b'0' + rng.random_range(0..10_u8))).collect())
    }

    /// Two letters that tell one mail from another.
    #[must_use]
    pub fn reference(&self) -> String {
        self.with(|rng| {
            (0..2).map(|_| char::from(REFERENCE_LETTERS[rng.random_range(0..REFERENCE_LETTERS.len())])).collect()
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut StdRng) -> T) -> T {
        // A panic elsewhere cannot leave the generator half-written.
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_comes_up_about_as_often_at_every_place() {
        let random = Random::from_seed([7; 32]);
        let mut counts = [[0_u32; 10]; 6];
        for _ in 0..20_000 {
            for (place, digit) in random.digits(6).bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        // 2,000 expected for each, standard deviation 42: five of them in either direction.
        assert!(counts.iter().flatten().all(|count| (1_790..=2_210).contains(count)), "{counts:?}");
    }

    #[test]
    fn ids_of_moments_are_in_their_order_and_no_two_are_the_same() {
        let random = Random::from_seed([3; 32]);
        let ids: Vec<String> = [0, 1, 255, 1_764_158_400_000, 1_764_158_400_001].map(|at| random.id_at(at)).into();
        assert!(ids.is_sorted() && ids.iter().all(|id| id.len() == 32), "{ids:?}");
        assert_ne!(random.id_at(7), random.id_at(7));
    }

    #[test]
    fn a_reference_is_two_letters() {
        let random = Random::from_seed([1; 32]);
        for _ in 0..500 {
            let reference = random.reference();
            assert!(reference.len() == 2 && reference.bytes().all(|b| b.is_ascii_uppercase()), "{reference}");
        }
    }
}
