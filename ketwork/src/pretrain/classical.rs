//! The classical stage: a matrix product state for a problem, by likelihood or by energy.

use circuit::PauliSum;
use models::rng::stream;
use serde::{Deserialize, Serialize};
use tensornet::{BornConfig, DmrgConfig, Mpo, Mps, born_machine, dmrg};

use super::Problem;
use crate::Error;

/// Settings of [`train_network`]; the largest bond is an argument of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassicalConfig {
    /// Training on likelihood.
    pub born: BornConfig,
    /// Training on energy.
    pub dmrg: DmrgConfig,
    /// Random starts of a search for a ground state, of which the best counts; 3 if absent.
    pub dmrg_starts: Option<usize>,
}

/// What a network came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassicalReport {
    /// The largest bond allowed.
    pub chi: usize,
    /// The bonds there are.
    pub bonds: Vec<usize>,
    /// Divergence from the data, or energy.
    pub loss: f64,
    /// Whether its training converged.
    pub converged: bool,
    /// Entanglement entropy of each bond in nats.
    pub entropies: Vec<f64>,
}

/// The best of a few matrix product states of bond at most `chi`.
///
/// # Errors
/// If a setting is out of range.
pub fn train_network(
    problem: &Problem,
    chi: usize,
    config: &ClassicalConfig,
    seed: u64,
) -> Result<(Mps, ClassicalReport), Error> {
    let (state, loss, converged) = match problem {
        Problem::Generative { data, .. } => {
            let settings = BornConfig { chi_max: chi, ..config.born.clone() };
            let (state, report) = born_machine(data, &settings, &mut stream(seed, "born", &[]))?;
            (state, report.kl, report.converged)
        }
        Problem::Ground { hamiltonian, n_qubits, .. } => {
            ground_state(hamiltonian, *n_qubits, chi, config, seed)?
        }
    };
    let entropies = state.entropies();
    let report = ClassicalReport { chi, bonds: state.bond_dims(), loss, converged, entropies };
    Ok((state, report))
}

fn ground_state(
    hamiltonian: &PauliSum,
    n_qubits: usize,
    chi: usize,
    config: &ClassicalConfig,
    seed: u64,
) -> Result<(Mps, f64, bool), Error> {
    let operator = Mpo::from_sum(hamiltonian, n_qubits)?;
    let settings = DmrgConfig { chi_max: vec![chi], ..config.dmrg.clone() };
    let one = |k: usize| -> Result<_, Error> {
        let start = Mps::random(n_qubits, chi.min(4), &mut stream(seed, "dmrg", &[k as u64]));
        let (state, report) = dmrg(&operator, &start, &settings)?;
        Ok((state, report.energy, report.converged))
    };
    let runs = (0..config.dmrg_starts.unwrap_or(3)).map(one).collect::<Result<Vec<_>, _>>()?;
    let best = runs.into_iter().min_by(|a, b| a.1.total_cmp(&b.1));
    best.ok_or(Error::Setting { name: "dmrg_starts", value: 0.0, range: "1 or more" })
}
