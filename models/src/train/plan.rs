//! What the loop is told by every problem: how long, in what order, with what optimiser.

use burn::tensor::DType;
use serde::{Deserialize, Serialize};

use super::schedule::positive;
use super::{OptimiserConfig, Schedule};
use crate::Error;

/// The settings of the loop itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Root of every random stream.
    pub seed: u64,
    /// Passes over the samples.
    pub epochs: usize,
    /// Samples per step; the last step of an epoch takes what is left.
    pub batch: usize,
    /// Whether every epoch has an order of its own; otherwise samples come as they are.
    pub shuffle: bool,
    /// Scales gradients down to this Euclidean norm, all parameters together; never if absent.
    pub clip_norm: Option<f64>,
    /// What happens when a loss or a gradient is not finite.
    pub non_finite: NonFinite,
    /// From gradients to new parameters.
    pub optimiser: OptimiserConfig,
    /// How the learning rate changes.
    pub schedule: Schedule,
}

/// What happens when a loss or a gradient is not finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NonFinite {
    /// Training ends with an error that names the tensor and the step.
    Abort,
    /// The batch changes nothing, and training goes on.
    Skip,
}

/// Number format of parameters and activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// 32 bits.
    F32,
    /// 64 bits.
    F64,
}

impl Precision {
    pub(crate) fn dtype(self) -> DType {
        match self {
            Self::F32 => DType::F32,
            Self::F64 => DType::F64,
        }
    }
}

impl Plan {
    /// Checks every setting.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the first setting out of range.
    pub fn validate(&self) -> Result<(), Error> {
        at_least_one("epochs", self.epochs)?;
        at_least_one("batch", self.batch)?;
        if let Some(norm) = self.clip_norm {
            positive("clip_norm", norm)?;
        }
        self.optimiser.validate()?;
        self.schedule.validate(self.epochs)
    }
}

pub(crate) fn at_least_one(what: &str, value: usize) -> Result<(), Error> {
    if value == 0 { Err(Error::invalid(what, value, "at least 1", "change it")) } else { Ok(()) }
}
