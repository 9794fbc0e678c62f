//! Named random streams: one seed, one independent generator per purpose.
//!
//! A stream is a ChaCha8 generator whose key is the SHA-256 digest of the seed, the purpose and a list
//! of indices (epoch, layer, sample, ..). Streams do not depend on the order in which they are drawn
//! from, nor on the number of threads, and nothing global exists.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// The generator of `purpose` under `seed`; `indices` tell apart streams of one purpose.
///
/// ```
/// use models::rng::stream;
/// use rand::RngExt;
///
/// let draw = |purpose, index| stream(7, purpose, &[index]).random::<u64>();
/// assert_eq!(draw("shuffle", 3), draw("shuffle", 3));
/// assert_ne!(draw("shuffle", 3), draw("shuffle", 4));
/// assert_ne!(draw("shuffle", 3), draw("init", 3));
/// ```
pub fn stream(seed: u64, purpose: &str, indices: &[u64]) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update((purpose.len() as u64).to_le_bytes());
    hash.update(purpose);
    for index in indices {
        hash.update(index.to_le_bytes());
    }
    ChaCha8Rng::from_seed(hash.finalize().into())
}
