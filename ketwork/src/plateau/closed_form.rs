//! Gradients of gates at the identity behind a ground state, by the distance of their qubits.
//!
//! For `exp(-i t P_a P_b / 2)` behind the state `dE/dt = (i/2) ⟨[P_a P_b, H]⟩` at `t = 0`, the expectation of a few terms
//! near the pair. No circuit is simulated, and a hundred qubits take seconds. Energies are whole, not per qubit.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tensornet::identity_gate_gradients;

use super::PlateauConfig;
use crate::Error;
use crate::pretrain::{Problem, train_network};

/// Farthest pairs where none are asked for.
const DISTANCE: usize = 3;

/// One bond and one distance over all numbers of qubits that have such a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityCurve {
    /// Largest bond of the ground state.
    pub chi: usize,
    /// Distance of the qubits of a pair.
    pub distance: usize,
    /// One entry per number of qubits.
    pub points: Vec<IdentityPoint>,
}

/// One number of qubits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityPoint {
    /// Number of qubits.
    pub n_qubits: usize,
    /// Mean of `(dE/dt)²` over the fifteen generators and all pairs.
    pub mean_square: f64,
    /// The same over the pairs within the middle half of the chain, or the middlemost pair if there are none.
    pub middle: f64,
}

/// One curve for each bond asked for and each distance.
pub(super) fn curves(config: &PlateauConfig) -> Result<Vec<IdentityCurve>, Error> {
    let farthest = config.distance.unwrap_or(DISTANCE);
    let mut curves = Vec::new();
    for &chi in &config.closed_form {
        let column = |&n_qubits: &usize| column(config, chi, n_qubits, farthest);
        let columns: Result<Vec<Vec<IdentityPoint>>, Error> = config.qubits.par_iter().map(column).collect();
        let columns = columns?;
        for distance in 1..=farthest {
            let points: Vec<IdentityPoint> =
                columns.iter().filter_map(|column| column.get(distance - 1).copied()).collect();
            if !points.is_empty() {
                curves.push(IdentityCurve { chi, distance, points });
            }
        }
    }
    Ok(curves)
}

/// All distances at one number of qubits.
fn column(
    config: &PlateauConfig,
    chi: usize,
    n_qubits: usize,
    farthest: usize,
) -> Result<Vec<IdentityPoint>, Error> {
    let known = "heisenberg, tfim: gradients in closed form are those of energies".to_owned();
    let unknown = Error::Name { what: "family of energies", name: config.family.clone(), known };
    let problem = match config.family.as_str() {
        "cardinality" => return Err(unknown),
        family => Problem::parse(&format!("{family}:{n_qubits}"))?,
    };
    let Problem::Ground { hamiltonian, .. } = &problem else { return Err(unknown) };
    let (state, _) = train_network(&problem, chi, &config.classical, config.seed)?;
    let points = (1..=farthest.min(n_qubits - 1)).map(|distance| {
        let pairs: Vec<[usize; 2]> = (0..n_qubits - distance).map(|a| [a, a + distance]).collect();
        let gradients = identity_gate_gradients(&state, hamiltonian, &pairs)?;
        let squares: Vec<f64> =
            gradients.iter().map(|pair| pair.iter().map(|g| g * g).sum::<f64>() / 15.0).collect();
        let central = |pair: &[usize; 2]| pair[0] >= n_qubits / 4 && pair[1] < n_qubits - n_qubits / 4;
        let inner: Vec<f64> =
            pairs.iter().zip(&squares).filter(|(pair, _)| central(pair)).map(|(_, &square)| square).collect();
        let middle = if inner.is_empty() { squares[squares.len() / 2] } else { mean(&inner) };
        Ok(IdentityPoint { n_qubits, mean_square: mean(&squares), middle })
    });
    points.collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
