//! What can be wrong with a circuit.

/// A circuit that would be meaningless; raised where the offending op is added.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A qubit outside the register.
    #[error("qubit {qubit} is outside the register of {n_qubits} qubits; use 0 to {}", n_qubits.saturating_sub(1))]
    QubitRange {
        /// The qubit.
        qubit: usize,
        /// Size of the register.
        n_qubits: usize,
    },
    /// A gate that touches one qubit twice.
    #[error("qubit {qubit} appears twice in {qubits:?}; give each target once")]
    DuplicateQubit {
        /// The qubit.
        qubit: usize,
        /// All targets.
        qubits: Vec<usize>,
    },
    /// A gate with the wrong number of targets.
    #[error("{gate} acts on {expected} qubits, but {got} were given")]
    Arity {
        /// Name of the gate.
        gate: &'static str,
        /// Qubits the gate acts on.
        expected: usize,
        /// Qubits given.
        got: usize,
    },
    /// An angle, scale or coefficient that is not finite.
    #[error("{what} is {value}; give a finite number")]
    NonFinite {
        /// The number's role.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A literal matrix that is not unitary.
    #[error("the matrix of the gate differs from a unitary one by {deviation:.1e}; the limit is 1e-10")]
    NotUnitary {
        /// Largest entry of `|U†U - 1|`.
        deviation: f64,
    },
    /// A register larger than the masks of a Pauli string.
    #[error("{n_qubits} qubits were asked for; the limit is {limit}")]
    TooManyQubits {
        /// The request.
        n_qubits: usize,
        /// The limit.
        limit: usize,
    },
    /// Two circuits on different registers.
    #[error("a circuit on {right} qubits cannot follow one on {left}; embed it first")]
    RegisterMismatch {
        /// Register of the first circuit.
        left: usize,
        /// Register of the second circuit.
        right: usize,
    },
    /// A parameter index outside the parameter vector.
    #[error(
        "parameter {index} is outside the {n_params} parameters of the circuit; allocate it with `param`"
    )]
    ParamRange {
        /// The index.
        index: usize,
        /// Length of the parameter vector.
        n_params: usize,
    },
    /// Text that is not a Pauli string or sum.
    #[error("'{text}' is not a Pauli factor; write X, Y or Z and a qubit, as in 0.5*X0*Z3")]
    PauliText {
        /// The offending piece.
        text: String,
    },
    /// Another number of values than parameters.
    #[error("{got} values were given for the {expected} parameters of the circuit; give one for each")]
    ParamCount {
        /// Values given.
        got: usize,
        /// Parameters of the circuit.
        expected: usize,
    },
    /// Free parameters where a text can hold none.
    #[error(
        "OpenQASM 2 has no parameters, but the circuit has {n_params}; give their values or take version 3"
    )]
    FreeParams {
        /// Parameters of the circuit.
        n_params: usize,
    },
    /// A program that is no circuit.
    #[error("line {line}, column {column}: {what}")]
    Qasm {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there, and what to do.
        what: String,
    },
}
