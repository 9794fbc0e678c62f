//! What every sequence model can do.

use burn::module::Module;
use burn::tensor::{DType, Device, Tensor};

use super::config::ModelConfig;
use super::feed_forward::FeedForward;
use crate::Error;
use crate::fwp::Fwp;
use crate::init::Draws;
use crate::recurrent::Recurrent;
use crate::vqc::Gradient;

/// A model of sequences.
///
/// ```
/// use burn::tensor::{DType, Device, Tensor};
/// use models::sequence::{ModelConfig, SequenceModel, Steps};
///
/// let device = Device::flex();
/// for name in ["qfwp", "qlstm", "lstm"] {
///     let config = ModelConfig::from_name(name)?;
///     let model = SequenceModel::new(&config, 1, Default::default(), 0, (&device, DType::F64))?;
///     let run = model.run(Tensor::zeros([3, 4, 1], (&device, DType::F64)), None, Steps::Last); // b t s
///     assert_eq!(run.values.dims(), [3, 1, model.n_values()]);
/// }
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "one value per network")]
pub enum SequenceModel {
    /// A fast-weight programmer.
    Fwp(Fwp),
    /// A recurrent cell.
    Recurrent(Recurrent),
    /// A network without memory.
    FeedForward(FeedForward),
}

/// Which steps of a sequence give values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// The last alone.
    Last,
    /// All.
    All,
}

/// What a run gives.
#[derive(Clone, Debug)]
pub struct Run {
    /// Values `[b t m]`, or `[b 1 m]` of the last step.
    pub values: Tensor<3>,
    /// Memory after the last step, `[b k]`; missing where the last value alone was asked for.
    pub memory: Option<Tensor<2>>,
}

impl SequenceModel {
    /// The model of `config` for `inputs` numbers per step, with weights drawn from `seed`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a setting out of range.
    pub fn new(
        config: &ModelConfig,
        inputs: usize,
        init: crate::init::Init,
        seed: u64,
        (device, dtype): (&Device, DType),
    ) -> Result<Self, Error> {
        Self::build(config, inputs, Gradient::Adjoint, &mut Draws::new(init, seed, device, dtype))
    }

    pub(crate) fn build(
        config: &ModelConfig,
        inputs: usize,
        gradient: Gradient,
        draws: &mut Draws,
    ) -> Result<Self, Error> {
        Ok(match config {
            ModelConfig::Fwp(config) => Self::Fwp(Fwp::new(config, inputs, gradient, draws)?),
            ModelConfig::Recurrent(config) => {
                Self::Recurrent(Recurrent::new(config, inputs, gradient, draws)?)
            }
            ModelConfig::FeedForward(config) => {
                Self::FeedForward(FeedForward::new(config, inputs, gradient, draws)?)
            }
        })
    }

    /// Runs a batch of sequences `[b t s]` from a memory `[b k]`, an empty one where absent.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn run(&self, x: Tensor<3>, memory: Option<Tensor<2>>, steps: Steps) -> Run {
        match self {
            Self::Fwp(model) => model.run(x, memory, steps),
            Self::Recurrent(model) => model.run(x, memory, steps),
            Self::FeedForward(model) => model.run(x, steps),
        }
    }

    /// Values of a step, m.
    pub fn n_values(&self) -> usize {
        match self {
            Self::Fwp(model) => model.n_values(),
            Self::Recurrent(model) => model.n_values(),
            Self::FeedForward(model) => model.n_values(),
        }
    }

    /// Numbers carried from step to step, k.
    pub fn memory_len(&self) -> usize {
        match self {
            Self::Fwp(model) => model.n_fast_weights(),
            Self::Recurrent(model) => model.memory_len(),
            Self::FeedForward(_) => 0,
        }
    }

    /// Circuits evaluated so far, forward and backward: a sweep counts two, a shift two per rotation; zero without
    /// circuits.
    pub fn circuit_evaluations(&self) -> u64 {
        match self {
            Self::Fwp(model) => model.evaluations(),
            Self::Recurrent(model) => model.evaluations(),
            Self::FeedForward(model) => model.evaluations(),
        }
    }
}
