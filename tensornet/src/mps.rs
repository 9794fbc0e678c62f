//! The matrix product state: its tensors, its gauge, and what was lost in cuts.

use circuit::C64;
use ndarray::{Array2, Array3, Axis, CowArray, Ix2};

use crate::cuts::Cuts;
use crate::{Error, Truncation};

/// `ψ(s0 .. s(n-1)) = B0[s0] .. B(n-1)[s(n-1)]` with open ends and a tracked gauge.
///
/// Every cut obeys the [`Truncation`] of this object and keeps the norm; what it discards is added up in
/// [`discarded_weight`](Self::discarded_weight) and multiplied into
/// [`fidelity_estimate`](Self::fidelity_estimate); [`infidelity_bound`](Self::infidelity_bound) is what it may have
/// cost at most. A gate or rotation panics where the chain would outgrow
/// [`MEMORY_LIMIT`](Self::MEMORY_LIMIT).
#[derive(Clone, Debug)]
pub struct Mps {
    pub(crate) sites: Vec<Array3<C64>>, // vL s vR
    pub(crate) gauge: Gauge,
    pub(crate) truncation: Truncation,
    pub(crate) cuts: Cuts,
}

/// Which sites are isometries: those before `lo` from the left, those after `hi` from the right. With
/// `lo == hi` this is the centre; with `lo < hi` the sites between are anything; with `lo > hi`, as in a
/// product state, any site between can be the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gauge {
    pub(crate) lo: usize,
    pub(crate) hi: usize,
}

impl Mps {
    /// Most bytes of a chain, or of the array an operation on it would make.
    pub const MEMORY_LIMIT: u128 = 16 << 30;

    /// The product state of the given bits, qubit 0 first, without truncation.
    pub fn basis(bits: &[bool]) -> Self {
        let one = |s: usize, bit: bool| if (s == 1) == bit { C64::ONE } else { C64::ZERO };
        let site = |&bit| Array3::from_shape_fn((1, 2, 1), |(_, s, _)| one(s, bit));
        let gauge = Gauge { lo: bits.len().saturating_sub(1), hi: 0 };
        Self::with_gauge(bits.iter().map(site).collect(), gauge)
    }

    /// Sites of which all but the one at `centre` are isometries towards it.
    pub(crate) fn with_centre(sites: Vec<Array3<C64>>, centre: usize) -> Self {
        Self::with_gauge(sites, Gauge { lo: centre, hi: centre })
    }

    /// Sites that may be anything.
    pub(crate) fn without_gauge(sites: Vec<Array3<C64>>) -> Self {
        let hi = sites.len().saturating_sub(1);
        Self::with_gauge(sites, Gauge { lo: 0, hi })
    }

    /// Sites with what is known of them.
    pub(crate) fn with_gauge(sites: Vec<Array3<C64>>, gauge: Gauge) -> Self {
        Self { sites, gauge, truncation: Truncation::EXACT, cuts: Cuts::NONE }
    }

    /// The same state with another setting for the cuts to come.
    pub fn with_truncation(self, truncation: Truncation) -> Self {
        Self { truncation, ..self }
    }

    /// Accounts for a cut.
    pub(crate) fn record(&mut self, discarded: f64) {
        self.cuts.record(discarded);
    }

    /// What evolved from `start` with these cuts, and will be cut as `truncation` says.
    pub(crate) fn evolved(mut self, start: &Mps, cuts: &[f64], truncation: Truncation) -> Self {
        self.cuts = start.cuts;
        cuts.iter().for_each(|&discarded| self.record(discarded));
        Self { truncation, ..self }
    }

    /// Number of qubits.
    pub fn n_qubits(&self) -> usize {
        self.sites.len()
    }

    /// One tensor per qubit, legs `vL s vR`.
    pub fn sites(&self) -> &[Array3<C64>] {
        &self.sites
    }

    pub(crate) fn is_real(&self) -> bool {
        self.sites.iter().flatten().all(|x| x.im == 0.0)
    }

    /// Position of the orthogonality centre: the first site that can be it, or, where the gauge is not fixed,
    /// the first that is no isometry from the left.
    pub fn centre(&self) -> usize {
        self.gauge.lo.min(self.gauge.hi)
    }

    /// Dimensions of the `n - 1` bonds, left to right.
    pub fn bond_dims(&self) -> Vec<usize> {
        self.sites.iter().skip(1).map(|site| site.dim().0).collect()
    }

    /// Sum over all cuts so far of the share of weight each discarded.
    pub fn discarded_weight(&self) -> f64 {
        self.cuts.weight
    }

    /// Product over all cuts so far of the share of weight each kept: an estimate of `|⟨exact|ψ⟩|²`, and the
    /// squared norm the state would have, had no cut restored it.
    pub fn fidelity_estimate(&self) -> f64 {
        self.cuts.fidelity
    }

    /// A bound, up to rounding, on the infidelity: `1 - |⟨exact|ψ⟩|² ≤ sin²(Σ arcsin √e)` for states of norm one, where
    /// `e` are the shares of weight that the cuts so far discarded; one where the sum exceeds `π/2`.
    ///
    /// Each cut turns the state by `arcsin √e`, what is unitary leaves angles alone, and angles add up at most. It holds
    /// if everything between the cuts was unitary; under imaginary time it says nothing. A sum of states or an image
    /// under an operator begins a new account: the bound is on what the cuts did to the sum or image of the states given.
    ///
    /// ```
    /// use circuit::{Circuit, State, run};
    /// use tensornet::{Mps, Truncation};
    ///
    /// let mut cat = Circuit::new(3)?;
    /// cat.h(0)?.cx(0, 1)?.cx(1, 2)?;
    /// let mut state = Mps::zero(3).with_truncation(Truncation { chi_max: 1, ..Truncation::EXACT });
    /// run(&cat, &[], &mut state);
    /// assert!((state.infidelity_bound() - 0.5).abs() < 1e-12); // one of two basis states is lost
    /// # Ok::<(), circuit::Error>(())
    /// ```
    pub fn infidelity_bound(&self) -> f64 {
        self.cuts.infidelity_bound()
    }

    /// Bytes of all tensors.
    pub fn bytes(&self) -> u128 {
        self.sites.iter().map(|site| bytes(site.len() as u128)).sum()
    }

    /// `⟨s0 .. s(n-1)|ψ⟩` for one bit per qubit.
    ///
    /// # Panics
    /// If there are more or fewer bits than qubits.
    pub fn amplitude(&self, bits: &[bool]) -> C64 {
        assert_eq!(bits.len(), self.n_qubits(), "one bit per qubit");
        let start = Array2::from_elem((1, 1), C64::ONE); // 1 vL
        let row = self.sites.iter().zip(bits).fold(start, |row, (site, &bit)| {
            row.dot(&site.index_axis(Axis(1), usize::from(bit))) // 1 vR
        });
        row[[0, 0]]
    }

    /// All amplitudes, shape `[2^n]`, qubit 0 as the high bit; memory grows as `2^n`.
    ///
    /// # Panics
    /// If they exceed [`MEMORY_LIMIT`](Self::MEMORY_LIMIT), as they do from 31 qubits on.
    pub fn amps(&self) -> Vec<C64> {
        let count = 1_u128.checked_shl(self.n_qubits() as u32).unwrap_or(u128::MAX);
        check_bytes(bytes(count)).unwrap_or_else(|error| panic!("{error}"));
        let start = Array2::from_elem((1, 1), C64::ONE); // [s..] vL
        let all = self.sites.iter().fold(start, |acc, site| {
            let (l, d, r) = site.dim();
            let joined = acc.dot(&matrix(site, l, d * r)); // [s..] [s vR]
            joined.into_shape_clone((acc.nrows() * d, r)).expect("the same number of entries") // [s.. s] vR
        });
        all.into_raw_vec_and_offset().0
    }
}

/// Bytes of `entries` complex numbers.
pub(crate) fn bytes(entries: u128) -> u128 {
    entries.saturating_mul(size_of::<C64>() as u128)
}

/// Refuses what exceeds [`Mps::MEMORY_LIMIT`].
pub(crate) fn check_bytes(needed: u128) -> Result<(), Error> {
    let limit = Mps::MEMORY_LIMIT;
    if needed > limit { Err(Error::Memory { needed, limit }) } else { Ok(()) }
}

/// A site as a matrix, one of its bonds joined with the qubit.
pub(crate) fn matrix(site: &Array3<C64>, rows: usize, columns: usize) -> CowArray<'_, C64, Ix2> {
    site.to_shape((rows, columns)).expect("the same number of entries")
}

/// A matrix with `left` as its left bond, shape `[left s, vR]` or `[left, s vR]`, as a site.
pub(crate) fn tensor(a: Array2<C64>, left: usize) -> Array3<C64> {
    let right = a.len() / (2 * left);
    a.into_shape_clone((left, 2, right)).expect("the same number of entries")
}
