//! What attention weights are, measured: how doubly stochastic, how spread out, how close to the identity.

/// Distance of a batch of matrices from the doubly stochastic ones; each field is the worst over all matrices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Certificate {
    /// Largest |row sum - 1|.
    pub row_error: f64,
    /// Largest |column sum - 1|.
    pub column_error: f64,
    /// Smallest entry.
    pub min_entry: f64,
}

/// The certificate of `weights` `[n t t]`, t = `tokens`; one that holds a NaN has NaN errors.
///
/// ```
/// use models::attention::certificate;
///
/// let softmax_like = [0.9, 0.1, 0.5, 0.5];
/// let certificate = certificate(&softmax_like, 2);
/// assert!(certificate.row_error < 1e-15 && (certificate.column_error - 0.4).abs() < 1e-15);
/// assert_eq!(certificate.min_entry, 0.1);
/// ```
///
/// # Panics
/// Where the length of `weights` is no multiple of `tokens` squared.
pub fn certificate(weights: &[f64], tokens: usize) -> Certificate {
    let none = Certificate { row_error: 0.0, column_error: 0.0, min_entry: f64::INFINITY };
    matrices(weights, tokens).fold(none, |worst, matrix| {
        let row = |i: usize| (0..tokens).map(|j| matrix[i * tokens + j]).sum::<f64>();
        let column = |j: usize| (0..tokens).map(|i| matrix[i * tokens + j]).sum::<f64>();
        Certificate {
            row_error: (0..tokens).map(|i| (row(i) - 1.0).abs()).fold(worst.row_error, greater),
            column_error: (0..tokens).map(|j| (column(j) - 1.0).abs()).fold(worst.column_error, greater),
            min_entry: matrix.iter().copied().fold(worst.min_entry, f64::min),
        }
    })
}

/// Mean over all rows of the entropy -sum_j w_ij ln w_ij, in nats, of `weights` `[n t t]`.
///
/// # Panics
/// Where the length of `weights` is no multiple of `tokens` squared.
pub fn mean_entropy(weights: &[f64], tokens: usize) -> f64 {
    let rows = matrices(weights, tokens).len() * tokens;
    let total: f64 = weights.iter().map(|&w| if w > 0.0 { -w * w.ln() } else { 0.0 }).sum();
    total / rows as f64
}

/// Mean over all matrices of trace / t, of `weights` `[n t t]`: the share of attention a token pays to itself.
///
/// # Panics
/// Where the length of `weights` is no multiple of `tokens` squared.
pub fn mean_diagonal(weights: &[f64], tokens: usize) -> f64 {
    let matrices = matrices(weights, tokens);
    let entries = matrices.len() * tokens;
    matrices.flat_map(|matrix| matrix.iter().step_by(tokens + 1)).sum::<f64>() / entries as f64
}

fn matrices(weights: &[f64], tokens: usize) -> std::slice::ChunksExact<'_, f64> {
    let size = tokens * tokens;
    assert!(
        size > 0 && weights.len().is_multiple_of(size),
        "{} weights are no {tokens} x {tokens} matrices",
        weights.len()
    );
    weights.chunks_exact(size)
}

/// The greater of two numbers, NaN where either is.
fn greater(a: f64, b: f64) -> f64 {
    if a >= b || a.is_nan() { a } else { b }
}
