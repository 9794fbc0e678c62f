//! The generator of numpy, bit for bit: a seed of `gymnasium` draws the same episode here.
//!
//! A seed is spread over a pool of four words by numpy's `SeedSequence`; the pool seeds PCG-XSL-RR with 128
//! bits of state. Integers take 32 bits at a time, and each output of 64 bits serves twice, low half first.
//! These streams stand beside [`crate::rng`] for one purpose: layouts and first states of environments that
//! other programs draw, too.
//!
//! Reference: O'Neill, PCG: A family of simple fast space-efficient statistically good algorithms for random
//! number generation, HMC-CS-2014-0905; Lemire, arXiv:1805.10941.

use std::num::Wrapping;
use std::ops::Range;

const MULTIPLIER: u128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645;
const POOL: usize = 4;

/// `numpy.random.default_rng(seed)`.
///
/// ```
/// use models::env::numpy_rng::NumpyRng;
///
/// let mut rng = NumpyRng::new(42);
/// assert_eq!(rng.integers(0..10), 0);
/// assert_eq!(rng.uniform(0.0, 1.0), 0.4388784397520523);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumpyRng {
    state: u128,
    increment: u128,
    /// The upper half of an output whose lower half has been used.
    half: Option<u32>,
}

impl NumpyRng {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        let [state_high, state_low, stream_high, stream_low] = seed_words(seed);
        let join = |high: u64, low: u64| u128::from(high) << 64 | u128::from(low);
        let mut rng = Self { state: 0, increment: join(stream_high, stream_low) << 1 | 1, half: None };
        rng.advance();
        rng.state = rng.state.wrapping_add(join(state_high, state_low));
        rng.advance();
        rng
    }

    fn advance(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }

    /// The next 64 bits: the halves of the state, combined and rotated by its six highest bits.
    pub fn next_u64(&mut self) -> u64 {
        self.advance();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    fn next_u32(&mut self) -> u32 {
        self.half.take().unwrap_or_else(|| {
            let word = self.next_u64();
            self.half = Some((word >> 32) as u32);
            word as u32
        })
    }

    /// An integer of `range`, each with the same probability: `Generator.integers(start, end)`.
    ///
    /// # Panics
    /// If the range is empty or has more than `u32::MAX` members.
    pub fn integers(&mut self, range: Range<usize>) -> usize {
        let members = range.end.checked_sub(range.start).and_then(|members| u32::try_from(members).ok());
        match members {
            None | Some(0) => panic!("a range of 1 to {} members, not {range:?}", u32::MAX),
            Some(1) => range.start,
            Some(members) => range.start + self.below(members) as usize,
        }
    }

    /// Lemire's method: the upper half of `draw * bound`; draws whose lower half would favour some results
    /// are refused.
    fn below(&mut self, bound: u32) -> u32 {
        let refused = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.next_u32()) * u64::from(bound);
            if product as u32 >= refused {
                return (product >> 32) as u32;
            }
        }
    }

    /// A number from `low` (inclusive) to `high`, on a grid of `2^53` points: `Generator.uniform(low, high)`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        low + (high - low) * unit
    }

    /// Puts `items` in random order, as `Generator.shuffle` does with a list.
    ///
    /// # Panics
    /// If there are more than `u32::MAX` items.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.up_to(u32::try_from(last).expect("at most u32::MAX items")) as usize);
        }
    }

    /// An integer of `0..=last` by the older method that shuffles still use: as many bits as `last` has,
    /// drawn again while they exceed it.
    fn up_to(&mut self, last: u32) -> u32 {
        let mask = u32::MAX >> last.leading_zeros();
        loop {
            let draw = self.next_u32() & mask;
            if draw <= last {
                return draw;
            }
        }
    }
}

/// `SeedSequence(seed).generate_state(4, uint64)`.
fn seed_words(seed: u64) -> [u64; 4] {
    let pool = mixed_pool([seed as u32, (seed >> 32) as u32, 0, 0]);
    let mut hash = Hash { constant: Wrapping(0x8b51_f9dd), multiplier: Wrapping(0x58f3_8ded) };
    let mut word = |i: usize| u64::from(hash.next(pool[i % POOL]).0);
    std::array::from_fn(|i| word(2 * i) | word(2 * i + 1) << 32)
}

/// The words of a seed, each spread over the whole pool.
fn mixed_pool(entropy: [u32; POOL]) -> [Wrapping<u32>; POOL] {
    let mut hash = Hash { constant: Wrapping(0x43b0_d7e5), multiplier: Wrapping(0x931e_8875) };
    let mut pool = entropy.map(|word| hash.next(Wrapping(word)));
    for from in 0..POOL {
        for to in (0..POOL).filter(|&to| to != from) {
            let mixed = Wrapping(0xca01_f9dd) * pool[to] - Wrapping(0x4973_f715) * hash.next(pool[from]);
            pool[to] = mixed ^ (mixed >> 16);
        }
    }
    pool
}

/// A hash of words whose constant changes with every word.
struct Hash {
    constant: Wrapping<u32>,
    multiplier: Wrapping<u32>,
}

impl Hash {
    fn next(&mut self, word: Wrapping<u32>) -> Wrapping<u32> {
        let mixed = word ^ self.constant;
        self.constant *= self.multiplier;
        let product = mixed * self.constant;
        product ^ (product >> 16)
    }
}
