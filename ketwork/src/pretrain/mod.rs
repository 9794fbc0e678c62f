//! Networks first, circuits after: a matrix product state is trained on a problem, turned into gates, extended, and
//! trained on as a circuit, beside the same circuit from other starts.
//!
//! ```
//! use ketwork::pretrain::{PretrainConfig, Problem, Start, pretrain};
//!
//! let config = PretrainConfig {
//!     starts: vec![Start::Haar, Start::Mps { chi: 4 }],
//!     layers: 2,
//!     ..Default::default()
//! };
//! let report = pretrain(&Problem::parse("bas:2x2")?, &config)?;
//! let first = |k: usize| report.starts[k].training.history[0];
//! assert!(first(1) < 0.05 && first(0) > 0.1); // a network of bond 4 holds all bars and stripes
//! # Ok::<(), ketwork::Error>(())
//! ```
//!
//! Reference: Rudolph et al., arXiv:2208.13673.

mod classical;
mod loss;
mod problem;
mod start;

use models::rng::stream;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tensornet::synthesis::{Extension, SynthesisConfig, SynthesisReport, synthesize};

use crate::Error;
use crate::error::check_settings;
use crate::optimise::{MinimiseConfig, MinimiseReport, minimise};
pub use classical::{ClassicalConfig, ClassicalReport, train_network};
pub use loss::{CircuitLoss, Loss};
pub use problem::Problem;
pub use start::Start;

/// Parameters of a two-qubit gate.
const BRICK: usize = 15;
/// Most qubits of a circuit that is trained on a state vector.
const MOST_QUBITS: usize = 20;

/// Settings of [`pretrain`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PretrainConfig {
    /// The starts to compare.
    pub starts: Vec<Start>,
    /// Staircases of two-qubit gates; the extension adds one gate on every other pair.
    pub layers: usize,
    /// The loss; what usually goes with the problem if absent.
    pub loss: Option<Loss>,
    /// How networks are trained.
    pub classical: ClassicalConfig,
    /// How they become gates; `layers` stands above.
    pub synthesis: SynthesisConfig,
    /// How gates are added.
    pub extension: Extension,
    /// How the circuits are trained.
    pub training: MinimiseConfig,
    /// Fidelity of the gates with the network below which a report says so.
    pub hand_over: f64,
    /// Seed of every random stream.
    pub seed: u64,
}

impl Default for PretrainConfig {
    fn default() -> Self {
        Self {
            starts: vec![
                Start::Haar,
                Start::NearIdentity { sigma: 0.01 },
                Start::Mps { chi: 2 },
                Start::Mps { chi: 4 },
                Start::Mps { chi: 8 },
            ],
            layers: 4,
            loss: None,
            classical: ClassicalConfig::default(),
            synthesis: SynthesisConfig::default(),
            extension: Extension::default(),
            training: MinimiseConfig::default(),
            hand_over: 0.999,
            seed: 0,
        }
    }
}

/// What became of one start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartReport {
    /// The start.
    pub start: Start,
    /// The network, if there was one.
    pub network: Option<ClassicalReport>,
    /// Its gates, if it became any.
    pub synthesis: Option<SynthesisReport>,
    /// True where the fidelity of the gates stays below the one wanted for the hand-over.
    pub poor_hand_over: bool,
    /// Two-qubit gates of the circuit.
    pub gates: usize,
    /// Training as a circuit.
    pub training: MinimiseReport,
}

/// What all starts came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PretrainReport {
    /// The problem.
    pub problem: String,
    /// Its qubits.
    pub n_qubits: usize,
    /// Name of the loss.
    pub loss: String,
    /// The least value there can be, where it is known.
    pub reference: Option<f64>,
    /// One entry per start, in the order of the settings.
    pub starts: Vec<StartReport>,
}

impl PretrainReport {
    /// True if the training of every network settled.
    pub fn converged(&self) -> bool {
        self.starts.iter().all(|start| start.network.as_ref().is_none_or(|network| network.converged))
    }
}

/// Trains the circuit of every start; the same bits on any number of threads.
///
/// # Errors
/// If settings are out of range or do not go together, or the register is too large for a state vector.
pub fn pretrain(problem: &Problem, config: &PretrainConfig) -> Result<PretrainReport, Error> {
    let n_qubits = problem.n_qubits();
    if n_qubits > MOST_QUBITS {
        return Err(Error::Register { n_qubits, limit: MOST_QUBITS });
    }
    let starts = config.starts.len();
    check_settings([
        ("the number of qubits", n_qubits as f64, n_qubits >= 2, "2 or more"),
        ("layers", config.layers as f64, config.layers >= 1, "1 or more"),
        ("the number of starts", starts as f64, starts >= 1, "1 or more"),
    ])?;
    let loss = config.loss.clone().unwrap_or_else(|| Loss::usual(problem));
    let run = |(k, start): (usize, &Start)| one_start(problem, config, &loss, *start, k as u64);
    let starts: Result<Vec<_>, Error> = config.starts.par_iter().enumerate().map(run).collect();
    let reference = match problem {
        Problem::Generative { .. } => matches!(loss, Loss::Kl { .. } | Loss::Mmd { .. }).then_some(0.0),
        Problem::Ground { reference, .. } => *reference,
    };
    Ok(PretrainReport {
        problem: problem.name().to_owned(),
        n_qubits,
        loss: loss.name().to_owned(),
        reference,
        starts: starts?,
    })
}

fn one_start(
    problem: &Problem,
    config: &PretrainConfig,
    loss: &Loss,
    start: Start,
    index: u64,
) -> Result<StartReport, Error> {
    let n = problem.n_qubits();
    let mut rng = stream(config.seed, "start", &[index]);
    let mut network = None;
    let mut synthesis = None;
    let (circuit, params) = match start {
        Start::Mps { chi } => {
            let (state, report) = train_network(problem, chi, &config.classical, config.seed)?;
            network = Some(report);
            let (gates, report) = synthesize(&state, &settings(config))?;
            synthesis = Some(report);
            start::extended(&gates, config.layers, &config.extension, &mut rng)?
        }
        Start::Vtne { chi } => {
            let near = Start::NearIdentity { sigma: 0.01 };
            let (circuit, params) = start::untrained(near, n, config.layers, &mut rng)?;
            let (params, report) =
                classical::train_circuit(problem, &circuit, params, chi, &config.classical)?;
            network = Some(report);
            (circuit, params)
        }
        Start::Haar | Start::Uniform | Start::NearIdentity { .. } | Start::IdentityBlocks => {
            start::untrained(start, n, config.layers, &mut rng)?
        }
    };
    let gates = params.len() / BRICK;
    let objective = CircuitLoss::new(circuit, problem, loss)?;
    let training = minimise(&objective, params, &config.training, config.seed)?;
    let poor_hand_over =
        synthesis.as_ref().is_some_and(|report: &SynthesisReport| report.fidelity < config.hand_over);
    Ok(StartReport { start, network, synthesis, poor_hand_over, gates, training })
}

fn settings(config: &PretrainConfig) -> SynthesisConfig {
    SynthesisConfig { layers: config.layers, ..config.synthesis.clone() }
}
