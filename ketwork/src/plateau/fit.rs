//! A straight line through logarithms: how fast gradients fall.

use serde::{Deserialize, Serialize};

use super::Point;

/// A slope, and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slope {
    /// Change of the natural logarithm per qubit.
    pub per_qubit: f64,
    /// Its standard error, from the confidence intervals of the points.
    pub error: f64,
}

impl Slope {
    /// The weighted least-squares slope of `ln g²` over `n`; the error of a logarithm is the relative error.
    pub(super) fn of(points: &[Point]) -> Option<Self> {
        let usable: Vec<(f64, f64, f64)> = points
            .iter()
            .filter(|point| point.mean_square > 0.0)
            .map(|point| {
                let error = (point.half_width / 1.96 / point.mean_square).max(1e-6);
                (point.n_qubits as f64, point.mean_square.ln(), error.powi(-2))
            })
            .collect();
        let weight: f64 = usable.iter().map(|(.., w)| w).sum();
        let mean = |value: &dyn Fn(&(f64, f64, f64)) -> f64| {
            usable.iter().map(|point| point.2 * value(point)).sum::<f64>() / weight
        };
        let (x, y) = (mean(&|point| point.0), mean(&|point| point.1));
        let spread: f64 = usable.iter().map(|point| point.2 * (point.0 - x).powi(2)).sum();
        let together: f64 = usable.iter().map(|point| point.2 * (point.0 - x) * (point.1 - y)).sum();
        (spread > 0.0).then(|| Self { per_qubit: together / spread, error: spread.sqrt().recip() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_has_its_own_slope() {
        let point = |n: usize| {
            let mean_square = 3.0 * (-0.7 * n as f64).exp();
            Point { n_qubits: n, mean_square, half_width: 0.1 * mean_square, loss: 0.0, cuts: None }
        };
        let slope = Slope::of(&[2, 4, 6, 8].map(point)).expect("four points");
        assert!((slope.per_qubit + 0.7).abs() < 1e-12 && slope.error > 0.0);
        assert_eq!(Slope::of(&[point(4)]), None);
        assert_eq!(Slope::of(&[]), None);
    }
}
