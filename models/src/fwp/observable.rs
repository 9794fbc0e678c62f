//! Programmable observables: one Hermitian matrix, measured on every set of `weight` qubits.
//!
//! A circuit measures all Pauli strings of a set once; any observable on the set is a linear combination of them, so
//! that a program of `K^2` numbers (`K = 2^weight`) becomes Pauli coefficients by a constant matrix.
//! Reference: Lin, Chen et al., arXiv:2504.13414 (adaptive non-local observables).

use burn::tensor::{Tensor, TensorData};
use circuit::{C64, Pauli, PauliString};

use crate::vqc::subsets;

/// The observable `H_ii = c_i`, `H_ij = a_ij + i b_ij` for `i < j`, on every set of qubits.
#[derive(Clone, Debug)]
pub(super) struct Observables {
    sets: usize,
    /// Program `[K^2]` to Pauli coefficients `[4^weight]`, row-major, the identity first.
    basis: Vec<f64>,
    n_params: usize,
}

impl Observables {
    pub(super) fn new(qubits: usize, weight: usize) -> Self {
        let side = 1 << weight; // K
        let mut basis = Vec::new();
        let mut row = |entries: &[(usize, usize, C64)]| {
            basis.extend((0..side * side).map(|code| coefficient(code, weight, entries)));
        };
        (0..side).for_each(|i| row(&[(i, i, C64::ONE)]));
        for (i, j) in (0..side).flat_map(|i| (i + 1..side).map(move |j| (i, j))) {
            row(&[(i, j, C64::ONE), (j, i, C64::ONE)]);
            row(&[(i, j, C64::I), (j, i, -C64::I)]);
        }
        Self { sets: subsets(qubits, weight).len(), basis, n_params: side * side }
    }

    /// Numbers of the program, `K^2`.
    pub(super) fn n_params(&self) -> usize {
        self.n_params
    }

    /// One value per set of qubits.
    pub(super) fn n_values(&self) -> usize {
        self.sets
    }

    /// Expectations of all Pauli strings `[b sets*(4^weight - 1)]` and programs `[b K^2]` to values `[b sets]`.
    pub(super) fn forward(&self, strings: Tensor<2>, program: Tensor<2>) -> Tensor<2> {
        let ([b, _], n) = (strings.dims(), self.n_params);
        let place = (&program.device(), program.dtype());
        let basis = Tensor::<2>::from_data(TensorData::new(self.basis.clone(), [n, n]), place);
        let coefficients = program.matmul(basis); // b 4^weight
        let constant = coefficients.clone().narrow(1, 0, 1); // b 1
        let others = coefficients.narrow(1, 1, n - 1).reshape([b, 1, n - 1]);
        let weighted = strings.reshape([b, self.sets, n - 1]) * others; // b sets 4^weight-1
        weighted.sum_dim(2).reshape([b, self.sets]) + constant
    }
}

/// `tr(P H) / K` for the Pauli string of number `code` and the matrix with these entries.
fn coefficient(code: usize, weight: usize, entries: &[(usize, usize, C64)]) -> f64 {
    let letters = [None, Some(Pauli::X), Some(Pauli::Y), Some(Pauli::Z)];
    let letter = |k: usize| letters[code >> (2 * (weight - 1 - k)) & 3];
    let factors: Vec<(usize, Pauli)> = (0..weight).filter_map(|k| Some((k, letter(k)?))).collect();
    let (x, z) = PauliString::new(&factors).basis_masks(weight);
    // P_(j ^ x, j) = phase(j), and the trace wants P_(j, i) H_(i, j).
    let term = |&(i, j, h): &(usize, usize, C64)| {
        if i ^ x == j { h * PauliString::phase(x, z, i) } else { C64::ZERO }
    };
    entries.iter().map(term).sum::<C64>().re / (1 << weight) as f64
}
