//! What simple predictions reach: a mean, the last value, a linear regression on the window.

use nalgebra::{DMatrix, DVector};

use super::Windows;

/// Mean squared errors on the test windows of predictions that need no network.
///
/// ```
/// use models::series::{LinearBaselines, Task, WindowConfig};
///
/// let windows = Task::Bessel.windows(&WindowConfig::default())?;
/// let errors = LinearBaselines::of(&windows);
/// assert!(errors.regression < 1e-7 && errors.regression < errors.last_value && errors.last_value < errors.mean);
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearBaselines {
    /// The mean of the training targets.
    pub mean: f64,
    /// The last value of the window; says nothing where inputs and outputs are different quantities.
    pub last_value: f64,
    /// Least squares on the values of the window and a constant: an autoregression of order T where inputs and outputs
    /// are one series.
    pub regression: f64,
}

impl LinearBaselines {
    /// Fits on the training windows, judges on the others.
    pub fn of(windows: &Windows) -> Self {
        let train = &windows.targets[..windows.n_train];
        let mean = train.iter().sum::<f64>() / train.len() as f64;
        let coefficients = least_squares(windows);
        let linear = |x: &[f64]| coefficients.iter().zip(x.iter().chain(&[1.0])).map(|(c, x)| c * x).sum();
        Self {
            mean: test_error(windows, |_| mean),
            last_value: test_error(windows, |x| x[x.len() - 1]),
            regression: test_error(windows, linear),
        }
    }
}

fn test_error(windows: &Windows, predict: impl Fn(&[f64]) -> f64) -> f64 {
    let test = windows.n_train..windows.targets.len();
    let n = test.len() as f64;
    test.map(|i| (predict(windows.input(i)) - windows.targets[i]).powi(2)).sum::<f64>() / n
}

/// Coefficients `[T + 1]`, the last of them of the constant; those of least norm where several fit equally well.
fn least_squares(windows: &Windows) -> Vec<f64> {
    let (n, t) = (windows.n_train, windows.length);
    let design = DMatrix::from_fn(n, t + 1, |i, k| windows.input(i).get(k).copied().unwrap_or(1.0)); // n T+1
    let targets = DVector::from_column_slice(&windows.targets[..n]);
    let decomposed = design.svd(true, true);
    let cutoff = 1e-13 * decomposed.singular_values.max();
    let solution = decomposed.solve(&targets, cutoff).expect("both sets of singular vectors were asked for");
    solution.iter().copied().collect()
}
