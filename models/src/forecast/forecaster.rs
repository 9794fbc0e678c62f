//! A sequence model with a linear map behind it: from a window to the next value.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{DType, Device, Tensor};

use super::config::ForecastConfig;
use crate::Error;
use crate::init::Draws;
use crate::sequence::{SequenceModel, Steps};

/// `y = W z_T + b`, where `z_T` are the values of a sequence model at the last step of a window.
///
/// Networks without memory see the whole window as one step.
#[derive(Module, Debug)]
pub struct Forecaster {
    model: SequenceModel,
    head: Linear,
}

impl Forecaster {
    /// A forecaster for windows of `length` values, its weights drawn from stream `draw` of the seed.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a setting of the model out of range.
    pub(super) fn new(
        config: &ForecastConfig,
        length: usize,
        draw: u64,
        (device, dtype): (&Device, DType),
    ) -> Result<Self, Error> {
        // Torch takes the lower half of a seed; this factor is odd and large, so that draws differ there as well.
        let seed = config.seed.wrapping_add(draw.wrapping_mul(0x9e37_79b1));
        let mut draws = Draws::new(config.init, seed, device, dtype);
        let inputs = if config.model.has_memory() { 1 } else { length };
        let model = SequenceModel::build(&config.model, inputs, config.gradient, &mut draws)?;
        let head = draws.linear(model.n_values(), 1);
        Ok(Self { model, head })
    }

    /// Windows `[b t]` to what follows each, `[b]`.
    pub fn forward(&self, windows: Tensor<2>) -> Tensor<1> {
        let [b, _] = windows.dims();
        let values = self.model.run(self.sequence(windows), None, Steps::Last).values; // b 1 m
        self.head.forward(values.reshape([b, self.model.n_values()])).reshape([b])
    }

    /// The sequence model.
    pub fn model(&self) -> &SequenceModel {
        &self.model
    }

    /// Windows `[b t]` as the model takes them, `[b t 1]` or `[b 1 t]`.
    pub fn sequence(&self, windows: Tensor<2>) -> Tensor<3> {
        let [b, t] = windows.dims();
        match self.model {
            SequenceModel::FeedForward(_) => windows.reshape([b, 1, t]),
            SequenceModel::Fwp(_) | SequenceModel::Recurrent(_) => windows.reshape([b, t, 1]),
        }
    }
}
