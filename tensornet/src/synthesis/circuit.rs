//! The result: layers of two-qubit gates, and the trainable circuit they are the start of.

use circuit::{Circuit, Gate, Mat4, State};
use rand::Rng;

use super::extend::{Placed, build, place};
use super::kak::cnot_count;
use super::unitary::{U4, from_rows, haar, to_rows, unitarity_error};
use super::{Extension, Parametrisation, Topology};
use crate::Error;

/// A two-qubit unitary in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct PairGate {
    /// The ordered pair; its first qubit is the high bit of the matrix.
    pub qubits: [usize; 2],
    /// The matrix, row-major.
    pub matrix: Mat4,
}

/// Layers of two-qubit gates that prepare a state from `|0..0>`; the first layer acts first.
#[derive(Clone, Debug, PartialEq)]
pub struct Synthesis {
    /// Size of the register.
    pub n_qubits: usize,
    /// Gates of every layer in the order in which they act.
    pub layers: Vec<Vec<PairGate>>,
}

impl PairGate {
    /// The gate of a matrix.
    pub(super) fn from_unitary(qubits: [usize; 2], unitary: &U4) -> Self {
        Self { qubits, matrix: to_rows(unitary) }
    }
}

impl Synthesis {
    /// Layers of gates drawn from the Haar measure, a start without knowledge.
    ///
    /// # Panics
    /// If a pair of the topology has a qubit outside the register.
    pub fn haar(n_qubits: usize, topology: &Topology, layers: usize, rng: &mut impl Rng) -> Self {
        let pairs = topology.pairs(n_qubits);
        assert!(pairs.iter().flatten().all(|&q| q < n_qubits), "pairs {pairs:?} on {n_qubits} qubits");
        let mut layer = || pairs.iter().map(|&pair| PairGate::from_unitary(pair, &haar(rng))).collect();
        Self { n_qubits, layers: (0..layers).map(|_| layer()).collect() }
    }

    /// All gates, first to act first.
    pub fn gates(&self) -> impl Iterator<Item = &PairGate> {
        self.layers.iter().flatten()
    }

    /// Applies all gates to `state`.
    pub fn apply<S: State>(&self, state: &mut S) {
        self.gates().for_each(|gate| state.apply_gate(&Gate::Unitary2(Box::new(gate.matrix)), &gate.qubits));
    }

    /// The least number of CNOT gates that build all gates one by one.
    ///
    /// # Errors
    /// If a matrix is not unitary.
    pub fn cnot_count(&self) -> Result<usize, Error> {
        self.gates().map(|gate| cnot_count(&gate.matrix)).sum()
    }

    /// Number of time steps when every gate starts as early as its qubits allow.
    pub fn depth(&self) -> usize {
        let mut busy_until = vec![0; self.n_qubits];
        for gate in self.gates() {
            let start = gate.qubits.map(|q| busy_until[q]).into_iter().max().unwrap_or(0);
            gate.qubits.iter().for_each(|&q| busy_until[q] = start + 1);
        }
        busy_until.into_iter().max().unwrap_or(0)
    }

    /// A trainable circuit with one brick of 15 parameters per gate, and the parameters that make it
    /// these gates up to a global phase.
    ///
    /// # Errors
    /// If a matrix is not unitary or a pair does not fit the register.
    pub fn circuit(&self) -> Result<(Circuit, Vec<f64>), Error> {
        self.circuit_in(Parametrisation::Angles)
    }

    /// As [`circuit`](Self::circuit), with the choice of what the 15 parameters per gate are. Where they turn constant
    /// gates the circuit is these gates exactly, with their phases.
    ///
    /// # Errors
    /// As [`circuit`](Self::circuit).
    pub fn circuit_in(&self, parametrisation: Parametrisation) -> Result<(Circuit, Vec<f64>), Error> {
        let gates = self.gates().map(|gate| Placed::of(gate, parametrisation));
        build(self.n_qubits, &gates.collect::<Result<Vec<_>, Error>>()?, parametrisation)
    }

    /// As [`circuit`](Self::circuit), with bricks near the identity on further pairs: a wider circuit
    /// that still starts at the same state, exactly so for `sigma = 0`.
    ///
    /// # Errors
    /// As [`circuit`](Self::circuit), and for a `sigma` that is negative or not finite.
    pub fn extended(&self, extension: &Extension, rng: &mut impl Rng) -> Result<(Circuit, Vec<f64>), Error> {
        build(self.n_qubits, &place(self, extension, rng)?, extension.parametrisation)
    }

    /// Checks the matrices and pairs.
    pub(super) fn check(&self) -> Result<(), Error> {
        let mut probe = Circuit::new(self.n_qubits)?;
        for gate in self.gates() {
            let deviation = unitarity_error(&from_rows(&gate.matrix));
            if deviation.is_nan() || deviation > 1e-9 {
                return Err(Error::NotUnitary { deviation });
            }
            probe.gate(Gate::Cz, &gate.qubits)?;
        }
        Ok(())
    }
}
