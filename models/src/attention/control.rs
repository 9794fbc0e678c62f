//! Controls: doubly stochastic weights that never look at the scores.

use super::operator::Operator;
use crate::rng::stream;
use burn::tensor::{Tensor, TensorData};
use rand::seq::SliceRandom;
use rand_distr::{Distribution, Exp1};

/// One fixed matrix for every head and sample.
#[derive(Debug)]
pub(super) struct Control {
    tokens: usize,
    weights: Vec<f64>, // t t
}

impl Control {
    /// Every entry 1/t.
    pub fn uniform(tokens: usize) -> Self {
        Self { tokens, weights: vec![1.0 / tokens as f64; tokens * tokens] }
    }

    /// The identity matrix.
    pub fn identity(tokens: usize) -> Self {
        let entry = |k: usize| if k / tokens == k % tokens { 1.0 } else { 0.0 };
        Self { tokens, weights: (0..tokens * tokens).map(entry).collect() }
    }

    /// A convex combination of t random permutations, with uniformly distributed coefficients.
    pub fn random(tokens: usize, seed: u64) -> Self {
        let mut rng = stream(seed, "random-dsm", &[]);
        let draws: Vec<f64> = Exp1.sample_iter(&mut rng).take(tokens).collect();
        let total: f64 = draws.iter().sum();
        let mut permutation: Vec<usize> = (0..tokens).collect();
        let mut weights = vec![0.0; tokens * tokens];
        for draw in draws {
            permutation.shuffle(&mut rng);
            for (i, &j) in permutation.iter().enumerate() {
                weights[i * tokens + j] += draw / total;
            }
        }
        Self { tokens, weights }
    }
}

impl Operator for Control {
    fn weights(&self, scores: Tensor<4>, _: Tensor<1>) -> Tensor<4> {
        let data = TensorData::new(self.weights.clone(), [1, 1, self.tokens, self.tokens]);
        Tensor::<4>::from_data(data, (&scores.device(), scores.dtype())).expand(scores.dims())
    }
}
