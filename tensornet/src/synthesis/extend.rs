//! Wider circuits that start at the same state: bricks near the identity on pairs the synthesis lacks.

use circuit::{Circuit, Pauli, ansatz::euler};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use super::kak::{BrickAngles, brick_angles};
use super::{Error, Synthesis};

/// A brick in its place.
pub(super) type Placed = ([usize; 2], BrickAngles);

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
    let mut fresh: Vec<Placed> =
        pairs.into_iter().map(|pair| (pair, std::array::from_fn(|_| noise()))).collect();
    let last = synthesis.layers.len().saturating_sub(1);
    let mut bricks = Vec::new();
    for (at, layer) in synthesis.layers.iter().enumerate() {
        for gate in layer {
            if at == last && extension.placement == Placement::Interleaved {
                let is_due = |brick: &mut Placed| gate.qubits.contains(&brick.0[0].min(brick.0[1]));
                bricks.extend(fresh.extract_if(.., is_due));
            }
            bricks.push((gate.qubits, brick_angles(&gate.matrix)?));
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

/// A circuit of bricks and its parameters.
pub(super) fn build(n_qubits: usize, bricks: &[Placed]) -> Result<(Circuit, Vec<f64>), Error> {
    let mut circuit = Circuit::new(n_qubits)?;
    for &([a, b], _) in bricks {
        euler(&mut circuit, a)?;
        euler(&mut circuit, b)?;
        for pauli in [Pauli::X, Pauli::Y, Pauli::Z] {
            let angle = circuit.param();
            circuit.rotation(&[(a, pauli), (b, pauli)], angle)?;
        }
        euler(&mut circuit, a)?;
        euler(&mut circuit, b)?;
    }
    Ok((circuit, bricks.iter().flat_map(|brick| brick.1).collect()))
}
