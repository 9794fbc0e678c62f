//! Gradients against central differences, by a check that can fail.
//!
//! Errors are relative to the largest entry of the reference, so no absolute tolerance can certify a
//! gradient of another scale; and a reference that vanishes everywhere is itself a fault, since nothing
//! would have been checked.

/// Below this the largest entry of a reference gradient proves nothing.
const VACUOUS: f64 = 1e-3;

/// Why a gradient was refused.
#[derive(Clone, Debug, PartialEq)]
pub enum GradientFault {
    /// Another number of entries than the reference.
    Length {
        /// Entries of the gradient.
        got: usize,
        /// Entries of the reference.
        expected: usize,
    },
    /// Every entry of the reference is about zero: choose a point where the function changes.
    Vacuous {
        /// Largest entry of the reference.
        largest: f64,
    },
    /// An entry is off.
    Differs {
        /// Position of the worst entry.
        index: usize,
        /// The gradient there.
        got: f64,
        /// The reference there.
        expected: f64,
        /// Their distance over the largest entry of the reference.
        error: f64,
    },
}

/// `∂f/∂x_k` as `(f(x + h e_k) - f(x - h e_k)) / 2h`.
pub fn central_difference(mut f: impl FnMut(&[f64]) -> f64, x: &[f64], step: f64) -> Vec<f64> {
    let mut moved = x.to_vec();
    let mut at = |k: usize, value: f64| {
        moved[k] = value;
        let result = f(&moved);
        moved[k] = x[k];
        result
    };
    (0..x.len()).map(|k| (at(k, x[k] + step) - at(k, x[k] - step)) / (2.0 * step)).collect()
}

/// Largest `|got - expected|` over largest `|expected|`.
///
/// # Errors
/// If it exceeds `tolerance` or is not a number, if the lengths differ, or if `expected` is about zero.
pub fn compare_gradients(got: &[f64], expected: &[f64], tolerance: f64) -> Result<f64, GradientFault> {
    if got.len() != expected.len() {
        return Err(GradientFault::Length { got: got.len(), expected: expected.len() });
    }
    let largest = expected.iter().fold(0.0, |worst: f64, v| worst.max(v.abs()));
    if largest < VACUOUS {
        return Err(GradientFault::Vacuous { largest });
    }
    let mut worst = 0.0;
    for (index, (&got, &expected)) in got.iter().zip(expected).enumerate() {
        let error = (got - expected).abs() / largest;
        if error.is_nan() || error > tolerance {
            return Err(GradientFault::Differs { index, got, expected, error });
        }
        worst = f64::max(worst, error);
    }
    Ok(worst)
}

/// Compares `gradient` with central differences of `f` at `x` in steps of 1e-5; returns the relative error.
///
/// ```
/// let square = |x: &[f64]| x[0] * x[0];
/// assert!(testkit::gradcheck(square, &[3.0], &[6.0], 1e-8).is_ok());
/// assert!(testkit::gradcheck(square, &[3.0], &[-6.0], 1e-8).is_err());
/// ```
///
/// # Errors
/// As [`compare_gradients`].
pub fn gradcheck(
    f: impl FnMut(&[f64]) -> f64,
    x: &[f64],
    gradient: &[f64],
    tolerance: f64,
) -> Result<f64, GradientFault> {
    compare_gradients(gradient, &central_difference(f, x, 1e-5), tolerance)
}
