//! Exact amplitudes and expectations of circuits by contraction of the whole network, in whatever order is cheap.
//!
//! Where a chain pays for entanglement, this pays for depth: an amplitude or a local observable of a shallow circuit is
//! exact on any number of qubits, whatever its layout. An observable needs its light cone alone. What exceeds the memory
//! is contracted in slices, with some legs held at each of their values; a [`Contraction`] knows what it takes before
//! anything is allocated, and [`Contraction::anneal`] finds better orders for wide circuits.
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

mod anneal;
mod contract;
mod network;
mod order;
mod slice;
mod tree;

use circuit::{C64, Circuit, PauliSum};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::Error;
use anneal::anneal;
use contract::contract;
use network::{Network, Tensor};
use order::best_plan;
use slice::{Limits, Plan};

/// Settings of a [`Contraction`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContractionConfig {
    /// Most bytes that the tensors may take at one time; what needs more is contracted in slices.
    pub memory_limit: u64,
    /// Most complex multiply-adds.
    pub work_limit: f64,
}

impl Default for ContractionConfig {
    fn default() -> Self {
        Self { memory_limit: 4 << 30, work_limit: 1e12 }
    }
}

/// What a contraction takes; of several terms, sums of tensors, slices and multiply-adds, and the largest of the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContractionReport {
    /// Qubits that take part.
    pub n_qubits: usize,
    /// Tensors.
    pub tensors: usize,
    /// Most legs of a tensor on the way, fixed ones left out: it has `2^width` entries.
    pub width: usize,
    /// Parts contracted one by one, one for each value of the legs held fixed.
    pub slices: u64,
    /// Complex multiply-adds, of eight real operations each.
    pub multiply_adds: f64,
    /// Most bytes held at one time, if one slice is contracted after the other. More at a time are as many as memory
    /// permits.
    pub bytes: u64,
}

/// An amplitude or an expectation as networks that are still to be contracted, each with its order and slices.
///
/// ```
/// use circuit::Circuit;
/// use tensornet::contraction::{Contraction, ContractionConfig};
///
/// let mut circuit = Circuit::new(14)?;
/// for q in 0..14 {
///     circuit.ry(q, 0.4)?;
/// }
/// for (a, b) in (0..14).flat_map(|a| (0..a).map(move |b| (a, b))) {
///     circuit.rzz(a, b, 0.3)?; // on all pairs
/// }
/// for q in 0..14 {
///     circuit.rx(q, 0.2)?;
/// }
/// let whole = Contraction::amplitude(&circuit, &[], &[false; 14], &Default::default())?;
/// let half = ContractionConfig { memory_limit: whole.report().bytes / 2, ..Default::default() };
/// let tight = Contraction::amplitude(&circuit, &[], &[false; 14], &half)?;
/// assert!(tight.report().slices > 1 && whole.report().slices == 1);
/// let ((sliced, _), (unsliced, _)) = (tight.value()?, whole.value()?);
/// assert!((sliced - unsliced).norm() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Contraction {
    terms: Vec<Term>,
    config: ContractionConfig,
}

/// A network and its factor.
#[derive(Clone, Debug)]
struct Term {
    factor: C64,
    tensors: Vec<Tensor>,
    n_qubits: usize,
    plan: Plan,
}

impl Contraction {
    /// `⟨bits| circuit |0..0⟩`, with its phase; one bit per qubit, shape of `params` `[n_params]`.
    ///
    /// # Errors
    /// If there are more or fewer bits than qubits or values than parameters.
    pub fn amplitude(
        circuit: &Circuit,
        params: &[f64],
        bits: &[bool],
        config: &ContractionConfig,
    ) -> Result<Self, Error> {
        check(circuit, params)?;
        let (got, expected) = (bits.len(), circuit.n_qubits());
        if got != expected {
            return Err(Error::Length { what: "the bit string", got, expected });
        }
        let term = Term::new(Network::amplitude(circuit, params, bits), 1.0, config);
        Ok(Self { terms: vec![term], config: *config })
    }

    /// `⟨0..0| circuit† O circuit |0..0⟩`, one network a term.
    ///
    /// # Errors
    /// If the observable acts beyond the circuit, or there are more or fewer values than parameters.
    pub fn expectation(
        circuit: &Circuit,
        params: &[f64],
        observable: &PauliSum,
        config: &ContractionConfig,
    ) -> Result<Self, Error> {
        check(circuit, params)?;
        let (got, expected) = (observable.n_qubits(), circuit.n_qubits());
        if got > expected {
            return Err(Error::Length { what: "the Pauli sum", got, expected });
        }
        let term = |(coefficient, string): &(f64, _)| {
            Term::new(Network::expectation(circuit, params, string), *coefficient, config)
        };
        Ok(Self { terms: observable.terms.iter().map(term).collect(), config: *config })
    }

    /// Looks for cheaper orders by simulated annealing, in `sweeps` over all products of tensors and as many again after
    /// each leg that has to be held fixed, and keeps the best plan of each network. A few hundred sweeps take about as many
    /// milliseconds for a thousand tensors.
    ///
    /// Reference: Kalachev, Panteleev and Yung, arXiv:2108.05665.
    pub fn anneal(&mut self, sweeps: usize, rng: &mut impl Rng) {
        let limits = self.config.limits();
        for term in &mut self.terms {
            let start = anneal(&term.plan.tree, limits.width(), sweeps, rng);
            let plan = Plan::new(&start, limits, |left| Some(anneal(left, limits.width(), sweeps, rng)));
            if plan.is_better(&term.plan) {
                term.plan = plan;
            }
        }
    }

    /// What [`Contraction::value`] will take.
    pub fn report(&self) -> ContractionReport {
        self.terms.iter().fold(
            ContractionReport::default(),
            |mut report, Term { tensors, n_qubits, plan, .. }| {
                report.n_qubits = report.n_qubits.max(*n_qubits);
                report.tensors += tensors.len();
                report.width = report.width.max(plan.cost.width);
                report.slices = report.slices.saturating_add(plan.slices());
                report.multiply_adds += plan.cost.multiply_adds;
                report.bytes = report.bytes.max(u64::try_from(plan.cost.bytes).unwrap_or(u64::MAX));
                report
            },
        )
    }

    /// The number, and what it took, with the multiply-adds as they were counted on the way. The same bits on any
    /// number of threads.
    ///
    /// # Errors
    /// If it exceeds the limits of memory or work; nothing is allocated then.
    pub fn value(self) -> Result<(C64, ContractionReport), Error> {
        let (limit, mut report) = (self.config.memory_limit, self.report());
        for Term { plan, .. } in &self.terms {
            if plan.cost.bytes > u128::from(limit) {
                return Err(Error::Contraction { width: plan.cost.width, needed: plan.cost.bytes, limit });
            }
        }
        if report.multiply_adds > self.config.work_limit {
            let ContractionReport { multiply_adds, slices, .. } = report;
            return Err(Error::Work { multiply_adds, slices, limit: self.config.work_limit });
        }
        (report.multiply_adds, report.slices) = (0.0, 0);
        let mut sum = C64::ZERO;
        for Term { factor, tensors, plan, .. } in self.terms {
            let (value, count) = contract(tensors, &plan, plan.lanes(limit));
            sum += factor * value;
            report.multiply_adds += count;
            report.slices += plan.slices();
        }
        Ok((sum, report))
    }
}

impl Term {
    fn new(network: Network, coefficient: f64, config: &ContractionConfig) -> Self {
        let Network { tensors, factor, n_qubits, .. } = network;
        let plan = best_plan(&tensors, config.limits());
        Self { factor: factor * coefficient, tensors, n_qubits, plan }
    }
}

impl ContractionConfig {
    fn limits(&self) -> Limits {
        Limits { bytes: self.memory_limit, multiply_adds: self.work_limit }
    }
}

/// `⟨bits| circuit |0..0⟩`, with its phase; one bit per qubit, shape of `params` `[n_params]`. [`Contraction`] has the
/// plan before the work, and better orders.
///
/// # Errors
/// If there are more or fewer bits than qubits or values than parameters, or the contraction exceeds a limit.
pub fn amplitude(
    circuit: &Circuit,
    params: &[f64],
    bits: &[bool],
    config: &ContractionConfig,
) -> Result<(C64, ContractionReport), Error> {
    Contraction::amplitude(circuit, params, bits, config)?.value()
}

/// `⟨0..0| circuit† O circuit |0..0⟩`, one contraction a term.
///
/// # Errors
/// If the observable acts beyond the circuit, there are more or fewer values than parameters, or the contraction
/// exceeds a limit.
pub fn expectation(
    circuit: &Circuit,
    params: &[f64],
    observable: &PauliSum,
    config: &ContractionConfig,
) -> Result<(f64, ContractionReport), Error> {
    let (value, report) = Contraction::expectation(circuit, params, observable, config)?.value()?;
    Ok((value.re, report))
}

fn check(circuit: &Circuit, params: &[f64]) -> Result<(), Error> {
    let (got, expected) = (params.len(), circuit.n_params());
    if got == expected { Ok(()) } else { Err(circuit::Error::ParamCount { got, expected }.into()) }
}
