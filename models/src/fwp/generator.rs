//! Quantum-train: a circuit of few qubits generates the weights of a network of many.
//!
//! Reference: Liu et al., arXiv:2405.11304; for fast-weight programmers arXiv:2412.01173.

use std::sync::Arc;

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Tensor, TensorData};
use circuit::ansatz::hardware_efficient;
use sim::{QNode, Readout, Real};

use crate::Error;
use crate::bridge::{Differentiable, ForeignOp, Pullback, apply, narrow, wide};
use crate::init::Draws;

/// `w_i = f(bits(i), n |<i|psi>|^2)` for `i < n`, where `f` is a network of one hidden layer and `psi` the state of
/// `ceil(log2 n)` qubits after a hardware-efficient circuit.
///
/// Probabilities are multiplied by the number of basis states, so that they are of order one for any `n`.
#[derive(Module, Debug)]
pub(super) struct Generator {
    angles: Param<Tensor<2>>,
    hidden: Linear,
    out: Linear,
    n: usize,
    #[module(skip)]
    circuit: Arc<Probabilities>,
}

impl Generator {
    pub(super) fn new(n: usize, layers: usize, hidden: usize, draws: &mut Draws) -> Result<Self, Error> {
        crate::train::at_least_one("generation.layers", layers)?;
        crate::train::at_least_one("generation.hidden", hidden)?;
        let qubits = n.next_power_of_two().ilog2() as usize;
        let node = QNode::new(hardware_efficient(qubits, layers)?, Readout::Probabilities)?;
        let angles = draws.angles(1, node.circuit().n_params(), 0.5);
        let (hidden, out) = (draws.linear(qubits + 1, hidden), draws.linear(hidden, 1));
        Ok(Self { angles, hidden, out, n, circuit: Arc::new(Probabilities(node)) })
    }

    /// Circuits run so far.
    pub(super) fn evaluations(&self) -> u64 {
        self.circuit.0.evaluations()
    }

    /// All weights, `[n]`.
    pub(super) fn weights(&self) -> Tensor<1> {
        let angles = self.angles.val();
        let place = (&angles.device(), angles.dtype());
        let qubits = self.circuit.0.circuit().n_qubits();
        let bits = (0..self.n).flat_map(|i| (0..qubits).map(move |q| (i >> q & 1) as f64)).collect();
        let bits = Tensor::<2>::from_data(TensorData::new(bits, [self.n, qubits]), place); // n q
        let nothing = Tensor::<1>::zeros([0], place);
        let probabilities: Tensor<2> = apply(&self.circuit, angles, nothing); // 1 2^q
        let own = probabilities.narrow(1, 0, self.n).reshape([self.n, 1]) * (1 << qubits) as f64;
        let features = Tensor::cat(vec![bits, own], 1); // n q+1
        self.out.forward(self.hidden.forward(features).tanh()).reshape([self.n])
    }
}

/// Angles `[1 p]` to the probabilities of all basis states `[1 2^q]`; the second input is empty.
#[derive(Debug)]
struct Probabilities(QNode);

impl ForeignOp for Probabilities {
    fn output_shape(&self, angles: &[usize], _nothing: &[usize]) -> Vec<usize> {
        assert_eq!(angles, [1, self.0.circuit().n_params()], "one row of angles");
        vec![1, self.0.n_values()]
    }
}

impl<T: Real> Differentiable<T> for Probabilities {
    type Saved = ();

    fn forward(&self, angles: &[T], _nothing: &[T]) -> (Vec<T>, ()) {
        (narrow(self.0.forward(&wide(angles))), ())
    }

    fn vjp(
        &self,
        angles: &[T],
        _nothing: &[T],
        (): (),
        cotangent: &[T],
        [wanted, _]: [bool; 2],
    ) -> Pullback<T> {
        [wanted.then(|| narrow(self.0.vjp(&wide(angles), &wide(cotangent)))), None]
    }
}
