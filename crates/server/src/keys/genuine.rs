//! Tokens that are known to be ours: made here, or checked before. The page uses the same one again and again, and to check
//! a signature takes as long as all else that is asked with it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// How many are remembered at least, once there were so many, and half of how many at the most.
const MANY: usize = 4_096;

/// Those that are known. It says of their signature alone that it is good, and nothing of whether they count still.
#[derive(Debug, Default)]
pub struct Genuine(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    newer: HashSet<[u8; 32]>,
    older: HashSet<[u8; 32]>,
}

impl Genuine {
    /// Remembers a token that the key with this id has signed.
    pub fn remember(&self, kid: &str, token: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.newer.len() >= MANY {
            known.older = std::mem::take(&mut known.newer);
        }
        known.newer.insert(digest(kid, token));
    }

    /// Whether it is known that the key with this id has signed exactly this token.
    #[must_use]
    pub fn knows(&self, kid: &str, token: &str) -> bool {
        let digest = digest(kid, token);
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.newer.contains(&digest) || known.older.contains(&digest)
    }
}

fn digest(kid: &str, token: &str) -> [u8; 32] {
    // Neither has a blank in it.
    Sha256::new().chain_update(kid).chain_update(" ").chain_update(token).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_to_the_last_letter_and_with_its_key() {
        let genuine = Genuine::default();
        genuine.remember("key", "a.b.c");
        assert!(genuine.knows("key", "a.b.c"));
        for (kid, token) in [("key", "a.b.d"), ("key", "a.b.c."), ("other", "a.b.c"), ("", "key a.b.c")] {
            assert!(!genuine.knows(kid, token), "{kid} {token}");
        }
    }

    #[test]
    fn the_newest_are_known_however_many_there_were() {
        let genuine = Genuine::default();
        for number in 0..10 * MANY {
            genuine.remember("key", &number.to_string());
        }
        assert!((9 * MANY..10 * MANY).all(|number| genuine.knows("key", &number.to_string())));
        let known = genuine.0.lock().unwrap();
        assert!(known.newer.len() + known.older.len() <= 2 * MANY);
    }
}
