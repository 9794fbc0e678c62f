//! The circuits whose gradients are taken: one staircase, one gate on every pair up to a distance, and generators.

use circuit::{Circuit, Gate, Mat4, Pauli};
use models::rng::stream;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use tensornet::synthesis::{Synthesis, SynthesisConfig, Topology, synthesize};

use super::{Place, PlateauConfig};
use crate::Error;
use crate::pretrain::{Problem, train_network};

/// A circuit, and angles of the generators behind its gates.
pub(super) struct Draw {
    pub(super) circuit: Circuit,
    pub(super) angles: Vec<f64>,
}

/// Pairs that carry a gate: the staircase, then all pairs at most `distance` apart.
pub(super) fn places(n_qubits: usize, distance: Option<usize>) -> Vec<[usize; 2]> {
    let reach = distance.unwrap_or(n_qubits);
    let stairs = (1..n_qubits).map(|q| [q - 1, q]);
    let near = |a: usize| (a + 1..n_qubits).take_while(move |b| b - a <= reach).map(move |b| [a, b]);
    stairs.chain((0..n_qubits).flat_map(near)).collect()
}

/// The circuit of one draw; `known` are the gates of the staircase of a network.
pub(super) fn draw(
    config: &PlateauConfig,
    place: Place,
    n_qubits: usize,
    known: Option<&[Mat4]>,
    index: usize,
) -> Result<Draw, Error> {
    let mut rng = stream(config.seed, "plateau", &[place as u64, n_qubits as u64, index as u64]);
    let gates = gates(place, n_qubits, places(n_qubits, config.distance), known, &mut rng);
    let circuit = with_generators(n_qubits, &gates)?;
    let sigma = if place == Place::Haar { 0.0 } else { config.sigma };
    let angles = (0..circuit.n_params()).map(|_| sigma * rng.sample::<f64, _>(StandardNormal)).collect();
    Ok(Draw { circuit, angles })
}

/// The gates that prepare the network of bond 2 of a problem.
pub(super) fn staircase(problem: &Problem, config: &PlateauConfig) -> Result<Vec<Mat4>, Error> {
    let (state, _) = train_network(problem, 2, &config.classical, config.seed)?;
    let (synthesis, _) = synthesize(&state, &SynthesisConfig { layers: 1, ..Default::default() })?;
    Ok(synthesis.gates().map(|gate| gate.matrix).collect())
}

fn gates(
    place: Place,
    n_qubits: usize,
    places: Vec<[usize; 2]>,
    known: Option<&[Mat4]>,
    rng: &mut impl Rng,
) -> Vec<([usize; 2], Option<Mat4>)> {
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
fn with_generators(n_qubits: usize, gates: &[([usize; 2], Option<Mat4>)]) -> Result<Circuit, Error> {
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
    Ok(circuit)
}
