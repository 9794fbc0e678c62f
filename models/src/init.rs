//! Initial weights of small networks: from streams of the seed, or as torch would draw them.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{DType, Device, Tensor, TensorData};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::rng::stream;
use crate::torch_rng::TorchRng;

/// Where initial weights come from; the distributions are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Init {
    /// A stream of the seed.
    #[default]
    Stream,
    /// The generator of torch after `torch.manual_seed(seed)`, so that runs can be compared number by number.
    Torch,
}

/// Draws the weights of one network in the order in which its parts are built.
pub(crate) struct Draws<'a> {
    source: Source,
    device: &'a Device,
    dtype: DType,
}

enum Source {
    Stream(Box<ChaCha8Rng>),
    Torch(Box<TorchRng>),
}

impl<'a> Draws<'a> {
    pub(crate) fn new(init: Init, seed: u64, device: &'a Device, dtype: DType) -> Self {
        let source = match init {
            Init::Stream => Source::Stream(Box::new(stream(seed, "weights", &[]))),
            Init::Torch => Source::Torch(Box::new(TorchRng::new(seed))),
        };
        Self { source, device, dtype }
    }

    /// A linear map with weight and bias uniform within `1 / sqrt(n_in)` of zero.
    pub(crate) fn linear(&mut self, n_in: usize, n_out: usize) -> Linear {
        let (weight, bias) = match &mut self.source {
            Source::Torch(rng) => rng.linear(n_in, n_out),
            Source::Stream(rng) => {
                let bound = 1.0 / (n_in as f64).sqrt();
                let mut draw =
                    |n: usize| (0..n).map(|_| rng.random_range(-bound..bound)).collect::<Vec<f64>>();
                (draw(n_in * n_out), draw(n_out))
            }
        };
        self.filled(n_in, n_out, &weight, bias)
    }

    /// A linear map with weight normal of standard deviation `sigma`, and a bias that is everywhere `bias`.
    pub(crate) fn linear_normal(&mut self, n_in: usize, n_out: usize, sigma: f64, bias: f64) -> Linear {
        let weight = self.normal(n_in * n_out, sigma);
        self.filled(n_in, n_out, &weight, vec![bias; n_out])
    }

    /// As [`linear`](Self::linear), with a bias that is everywhere `bias`.
    pub(crate) fn linear_with_bias(&mut self, n_in: usize, n_out: usize, bias: f64) -> Linear {
        let drawn = self.linear(n_in, n_out);
        Linear { bias: Some(self.param(vec![bias; n_out], [n_out])), ..drawn }
    }

    /// Angles `[sets n]`, normal with standard deviation `sigma`.
    pub(crate) fn angles(&mut self, sets: usize, n: usize, sigma: f64) -> Param<Tensor<2>> {
        let values = (0..sets).flat_map(|_| self.normal(n, sigma)).collect();
        self.param(values, [sets, n])
    }

    /// A parameter with these entries.
    pub(crate) fn param<const D: usize>(&self, values: Vec<f64>, shape: [usize; D]) -> Param<Tensor<D>> {
        let data = TensorData::new(values, shape);
        Param::from_tensor(Tensor::from_data(data, (self.device, self.dtype)))
    }

    pub(crate) fn normal(&mut self, n: usize, sigma: f64) -> Vec<f64> {
        let unit = match &mut self.source {
            Source::Torch(rng) => rng.randn(n),
            Source::Stream(rng) => StandardNormal.sample_iter(rng).take(n).collect(),
        };
        unit.into_iter().map(|x| sigma * x).collect()
    }

    /// From `weight` `[n_out n_in]`, as torch has it.
    fn filled(&self, n_in: usize, n_out: usize, weight: &[f64], bias: Vec<f64>) -> Linear {
        let transposed = (0..n_in * n_out).map(|k| weight[k % n_out * n_in + k / n_out]).collect();
        Linear { weight: self.param(transposed, [n_in, n_out]), bias: Some(self.param(bias, [n_out])) }
    }
}
