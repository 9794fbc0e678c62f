//! What can go wrong with a user's data, configuration or machine.

use std::path::PathBuf;

/// An error a user can cause and mend; every message names the value, the limit and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting outside its range, or settings that contradict each other.
    #[error("{what} is {got}, but must be {expected}; {remedy}")]
    Invalid {
        /// The setting.
        what: String,
        /// Its value.
        got: String,
        /// The permitted values.
        expected: String,
        /// What to do.
        remedy: String,
    },
    /// A file whose content is not what its format promises.
    #[error("{}, byte {offset}: {problem}; {remedy}", file.display())]
    Data {
        /// The file.
        file: PathBuf,
        /// Position of the first wrong byte in the (decompressed) content.
        offset: u64,
        /// What was found and what was expected.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// A file that cannot be opened or read.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A request for more memory than the limit.
    #[error("{what} needs {needed} bytes, but the limit is {limit} bytes; {remedy}")]
    Memory {
        /// What would be allocated.
        what: String,
        /// Bytes required.
        needed: u128,
        /// Bytes permitted.
        limit: u128,
        /// What to do.
        remedy: String,
    },
    /// A number that is not finite where training cannot go on.
    #[error("{tensor} is not finite at step {step}; {remedy}")]
    NonFinite {
        /// The tensor.
        tensor: String,
        /// The optimiser step, counted from one.
        step: u64,
        /// What to do.
        remedy: String,
    },
    /// Bytes that are not a snapshot of this training run.
    #[error("the snapshot cannot be used: {problem}; restore one of this run, or start anew")]
    Snapshot {
        /// What is wrong with it.
        problem: String,
    },
    /// A circuit that cannot be built.
    #[error(transparent)]
    Circuit(#[from] circuit::Error),
    /// A request that the simulator refuses.
    #[error(transparent)]
    Simulator(#[from] sim::Error),
}

impl Error {
    /// A setting outside its range.
    pub(crate) fn invalid(
        what: impl Into<String>,
        got: impl std::fmt::Display,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Invalid {
            what: what.into(),
            got: got.to_string(),
            expected: expected.into(),
            remedy: remedy.into(),
        }
    }
}
