//! CMA-ES: a normal distribution that moves to the better half of its points and takes on their shape.

use models::rng::stream;
use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::*;

use super::covariance::Covariance;
use super::{Objective, Search};
use crate::Error;

/// Weights and rates, from the number of parameters and points.
struct Rates {
    /// Of the better half, best first; sum one.
    weights: Vec<f64>,
    /// `1 / Σ w²`.
    effective: f64,
    sigma_path: f64,
    damping: f64,
    path: f64,
    rank_one: f64,
    rank_many: f64,
    /// Mean length of a standard normal vector.
    length: f64,
}

impl Rates {
    fn new(n: usize, population: usize, separable: bool) -> Self {
        let half = population / 2;
        let raw: Vec<f64> =
            (1..=half).map(|i| ((population as f64 + 1.0) / 2.0).ln() - (i as f64).ln()).collect();
        let sum: f64 = raw.iter().sum();
        let weights: Vec<f64> = raw.iter().map(|w| w / sum).collect();
        let mu = weights.iter().map(|w| w * w).sum::<f64>().recip();
        let n = n as f64;
        let sigma_path = (mu + 2.0) / (n + mu + 5.0);
        let rank_one = 2.0 / ((n + 1.3).powi(2) + mu);
        let rank_many = 2.0 * (mu - 2.0 + 1.0 / mu) / ((n + 2.0).powi(2) + mu);
        let faster = if separable { (n + 2.0) / 3.0 } else { 1.0 };
        let rank_one = (faster * rank_one).min(1.0);
        Self {
            sigma_path,
            damping: 1.0 + sigma_path + 2.0 * (((mu - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0),
            path: (4.0 + mu / n) / (n + 4.0 + 2.0 * mu / n),
            rank_one,
            rank_many: (faster * rank_many).min(1.0 - rank_one),
            length: n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
            weights,
            effective: mu,
        }
    }
}

pub(super) fn run<O: Objective>(
    search: &mut Search<O>,
    population: Option<usize>,
    mut sigma: f64,
    separable: bool,
    seed: u64,
) -> Result<(), Error> {
    let n = search.report.params.len();
    let population = population.unwrap_or(4 + (3.0 * (n as f64).ln()) as usize);
    let rates = Rates::new(n, population, separable);
    let mut covariance = Covariance::identity(n, separable)?;
    let (mut mean, mut path, mut sigma_path) = (search.report.params.clone(), vec![0.0; n], vec![0.0; n]);
    for iteration in 0..search.iterations() {
        let mut rng = stream(seed, "cma", &[iteration as u64]);
        let draws: Vec<Vec<f64>> =
            (0..population).map(|_| (0..n).map(|_| rng.sample(StandardNormal)).collect()).collect();
        let steps: Vec<Vec<f64>> = draws.iter().map(|z| covariance.shaped(z)).collect();
        let points: Vec<Vec<f64>> = steps.iter().map(|y| super::moved(&mean, sigma, y)).collect();
        let values: Vec<f64> = points.par_iter().map(|x| search.objective.value(x)).collect();
        search.report.values += population;
        let mut order: Vec<usize> = (0..population).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let mix = |vectors: &[Vec<f64>]| {
            let zero = vec![0.0; n];
            order.iter().zip(&rates.weights).fold(zero, |sum, (&k, w)| super::moved(&sum, *w, &vectors[k]))
        };
        let (step, draw) = (mix(&steps), mix(&draws));
        mean = super::moved(&mean, sigma, &step);

        let gain = (rates.sigma_path * (2.0 - rates.sigma_path) * rates.effective).sqrt();
        let whitened = covariance.rotated(&draw);
        sigma_path.iter_mut().zip(&whitened).for_each(|(p, d)| *p = (1.0 - rates.sigma_path) * *p + gain * d);
        let length = super::dot(&sigma_path, &sigma_path).sqrt();
        let settled = 1.0 - (1.0 - rates.sigma_path).powi(2 * (iteration as i32 + 1));
        let slow = length / settled.sqrt() < (1.4 + 2.0 / (n as f64 + 1.0)) * rates.length;
        let gain = if slow { (rates.path * (2.0 - rates.path) * rates.effective).sqrt() } else { 0.0 };
        path.iter_mut().zip(&step).for_each(|(p, y)| *p = (1.0 - rates.path) * *p + gain * y);

        let lost = if slow { 0.0 } else { rates.rank_one * rates.path * (2.0 - rates.path) };
        let ranked: Vec<&[f64]> = order.iter().map(|&k| steps[k].as_slice()).collect();
        covariance.update(&path, &ranked, &rates.weights, [rates.rank_one, rates.rank_many, lost]);
        sigma *= ((rates.sigma_path / rates.damping) * (length / rates.length - 1.0)).min(1.0).exp();
        if search.note(&points[order[0]], values[order[0]]) {
            break;
        }
    }
    Ok(())
}
