//! Gradients of gates that are still the identity: expectations of commutators, without any circuit.
//!
//! A rotation `exp(-i t P/2)` appended to the preparation of `ψ` has `dE/dt = (i/2) ⟨[P, H]⟩` at `t = 0`. Only
//! terms of `H` that anticommute with `P` count, each with `[P, Q] = 2 P Q`, so that the cost is that of a few local
//! expectations, on any number of qubits.

use std::collections::BTreeMap;

use circuit::{C64, Pauli, PauliString, PauliSum};

use crate::{Error, Mps};

/// For each pair of qubits the derivatives of `⟨H⟩` with respect to the angles of the 15 generators of a two-qubit
/// gate appended at the identity.
///
/// Generators are `P_a P_b` with factors from `1, X, Y, Z`, in the order `1X 1Y 1Z X1 XX .. ZZ`. The state is to be
/// normalised.
///
/// ```
/// use circuit::hamiltonian::{Lattice, heisenberg};
/// use tensornet::{Mps, identity_gate_gradients};
///
/// let neel: Vec<bool> = (0..100).map(|q| q % 2 == 1).collect();
/// let chain = heisenberg(&Lattice::chain(100)?, 1.0)?;
/// let gradients = identity_gate_gradients(&Mps::basis(&neel), &chain, &[[49, 50]])?;
/// let largest = gradients[0].iter().fold(0.0, |worst: f64, g| worst.max(g.abs()));
/// assert!((largest - 2.0).abs() < 1e-12); // XY and YX turn up, down into a singlet
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the sum acts beyond the chain, or a pair is not one of two qubits of the chain.
///
/// Reference: Rudolph et al., arXiv:2208.13673 (gradients at the start from a matrix product state).
pub fn identity_gate_gradients(
    state: &Mps,
    sum: &PauliSum,
    pairs: &[[usize; 2]],
) -> Result<Vec<[f64; 15]>, Error> {
    let n_qubits = state.n_qubits();
    if sum.n_qubits() > n_qubits {
        return Err(Error::Length { what: "the Pauli sum", got: sum.n_qubits(), expected: n_qubits });
    }
    if let Some(&[a, b]) = pairs.iter().find(|[a, b]| a == b || *a.max(b) >= n_qubits) {
        return Err(Error::TermQubit { qubit: a.max(b), n_qubits });
    }
    let mut state = state.clone();
    let gradients = pairs.iter().map(|&[a, b]| {
        state.move_centre(a);
        let mut known = BTreeMap::new();
        generators(a, b).map(|generator| derivative(&state, sum, &generator, &mut known))
    });
    Ok(gradients.collect())
}

/// `1X 1Y 1Z X1 XX .. ZZ` on two qubits.
fn generators(a: usize, b: usize) -> [PauliString; 15] {
    let factor = |q: usize, kind: usize| match kind {
        0 => None,
        1 => Some((q, Pauli::X)),
        2 => Some((q, Pauli::Y)),
        _ => Some((q, Pauli::Z)),
    };
    std::array::from_fn(|k| {
        let factors = [factor(a, (k + 1) / 4), factor(b, (k + 1) % 4)];
        PauliString::new(&factors.into_iter().flatten().collect::<Vec<_>>())
    })
}

/// `(i/2) ⟨[P, H]⟩`; expectations found on the way go to `known`.
fn derivative(
    state: &Mps,
    sum: &PauliSum,
    generator: &PauliString,
    known: &mut BTreeMap<(u128, u128), f64>,
) -> f64 {
    let terms = sum.terms.iter().filter(|(_, string)| !string.commutes_with(generator));
    let term = |(c, string): &(f64, PauliString)| {
        let (phase, product) = generator.times(string);
        let mean = known.entry((product.x, product.z)).or_insert_with(|| state.pauli_expectation(&product));
        c * (C64::I * phase).re * *mean
    };
    terms.map(term).sum()
}
