//! Expectations of Pauli strings, contracted over no more sites than needed.

use circuit::{C64, PauliString, PauliSum};
use ndarray::{Array2, Array3};

use crate::Mps;
use crate::mps::matrix;
use crate::ops::pauli_on_site;

impl Mps {
    /// `⟨ψ|P|ψ⟩`. Only sites from the centre to the support of `P` matter: isometries cancel beyond.
    pub(crate) fn pauli_expectation(&self, pauli: &PauliString) -> f64 {
        match self.sites.is_empty() {
            true => 1.0,
            false => Surroundings::of(self, [pauli]).expectation(pauli),
        }
    }

    /// `⟨ψ|Σ_k c_k P_k|ψ⟩`; what lies outside of the supports is contracted once for all strings.
    pub(crate) fn sum_expectation(&self, sum: &PauliSum) -> f64 {
        if self.sites.is_empty() {
            return sum.terms.iter().map(|(c, _)| c).sum();
        }
        let surroundings = Surroundings::of(self, sum.terms.iter().map(|(_, pauli)| pauli));
        sum.terms.iter().map(|(c, pauli)| c * surroundings.expectation(pauli)).sum()
    }
}

/// `⟨ψ|ψ⟩` left open at a bond, for the bonds next to the supports of some strings.
struct Surroundings<'a> {
    state: &'a Mps,
    left: Vec<Array2<C64>>,  // entry k before site lo + k: vL* vL
    right: Vec<Array2<C64>>, // entry k behind site hi - k: vR* vR
}

impl<'a> Surroundings<'a> {
    fn of<'b>(state: &'a Mps, strings: impl IntoIterator<Item = &'b PauliString>) -> Self {
        let (mut most, mut least) = (0, usize::MAX);
        for pauli in strings {
            let [first, last] = ends(state, pauli);
            (most, least) = (most.max(first), least.min(last));
        }
        let (lo, hi) = (state.gauge.lo, state.gauge.hi);
        let mut left = vec![Array2::eye(state.sites[lo].dim().0)];
        for site in state.sites.get(lo..most).unwrap_or_default() {
            left.push(transfer(&left[left.len() - 1], site, site));
        }
        let mut right = vec![Array2::eye(state.sites[hi].dim().2)];
        for site in state.sites.get(least.saturating_add(1)..=hi).unwrap_or_default().iter().rev() {
            right.push(transfer_left(&right[right.len() - 1], site, site));
        }
        Self { state, left, right }
    }

    fn expectation(&self, pauli: &PauliString) -> f64 {
        let Self { state, left, right } = self;
        let [first, last] = ends(state, pauli);
        let start = match first.checked_sub(state.gauge.lo) {
            Some(k) => left[k].clone(),
            None => Array2::eye(state.sites[first].dim().0),
        };
        let env = (first..=last)
            .fold(start, |env, q| transfer(&env, &state.sites[q], &pauli_on_site(&state.sites[q], pauli, q)));
        match state.gauge.hi.checked_sub(last) {
            Some(k) => env.iter().zip(&right[k]).map(|(x, y)| x * y).sum::<C64>().re,
            None => env.diag().sum().re,
        }
    }
}

/// First and last site of the support of a string, or the centre twice for the identity.
fn ends(state: &Mps, pauli: &PauliString) -> [usize; 2] {
    let support = pauli.support();
    [support.first(), support.last()].map(|q| q.copied().unwrap_or(state.centre()))
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
