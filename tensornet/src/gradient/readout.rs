//! What is measured of a chain: values forward, a bra backward.
//!
//! All readouts are quadratic, `y_k = ⟨ψ|O_k|ψ⟩`, so that the bra of a cotangent `w` is `Σ_k w_k O_k ψ`, with
//! `dL = 2 Re⟨bra|dψ⟩`. A multiple of the ket may be taken from it: unitary changes of the ket do not see it.

use std::collections::BTreeMap;

use circuit::{C64, PauliString, PauliSum};

use crate::cuts::Cuts;
use crate::{Error, Mpo, Mps, Truncation};

/// A measurement of the final state of a circuit.
#[derive(Clone, Debug)]
pub enum MpsReadout {
    /// Expectation of each observable; shape `[observables]`.
    Expectations(Vec<PauliSum>),
    /// Probability of each of the listed outcomes of all qubits, `|⟨bits|ψ⟩|²`, one bit per qubit; shape
    /// `[outcomes]`. With the cotangent `-1/(m q_k)` on each of `m` data rows it is the likelihood of a Born machine.
    Probabilities(Vec<Vec<bool>>),
    /// `|⟨φ|ψ⟩|²` with another state; shape `[1]`.
    Overlap(Mps),
}

/// The bra of a cotangent, and what a bound on errors needs to know of it.
pub(super) struct Bra {
    pub(super) state: Mps,
    /// Bound on its distance from what it is without cuts.
    pub(super) distance: f64,
    /// Bound on the norm of `Σ_k w_k O_k`.
    pub(super) operator_norm: f64,
}

impl MpsReadout {
    /// Number of values.
    pub fn n_values(&self) -> usize {
        match self {
            MpsReadout::Expectations(list) => list.len(),
            MpsReadout::Probabilities(list) => list.len(),
            MpsReadout::Overlap(_) => 1,
        }
    }

    /// Refuses what does not fit a register of `n_qubits`, and compiles the observables.
    pub(super) fn compile(&self, n_qubits: usize) -> Result<Vec<Mpo>, Error> {
        let wrong = |what, got| Error::Length { what, got, expected: n_qubits };
        match self {
            MpsReadout::Expectations(list) => list.iter().map(|sum| Mpo::from_sum(sum, n_qubits)).collect(),
            MpsReadout::Probabilities(list) => match list.iter().find(|bits| bits.len() != n_qubits) {
                Some(bits) => Err(wrong("an outcome", bits.len())),
                None => Ok(Vec::new()),
            },
            MpsReadout::Overlap(target) if target.n_qubits() != n_qubits => {
                Err(wrong("the other state", target.n_qubits()))
            }
            MpsReadout::Overlap(_) => Ok(Vec::new()),
        }
    }

    /// The measured values; `operators` are the compiled observables.
    pub(super) fn values(&self, operators: &[Mpo], ket: &Mps) -> Result<Vec<f64>, Error> {
        match self {
            MpsReadout::Expectations(_) => operators.iter().map(|o| o.expectation(ket)).collect(),
            MpsReadout::Probabilities(list) => {
                Ok(list.iter().map(|bits| ket.amplitude(bits).norm_sqr()).collect())
            }
            MpsReadout::Overlap(target) => Ok(vec![target.overlap(ket)?.norm_sqr()]),
        }
    }

    /// The bra that carries `cotangent` back into the circuit, cut as `truncation` says.
    pub(super) fn bra(&self, ket: &Mps, cotangent: &[f64], truncation: Truncation) -> Result<Bra, Error> {
        match self {
            MpsReadout::Expectations(list) => observed(list, ket, cotangent, truncation),
            MpsReadout::Probabilities(list) => {
                let mut weights: BTreeMap<&[bool], f64> = BTreeMap::new();
                for (bits, w) in list.iter().zip(cotangent) {
                    *weights.entry(bits).or_default() += w;
                }
                let largest = weights.values().fold(0.0, |worst: f64, w| worst.max(w.abs()));
                let terms = weights.iter().map(|(bits, w)| (ket.amplitude(bits) * w, Mps::basis(bits)));
                let (state, distance) = sum(terms.collect(), truncation)?;
                Ok(Bra { state, distance, operator_norm: largest })
            }
            MpsReadout::Overlap(target) => {
                let mut state = target.clone().with_truncation(truncation);
                state.cuts = Cuts::NONE;
                state.scale(target.overlap(ket)? * cotangent[0]);
                let operator_norm = cotangent[0].abs() * target.norm().powi(2);
                Ok(Bra { state, distance: 0.0, operator_norm })
            }
        }
    }
}

/// `(O - ⟨O⟩) ψ` for `O = Σ_k w_k O_k`: without its mean an observable has a small image, all of which counts.
fn observed(list: &[PauliSum], ket: &Mps, weights: &[f64], truncation: Truncation) -> Result<Bra, Error> {
    let n_qubits = ket.n_qubits();
    let mut terms: BTreeMap<(u128, u128), f64> = BTreeMap::new();
    for (observable, w) in list.iter().zip(weights) {
        for (c, string) in &observable.terms {
            *terms.entry((string.x, string.z)).or_default() += w * c;
        }
    }
    let collect = |terms: &BTreeMap<(u128, u128), f64>| -> PauliSum {
        terms.iter().map(|(&(x, z), &c)| (c, PauliString { x, z })).collect()
    };
    let mean = Mpo::from_sum(&collect(&terms), n_qubits)?.expectation(ket)? / ket.norm().powi(2);
    *terms.entry((0, 0)).or_default() -= mean;
    let centred = collect(&terms);
    let (state, distance) = Mpo::from_sum(&centred, n_qubits)?.image(ket, truncation)?;
    Ok(Bra { state, distance, operator_norm: centred.terms.iter().map(|(c, _)| c.abs()).sum() })
}

/// A sum of many states, in groups of neighbours so that no bond is ever much wider than it has to be, and a bound on
/// how far cuts moved it.
fn sum(terms: Vec<(C64, Mps)>, truncation: Truncation) -> Result<(Mps, f64), Error> {
    const WIDTH: usize = 8;
    let mut parts: Vec<(C64, Mps, f64)> = terms.into_iter().map(|(c, state)| (c, state, 0.0)).collect();
    while parts.len() > 1 {
        let group = |group: &[(C64, Mps, f64)]| {
            let terms: Vec<(C64, &Mps)> = group.iter().map(|(c, state, _)| (*c, state)).collect();
            let state = Mps::superposition(&terms, truncation)?;
            let before: f64 = group.iter().map(|(c, _, distance)| c.norm() * distance).sum();
            let distance = before + state.norm() * state.cuts.distance_bound();
            Ok((C64::ONE, state, distance))
        };
        parts = parts.chunks(WIDTH).map(group).collect::<Result<_, Error>>()?;
    }
    let (factor, mut state, distance) = parts.pop().ok_or(Error::ZeroState)?;
    state.scale(factor);
    Ok((state.with_truncation(truncation), factor.norm() * distance))
}
