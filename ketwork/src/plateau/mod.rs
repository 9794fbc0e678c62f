//! How steep a loss is where training starts: the mean square of its gradient against the number of qubits.
//!
//! The circuit is one staircase and one gate on every pair of qubits. Behind every gate stand rotations about the
//! fifteen two-qubit Pauli strings `P`; the gradient is that of their angles, `g = dL/dt` of `exp(-i t P/2)`, so that it
//! does not depend on how gates are written in angles. Energies are per qubit.
//!
//! State vectors reach some twelve qubits. Beyond, circuits near the identity are chains of small bonds
//! ([`Simulator::Mps`]), whose cuts are reported beside each gradient. Gates on pairs up to a distance
//! ([`PlateauConfig::distance`]) and a sample of the data ([`PlateauConfig::rows`]) keep a hundred qubits affordable.
//! Gates that are still the identity have gradients in closed form ([`PlateauConfig::closed_form`]), without any circuit.
//!
//! ```
//! use ketwork::plateau::{PlateauConfig, gradient_scan};
//!
//! let config = PlateauConfig { qubits: vec![4, 6], draws: 20, ..Default::default() };
//! let report = gradient_scan(&config)?;
//! let haar = &report.curves[0];
//! assert!(haar.points[1].mean_square < haar.points[0].mean_square); // a random circuit flattens
//! # Ok::<(), ketwork::Error>(())
//! ```
//!
//! Reference: McClean et al., arXiv:1803.11173; Rudolph et al., arXiv:2208.13673.

mod chain;
mod circuit;
mod closed_form;
mod fit;
mod task;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tensornet::GradientReport;

use crate::Error;
use crate::error::check_settings;
use crate::optimise::Objective;
use crate::pretrain::{CircuitLoss, ClassicalConfig};
pub use closed_form::{IdentityCurve, IdentityPoint};
pub use fit::Slope;
use task::Task;

/// Where the gradient is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Every gate from the Haar measure.
    Haar,
    /// Every gate near the identity.
    NearIdentity,
    /// The staircase of a matrix product state of bond 2, all other gates near the identity, and the noise on all.
    Network,
}

/// What circuits run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Simulator {
    /// All amplitudes.
    #[default]
    StateVector,
    /// Matrix product states, with bonds cut.
    Mps,
}

/// Settings of [`gradient_scan`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlateauConfig {
    /// A family of problems by the name before the colon: `tfim`, `heisenberg`, or `cardinality` with half of all bits.
    pub family: String,
    /// Numbers of qubits.
    pub qubits: Vec<usize>,
    /// Where gradients are taken.
    pub places: Vec<Place>,
    /// Standard deviation of the angles `t` near the identity.
    pub sigma: f64,
    /// Circuits drawn for each number of qubits.
    pub draws: usize,
    /// What circuits run on.
    pub backend: Simulator,
    /// Largest bond of a chain.
    pub chi_max: usize,
    /// Largest share of the weight that one cut of a chain discards for a smaller bond.
    pub cutoff: f64,
    /// Farthest pair that carries a gate beside the staircase; all pairs if absent.
    pub distance: Option<usize>,
    /// Strings drawn from a distribution, over which its loss is then taken; all if absent, or if there are no more. The
    /// mean square of the gradient of a sample exceeds that of the distribution by the variance over strings divided
    /// by their number. Networks are trained on a larger sample of their own.
    pub rows: Option<usize>,
    /// Bonds of ground states for gradients in closed form: gates on pairs up to `distance` (3 if absent) behind the
    /// state, at the identity.
    pub closed_form: Vec<usize>,
    /// How networks are trained.
    pub classical: ClassicalConfig,
    /// Seed of every random stream.
    pub seed: u64,
}

impl Default for PlateauConfig {
    fn default() -> Self {
        Self {
            family: "heisenberg".to_owned(),
            qubits: vec![4, 6, 8, 10, 12],
            places: vec![Place::Haar, Place::NearIdentity, Place::Network],
            sigma: 0.1,
            draws: 200,
            backend: Simulator::StateVector,
            chi_max: 32,
            cutoff: 1e-12,
            distance: None,
            rows: None,
            closed_form: Vec::new(),
            classical: ClassicalConfig::default(),
            seed: 0,
        }
    }
}

/// One number of qubits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Number of qubits.
    pub n_qubits: usize,
    /// Mean of `g²` over gates, generators and draws.
    pub mean_square: f64,
    /// Half width of its 95 % confidence interval, from the spread over draws.
    pub half_width: f64,
    /// Mean loss; of a sample of strings the estimate of the divergence, which may be negative.
    pub loss: f64,
    /// What cuts did to the gradients, on chains alone: the largest of all draws.
    #[serde(default)]
    pub cuts: Option<GradientReport>,
}

/// One place over all numbers of qubits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Where.
    pub place: Place,
    /// One entry per number of qubits.
    pub points: Vec<Point>,
    /// Change of `ln g²` per qubit, where there are two numbers of qubits or more.
    pub slope: Option<Slope>,
}

/// What a scan found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlateauReport {
    /// The family of problems.
    pub family: String,
    /// One curve per place.
    pub curves: Vec<Curve>,
    /// One curve per bond and distance, in closed form.
    #[serde(default)]
    pub identity: Vec<IdentityCurve>,
}

/// Mean squares of gradients for every place and number of qubits; the same bits on any number of threads.
///
/// ```
/// use ketwork::plateau::{Place, PlateauConfig, Simulator, gradient_scan};
///
/// let config = PlateauConfig {
///     qubits: vec![30],
///     places: vec![Place::NearIdentity],
///     backend: Simulator::Mps,
///     chi_max: 8,
///     cutoff: 1e-6,
///     distance: Some(1),
///     draws: 2,
///     ..Default::default()
/// };
/// let point = gradient_scan(&config)?.curves[0].points[0];
/// assert!(point.mean_square > 1e-5 && point.cuts.is_some_and(|cuts| cuts.chi <= 8));
/// # Ok::<(), ketwork::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of range, the family has no problem of that size, chains exceed the memory, or random circuits
/// are to run on chains too narrow for them.
pub fn gradient_scan(config: &PlateauConfig) -> Result<PlateauReport, Error> {
    check(config)?;
    let curve = |&place: &Place| -> Result<Curve, Error> {
        let points: Result<Vec<Point>, Error> =
            config.qubits.iter().map(|&n_qubits| point(config, place, n_qubits)).collect();
        let points = points?;
        let slope = Slope::of(&points);
        Ok(Curve { place, points, slope })
    };
    let identity = closed_form::curves(config)?;
    let curves = config.places.iter().map(curve).collect::<Result<_, Error>>()?;
    Ok(PlateauReport { family: config.family.clone(), curves, identity })
}

/// Refuses settings out of range, and circuits that would not fit, before the first of them is built.
fn check(config: &PlateauConfig) -> Result<(), Error> {
    let smallest = config.qubits.iter().copied().min().unwrap_or(0);
    let largest = config.qubits.iter().copied().max().unwrap_or(0);
    let (distance, rows) = (config.distance.unwrap_or(1), config.rows.unwrap_or(1));
    let share = 0.0..1.0;
    check_settings([
        ("draws", config.draws as f64, config.draws >= 2, "2 or more"),
        ("qubits", smallest as f64, smallest >= 2, "2 or more, in a list of one or more"),
        ("sigma", config.sigma, config.sigma >= 0.0 && config.sigma.is_finite(), "finite, 0 or more"),
        ("chi_max", config.chi_max as f64, config.chi_max >= 1, "1 or more"),
        ("cutoff", config.cutoff, share.contains(&config.cutoff), "0 or more and below 1"),
        ("distance", distance as f64, distance >= 1, "1 or more"),
        ("rows", rows as f64, rows >= 1, "1 or more"),
    ])?;
    if config.backend == Simulator::StateVector || config.places.is_empty() {
        return Ok(());
    }
    let narrow = largest >= 2 * usize::BITS as usize || config.chi_max < 1 << (largest / 2);
    if config.places.contains(&Place::Haar) && narrow {
        let range = "2^(qubits/2) or more where circuits are random; leave them out, or take fewer qubits";
        return Err(Error::Setting { name: "chi_max", value: config.chi_max as f64, range });
    }
    let gates = |n_qubits: usize| circuit::places(n_qubits, config.distance).len();
    config.qubits.iter().try_for_each(|&n_qubits| chain::check_memory(config, n_qubits, gates(n_qubits)))
}

fn point(config: &PlateauConfig, place: Place, n_qubits: usize) -> Result<Point, Error> {
    let task = Task::new(config, n_qubits)?;
    let known = match place {
        Place::Network => Some(circuit::staircase(task.training(), config)?),
        Place::Haar | Place::NearIdentity => None,
    };
    let one = |index: usize| -> Result<(f64, f64, Option<GradientReport>), Error> {
        let draw = circuit::draw(config, place, n_qubits, known.as_deref(), index)?;
        let n_params = draw.angles.len() as f64;
        let (value, gradient, cuts) = match config.backend {
            Simulator::StateVector => {
                let loss = CircuitLoss::new(draw.circuit, &task.problem, &task.loss)?;
                let (value, gradient) = loss.value_and_gradient(&draw.angles);
                (value, gradient, None)
            }
            Simulator::Mps => {
                let (value, gradient, cuts) = chain::value_and_gradient(config, &task, &draw)?;
                (value, gradient, Some(GradientReport { error_bound: task.scale * cuts.error_bound, ..cuts }))
            }
        };
        let square = gradient.iter().map(|g| (task.scale * g).powi(2)).sum::<f64>() / n_params;
        Ok((task.scale * value + task.offset, square, cuts))
    };
    let draws: Result<Vec<_>, Error> = (0..config.draws).into_par_iter().map(one).collect();
    let draws = draws?;
    let n = draws.len() as f64;
    let mean_square = draws.iter().map(|draw| draw.1).sum::<f64>() / n;
    let spread = draws.iter().map(|draw| (draw.1 - mean_square).powi(2)).sum::<f64>() / (n - 1.0);
    let loss = draws.iter().map(|draw| draw.0).sum::<f64>() / n;
    let cuts = draws.iter().filter_map(|draw| draw.2).reduce(chain::largest);
    Ok(Point { n_qubits, mean_square, half_width: 1.96 * (spread / n).sqrt(), loss, cuts })
}
