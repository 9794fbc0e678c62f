//! Expectation and variance of an operator.

use circuit::C64;

use super::{Mpo, MpoSite};
use crate::chain::Chain;
use crate::scalar::Scalar;
use crate::sector::Sector;
use crate::{Error, Mps};

impl Mpo {
    /// `⟨ψ|H|ψ⟩`, real part; `O(n chi³ D)` operations for `D` the bond of the operator.
    ///
    /// # Errors
    /// If the state has another number of qubits.
    pub fn expectation(&self, state: &Mps) -> Result<f64, Error> {
        self.check(state)?;
        Ok(match self.is_real() && state.is_real() {
            true => contract::<f64>(self, state),
            false => contract::<C64>(self, state),
        })
    }

    /// `⟨ψ|H²|ψ⟩ - ⟨ψ|H|ψ⟩²` for a Hermitian operator and a normalised state; zero for an eigenstate, up to
    /// rounding of about `1e-15 ⟨H⟩²`.
    ///
    /// # Errors
    /// If the state has another number of qubits.
    pub fn variance(&self, state: &Mps) -> Result<f64, Error> {
        let mean = self.expectation(state)?;
        Ok(self.square(state)? - mean * mean)
    }

    /// `⟨ψ|H²|ψ⟩` of a Hermitian operator: by the operator `H²`, or, where its bonds would be wide, by the state `H|ψ⟩`.
    pub(crate) fn square(&self, state: &Mps) -> Result<f64, Error> {
        match self.is_wide() {
            true => Ok(self.image_norm(state)?.powi(2)),
            false => self.times(self)?.expectation(state),
        }
    }

    /// True if the square of the operator takes longer than its image of a state.
    pub(crate) fn is_wide(&self) -> bool {
        const WIDE: usize = 24;
        self.bond_dims().into_iter().max().unwrap_or(1) > WIDE
    }

    pub(crate) fn check(&self, state: &Mps) -> Result<(), Error> {
        let (got, expected) = (self.n_qubits(), state.n_qubits());
        if got == expected { Ok(()) } else { Err(Error::Length { what: "the operator", got, expected }) }
    }

    /// The sites in numbers of type `T`, read from left to right and from right to left.
    pub(crate) fn both_ways<T: Scalar>(&self) -> [Vec<MpoSite<T>>; 2] {
        let forward: Vec<_> = self.sites.iter().map(MpoSite::<C64>::convert).collect();
        let backward = forward.iter().rev().map(MpoSite::mirrored).collect();
        [forward, backward]
    }
}

fn contract<T: Scalar>(operator: &Mpo, state: &Mps) -> f64 {
    let sector = Sector::<T>::new(state, 0);
    sector.map_or(0.0, |sector| Chain::mean(operator, sector))
}
