//! Expectation and variance of an operator.

use circuit::C64;
use faer::Mat;

use super::Mpo;
use crate::environment::{Channel, blocks, edge, grow};
use crate::{Error, Mps};

impl Mpo {
    /// `⟨ψ|H|ψ⟩`, real part; `O(n chi³ D)` operations for `D` the bond of the operator.
    ///
    /// # Errors
    /// If the state has another number of qubits.
    pub fn expectation(&self, state: &Mps) -> Result<f64, Error> {
        self.check(state)?;
        let mut state = state.clone();
        let last = state.n_qubits() - 1;
        state.move_centre(last);
        let mut env = edge();
        for (k, (site, tensor)) in self.sites.iter().zip(state.sites()).enumerate() {
            let (l, _, r) = tensor.dim();
            let flat = Mat::from_fn(2 * l, r, |i, j| tensor[[i % l, i / l, j]]); // [s vL] vR
            env = grow(&blocks(&env, site), flat.as_ref(), flat.as_ref(), k < last);
        }
        Ok(match &env[0] {
            Channel::Zero => 0.0,
            Channel::Scaled(value) => value.re,
            Channel::Dense(m) => m[(0, 0)].re,
        })
    }

    /// `⟨ψ|H²|ψ⟩ - ⟨ψ|H|ψ⟩²` for a Hermitian operator and a normalised state; zero for an eigenstate, up to
    /// rounding of about `1e-15 ⟨H⟩²`.
    ///
    /// # Errors
    /// If the state has another number of qubits.
    pub fn variance(&self, state: &Mps) -> Result<f64, Error> {
        let mean = self.expectation(state)?;
        Ok(self.times(self)?.expectation(state)? - mean * mean)
    }

    pub(crate) fn check(&self, state: &Mps) -> Result<(), Error> {
        let (got, expected) = (self.n_qubits(), state.n_qubits());
        if got == expected { Ok(()) } else { Err(Error::Length { what: "the operator", got, expected }) }
    }

    /// The sites in numbers of type `T`, read from left to right and from right to left.
    pub(crate) fn both_ways<T: crate::scalar::Scalar>(&self) -> [Vec<super::MpoSite<T>>; 2] {
        let forward: Vec<_> = self.sites.iter().map(super::MpoSite::<C64>::convert).collect();
        let backward = forward.iter().rev().map(super::MpoSite::mirrored).collect();
        [forward, backward]
    }
}
