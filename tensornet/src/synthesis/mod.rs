//! From a matrix product state to a shallow circuit that prepares it.
//!
//! A staircase of two-qubit gates prepares any chain of bond 2 exactly. For larger bonds, layers are
//! added on what the layers so far left over and all gates are fitted to the state by sweeps. The result
//! is a trainable circuit whose first parameters are the classical solution. Layers are staircases, as deep as the
//! register is long, or trees, as deep as its logarithm.
//!
//! ```
//! use circuit::{Circuit, State, run};
//! use tensornet::Mps;
//! use tensornet::synthesis::{SynthesisConfig, synthesize};
//!
//! let mut cat = Circuit::new(6)?;
//! cat.h(0)?.cx(0, 1)?.cx(1, 2)?.cx(2, 3)?.cx(3, 4)?.cx(4, 5)?;
//! let mut target = Mps::zero(6);
//! run(&cat, &[], &mut target);
//! let (synthesis, report) = synthesize(&target, &SynthesisConfig::default())?;
//! assert!(report.fidelity > 1.0 - 1e-12);
//! assert_eq!(synthesis.layers.len(), 1);
//! let (circuit, params) = synthesis.circuit()?;
//! assert_eq!(circuit.n_params(), 5 * 15);
//! let mut copy = Mps::zero(6);
//! run(&circuit, &params, &mut copy);
//! assert!((copy.amplitude(&[true; 6]).norm_sqr() - 0.5).abs() < 1e-12);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Reference: Ran, arXiv:1908.07958; Rudolph et al., arXiv:2209.00595.

mod amps;
mod chain;
mod circuit;
mod config;
mod environment;
mod extend;
mod kak;
mod ket;
mod protocol;
mod staircase;
mod sweep;
#[cfg(test)]
mod tests;
mod tree;
mod unitary;

use serde::{Deserialize, Serialize};

use crate::{Error, Mps, Truncation};
use amps::Amps;
use chain::Chain;

pub use self::circuit::{PairGate, Synthesis};
pub use config::{Completion, Protocol, SynthesisConfig, Topology};
pub use extend::{Extension, ExtensionPairs, Parametrisation, Placement};
pub use kak::{BrickAngles, brick_angles, brick_matrix, cnot_count, weyl_coordinates};
pub use staircase::{WideGate, exact_gates};

/// What one stage, the arrival of a layer or a fit of all gates, came to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Layers there are.
    pub layers: usize,
    /// Fidelity before fitting.
    pub start_fidelity: f64,
    /// Fidelity after fitting.
    pub fidelity: f64,
    /// Sweeps until the best gates were found.
    pub sweeps: usize,
}

/// What a synthesis came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SynthesisReport {
    /// `|<target|circuit|0..0>|^2`.
    pub fidelity: f64,
    /// `-ln(fidelity) / n`.
    pub log_infidelity_per_qubit: f64,
    /// True if the fidelity at which to stop was reached.
    pub converged: bool,
    /// The stages, first to last.
    pub stages: Vec<Stage>,
    /// Number of two-qubit gates.
    pub gates: usize,
    /// Least number of CNOT gates that build them one by one.
    pub cnots: usize,
    /// Time steps of two-qubit gates.
    pub depth: usize,
    /// Parameters of the circuit.
    pub parameters: usize,
    /// Share of weight that cuts discarded while the circuit was applied to measure its fidelity; zero on
    /// registers that are fitted on all amplitudes.
    pub discarded_weight: f64,
}

/// A circuit that prepares `target`, brought to norm one, as well as the settings allow.
///
/// Registers up to `exact_qubits` are fitted on all amplitudes, larger ones on chains with bonds up to
/// `chi_max`.
///
/// # Errors
/// For fewer than two qubits, a norm that is zero or not finite, settings out of range, analytic layers on
/// another topology than the staircase and the tree, and pairs outside the register.
pub fn synthesize(target: &Mps, config: &SynthesisConfig) -> Result<(Synthesis, SynthesisReport), Error> {
    config.check(target.n_qubits())?;
    let n = target.n_qubits();
    let chain = normalised(target, config)?;
    let grown = match n <= config.exact_qubits {
        true => protocol::grow(&Amps::new(n, chain.amps()), n, config),
        false => protocol::grow(&chain, n, config),
    };
    report(grown, config)
}

/// Fits all gates of `start` to `target`; protocol, topology and number of layers of the settings play
/// no part.
///
/// # Errors
/// As [`synthesize`], and for a start on another register or with matrices that are not unitary.
pub fn refine(
    target: &Mps,
    start: &Synthesis,
    config: &SynthesisConfig,
) -> Result<(Synthesis, SynthesisReport), Error> {
    let n = target.n_qubits();
    let general =
        SynthesisConfig { protocol: Protocol::OAll, topology: Topology::Staircase, ..config.clone() };
    general.check(n)?;
    if start.n_qubits != n {
        return Err(Error::Length { what: "the start", got: start.n_qubits, expected: n });
    }
    start.check()?;
    let chain = normalised(target, config)?;
    let grown = match n <= config.exact_qubits {
        true => protocol::refine(&Amps::new(n, chain.amps()), start, config),
        false => protocol::refine(&chain, start, config),
    };
    report(grown, config)
}

fn normalised(target: &Mps, config: &SynthesisConfig) -> Result<Chain, Error> {
    let truncation = Truncation { chi_max: config.chi_max, cutoff: config.cutoff, ..Truncation::EXACT };
    let (chain, norm) = Chain::from_mps(target, truncation);
    check_norm(norm)?;
    Ok(chain)
}

/// Refuses states that cannot be brought to norm one.
fn check_norm(norm: f64) -> Result<(), Error> {
    match norm.is_finite() {
        true if norm > 0.0 => Ok(()),
        true => Err(Error::ZeroState),
        false => Err(Error::NonFinite { what: "the norm of the state", value: norm }),
    }
}

fn report(grown: protocol::Grown, config: &SynthesisConfig) -> Result<(Synthesis, SynthesisReport), Error> {
    let (synthesis, stages, end) = grown;
    let gates = synthesis.gates().count();
    let report = SynthesisReport {
        fidelity: end.fidelity,
        log_infidelity_per_qubit: -end.fidelity.ln() / synthesis.n_qubits as f64,
        converged: end.fidelity >= config.stop_fidelity,
        stages,
        gates,
        cnots: synthesis.cnot_count()?,
        depth: synthesis.depth(),
        parameters: 15 * gates,
        discarded_weight: end.discarded_weight,
    };
    Ok((synthesis, report))
}
