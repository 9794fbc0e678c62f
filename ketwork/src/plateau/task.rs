//! What is learned at one size: a ground state, or strings with half of all bits set, all of them or a sample.
//!
//! A sample is drawn string by string, uniformly and without repetition, so that `C(n, n/2)` may be far beyond what can be
//! listed. The divergence from the family is then estimated over the sample, `-ln C(n, n/2) - mean ln q(x)`.

use std::collections::BTreeSet;

use models::rng::stream;
use rand::{Rng, RngExt};
use tensornet::BitStrings;

use super::{PlateauConfig, Simulator};
use crate::Error;
use crate::pretrain::{Loss, Problem};

/// Strings that a network learns from where the family is sampled; they are not those of the loss.
const TRAINING_ROWS: usize = 1000;
/// Most strings that a chain measures.
const MOST_ROWS: usize = 4096;

/// A problem of one size.
pub(super) struct Task {
    /// Of the loss.
    pub(super) problem: Problem,
    /// What a network learns from, where it is another.
    training: Option<Problem>,
    pub(super) loss: Loss,
    /// The loss is `scale` times that of the problem plus `offset`.
    pub(super) scale: f64,
    pub(super) offset: f64,
}

impl Task {
    /// The task of a family at one number of qubits.
    pub(super) fn new(config: &PlateauConfig, n_qubits: usize) -> Result<Self, Error> {
        match config.family.as_str() {
            "cardinality" => Self::strings(config, n_qubits),
            family => {
                let problem = Problem::parse(&format!("{family}:{n_qubits}"))?;
                let loss = Loss::usual(&problem);
                let scale =
                    if matches!(problem, Problem::Ground { .. }) { 1.0 / n_qubits as f64 } else { 1.0 };
                Ok(Self { problem, training: None, loss, scale, offset: 0.0 })
            }
        }
    }

    fn strings(config: &PlateauConfig, n_qubits: usize) -> Result<Self, Error> {
        let (ones, count) = (n_qubits / 2, ln_choose(n_qubits, n_qubits / 2));
        let all = count.exp().round();
        let name = format!("cardinality:{n_qubits},{ones}");
        let rows = config.rows.filter(|&rows| (rows as f64) < all);
        if rows.map_or(all, |rows| rows as f64) > MOST_ROWS as f64 && config.backend == Simulator::Mps {
            let range = "given, and at most 4096, where a chain measures them";
            return Err(Error::Setting { name: "rows", value: rows.map_or(all, |rows| rows as f64), range });
        }
        // A probability counts if it is not far below that of the family.
        let loss = Loss::Kl { eps: f64::min(1e-12, 1e-6 * (-count).exp()) };
        let Some(rows) = rows else {
            let problem = Problem::parse(&name)?;
            return Ok(Self { problem, training: None, loss, scale: 1.0, offset: 0.0 });
        };
        let sample = |purpose: &str, rows: usize| {
            let mut rng = stream(config.seed, purpose, &[n_qubits as u64]);
            sampled(n_qubits, ones, rows, &mut rng)
        };
        let (data, training) =
            (sample("rows", rows)?, sample("training-rows", TRAINING_ROWS.min(all as usize / 2))?);
        let offset = data.entropy() - count;
        let problem = Problem::Generative { name: name.clone(), data };
        let training = Some(Problem::Generative { name, data: training });
        Ok(Self { problem, training, loss, scale: 1.0, offset })
    }

    /// What a network learns from.
    pub(super) fn training(&self) -> &Problem {
        self.training.as_ref().unwrap_or(&self.problem)
    }
}

/// `ln C(n, k)`, as a sum of logarithms.
fn ln_choose(n: usize, k: usize) -> f64 {
    (0..k.min(n - k)).map(|j| ((n - j) as f64 / (j + 1) as f64).ln()).sum()
}

/// Different strings of `n_qubits` bits with `ones` of them set, uniformly; there have to be more than `rows`.
fn sampled(n_qubits: usize, ones: usize, rows: usize, rng: &mut impl Rng) -> Result<BitStrings, Error> {
    let mut found = BTreeSet::new();
    while found.len() < rows {
        let (mut bits, mut left) = (Vec::with_capacity(n_qubits), ones);
        for q in 0..n_qubits {
            let bit = rng.random_range(0..n_qubits - q) < left;
            left -= usize::from(bit);
            bits.push(bit);
        }
        found.insert(bits);
    }
    Ok(BitStrings::from_rows(found)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_of_binomials_are_those_of_pascal() {
        let mut row = vec![1.0_f64];
        for n in 0..60 {
            for (k, value) in row.iter().enumerate() {
                assert!((ln_choose(n, k) - value.ln()).abs() < 1e-12, "C({n}, {k})");
            }
            let inner = row.windows(2).map(|pair| pair[0] + pair[1]);
            row = std::iter::once(1.0).chain(inner).chain([1.0]).collect();
        }
    }

    #[test]
    fn samples_are_uniform_and_have_no_repetition() {
        let mut counts = [0_usize; 64];
        for seed in 0..4000 {
            let data = sampled(6, 3, 5, &mut stream(seed, "rows", &[6])).expect("more than five");
            assert_eq!(data.rows().len(), 5);
            for row in data.rows() {
                assert_eq!(row.iter().filter(|bit| **bit).count(), 3);
                counts[row.iter().fold(0, |at, &bit| at << 1 | usize::from(bit))] += 1;
            }
        }
        let drawn: Vec<usize> = counts.into_iter().filter(|&count| count > 0).collect();
        assert_eq!(drawn.len(), 20);
        // A quarter of 4000 times each, with a standard deviation of 27.4.
        assert!(drawn.iter().all(|count| count.abs_diff(1000) < 130), "{drawn:?}");
    }
}
