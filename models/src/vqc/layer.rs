//! A circuit bound to a number of inputs, applied to burn's tensors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use burn::tensor::Tensor;
use sim::{QNode, Readout};

use super::config::{Encoding, VqcConfig};
use super::op::{Gradient, Pairing, VqcOp};
use crate::Error;
use crate::bridge::apply;

/// A circuit with inputs and weights, differentiable in both.
///
/// ```
/// use burn::tensor::{DType, Device, Tensor, TensorData};
/// use models::vqc::{Gradient, Vqc, VqcConfig};
///
/// let vqc = Vqc::new(&VqcConfig::default(), 1, 1, Gradient::Adjoint)?;
/// let place = (&Device::flex(), DType::F64);
/// let x = Tensor::<2>::from_data(TensorData::new(vec![0.5], [1, 1]), place); // b k
/// let values = vqc.each(x, Tensor::zeros([1, vqc.n_weights()], place)); // b m
/// let values: Vec<f64> = values.into_data().iter::<f64>().collect();
/// assert!((values[0] + 0.5f64.sin()).abs() < 1e-15 && values[1].abs() < 1e-15);
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Vqc {
    zip: Arc<VqcOp>,
    cross: Arc<VqcOp>,
    encoding: Encoding,
    inputs: usize,
}

impl Vqc {
    /// The circuit of `config` for `inputs` inputs, of which the first `data` are data: no gradient is ever asked for
    /// them, which saves evaluations under the parameter-shift rule.
    ///
    /// # Errors
    /// [`Error::Invalid`] for sizes that do not fit together, [`Error::Circuit`] and [`Error::Simulator`] for registers
    /// that are too large.
    pub fn new(config: &VqcConfig, inputs: usize, data: usize, gradient: Gradient) -> Result<Self, Error> {
        let (circuit, encoding) = config.circuit(inputs)?;
        let node = QNode::new(circuit, Readout::Expectations(config.observables()))?;
        let node = node.with_diff(gradient.diff());
        let op = |pairing| {
            let (node, data, evaluations) =
                (node.clone(), data * config.encoding.angles(), AtomicU64::new(0));
            Arc::new(VqcOp { node, encoding, data, pairing, evaluations })
        };
        let (zip, cross) = (op(Pairing::Zip), op(Pairing::Cross));
        Ok(Self { zip, cross, encoding: config.encoding, inputs })
    }

    /// Inputs k.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Weights p.
    pub fn n_weights(&self) -> usize {
        self.zip.node.circuit().n_params() - self.zip.encoding
    }

    /// Values m.
    pub fn n_values(&self) -> usize {
        self.zip.node.n_values()
    }

    /// Which weights can influence what is measured, `[p]`.
    pub fn live_weights(&self) -> Vec<bool> {
        self.zip.node.live_params().split_off(self.zip.encoding)
    }

    /// Inputs `[b k]`, each with weights of its own `[b p]`, to values `[b m]`.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn each(&self, inputs: Tensor<2>, weights: Tensor<2>) -> Tensor<2> {
        apply(&self.zip, self.angles(inputs), weights)
    }

    /// Inputs `[b k]`, each with every one of the sets of weights `[g p]`, to values `[g b m]`.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn shared(&self, inputs: Tensor<2>, weights: Tensor<2>) -> Tensor<3> {
        apply(&self.cross, self.angles(inputs), weights)
    }

    /// Circuits evaluated so far: one per row forward; backward two per sweep (the circuit again and back) or two per
    /// rotation that is shifted.
    pub fn evaluations(&self) -> u64 {
        [&self.zip, &self.cross].iter().map(|op| op.evaluations.load(Ordering::Relaxed)).sum()
    }

    /// Encoding angles `[b e]` of inputs `[b k]`.
    fn angles(&self, inputs: Tensor<2>) -> Tensor<2> {
        let [b, k] = inputs.dims();
        let pairs = |first: Tensor<2>, second: Tensor<2>| {
            Tensor::stack::<3>(vec![first, second], 2).reshape([b, 2 * k])
        };
        match self.encoding {
            Encoding::Ry => inputs,
            Encoding::Arctan => pairs(inputs.clone().atan(), (inputs.clone() * inputs).atan()),
            Encoding::Reupload => pairs(inputs.clone(), inputs),
        }
    }
}
