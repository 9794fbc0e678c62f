//! How steep a loss is where training starts: the mean square of its gradient against the number of qubits.
//!
//! The circuit is one staircase and one gate on every pair of qubits. Behind every gate stand rotations about the
//! fifteen two-qubit Pauli strings `P`; the gradient is that of their angles, `g = dL/dt` of `exp(-i t P/2)`, so that it
//! does not depend on how gates are written in angles. Energies are per qubit.
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

mod fit;

use circuit::{Circuit, Gate, Mat4, Pauli};
use models::rng::stream;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tensornet::synthesis::{Synthesis, SynthesisConfig, Topology, synthesize};

use crate::Error;
use crate::error::check_settings;
use crate::optimise::Objective;
use crate::pretrain::{CircuitLoss, ClassicalConfig, Loss, Problem, train_network};
pub use fit::Slope;

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
    /// Mean loss.
    pub loss: f64,
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
}

/// Mean squares of gradients for every place and number of qubits; the same bits on any number of threads.
///
/// # Errors
/// If a setting is out of range, or the family has no problem of that size.
pub fn gradient_scan(config: &PlateauConfig) -> Result<PlateauReport, Error> {
    let smallest = config.qubits.iter().copied().min().unwrap_or(0);
    let settings = [
        ("draws", config.draws as f64, config.draws >= 2, "2 or more"),
        ("qubits", smallest as f64, smallest >= 2, "2 or more, in a list of one or more"),
        ("sigma", config.sigma, config.sigma >= 0.0 && config.sigma.is_finite(), "finite, 0 or more"),
    ];
    check_settings(settings)?;
    let curve = |&place: &Place| -> Result<Curve, Error> {
        let points: Result<Vec<Point>, Error> =
            config.qubits.iter().map(|&n_qubits| point(config, place, n_qubits)).collect();
        let points = points?;
        let slope = Slope::of(&points);
        Ok(Curve { place, points, slope })
    };
    let curves = config.places.iter().map(curve).collect::<Result<_, Error>>()?;
    Ok(PlateauReport { family: config.family.clone(), curves })
}

fn point(config: &PlateauConfig, place: Place, n_qubits: usize) -> Result<Point, Error> {
    let problem = match config.family.as_str() {
        "cardinality" => Problem::parse(&format!("cardinality:{n_qubits},{}", n_qubits / 2))?,
        family => Problem::parse(&format!("{family}:{n_qubits}"))?,
    };
    let scale = if matches!(problem, Problem::Ground { .. }) { 1.0 / n_qubits as f64 } else { 1.0 };
    let known = match place {
        Place::Network => Some(staircase(&problem, config)?),
        Place::Haar | Place::NearIdentity => None,
    };
    let one = |draw: usize| -> Result<(f64, f64), Error> {
        let mut rng = stream(config.seed, "plateau", &[place as u64, n_qubits as u64, draw as u64]);
        let gates = gates(place, n_qubits, known.as_deref(), &mut rng);
        let (circuit, n_params) = with_generators(n_qubits, &gates)?;
        let sigma = if place == Place::Haar { 0.0 } else { config.sigma };
        let angles: Vec<f64> = (0..n_params).map(|_| sigma * rng.sample::<f64, _>(StandardNormal)).collect();
        let loss = CircuitLoss::new(circuit, &problem, &Loss::usual(&problem))?;
        let (value, gradient) = loss.value_and_gradient(&angles);
        let square = gradient.iter().map(|g| (scale * g).powi(2)).sum::<f64>() / n_params as f64;
        Ok((scale * value, square))
    };
    let draws: Result<Vec<(f64, f64)>, Error> = (0..config.draws).into_par_iter().map(one).collect();
    let draws = draws?;
    let n = draws.len() as f64;
    let mean_square = draws.iter().map(|draw| draw.1).sum::<f64>() / n;
    let spread = draws.iter().map(|draw| (draw.1 - mean_square).powi(2)).sum::<f64>() / (n - 1.0);
    let loss = draws.iter().map(|draw| draw.0).sum::<f64>() / n;
    Ok(Point { n_qubits, mean_square, half_width: 1.96 * (spread / n).sqrt(), loss })
}

/// The gates that prepare the network of bond 2 of a problem.
fn staircase(problem: &Problem, config: &PlateauConfig) -> Result<Vec<Mat4>, Error> {
    let (state, _) = train_network(problem, 2, &config.classical, config.seed)?;
    let (synthesis, _) = synthesize(&state, &SynthesisConfig { layers: 1, ..Default::default() })?;
    Ok(synthesis.gates().map(|gate| gate.matrix).collect())
}

/// The gates of a staircase and of all pairs.
fn gates(
    place: Place,
    n_qubits: usize,
    known: Option<&[Mat4]>,
    rng: &mut impl Rng,
) -> Vec<([usize; 2], Option<Mat4>)> {
    let stairs = (1..n_qubits).map(|q| [q - 1, q]);
    let pairs = (0..n_qubits).flat_map(|a| (a + 1..n_qubits).map(move |b| [a, b]));
    let places: Vec<[usize; 2]> = stairs.chain(pairs).collect();
    match place {
        Place::Haar => {
            let haar = Synthesis::haar(n_qubits, &Topology::Pairs(places), 1, rng);
            haar.gates().map(|gate| (gate.qubits, Some(gate.matrix))).collect()
        }
        Place::NearIdentity | Place::Network => {
            let matrix = |k: usize| known.and_then(|known| known.get(k)).copied();
            places.into_iter().enumerate().map(|(k, pair)| (pair, matrix(k))).collect()
        }
    }
}

/// Every gate, and behind it a rotation about each of the fifteen two-qubit Pauli strings.
fn with_generators(n_qubits: usize, gates: &[([usize; 2], Option<Mat4>)]) -> Result<(Circuit, usize), Error> {
    const FACTORS: [Option<Pauli>; 4] = [None, Some(Pauli::X), Some(Pauli::Y), Some(Pauli::Z)];
    let mut circuit = Circuit::new(n_qubits)?;
    for (pair, matrix) in gates {
        if let Some(matrix) = matrix {
            circuit.gate(Gate::Unitary2(Box::new(*matrix)), pair)?;
        }
        for k in 1..16 {
            let both = [(pair[0], FACTORS[k / 4]), (pair[1], FACTORS[k % 4])];
            let factors: Vec<(usize, Pauli)> = both.into_iter().filter_map(|(q, p)| Some((q, p?))).collect();
            let angle = circuit.param();
            circuit.rotation(&factors, angle)?;
        }
    }
    let n_params = circuit.n_params();
    Ok((circuit, n_params))
}
