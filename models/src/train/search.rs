//! Gradient-free search: a (1+1) evolution strategy.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// Improves `start` by `budget` evaluations of `loss`, and returns the best point and its loss.
///
/// The parent is evaluated first; every child is the parent plus `sigma` times a standard normal draw and
/// replaces it unless it is worse. `sigma` grows by 1.5 on success and shrinks by `1.5^(-1/4)` otherwise,
/// so that it holds still where one child in five succeeds. A loss that is not a number never wins.
///
/// Reference: Rechenberg's one-fifth rule in the form of Kern et al., doi:10.1023/B:NACO.0000023416.59689.4e.
///
/// ```
/// use models::{rng::stream, train::one_plus_one};
///
/// let bowl = |x: &[f64]| x.iter().map(|x| x * x).sum();
/// let (_, loss) = one_plus_one(vec![1.0; 4], 0.3, 200, &mut stream(0, "doc", &[]), bowl);
/// assert!(loss < 1e-3);
/// ```
pub fn one_plus_one(
    start: Vec<f64>,
    mut sigma: f64,
    budget: usize,
    rng: &mut ChaCha8Rng,
    mut loss: impl FnMut(&[f64]) -> f64,
) -> (Vec<f64>, f64) {
    let mut best = (loss(&start), start);
    for _ in 1..budget {
        let child: Vec<f64> =
            best.1.iter().map(|x| x + sigma * rng.sample::<f64, _>(StandardNormal)).collect();
        let value = loss(&child);
        if value <= best.0 || best.0.is_nan() {
            best = (value, child);
            sigma *= 1.5;
        } else {
            sigma *= 1.5_f64.powf(-0.25);
        }
    }
    (best.1, best.0)
}
