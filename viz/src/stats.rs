//! Means over seeds and how sure one can be of them.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// Number of seeds from which on an interval of the mean is drawn; below, only the points are.
pub const MIN_SEEDS: usize = 5;

const RESAMPLES: usize = 2000;
const LEVEL: f64 = 0.95;
const SEED: u64 = 0x6b65_7477_6f72_6b21;

/// A mean with its bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Mean of the values.
    pub mean: f64,
    /// 2.5 % quantile of the means of resamples.
    pub low: f64,
    /// 97.5 % quantile of the means of resamples.
    pub high: f64,
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The 95 % percentile bootstrap interval of the mean, or `None` below [`MIN_SEEDS`] values.
///
/// 2000 resamples from a fixed stream of random numbers, so equal values give equal intervals, and
/// the points of a curve share their resamples.
///
/// Reference: Agarwal et al., arXiv:2108.13264 (interval estimates instead of points).
///
/// ```
/// let interval = viz::mean_interval(&[0.80, 0.82, 0.79, 0.83, 0.81]).unwrap();
/// assert!(interval.low < 0.81 && 0.81 < interval.high);
/// assert!(viz::mean_interval(&[0.80, 0.82, 0.79]).is_none());
/// ```
pub fn mean_interval(values: &[f64]) -> Option<Interval> {
    if values.len() < MIN_SEEDS {
        return None;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let n = values.len() as u64;
    let mut draw = || values[rng.random_range(0..n) as usize];
    let mut means: Vec<f64> =
        (0..RESAMPLES).map(|_| (0..n).map(|_| draw()).sum::<f64>() / n as f64).collect();
    means.sort_by(f64::total_cmp);
    let tail = ((1.0 - LEVEL) / 2.0 * RESAMPLES as f64) as usize;
    Some(Interval { mean: mean(values), low: means[tail], high: means[RESAMPLES - 1 - tail] })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A standard normal value, nearly: a sum of twelve uniform ones.
    fn normal(rng: &mut ChaCha8Rng) -> f64 {
        (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
    }

    #[test]
    fn intervals_need_five_values_and_repeat() {
        for n in 0..12 {
            let values: Vec<f64> = (0..n).map(|i| f64::from(i).sin()).collect();
            let interval = mean_interval(&values);
            assert_eq!(interval.is_some(), values.len() >= MIN_SEEDS);
            assert_eq!(interval, mean_interval(&values));
            if let Some(Interval { mean, low, high }) = interval {
                assert!(low < mean && mean < high);
            }
        }
    }

    #[test]
    fn constant_values_have_no_spread() {
        let interval = mean_interval(&[0.5; 7]).unwrap();
        assert_eq!((interval.mean, interval.low, interval.high), (0.5, 0.5, 0.5));
    }

    /// The true mean is inside about 93 % of the intervals at n = 20 (the percentile bootstrap is a
    /// little short); 400 trials stay within 0.88..0.98 but for one chance in 10^4.
    #[test]
    fn intervals_cover_the_true_mean() {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let covered = (0..400)
            .filter(|_| {
                let values: Vec<f64> = (0..20).map(|_| normal(&mut rng)).collect();
                let Interval { low, high, .. } = mean_interval(&values).unwrap();
                low <= 0.0 && 0.0 <= high
            })
            .count();
        assert!((352..=392).contains(&covered), "covered {covered} of 400");
    }
}
