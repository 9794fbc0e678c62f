//! What a quantum computer would return instead of exact weights: counts of a finite number of shots.

use rand::{Rng, RngExt};

/// An estimate of a doubly stochastic matrix from `shots` measurements of its circuit.
///
/// Each shot yields a pair (row, column) with probability `weights[i, j]/t`; the estimate is
/// `t * count / shots`, shape `[t, t]`. It is unbiased, and its squared Frobenius error has the mean
/// `t² (1 - Σ p²)/shots` with `p = weights/t`. Its row sums fluctuate: it is doubly stochastic in the
/// limit only.
///
/// # Panics
/// If `weights` is not `tokens * tokens` long, or `shots` is zero.
pub fn sample_weights(weights: &[f64], tokens: usize, shots: usize, rng: &mut impl Rng) -> Vec<f64> {
    assert_eq!(weights.len(), tokens * tokens, "a square matrix of side {tokens}");
    assert!(shots > 0, "at least one shot");
    let mut cumulative = Vec::with_capacity(weights.len());
    let total = weights.iter().fold(0.0, |sum, w| {
        cumulative.push(sum + w);
        sum + w
    });
    let mut counts = vec![0u64; weights.len()];
    for _ in 0..shots {
        let draw = rng.random::<f64>() * total;
        counts[cumulative.partition_point(|&c| c <= draw).min(weights.len() - 1)] += 1;
    }
    counts.into_iter().map(|count| tokens as f64 * count as f64 / shots as f64).collect()
}

/// Weights after global depolarisation of strength `lambda`: `(1 - λ) P + λ J/t`.
pub fn depolarise(weights: &[f64], tokens: usize, lambda: f64) -> Vec<f64> {
    weights.iter().map(|w| (1.0 - lambda) * w + lambda / tokens as f64).collect()
}
