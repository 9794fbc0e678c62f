//! What can be trained: a network, samples that are known by number, and a loss.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::Serialize;

use super::Plan;
use crate::Error;

/// A network with its data and its loss; everything but the loop.
///
/// Methods are functions of their arguments and of the settings: what is random is drawn from streams of the seed.
pub trait Problem {
    /// Every setting of the run.
    type Config: Serialize + Clone;
    /// What is trained.
    type Network: Module;
    /// What an evaluation tells.
    type Report;

    /// Every setting of the run.
    fn config(&self) -> &Self::Config;

    /// The settings of the loop, valid ones.
    fn plan(&self) -> Plan;

    /// A digest of all data that training and testing see.
    fn fingerprint(&self) -> String;

    /// The samples to train on, in their natural order.
    ///
    /// # Errors
    /// The settings do not fit the data.
    fn samples(&self) -> Result<Vec<usize>, Error>;

    /// The network at the start.
    ///
    /// # Errors
    /// The settings do not fit together or the data.
    fn network(&self, device: &Device) -> Result<Self::Network, Error>;

    /// The loss of a batch; `step` counts finished steps.
    fn loss(&self, network: &Self::Network, samples: &[usize], step: u64, device: &Device) -> Batch;

    /// Measures a network that is free of gradients on the test data; the loss that must be finite comes second.
    fn evaluate(&self, network: &Self::Network, device: &Device) -> (Self::Report, f64);

    /// Circuits that a step on `n` samples evaluates.
    fn circuits(&self, network: &Self::Network, n: usize) -> u64;

    /// Changes a network that is free of gradients by other means than gradients, after `epoch` epochs and before the
    /// first sample of `order`.
    ///
    /// # Errors
    /// The name of what was not finite.
    fn between_epochs(
        &self,
        _network: &Self::Network,
        _epoch: u64,
        _order: &[usize],
        _device: &Device,
    ) -> Result<Option<Renewal<Self::Network>>, String> {
        Ok(None)
    }
}

/// A network with other weights.
pub struct Renewal<N> {
    /// The network, free of gradients.
    pub network: N,
    /// Circuits evaluated on the way.
    pub circuits: u64,
    /// Whether the optimiser forgets what it knows.
    pub forget: bool,
}

/// What a batch comes to.
pub struct Batch {
    /// Mean over the samples, shape `[1]`.
    pub loss: Tensor<1>,
    /// Share that was classified correctly, where the problem has classes.
    pub accuracy: Option<f64>,
}
