//! What can be wrong with a request to the simulator.

/// An error that names the value, the limit and the remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A register of the wrong size.
    #[error("{n_qubits} qubits were asked for; the permitted range is {min} to {max}")]
    Qubits {
        /// The request.
        n_qubits: usize,
        /// Fewest permitted.
        min: usize,
        /// Most permitted.
        max: usize,
    },
    /// A data qubit outside the register, or given twice.
    #[error("data qubit {qubit} is outside the register of {n_qubits} qubits or given twice; list each once")]
    DataQubit {
        /// The qubit.
        qubit: usize,
        /// Size of the register.
        n_qubits: usize,
    },
    /// An operation that the fast route does not know.
    #[error(
        "the matrix route takes CX and Pauli rotations on one or two qubits, not {op}; use a QNode instead"
    )]
    Unsupported {
        /// The operation.
        op: String,
    },
    /// A state that would not fit into memory.
    #[error(
        "{n_qubits} qubits with {lanes} lanes need {needed} bytes, but the limit is {limit}; use fewer qubits, fewer lanes or single precision"
    )]
    Memory {
        /// Size of the register.
        n_qubits: usize,
        /// Number of columns.
        lanes: usize,
        /// Bytes required.
        needed: u128,
        /// Bytes permitted.
        limit: u128,
    },
    /// An initial state of the wrong length or norm.
    #[error("the initial state has {what} {got}, but must have {expected}")]
    Initial {
        /// The property.
        what: &'static str,
        /// What was given.
        got: String,
        /// What is required.
        expected: String,
    },
    /// An observable on qubits that the state does not have.
    #[error(
        "the observable acts on {observable} qubits, but the circuit has {n_qubits}; shorten it or widen the circuit"
    )]
    Observable {
        /// Qubits of the observable.
        observable: usize,
        /// Size of the register.
        n_qubits: usize,
    },
    /// A circuit that cannot be built.
    #[error(transparent)]
    Circuit(#[from] circuit::Error),
}
