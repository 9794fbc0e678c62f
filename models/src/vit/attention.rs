//! Multi-head attention around an operator from scores to weights.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Tensor, s};

use super::VitConfig;
use super::init::Draws;
use crate::attention::Attention;

/// What the backward pass knows of the operator `weights = op(scores)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreGradient {
    /// Its true Jacobian.
    Exact,
    /// Nothing: no gradient reaches queries and keys.
    Stop,
    /// The identity instead: `dL/dscores = dL/dweights / sqrt(head_dim)`, as for weights that are the
    /// scaled scores themselves.
    StraightThrough,
}

/// Attention of several heads: `out = concat_h(op(Q_h K_h^T) V_h) W + b`.
///
/// The operator may want more tokens than there are (a circuit wants a power of two). Scores are then
/// padded with zeros at the end, and of the weights the leading `t x t` block is used: what a row gives
/// to a padded token is lost, as if those tokens had value zero. Certificates refer to the full matrix.
#[derive(Module, Debug)]
pub struct MultiHeadAttention {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Option<Linear>,
    pub(super) heads: usize,
}

impl MultiHeadAttention {
    pub(super) fn new(config: &VitConfig, draws: &mut Draws) -> Self {
        let inner = config.inner_dim();
        let [query, key, value] = [(); 3].map(|()| draws.linear(config.dim, inner, false));
        let out = config.projects_out().then(|| draws.linear(inner, config.dim, true));
        Self { query, key, value, out, heads: config.heads }
    }

    /// Result `[b t d]` and weights `[b h n n]`, where `n >= t` is the operator's number of tokens.
    pub(super) fn forward(&self, x: Tensor<3>, operator: &Operator) -> (Tensor<3>, Tensor<4>) {
        let [batch, tokens, _] = x.dims();
        let [query, key, value] = self.heads(x); // b h t e
        let scores = query.matmul(key.transpose()); // b h t t
        let weights = operator.weights(scores); // b h n n
        let block = if operator.attention.tokens() == tokens {
            weights.clone()
        } else {
            weights.clone().slice(s![.., .., 0..tokens, 0..tokens])
        };
        let mixed = block.matmul(value).swap_dims(1, 2); // b t h e
        let [.., head_dim] = mixed.dims();
        let mixed = mixed.reshape([batch, tokens, self.heads * head_dim]); // b t d
        (self.out.iter().fold(mixed, |x, out| out.forward(x)), weights)
    }

    fn heads(&self, x: Tensor<3>) -> [Tensor<4>; 3] {
        [&self.query, &self.key, &self.value].map(|map| {
            let projected = map.forward(x.clone()); // b t h*e
            let [batch, tokens, inner] = projected.dims();
            projected.reshape([batch, tokens, self.heads, inner / self.heads]).swap_dims(1, 2) // b h t e
        })
    }
}

/// An attention operator with its angles, ready for one forward pass.
pub(super) struct Operator<'a> {
    pub(super) attention: &'a Attention,
    pub(super) theta: Tensor<1>,
    pub(super) head_dim: usize,
    pub(super) gradient: ScoreGradient,
}

impl Operator<'_> {
    fn weights(&self, scores: Tensor<4>) -> Tensor<4> {
        let scores = pad(scores, self.attention.tokens());
        let apply = |scores| self.attention.weights(scores, self.theta.clone());
        match self.gradient {
            ScoreGradient::Exact => apply(scores),
            ScoreGradient::Stop => apply(scores.detach()),
            ScoreGradient::StraightThrough => {
                let through = scores.clone().div_scalar((self.head_dim as f64).sqrt());
                apply(scores.detach()) + (through.clone() - through.detach())
            }
        }
    }
}

/// Zeros are added until the matrices are `n x n`.
fn pad(scores: Tensor<4>, n: usize) -> Tensor<4> {
    let [batch, heads, tokens, _] = scores.dims();
    if tokens == n {
        return scores;
    }
    Tensor::zeros([batch, heads, n, n], (&scores.device(), scores.dtype()))
        .slice_assign(s![.., .., 0..tokens, 0..tokens], scores)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{DType, Device, TensorData};

    use super::*;
    use crate::attention::AttentionConfig;

    const HEAD_DIM: usize = 4;

    fn operator(name: &str, tokens: usize, gradient: ScoreGradient) -> (Attention, ScoreGradient) {
        let config = AttentionConfig::from_name(name).unwrap();
        (config.build(tokens, HEAD_DIM, 0).unwrap(), gradient)
    }

    /// Weights of `scores`, and the gradient of `sum(c * weights)` with respect to the scores.
    fn run(operator: &(Attention, ScoreGradient), scores: &[f64], c: &[f64]) -> (Vec<f64>, Option<Vec<f64>>) {
        let device = Device::flex().autodiff();
        let tensor = |values: &[f64]| {
            let tokens = values.len().isqrt();
            let data = TensorData::new(values.to_vec(), [1, 1, tokens, tokens]);
            Tensor::<4>::from_data(data, (&device, DType::F64))
        };
        let scores = tensor(scores).require_grad();
        let theta = Tensor::zeros([0], (&device, DType::F64));
        let operator = Operator { attention: &operator.0, theta, head_dim: HEAD_DIM, gradient: operator.1 };
        let weights = operator.weights(scores.clone());
        let loss = (weights.clone() * tensor(c)).sum() + scores.clone().sum().mul_scalar(0.0);
        let gradient = scores.grad(&loss.backward());
        let list = |tensor: Tensor<4>| tensor.into_data().iter::<f64>().collect();
        (list(weights), gradient.map(list))
    }

    const SCORES: [f64; 9] = [0.5, -1.0, 2.0, 0.0, 1.5, -0.5, 1.0, 0.25, -2.0];
    const C: [f64; 9] = [1.0, 2.0, -1.0, 0.5, 0.0, 3.0, -2.0, 1.0, 0.25];

    #[test]
    fn straight_through_passes_the_scaled_cotangent_whatever_the_operator() {
        for name in ["softmax", "sinkhorn", "uniform", "identity"] {
            let (weights, gradient) = run(&operator(name, 3, ScoreGradient::StraightThrough), &SCORES, &C);
            let (exact, _) = run(&operator(name, 3, ScoreGradient::Exact), &SCORES, &C);
            assert_eq!(weights, exact, "{name}: the forward pass must not change");
            let expected: Vec<f64> = C.iter().map(|c| c / (HEAD_DIM as f64).sqrt()).collect();
            assert_eq!(gradient.unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn stopping_leaves_no_gradient() {
        let (weights, gradient) = run(&operator("softmax", 3, ScoreGradient::Stop), &SCORES, &C);
        assert_eq!(weights, run(&operator("softmax", 3, ScoreGradient::Exact), &SCORES, &C).0);
        assert_eq!(gradient.unwrap(), [0.0; 9]);
    }

    #[test]
    fn scores_are_padded_with_zeros() {
        let c: Vec<f64> = (0..16).map(f64::from).collect();
        let padded = operator("softmax", 4, ScoreGradient::Exact);
        let by_hand: Vec<f64> =
            SCORES.chunks(3).flat_map(|row| [row, &[0.0]].concat()).chain([0.0; 4]).collect();
        assert_eq!(run(&padded, &SCORES, &c).0, run(&padded, &by_hand, &c).0);
    }
}
