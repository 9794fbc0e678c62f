//! Exact amplitudes and expectations of circuits by contraction of the whole network, in whatever order is cheap.
//!
//! Where a chain pays for entanglement, this pays for depth: an amplitude or a local observable of a shallow circuit is
//! exact on any number of qubits, whatever its layout. An observable needs its light cone alone.
//!
//! ```
//! use circuit::ansatz;
//! use tensornet::contraction::{ContractionConfig, expectation};
//!
//! let circuit = ansatz::brick_wall(100, 1)?;
//! let params = vec![0.1; circuit.n_params()];
//! let (value, report) =
//!     expectation(&circuit, &params, &"Z49*Z50".parse()?, &ContractionConfig::default())?;
//! assert!(value.abs() <= 1.0 && report.n_qubits == 4 && report.width < 10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Reference: Markov and Shi, arXiv:quant-ph/0511069.

mod contract;
mod network;
mod order;

use circuit::{C64, Circuit, PauliSum};
use serde::{Deserialize, Serialize};

use crate::Error;
use contract::contract;
use network::Network;
use order::best_order;

/// Settings of [`amplitude`] and [`expectation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContractionConfig {
    /// Most bytes that the tensors may take at one time.
    pub memory_limit: u64,
}

impl Default for ContractionConfig {
    fn default() -> Self {
        Self { memory_limit: 4 << 30 }
    }
}

/// What a contraction took; of several terms, sums of tensors and operations, and the largest of the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContractionReport {
    /// Qubits that take part.
    pub n_qubits: usize,
    /// Tensors.
    pub tensors: usize,
    /// Most legs of a tensor on the way: it has `2^width` entries.
    pub width: usize,
    /// Real floating-point operations.
    pub flops: f64,
    /// Most bytes held at one time.
    pub bytes: u64,
}

/// `⟨bits| circuit |0..0⟩`, with its phase; one bit per qubit, shape of `params` `[n_params]`.
///
/// # Errors
/// If there are more or fewer bits than qubits or values than parameters, or the contraction exceeds the memory limit.
pub fn amplitude(
    circuit: &Circuit,
    params: &[f64],
    bits: &[bool],
    config: &ContractionConfig,
) -> Result<(C64, ContractionReport), Error> {
    check(circuit, params)?;
    let (got, expected) = (bits.len(), circuit.n_qubits());
    if got != expected {
        return Err(Error::Length { what: "the bit string", got, expected });
    }
    let mut report = ContractionReport::default();
    Ok((number(Network::amplitude(circuit, params, bits), config, &mut report)?, report))
}

/// `⟨0..0| circuit† O circuit |0..0⟩`, one contraction a term.
///
/// # Errors
/// If the observable acts beyond the circuit, there are more or fewer values than parameters, or a contraction
/// exceeds the memory limit.
pub fn expectation(
    circuit: &Circuit,
    params: &[f64],
    observable: &PauliSum,
    config: &ContractionConfig,
) -> Result<(f64, ContractionReport), Error> {
    check(circuit, params)?;
    let (got, expected) = (observable.n_qubits(), circuit.n_qubits());
    if got > expected {
        return Err(Error::Length { what: "the Pauli sum", got, expected });
    }
    let (mut sum, mut report) = (0.0, ContractionReport::default());
    for (coefficient, string) in &observable.terms {
        let network = Network::expectation(circuit, params, string);
        sum += coefficient * number(network, config, &mut report)?.re;
    }
    Ok((sum, report))
}

fn check(circuit: &Circuit, params: &[f64]) -> Result<(), Error> {
    let (got, expected) = (params.len(), circuit.n_params());
    if got == expected { Ok(()) } else { Err(circuit::Error::ParamCount { got, expected }.into()) }
}

/// Contracts a network if it fits, and adds what that took.
fn number(
    network: Network,
    config: &ContractionConfig,
    report: &mut ContractionReport,
) -> Result<C64, Error> {
    let Network { tensors, factor, n_qubits, .. } = network;
    let order = best_order(&tensors);
    let limit = config.memory_limit;
    let bytes = u64::try_from(order.bytes).unwrap_or(u64::MAX);
    if bytes > limit {
        return Err(Error::Contraction { width: order.width, needed: order.bytes, limit });
    }
    report.n_qubits = report.n_qubits.max(n_qubits);
    report.tensors += tensors.len();
    report.width = report.width.max(order.width);
    report.flops += order.flops;
    report.bytes = report.bytes.max(bytes);
    Ok(factor * contract(tensors, &order.pairs))
}
