//! Initial weights, drawn from a named stream: the library's layers are filled by us.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{DType, Device, Tensor, TensorData};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::{Init, LayerNorm, VitConfig};
use crate::rng::stream;

/// Draws the weights of one model; each tensor has a stream of its own, numbered in order of creation.
pub(super) struct Draws<'a> {
    config: &'a VitConfig,
    seed: u64,
    drawn: u64,
    device: &'a Device,
    dtype: DType,
}

impl<'a> Draws<'a> {
    pub(super) fn new(config: &'a VitConfig, seed: u64, device: &'a Device, dtype: DType) -> Self {
        Self { config, seed, drawn: 0, device, dtype }
    }

    /// A linear map; `weight` is `[d_in d_out]`.
    pub(super) fn linear(&mut self, d_in: usize, d_out: usize, bias: bool) -> Linear {
        let bound = 1.0 / (d_in as f64).sqrt();
        let uniform = move |rng: &mut dyn Rng| rng.random_range(-bound..bound);
        let (weight, bias) = match self.config.init {
            Init::FanIn => (self.param([d_in, d_out], uniform), bias.then(|| self.param([d_out], uniform))),
            Init::TruncatedNormal { std } => (
                self.param([d_in, d_out], |rng| truncated_normal(rng, std)),
                bias.then(|| self.param([d_out], |_| 0.0)),
            ),
        };
        Linear { weight, bias }
    }

    /// Learned tokens or positions, `[n dim]`.
    pub(super) fn tokens(&mut self, n: usize) -> Param<Tensor<2>> {
        let shape = [n, self.config.dim];
        match self.config.init {
            Init::FanIn => self.param(shape, |mut rng| StandardNormal.sample(&mut rng)),
            Init::TruncatedNormal { std } => self.param(shape, |rng| truncated_normal(rng, std)),
        }
    }

    /// A layer norm of scale 1 and shift 0.
    pub(super) fn norm(&mut self) -> LayerNorm {
        let shape = [self.config.dim];
        LayerNorm {
            gamma: self.param(shape, |_| 1.0),
            beta: self.param(shape, |_| 0.0),
            epsilon: self.config.norm_epsilon,
        }
    }

    /// Angles of an attention operator, not trained.
    pub(super) fn angles(&self, values: &[f64]) -> Param<Tensor<1>> {
        let data = TensorData::new(values.to_vec(), [values.len()]);
        Param::from_tensor(Tensor::from_data(data, (self.device, self.dtype))).set_require_grad(false)
    }

    fn param<const D: usize>(
        &mut self,
        shape: [usize; D],
        mut draw: impl FnMut(&mut dyn Rng) -> f64,
    ) -> Param<Tensor<D>> {
        let mut rng = stream(self.seed, "init", &[self.drawn]);
        self.drawn += 1;
        let values: Vec<f64> = (0..shape.iter().product()).map(|_| draw(&mut rng)).collect();
        Param::from_tensor(Tensor::from_data(TensorData::new(values, shape), (self.device, self.dtype)))
    }
}

/// A draw from `N(0, std^2)` given that it lies within two deviations.
fn truncated_normal(mut rng: &mut dyn Rng, std: f64) -> f64 {
    loop {
        let z: f64 = StandardNormal.sample(&mut rng);
        if z.abs() <= 2.0 {
            return std * z;
        }
    }
}
