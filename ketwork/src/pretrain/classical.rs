//! The classical stage: a matrix product state for a problem, by likelihood or by energy; or the circuit itself on one.

use circuit::{Circuit, PauliSum};
use models::rng::stream;
use serde::{Deserialize, Serialize};
use tensornet::{BornConfig, DmrgConfig, Mpo, Mps, MpsNode, MpsReadout, Truncation, born_machine, dmrg};

use super::Problem;
use crate::Error;
use crate::divergence::Likelihood;
use crate::optimise::{MinimiseConfig, Minimiser, Objective, minimise};

/// Least probability that counts on a chain.
const LEAST: f64 = 1e-12;

/// Settings of [`train_network`]; the largest bond is an argument of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassicalConfig {
    /// Training on likelihood.
    pub born: BornConfig,
    /// Training on energy.
    pub dmrg: DmrgConfig,
    /// Iterations of Adam on a circuit that a chain simulates; 100 if absent.
    pub circuit_iterations: Option<usize>,
    /// Random starts of a search for a ground state, of which the best counts; 3 if absent.
    pub dmrg_starts: Option<usize>,
}

impl Default for ClassicalConfig {
    /// Ground states to `1e-8` of the energy: small bonds settle slowly, and the circuit is trained on anyway.
    fn default() -> Self {
        let dmrg = DmrgConfig { max_sweeps: 80, energy_tolerance: 1e-8, ..DmrgConfig::default() };
        Self { born: BornConfig::default(), dmrg, circuit_iterations: None, dmrg_starts: None }
    }
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

/// Starts of no definite number of ones: at a small bond the states that break this symmetry are the lower ones.
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
        let start = Mps::random_real(n_qubits, chi.min(4), &mut stream(seed, "dmrg", &[k as u64]));
        let (state, report) = dmrg(&operator, &start, &settings)?;
        Ok((state, report.energy, report.converged))
    };
    let runs = (0..config.dmrg_starts.unwrap_or(3)).map(one).collect::<Result<Vec<_>, _>>()?;
    let best = runs.into_iter().min_by(|a, b| a.1.total_cmp(&b.1));
    best.ok_or(Error::Setting { name: "dmrg_starts", value: 0.0, range: "1 or more" })
}

/// The circuit trained on a chain of bond at most `chi`: a loss that is wrong where the state is entangled, but cheap.
///
/// Probabilities below `1e-12` count as that.
///
/// # Errors
/// If the circuit does not fit the problem, or a setting is out of range.
pub(super) fn train_circuit(
    problem: &Problem,
    circuit: &Circuit,
    params: Vec<f64>,
    chi: usize,
    config: &ClassicalConfig,
) -> Result<(Vec<f64>, ClassicalReport), Error> {
    let (readout, data) = match problem {
        Problem::Generative { data, .. } => (MpsReadout::Probabilities(data.rows().to_vec()), Some(data)),
        Problem::Ground { hamiltonian, .. } => (MpsReadout::Expectations(vec![hamiltonian.clone()]), None),
    };
    let truncation = Truncation { chi_max: chi, ..Truncation::EXACT };
    let node = MpsNode::new(circuit.clone(), readout)?.with_truncation(truncation);
    let likelihood = data.map(|data| Likelihood::divergence(data.weights().to_vec(), LEAST));
    let objective = OnChain { node, likelihood };
    let training = MinimiseConfig {
        minimiser: Minimiser::ADAM,
        iterations: config.circuit_iterations.unwrap_or(100),
        target: None,
    };
    let report = minimise(&objective, params, &training, 0)?;
    let state = objective.node.state(&report.params);
    let network = ClassicalReport {
        chi,
        bonds: state.bond_dims(),
        loss: report.value,
        converged: true,
        entropies: state.entropies(),
    };
    Ok((report.params, network))
}

/// The loss of a circuit on a chain: a divergence from the data, or an energy where there are none.
struct OnChain {
    node: MpsNode,
    likelihood: Option<Likelihood>,
}

impl Objective for OnChain {
    fn value_and_gradient(&self, params: &[f64]) -> (f64, Vec<f64>) {
        let result = self.node.differentiate(params, |values| match &self.likelihood {
            None => vec![1.0],
            Some(likelihood) => likelihood.slopes(values.iter().copied()),
        });
        let value = match &self.likelihood {
            None => result.values[0],
            Some(likelihood) => likelihood.value(result.values),
        };
        (value, result.gradient)
    }
}
