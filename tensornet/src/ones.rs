//! Random states with a given number of ones: starts that keep to one charge.
//!
//! A bond index stands for a number of ones on its left. Which numbers a bond gets is settled by how far they are from
//! an even spread of the ones, so that the smallest bonds still form a path from end to end.

use std::collections::BTreeMap;

use circuit::C64;
use ndarray::Array3;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use crate::Mps;
use crate::mps::{bytes, check_bytes};

impl Mps {
    /// A normalised random state whose basis states all have `ones` ones: real normal entries where that permits
    /// any, bonds of `chi` or as large as the number of ones allows.
    ///
    /// ```
    /// use rand::SeedableRng;
    /// use tensornet::Mps;
    ///
    /// let state = Mps::random_with_ones(6, 2, 8, &mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
    /// assert!((state.norm() - 1.0).abs() < 1e-12);
    /// for (basis, amp) in state.amps().iter().enumerate().filter(|(basis, _)| basis.count_ones() != 2) {
    ///     assert!(amp.norm() < 1e-14, "{basis:06b}");
    /// }
    /// ```
    ///
    /// # Panics
    /// If `n_qubits` or `chi` is zero, there are more ones than qubits, or the chain exceeds
    /// [`MEMORY_LIMIT`](Self::MEMORY_LIMIT).
    pub fn random_with_ones(n_qubits: usize, ones: usize, chi: usize, generator: &mut impl Rng) -> Self {
        assert!(
            n_qubits > 0 && chi > 0 && ones <= n_qubits,
            "{ones} ones on {n_qubits} qubits with bonds of {chi}"
        );
        let bonds: Vec<Vec<usize>> = (0..=n_qubits).map(|cut| bond(n_qubits, ones, cut, chi)).collect();
        let pairs = bonds.windows(2).map(|pair| 2 * pair[0].len() as u128 * pair[1].len() as u128);
        check_bytes(bytes(pairs.sum())).unwrap_or_else(|error| panic!("{error}"));
        let mut site = |pair: &[Vec<usize>]| {
            let [left, right] = [&pair[0], &pair[1]];
            Array3::from_shape_fn((left.len(), 2, right.len()), |(i, s, j)| match left[i] + s == right[j] {
                true => C64::from(generator.sample::<f64, _>(StandardNormal)),
                false => C64::ZERO,
            })
        };
        Self::normalised(bonds.windows(2).map(&mut site).collect())
    }
}

/// The number of ones to the left of a cut for each of at most `chi` indices, ascending.
fn bond(n_qubits: usize, ones: usize, cut: usize, chi: usize) -> Vec<usize> {
    let (least, most) = ((ones + cut).saturating_sub(n_qubits), ones.min(cut));
    let largest = |q: usize| ways(cut, q, chi).min(ways(n_qubits - cut, ones - q, chi));
    let mut nearest: Vec<usize> = (least..=most).collect();
    nearest.sort_by_key(|&q| (2 * q * n_qubits).abs_diff(2 * ones * cut + 1)); // of equals the larger number
    let mut dims: BTreeMap<usize, usize> = BTreeMap::new();
    let mut free = chi;
    while free > 0 {
        let before = free;
        for &q in &nearest {
            let dim = dims.entry(q).or_insert(0);
            if free > 0 && *dim < largest(q) {
                (*dim, free) = (*dim + 1, free - 1);
            }
        }
        if free == before {
            break;
        }
    }
    dims.into_iter().flat_map(|(q, dim)| std::iter::repeat_n(q, dim)).collect()
}

/// The number of ways to choose `k` of `n`, or `limit` if there are more.
fn ways(n: usize, k: usize, limit: usize) -> usize {
    let step = |known: usize, i: usize| known.saturating_mul(n - i) / (i + 1);
    let smaller = k.min(n - k);
    let mut count = 1;
    for i in 0..smaller {
        count = step(count, i);
        if count >= limit {
            return limit;
        }
    }
    count
}
