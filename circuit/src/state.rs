//! The one interface: a representation of a quantum state that can absorb a circuit.

use crate::{Circuit, Gate, Op, PauliString, PauliSum};

/// A pure state of `n` qubits, in whatever representation.
pub trait State: Clone {
    /// `|0…0⟩`.
    fn zero(n_qubits: usize) -> Self;
    /// Applies a constant gate; the first listed qubit is the high bit of its matrix.
    fn apply_gate(&mut self, gate: &Gate, qubits: &[usize]);
    /// Applies `exp(-i θ/2 P)`.
    fn apply_rotation(&mut self, pauli: &PauliString, theta: f64);
    /// `⟨ψ|O|ψ⟩`.
    fn expectation(&self, observable: &PauliSum) -> f64;
}

/// Applies every op of `circuit` to `state`; `params` has shape `[n_params]`.
///
/// # Panics
/// If `params` has another length than `circuit.n_params()`.
pub fn run<S: State>(circuit: &Circuit, params: &[f64], state: &mut S) {
    assert_eq!(params.len(), circuit.n_params(), "one value per parameter of the circuit");
    for op in circuit.ops() {
        match op {
            Op::Gate(gate, qubits) => state.apply_gate(gate, qubits),
            Op::Rotation(pauli, angle) => state.apply_rotation(pauli, angle.value(params)),
        }
    }
}
