//! Series in closed form.

use std::f64::consts::{PI, TAU};

/// `n` equally spaced numbers from `first` to `last`, both included.
pub(super) fn line(first: f64, last: f64, n: usize) -> Vec<f64> {
    let step = (last - first) / (n - 1) as f64;
    (0..n).map(|k| first + step * k as f64).collect()
}

/// Control pulses that return and fade: `exp(-x/16) sum_(n<=10) exp(-10 (x - 2n)^2)`, x = -2, -1.99, .. below 20.
pub(super) fn delayed_control() -> Vec<f64> {
    let value = |k: usize| {
        let x = -2.0 + 0.01 * k as f64;
        let pulses: f64 = (0..=10).map(|n| (-10.0 * (x - 2.0 * f64::from(n)).powi(2)).exp()).sum();
        pulses * (-x / 16.0).exp()
    };
    (0..2200).map(value).collect()
}

/// Collapse and revival of an atom in a coherent field of 40 photons on average:
/// `sum_n Poisson(n; 40) cos(2 t sqrt(n + 1))`, n up to 100.
///
/// Reference: Eberly et al., Phys. Rev. Lett. 44, 1323 (1980).
pub(super) fn population_inversion() -> Vec<f64> {
    const MEAN: f64 = 40.0;
    let weights: Vec<f64> = (0..=100)
        .scan((-MEAN).exp(), |weight, n| {
            let current = *weight;
            *weight *= MEAN / f64::from(n + 1);
            Some(current)
        })
        .collect();
    let value =
        |t: f64| weights.iter().zip(1..).map(|(w, n)| w * (2.0 * t * f64::from(n).sqrt()).cos()).sum();
    line(0.0, 200.0, 2500).into_iter().map(value).collect()
}

/// Excitation of a resonant qubit that trades one photon with a lossy cavity:
/// `exp(-k t/2) (g/w)^2 sin^2(w t)`, `g = pi`, `k = 0.05`, `w^2 = g^2 - (k/4)^2`.
pub(super) fn jaynes_cummings() -> Vec<f64> {
    const LOSS: f64 = 0.05;
    let omega = (PI.powi(2) - (LOSS / 4.0).powi(2)).sqrt();
    let value = |t: f64| (-LOSS * t / 2.0).exp() * (PI / omega * (omega * t).sin()).powi(2);
    line(0.0, 50.0, 3000).into_iter().map(value).collect()
}

/// Field of a resonator that starts coherent with amplitude 2 and whose frequency a transmon splits:
/// `x(t) = 2 cos(w t) cos(x t)`, `w = 4 pi`, `x = 0.05 pi`, without the cut of the Fock space.
pub(super) fn transmon() -> Vec<f64> {
    let value = |t: f64| 2.0 * (2.0 * TAU * t).cos() * (0.025 * TAU * t).cos();
    line(0.0, 25.0, 3000).into_iter().map(value).collect()
}
