//! A pre-norm transformer block.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::activation::gelu;
use burn::tensor::{Tensor, TensorData};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::attention::{MultiHeadAttention, Operator};
use super::init::Draws;
use super::{LayerNorm, VitConfig};

/// `x = x + attention(norm(x))`, then `x = x + perceptron(norm(x))` with a GELU in the middle.
#[derive(Module, Debug)]
pub struct Block {
    attention_norm: LayerNorm,
    attention: MultiHeadAttention,
    mlp_norm: LayerNorm,
    mlp_in: Linear,
    mlp_out: Linear,
}

impl Block {
    pub(super) fn new(config: &VitConfig, draws: &mut Draws) -> Self {
        Self {
            attention_norm: draws.norm(),
            attention: MultiHeadAttention::new(config, draws),
            mlp_norm: draws.norm(),
            mlp_in: draws.linear(config.dim, config.hidden_dim(), true),
            mlp_out: draws.linear(config.hidden_dim(), config.dim, true),
        }
    }

    /// Number of attention heads.
    pub(super) fn heads(&self) -> usize {
        self.attention.heads
    }

    /// Tokens `[b t d]` to tokens `[b t d]` and attention weights `[b h n n]`.
    pub(super) fn forward(
        &self,
        x: Tensor<3>,
        operator: &Operator,
        mut drop: Option<Drop>,
    ) -> (Tensor<3>, Tensor<4>) {
        let (branch, weights) = self.attention.forward(self.attention_norm.forward(x.clone()), operator);
        let x = x + Drop::apply(&mut drop, branch);
        let hidden = gelu(self.mlp_in.forward(self.mlp_norm.forward(x.clone())));
        let branch = self.mlp_out.forward(hidden);
        (x + Drop::apply(&mut drop, branch), weights)
    }
}

/// Stochastic depth: each sample skips a branch with some probability; kept branches are scaled up.
///
/// Reference: Huang et al., arXiv:1603.09382.
pub(super) struct Drop<'a> {
    pub(super) probability: f64,
    pub(super) rng: &'a mut ChaCha8Rng,
}

impl Drop<'_> {
    fn apply(drop: &mut Option<Self>, branch: Tensor<3>) -> Tensor<3> {
        let Some(drop) = drop else { return branch };
        let [batch, ..] = branch.dims();
        let keep = 1.0 - drop.probability;
        let scales: Vec<f64> =
            (0..batch).map(|_| if drop.rng.random_bool(keep) { 1.0 / keep } else { 0.0 }).collect();
        let data = TensorData::new(scales, [batch, 1, 1]);
        let scales = Tensor::<3>::from_data(data, (&branch.device(), branch.dtype())); // b 1 1
        branch * scales
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::rng::stream;

    #[test]
    fn a_dropped_branch_is_zero_and_a_kept_one_is_scaled() {
        let (probability, batch) = (0.25, 4000);
        let mut rng = stream(0, "drop", &[]);
        let mut drop = Some(Drop { probability, rng: &mut rng });
        let branch = Drop::apply(&mut drop, Tensor::ones([batch, 2, 3], &Device::flex()));
        let entries: Vec<f32> = branch.into_data().iter::<f32>().collect();
        let samples: Vec<f32> = entries.chunks(6).map(|sample| sample[0]).collect();
        assert!(entries.chunks(6).all(|sample| sample.iter().all(|x| *x == sample[0])));
        assert!(samples.iter().all(|&x| x == 0.0 || (x - 4.0 / 3.0).abs() < 1e-6));
        let kept = samples.iter().filter(|&&x| x > 0.0).count() as f64 / batch as f64;
        assert!((kept - 0.75).abs() < 0.03, "{kept}");
    }
}
