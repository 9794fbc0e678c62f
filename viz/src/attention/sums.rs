//! Row and column sums, and how far they are from 1.

use ndarray::{ArrayView2, Axis};

/// The largest deviations of the sums of a matrix from 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct SumErrors {
    /// Over rows.
    pub row: f64,
    /// Over columns.
    pub column: f64,
}

/// Sums over rows and over columns.
pub(super) fn sums(weights: ArrayView2<f64>) -> (Vec<f64>, Vec<f64>) {
    (weights.sum_axis(Axis(1)).to_vec(), weights.sum_axis(Axis(0)).to_vec())
}

/// The largest deviations from 1.
pub(super) fn sum_errors(weights: ArrayView2<f64>) -> SumErrors {
    let (rows, columns) = sums(weights);
    let largest = |sums: &[f64]| sums.iter().map(|s| (s - 1.0).abs()).fold(0.0, f64::max);
    SumErrors { row: largest(&rows), column: largest(&columns) }
}
