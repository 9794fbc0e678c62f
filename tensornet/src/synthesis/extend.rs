//! Trainable circuits that start at the state of a synthesis, and wider ones that do so as well: bricks near the
//! identity on pairs the synthesis lacks.

use circuit::{Circuit, Gate, Mat4, Pauli, ansatz::euler};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use super::kak::{BrickAngles, brick_angles};
use super::{PairGate, Synthesis};
use crate::Error;
use crate::gradient::generators;

/// A gate in its place: its parameters, and the constant gate they turn, if there is one.
pub(super) struct Placed {
    pair: [usize; 2],
    angles: BrickAngles,
    constant: Option<Mat4>,
}

/// What the 15 parameters of a two-qubit gate are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parametrisation {
    /// The angles of a brick: a start anywhere in the landscape, without constant gates. The map from angles to gates
    /// has singular points, the identity among them: the sum of two `RZ` angles counts there, and their difference
    /// does not, and there is no `X`, so that a gate at the identity can move in 7 directions of 15.
    #[default]
    Angles,
    /// The gate itself as a constant, then a rotation about each of the 15 Pauli strings of the pair, all at zero. Every
    /// direction is there at the start; a product of rotations agrees with `exp(-i/2 Σ t_k P_k)` to first order.
    Relative,
}

/// Further pairs that get a brick.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtensionPairs {
    /// Every pair on which the synthesis has no gate.
    #[default]
    Missing,
    /// The listed pairs.
    Pairs(Vec<[usize; 2]>),
}

/// Where the further bricks act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// Among the gates of the last layer: each before the first gate there that shares its lower qubit.
    #[default]
    Interleaved,
    /// After all gates.
    Appended,
}

/// How a synthesis is extended.
///
/// Gradients of bricks at the identity can vanish by symmetry, hence a small noise.
///
/// Reference: Rudolph et al., arXiv:2208.13673.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Extension {
    /// Further pairs.
    pub pairs: ExtensionPairs,
    /// Where they act.
    pub placement: Placement,
    /// Standard deviation of their angles in radians; `min(0.01, 1/sqrt(15 G))` for `G` bricks if absent.
    pub sigma: Option<f64>,
    /// What the parameters are, of all gates.
    pub parametrisation: Parametrisation,
}

/// The bricks of `synthesis` with those of `extension` among or after them.
pub(super) fn place(
    synthesis: &Synthesis,
    extension: &Extension,
    rng: &mut impl Rng,
) -> Result<Vec<Placed>, Error> {
    let pairs = match &extension.pairs {
        ExtensionPairs::Missing => missing_pairs(synthesis),
        ExtensionPairs::Pairs(pairs) => pairs.clone(),
    };
    let sigma = extension.sigma.unwrap_or((15.0 * pairs.len().max(1) as f64).sqrt().recip().min(0.01));
    if !(sigma.is_finite() && sigma >= 0.0) {
        let range = "a finite number that is not negative";
        return Err(Error::Setting { name: "sigma", value: sigma, range });
    }
    let mut noise = || sigma * rng.sample::<f64, _>(StandardNormal);
    let mut brick = |pair| Placed { pair, angles: std::array::from_fn(|_| noise()), constant: None };
    let mut fresh: Vec<Placed> = pairs.into_iter().map(&mut brick).collect();
    let last = synthesis.layers.len().saturating_sub(1);
    let mut bricks = Vec::new();
    for (at, layer) in synthesis.layers.iter().enumerate() {
        for gate in layer {
            if at == last && extension.placement == Placement::Interleaved {
                let is_due = |brick: &mut Placed| gate.qubits.contains(&brick.pair[0].min(brick.pair[1]));
                bricks.extend(fresh.extract_if(.., is_due));
            }
            bricks.push(Placed::of(gate, extension.parametrisation)?);
        }
    }
    bricks.extend(fresh);
    Ok(bricks)
}

fn missing_pairs(synthesis: &Synthesis) -> Vec<[usize; 2]> {
    let n = synthesis.n_qubits;
    let all = (0..n).flat_map(|a| (a + 1..n).map(move |b| [a, b]));
    all.filter(|[a, b]| !synthesis.gates().any(|gate| gate.qubits.contains(a) && gate.qubits.contains(b)))
        .collect()
}

impl Placed {
    /// A gate with the parameters that make it what it is.
    pub(super) fn of(gate: &PairGate, parametrisation: Parametrisation) -> Result<Self, Error> {
        let angles = brick_angles(&gate.matrix)?; // refuses what is not unitary
        Ok(match parametrisation {
            Parametrisation::Angles => Self { pair: gate.qubits, angles, constant: None },
            Parametrisation::Relative => {
                Self { pair: gate.qubits, angles: [0.0; 15], constant: Some(gate.matrix) }
            }
        })
    }
}

/// A circuit of gates and its parameters.
pub(super) fn build(
    n_qubits: usize,
    gates: &[Placed],
    parametrisation: Parametrisation,
) -> Result<(Circuit, Vec<f64>), Error> {
    let mut circuit = Circuit::new(n_qubits)?;
    for Placed { pair, constant, .. } in gates {
        if let Some(matrix) = constant {
            circuit.gate(Gate::Unitary2(Box::new(*matrix)), pair)?;
        }
        match parametrisation {
            Parametrisation::Angles => brick(&mut circuit, *pair)?,
            Parametrisation::Relative => turns(&mut circuit, *pair)?,
        }
    }
    Ok((circuit, gates.iter().flat_map(|gate| gate.angles).collect()))
}

fn brick(circuit: &mut Circuit, [a, b]: [usize; 2]) -> Result<(), Error> {
    euler(circuit, a)?;
    euler(circuit, b)?;
    for pauli in [Pauli::X, Pauli::Y, Pauli::Z] {
        let angle = circuit.param();
        circuit.rotation(&[(a, pauli), (b, pauli)], angle)?;
    }
    euler(circuit, a)?;
    euler(circuit, b)?;
    Ok(())
}

fn turns(circuit: &mut Circuit, [a, b]: [usize; 2]) -> Result<(), Error> {
    if a == b {
        return Err(circuit::Error::DuplicateQubit { qubit: a, qubits: vec![a, b] }.into());
    }
    for generator in generators(a, b) {
        let angle = circuit.param();
        circuit.rotation(&generator.factors(), angle)?;
    }
    Ok(())
}
