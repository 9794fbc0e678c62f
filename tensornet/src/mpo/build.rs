//! From Pauli terms to a chain: a finite-state machine that reads a term from left to right.
//!
//! A state of the machine stands for "what may still come": a combination of suffixes with coefficients.
//! Two prefixes that lead to proportional combinations share a state, and the factor goes to the edge.
//! `Y = -i (iY)` with a real `iY` moves all complex numbers into the coefficients, so that operators that
//! are real have real chains.

use std::collections::BTreeMap;

use circuit::{C64, Pauli};

use super::{Entry, Local, Mpo, MpoSite};
use crate::Error;

/// The real basis of operators: identity, Z, X, iY.
pub(super) const BASIS: [[f64; 4]; 4] =
    [[1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, -1.0], [0.0, 1.0, 1.0, 0.0], [0.0, 1.0, -1.0, 0.0]];

/// Coefficients whose ratio differs by less count as proportional.
const SAME: f64 = 1e-14;

/// Qubit and index into [`BASIS`], ascending in the qubit.
type Factor = (usize, usize);

/// Suffixes that may follow, with their coefficients.
type State<'a> = BTreeMap<&'a [Factor], C64>;

impl Mpo {
    /// As [`from_sum`](Self::from_sum), for terms given as a coefficient and single-qubit factors; the way to
    /// chains of more than 128 qubits.
    ///
    /// # Errors
    /// If a qubit of a term is outside the chain or appears twice, `n_qubits` is 0, or a coefficient is not
    /// finite.
    pub fn from_terms(terms: &[(f64, Vec<(usize, Pauli)>)], n_qubits: usize) -> Result<Self, Error> {
        if n_qubits == 0 {
            return Err(Error::Qubits { n_qubits, min: 1, max: usize::MAX });
        }
        let mut strings: BTreeMap<Vec<Factor>, C64> = BTreeMap::new();
        for (coefficient, factors) in terms {
            let (factors, phase) = string(factors, n_qubits)?;
            if !coefficient.is_finite() {
                return Err(Error::NonFinite { what: "a coefficient", value: *coefficient });
            }
            *strings.entry(factors).or_default() += phase * coefficient;
        }
        strings.retain(|_, c| *c != C64::ZERO);
        Ok(machine(&strings, n_qubits).merged().compressed())
    }
}

/// Sorted factors, and the phase that replacing Y by iY costs.
fn string(factors: &[(usize, Pauli)], n_qubits: usize) -> Result<(Vec<Factor>, C64), Error> {
    let mut phase = C64::ONE;
    let mut sorted = Vec::with_capacity(factors.len());
    for &(qubit, pauli) in factors {
        sorted.push(match pauli {
            Pauli::Z => (qubit, 1),
            Pauli::X => (qubit, 2),
            Pauli::Y => {
                phase *= -C64::I;
                (qubit, 3)
            }
        });
    }
    sorted.sort_unstable();
    let twice = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0).map(|pair| pair[0].0);
    let outside = sorted.last().map(|last| last.0).filter(|&q| q >= n_qubits);
    match twice.or(outside) {
        Some(qubit) => Err(Error::TermQubit { qubit, n_qubits }),
        None => Ok((sorted, phase)),
    }
}

fn machine(strings: &BTreeMap<Vec<Factor>, C64>, n_qubits: usize) -> Mpo {
    let start: State = strings.iter().map(|(factors, &c)| (factors.as_slice(), c)).collect();
    let mut states = vec![start];
    let mut sites = Vec::with_capacity(n_qubits);
    for qubit in 0..n_qubits {
        let (site, next) = step(&states, qubit);
        sites.push(site);
        states = next;
    }
    Mpo { sites }
}

/// Reads the factor on `qubit`: the edges, and the states behind it.
fn step<'a>(states: &[State<'a>], qubit: usize) -> (MpoSite, Vec<State<'a>>) {
    let mut next: Vec<State> = Vec::new();
    let mut edges: BTreeMap<(usize, usize), Local<C64>> = BTreeMap::new();
    for (from, state) in states.iter().enumerate() {
        let mut parts: [State; 4] = Default::default();
        for (&suffix, &c) in state {
            match suffix.split_first() {
                Some((&(at, op), rest)) if at == qubit => parts[op].insert(rest, c),
                Some(_) | None => parts[0].insert(suffix, c),
            };
        }
        for (op, part) in parts.into_iter().enumerate().filter(|(_, part)| !part.is_empty()) {
            let (to, factor) = find_or_add(&mut next, part);
            let edge = edges.entry((from, to)).or_insert([C64::ZERO; 4]);
            edge.iter_mut().zip(BASIS[op]).for_each(|(x, b)| *x += factor * b);
        }
    }
    let entries: Vec<Entry<C64>> = edges.into_iter().map(|((from, to), op)| (from, to, op)).collect();
    (MpoSite { left: states.len(), right: next.len().max(1), entries }, next)
}

/// The state proportional to `part`, and the factor between them.
fn find_or_add<'a>(states: &mut Vec<State<'a>>, part: State<'a>) -> (usize, C64) {
    let largest = |best: C64, &c: &C64| if c.norm() > best.norm() { c } else { best };
    let scale = part.values().fold(C64::ZERO, largest);
    let unit: State = part.into_iter().map(|(suffix, c)| (suffix, c / scale)).collect();
    let known = states.iter().position(|state| {
        let mut pairs = state.iter().zip(&unit);
        state.len() == unit.len() && pairs.all(|(a, b)| a.0 == b.0 && (a.1 - b.1).norm() < SAME)
    });
    let to = known.unwrap_or_else(|| {
        states.push(unit);
        states.len() - 1
    });
    (to, scale)
}
