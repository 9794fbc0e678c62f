//! What can be wrong with a request for a circuit.

/// A state or a setting that no circuit can be made from.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A chain without a pair of qubits, or one too short for what is asked.
    #[error("the state has {n_qubits} qubits; two-qubit gates need at least 2")]
    TooFewQubits {
        /// Length of the chain.
        n_qubits: usize,
    },
    /// A state that cannot be brought to norm one.
    #[error("the norm of the state is {norm}; give a state whose norm is finite and not zero")]
    Norm {
        /// The norm.
        norm: f64,
    },
    /// A setting outside its range.
    #[error("{name} is {value}; give {range}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range.
        range: &'static str,
    },
    /// Analytic layers exist on the staircase alone.
    #[error(
        "protocol '{protocol}' adds analytic layers, which need the staircase; take it, o-all or iter-i-o-all"
    )]
    AnalyticTopology {
        /// Name of the protocol.
        protocol: &'static str,
    },
    /// A bond too wide for exact gates.
    #[error("a bond of {chi} needs gates on {needed} qubits; the limit is {limit}: truncate the state first")]
    WideBond {
        /// Largest bond dimension.
        chi: usize,
        /// Qubits per gate.
        needed: usize,
        /// Largest number of qubits per gate.
        limit: usize,
    },
    /// A matrix that is not unitary.
    #[error("the matrix of the gate differs from a unitary one by {deviation:.1e}; the limit is 1e-9")]
    NotUnitary {
        /// Largest entry of `|U†U - 1|`.
        deviation: f64,
    },
    /// A start for another register.
    #[error(
        "the start has {start} qubits but the state has {state}; give gates on the register of the state"
    )]
    RegisterMismatch {
        /// Register of the start.
        start: usize,
        /// Register of the state.
        state: usize,
    },
    /// A circuit that could not be built, for instance over a pair outside the register.
    #[error(transparent)]
    Circuit(#[from] circuit::Error),
}
