//! Expectations of Pauli strings, contracted over no more sites than needed.

use circuit::{C64, PauliString};
use ndarray::{Array2, Array3};

use crate::Mps;
use crate::mps::matrix;
use crate::ops::pauli_on_site;

impl Mps {
    /// `⟨ψ|P|ψ⟩`. Only sites from the centre to the support of `P` matter: isometries cancel beyond.
    pub(crate) fn pauli_expectation(&self, pauli: &PauliString) -> f64 {
        if self.sites.is_empty() {
            return 1.0;
        }
        let (support, centre) = (pauli.support(), self.centre());
        let first = support.first().map_or(centre, |&q| q.min(self.gauge.lo));
        let last = support.last().map_or(self.gauge.hi, |&q| q.max(self.gauge.hi));
        let start = Array2::eye(self.sites[first].dim().0); // vL* vL
        let end = (first..=last)
            .fold(start, |env, q| transfer(&env, &self.sites[q], &pauli_on_site(&self.sites[q], pauli, q)));
        end.diag().sum().re
    }
}

/// Extends an environment, legs `vL* vL`, by one site: `vR* vR`.
pub(crate) fn transfer(env: &Array2<C64>, bra: &Array3<C64>, ket: &Array3<C64>) -> Array2<C64> {
    let [(l, d, r), (top, _, right)] = [ket.dim(), bra.dim()];
    let half = env.dot(&matrix(ket, l, d * r)); // vL* [s vR]
    let half = half.into_shape_clone((top * d, r)).expect("the same number of entries"); // [vL* s] vR
    matrix(bra, top * d, right).t().mapv(|x| x.conj()).dot(&half) // vR* vR
}

/// Extends an environment, legs `vR* vR`, by one site: `vL* vL`.
pub(crate) fn transfer_left(env: &Array2<C64>, bra: &Array3<C64>, ket: &Array3<C64>) -> Array2<C64> {
    let (l, d, r) = ket.dim();
    let half = matrix(ket, l * d, r).dot(&env.t()); // [vL s] vR*
    let columns = half.ncols();
    let half = half.into_shape_clone((l, d * columns)).expect("the same number of entries"); // vL [s vR*]
    matrix(bra, bra.dim().0, d * columns).mapv(|x| x.conj()).dot(&half.t()) // vL* vL
}
