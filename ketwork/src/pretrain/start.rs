//! Where the training of a circuit begins: knowing nothing, knowing little, or knowing what a network knows.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use circuit::{Circuit, Op};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};
use tensornet::synthesis::{Extension, ExtensionPairs, PairGate, Synthesis, Topology};

use crate::Error;

/// The first parameters of a circuit. All starts of one comparison have the same number of gates and parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Start {
    /// Every two-qubit gate from the Haar measure.
    Haar,
    /// Every angle uniform in `[-π, π)`.
    Uniform,
    /// Every angle normal around zero.
    NearIdentity {
        /// Standard deviation in radians.
        sigma: f64,
    },
    /// Layers in pairs, a random one and its inverse: the identity, from angles that are far from zero.
    ///
    /// Reference: Grant et al., arXiv:1903.05076.
    IdentityBlocks,
    /// Gates that prepare a matrix product state trained before.
    Mps {
        /// Its largest bond.
        chi: usize,
    },
    /// The circuit itself, trained on a matrix product state before.
    ///
    /// Reference: Khan, Clark and Tubman, arXiv:2310.12965.
    Vtne {
        /// Largest bond.
        chi: usize,
    },
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Haar => write!(f, "haar"),
            Self::Uniform => write!(f, "uniform"),
            Self::NearIdentity { sigma } => write!(f, "near-identity:{sigma}"),
            Self::IdentityBlocks => write!(f, "identity-blocks"),
            Self::Mps { chi } => write!(f, "mps:{chi}"),
            Self::Vtne { chi } => write!(f, "vtne:{chi}"),
        }
    }
}

impl FromStr for Start {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let unknown = || Error::Name {
            what: "start",
            name: text.to_owned(),
            known: "haar, uniform, near-identity[:SIGMA], identity-blocks, mps:CHI, vtne:CHI".to_owned(),
        };
        let (kind, value) = text.split_once(':').map_or((text, None), |(kind, value)| (kind, Some(value)));
        let chi = || value.and_then(|v| v.parse().ok()).filter(|&chi: &usize| chi > 0).ok_or_else(unknown);
        match (kind, value) {
            ("haar", None) => Ok(Self::Haar),
            ("uniform", None) => Ok(Self::Uniform),
            ("identity-blocks", None) => Ok(Self::IdentityBlocks),
            ("near-identity", None) => Ok(Self::NearIdentity { sigma: 0.01 }),
            ("near-identity", Some(sigma)) => {
                let sigma = sigma.parse().ok().filter(|s: &f64| *s >= 0.0 && s.is_finite());
                Ok(Self::NearIdentity { sigma: sigma.ok_or_else(unknown)? })
            }
            ("mps", Some(_)) => Ok(Self::Mps { chi: chi()? }),
            ("vtne", Some(_)) => Ok(Self::Vtne { chi: chi()? }),
            _ => Err(unknown()),
        }
    }
}

impl From<Start> for String {
    fn from(start: Start) -> String {
        start.to_string()
    }
}

impl TryFrom<String> for Start {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

/// `layers` staircases, and one brick on every other pair, at the identity.
///
/// # Errors
/// If the register is too large.
pub(super) fn shape(n_qubits: usize, layers: usize, rng: &mut impl Rng) -> Result<Circuit, Error> {
    let stairs = Synthesis { n_qubits, layers: vec![staircase(n_qubits); layers] };
    Ok(stairs.extended(&Extension { sigma: Some(0.0), ..Default::default() }, rng)?.0)
}

/// Circuit and first parameters of a start that needs no training.
///
/// # Errors
/// If the register is too large.
pub(super) fn untrained(
    start: Start,
    n_qubits: usize,
    layers: usize,
    rng: &mut impl Rng,
) -> Result<(Circuit, Vec<f64>), Error> {
    if start == Start::IdentityBlocks {
        return identity_blocks(n_qubits, layers, rng);
    }
    let circuit = shape(n_qubits, layers, rng)?;
    let n = circuit.n_params();
    let params = match start {
        Start::Haar => {
            let pairs = bricks(&circuit);
            Synthesis::haar(n_qubits, &Topology::Pairs(pairs), 1, rng).circuit()?.1
        }
        Start::NearIdentity { sigma } => {
            (0..n).map(|_| sigma * rng.sample::<f64, _>(StandardNormal)).collect()
        }
        Start::Uniform | Start::IdentityBlocks | Start::Mps { .. } | Start::Vtne { .. } => {
            (0..n).map(|_| rng.random_range(-PI..PI)).collect()
        }
    };
    Ok((circuit, params))
}

/// The gates of a synthesis, and as many bricks near the identity as [`shape`] has beyond them: one on every other pair,
/// and staircases in place of the layers that the synthesis did without.
///
/// # Errors
/// If a matrix is not unitary.
pub(super) fn extended(
    synthesis: &Synthesis,
    layers: usize,
    extension: &Extension,
    rng: &mut impl Rng,
) -> Result<(Circuit, Vec<f64>), Error> {
    let n = synthesis.n_qubits;
    let spare = layers.saturating_sub(synthesis.layers.len());
    let pairs = match &extension.pairs {
        ExtensionPairs::Pairs(pairs) => pairs.clone(),
        ExtensionPairs::Missing => {
            let distant = (0..n).flat_map(|a| (a + 2..n).map(move |b| [a, b]));
            let stairs = (0..spare).flat_map(|_| (1..n).map(|q| [q - 1, q]));
            distant.chain(stairs).collect()
        }
    };
    let extension = Extension { pairs: ExtensionPairs::Pairs(pairs), ..extension.clone() };
    Ok(synthesis.extended(&extension, rng)?)
}

/// Pairs of staircases, Haar gates and their inverses in reverse order, then the other pairs at the identity.
fn identity_blocks(n_qubits: usize, layers: usize, rng: &mut impl Rng) -> Result<(Circuit, Vec<f64>), Error> {
    let mut blocks = Synthesis { n_qubits, layers: Vec::new() };
    for _ in 0..layers / 2 {
        let there = Synthesis::haar(n_qubits, &Topology::Staircase, 1, rng).layers.remove(0);
        let back = there.iter().rev().map(inverse).collect();
        blocks.layers.extend([there, back]);
    }
    if layers % 2 == 1 {
        blocks.layers.push(staircase(n_qubits));
    }
    Ok(blocks.extended(&Extension { sigma: Some(0.0), ..Default::default() }, rng)?)
}

const IDENTITY: circuit::Mat4 = {
    let mut matrix = [circuit::C64::new(0.0, 0.0); 16];
    let mut k = 0;
    while k < 4 {
        matrix[k * 5] = circuit::C64::new(1.0, 0.0);
        k += 1;
    }
    matrix
};

/// One staircase of identities.
fn staircase(n_qubits: usize) -> Vec<PairGate> {
    (1..n_qubits).map(|q| PairGate { qubits: [q - 1, q], matrix: IDENTITY }).collect()
}

fn inverse(gate: &PairGate) -> PairGate {
    PairGate { qubits: gate.qubits, matrix: std::array::from_fn(|k| gate.matrix[k % 4 * 4 + k / 4].conj()) }
}

/// The pairs of the bricks of a circuit, first to act first.
fn bricks(circuit: &Circuit) -> Vec<[usize; 2]> {
    let pair = |op: &Op| match op {
        Op::Rotation(pauli, _) if pauli.x.count_ones() == 2 && pauli.z == 0 => {
            let support = pauli.support();
            Some([support[0], support[1]])
        }
        Op::Rotation(..) | Op::Gate(..) => None,
    };
    circuit.ops().iter().filter_map(pair).collect()
}
