//! What can be wrong with a request to the pipelines.

/// An error that names the value, the limit and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
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
    /// A name that stands for nothing.
    #[error("there is no {what} '{name}'; known are {known}")]
    Name {
        /// What was to be named.
        what: &'static str,
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A text that does not describe a problem.
    #[error("the problem '{text}' is not understood: {why}; {remedy}")]
    Problem {
        /// The text.
        text: String,
        /// What is wrong.
        why: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A number that is not finite where one is needed.
    #[error("{what} is {value}; give finite numbers, or start elsewhere")]
    NonFinite {
        /// The number's role.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// The natural gradient of a function that has no metric.
    #[error("the function has no metric of states, which the natural gradient needs; take another optimiser")]
    NoMetric,
    /// A loss that does not go with the problem.
    #[error("the loss '{loss}' is not defined for {problem}; take one of {known}")]
    Loss {
        /// Name of the loss.
        loss: &'static str,
        /// Kind of problem.
        problem: &'static str,
        /// Losses that go with it.
        known: &'static str,
    },
    /// More qubits than a state vector can have here.
    #[error("the problem has {n_qubits} qubits; circuits are trained on state vectors of at most {limit}")]
    Register {
        /// Qubits of the problem.
        n_qubits: usize,
        /// Most qubits.
        limit: usize,
    },
    /// A circuit that cannot be built.
    #[error(transparent)]
    Circuit(#[from] circuit::Error),
    /// A circuit that cannot be simulated.
    #[error(transparent)]
    Sim(#[from] sim::Error),
    /// A request to the networks that cannot be met.
    #[error(transparent)]
    Tensornet(#[from] tensornet::Error),
    /// A model that cannot be built.
    #[error(transparent)]
    Model(#[from] models::Error),
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
