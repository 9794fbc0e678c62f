//! What can be wrong with a request to the networks.

/// An error that names the value, the limit and the remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two objects on different numbers of qubits.
    #[error("{what} acts on {got} qubits, but the chain has {expected}; give one of the same length")]
    Length {
        /// The object that does not fit.
        what: &'static str,
        /// Its number of qubits.
        got: usize,
        /// Length of the chain.
        expected: usize,
    },
    /// A chain too short, or too long, for the method.
    #[error("the chain has {n_qubits} qubits; the permitted range here is {min} to {max}")]
    Qubits {
        /// Length of the chain.
        n_qubits: usize,
        /// Fewest permitted.
        min: usize,
        /// Most permitted.
        max: usize,
    },
    /// A setting outside its range.
    #[error("{name} is {value}; it has to be {range}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The permitted values, in words.
        range: &'static str,
    },
    /// A state of norm zero.
    #[error("the state has norm zero, so no direction to start from; give a nonzero state")]
    ZeroState,
    /// A coefficient or amplitude that is not finite.
    #[error("{what} is {value}; give finite numbers")]
    NonFinite {
        /// The number's role.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A term that is not a product of Pauli operators on distinct qubits of the chain.
    #[error(
        "qubit {qubit} of a term is outside the chain of {n_qubits} qubits or appears twice; list each once"
    )]
    TermQubit {
        /// The qubit.
        qubit: usize,
        /// Length of the chain.
        n_qubits: usize,
    },
    /// Site tensors that do not form a chain of qubits.
    #[error(
        "site {site} has shape {shape:?}; expected a left bond of {left} and 2 levels of the qubit, and a last bond of 1"
    )]
    SiteShape {
        /// The site.
        site: usize,
        /// Its shape.
        shape: [usize; 3],
        /// Right bond of the site before, 1 for the first.
        left: usize,
    },
    /// A term on distant qubits, or on more than two, where only neighbours are possible.
    #[error("the term {term} is not on one qubit or two neighbours; use an operator chain instead")]
    NotNeighbours {
        /// The term.
        term: String,
    },
    /// Bit strings of different lengths.
    #[error("row {row} has {got} bits, but the first has {expected}; give all the same number")]
    RowLength {
        /// The row, counted from 0.
        row: usize,
        /// Its length.
        got: usize,
        /// Length of the first row.
        expected: usize,
    },
    /// An array too large for the machine.
    #[error("{needed} bytes are needed, more than the limit of {limit}; allow smaller bonds or fewer qubits")]
    Memory {
        /// Bytes needed.
        needed: u128,
        /// Most bytes allowed.
        limit: u128,
    },
    /// A text that cannot be read.
    #[error("line {line}, column {column}: found {found}; expected {expected}")]
    Text {
        /// The line, counted from 1.
        line: usize,
        /// The character of the line, counted from 1.
        column: usize,
        /// What is there.
        found: String,
        /// What should be there.
        expected: &'static str,
    },
    /// Analytic layers exist on the staircase and the tree alone.
    #[error(
        "protocol '{protocol}' adds analytic layers, which need the staircase or the tree; take one of them, o-all or iter-i-o-all"
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
    /// A circuit that could not be built, for instance over a pair outside the register.
    #[error(transparent)]
    Circuit(#[from] circuit::Error),
    /// A network too wide to be contracted, even in slices.
    #[error(
        "the contraction needs {needed} bytes, for tensors of up to 2^{width} entries in slices; the limit is {limit}: raise memory_limit, or work_limit for more slices, anneal the order, or take fewer layers or a more local observable"
    )]
    Contraction {
        /// Most legs of a tensor.
        width: usize,
        /// Bytes needed at one time.
        needed: u128,
        /// Most bytes allowed.
        limit: u64,
    },
    /// A network whose contraction takes too long.
    #[error(
        "the contraction needs {multiply_adds:.1e} multiply-adds in {slices} slices; the limit is {limit:.1e}: raise work_limit, or memory_limit for fewer slices, anneal the order, or take fewer layers or a more local observable"
    )]
    Work {
        /// Complex multiply-adds needed.
        multiply_adds: f64,
        /// Number of slices.
        slices: u64,
        /// Most multiply-adds allowed.
        limit: f64,
    },
}

/// Refuses the first setting out of range, of `(name, value, fine, range)`.
pub(crate) fn check_settings(
    settings: impl IntoIterator<Item = (&'static str, f64, bool, &'static str)>,
) -> Result<(), Error> {
    match settings.into_iter().find(|(.., fine, _)| !fine) {
        Some((name, value, _, range)) => Err(Error::Setting { name, value, range }),
        None => Ok(()),
    }
}
