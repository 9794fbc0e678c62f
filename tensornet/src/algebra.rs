//! States from arrays, their inner products and their sums.

use circuit::C64;
use ndarray::{Array2, Array3, s};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use crate::canonical::{cut, scale_columns};
use crate::expectation::transfer;
use crate::linalg::Svd;
use crate::mps::{Gauge, bytes, check_bytes, tensor};
use crate::{Error, Mps, Truncation};

impl Mps {
    /// A state from any tensors, legs `vL s vR`; they stay as they are until an operation needs a centre.
    ///
    /// # Errors
    /// If there is no site, a shape does not fit its neighbour, or an entry is not finite.
    pub fn from_sites(sites: Vec<Array3<C64>>) -> Result<Self, Error> {
        check_shapes(&sites)?;
        Ok(Self::without_gauge(sites))
    }

    /// A state from its `2^n` amplitudes, qubit 0 as the high bit, one singular value decomposition a bond.
    ///
    /// ```
    /// use circuit::C64;
    /// use tensornet::{Mps, Truncation};
    ///
    /// let amps: Vec<C64> = (0..16).map(|k| C64::new(f64::from(k), 1.0)).collect();
    /// let state = Mps::from_amps(&amps, Truncation::EXACT)?;
    /// assert_eq!(state.bond_dims(), [2, 2, 2]); // a linear function plus a constant
    /// assert!(state.amps().iter().zip(&amps).all(|(a, b)| (a - b).norm() < 1e-12));
    /// # Ok::<(), tensornet::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the length is no power of two above 1, or an amplitude is not finite.
    pub fn from_amps(amps: &[C64], truncation: Truncation) -> Result<Self, Error> {
        if amps.len() < 2 || !amps.len().is_power_of_two() {
            let range = "a power of two, 2 or more";
            return Err(Error::Setting { name: "the number of amplitudes", value: amps.len() as f64, range });
        }
        check_finite(amps.iter(), "an amplitude")?;
        let n_qubits = amps.len().ilog2() as usize;
        let mut rest = Array2::from_shape_vec((1, amps.len()), amps.to_vec()).expect("a row");
        let (mut sites, mut lost) = (Vec::with_capacity(n_qubits), Vec::new());
        for _ in 1..n_qubits {
            let (left, columns) = rest.dim(); // vL [s s' ..]
            let joint = rest.into_shape_clone((left * 2, columns / 2)).expect("the same number of entries");
            let (Svd { u, s, vh }, discarded) = cut(joint.view(), &truncation);
            let restore = (1.0 - discarded).sqrt().recip();
            let s: Vec<f64> = s.iter().map(|value| value * restore).collect();
            rest = scale_columns(vh.reversed_axes(), &s).reversed_axes(); // vR [s' ..]
            sites.push(tensor(u, left));
            lost.push(discarded);
        }
        let left = rest.nrows();
        sites.push(tensor(rest, left));
        let mut state = Self::with_centre(sites, n_qubits - 1).with_truncation(truncation);
        lost.into_iter().for_each(|discarded| state.record(discarded));
        Ok(state)
    }

    /// A normalised random state: complex normal entries, bonds of `chi` or as large as the ends permit.
    ///
    /// # Panics
    /// If `n_qubits` or `chi` is zero, or the chain exceeds [`MEMORY_LIMIT`](Self::MEMORY_LIMIT).
    pub fn random(n_qubits: usize, chi: usize, generator: &mut impl Rng) -> Self {
        Self::from_entries(n_qubits, chi, || {
            C64::new(generator.sample(StandardNormal), generator.sample(StandardNormal))
        })
    }

    /// As [`random`](Self::random), with real entries.
    ///
    /// # Panics
    /// If `n_qubits` or `chi` is zero, or the chain exceeds [`MEMORY_LIMIT`](Self::MEMORY_LIMIT).
    pub fn random_real(n_qubits: usize, chi: usize, generator: &mut impl Rng) -> Self {
        Self::from_entries(n_qubits, chi, || C64::from(generator.sample::<f64, _>(StandardNormal)))
    }

    /// As [`random`](Self::random), with entries from anywhere.
    pub(crate) fn from_entries(n_qubits: usize, chi: usize, mut entry: impl FnMut() -> C64) -> Self {
        assert!(n_qubits > 0 && chi > 0, "a random state of {n_qubits} qubits with bonds of {chi}");
        let largest = |cut: usize| 1usize.checked_shl(cut.min(n_qubits - cut) as u32).unwrap_or(usize::MAX);
        let bond = |cut: usize| chi.min(largest(cut));
        let entries = (0..n_qubits).map(|k| 2 * bond(k) as u128 * bond(k + 1) as u128).sum();
        check_bytes(bytes(entries)).unwrap_or_else(|error| panic!("{error}"));
        let site = |k: usize| Array3::from_shape_simple_fn((bond(k), 2, bond(k + 1)), &mut entry);
        Self::normalised((0..n_qubits).map(site).collect())
    }

    /// The state of norm one with these sites, made isometries before their numbers can grow; one site or more.
    pub(crate) fn normalised(sites: Vec<Array3<C64>>) -> Self {
        let last = sites.len() - 1;
        let mut state = Self::without_gauge(sites);
        for k in 0..=last {
            let norm = length(&state.sites[k]);
            state.sites[k].mapv_inplace(|x| x / norm);
            state.narrow((k + 1).min(last), last);
        }
        state
    }

    /// `√⟨ψ|ψ⟩`, from the centre alone where there is one.
    pub fn norm(&self) -> f64 {
        let Gauge { lo, hi } = self.gauge;
        match self.sites.get(lo..=hi) {
            Some([first, .., _]) => {
                let start = Array2::eye(first.dim().0); // vL* vL
                let end = self.sites[lo..=hi].iter().fold(start, |env, site| transfer(&env, site, site));
                end.diag().sum().re.sqrt()
            }
            _ => self.sites.get(self.centre()).map_or(1.0, length),
        }
    }

    /// Divides by the norm, which is returned; a zero state stays as it is.
    pub fn normalize(&mut self) -> f64 {
        let norm = self.norm();
        if norm > 0.0 {
            self.scale(C64::from(1.0 / norm));
        }
        norm
    }

    /// Multiplies the state by a number.
    pub fn scale(&mut self, factor: C64) {
        let centre = self.centre();
        if let Some(site) = self.sites.get_mut(centre) {
            site.mapv_inplace(|x| x * factor);
            self.gauge.lo = self.gauge.lo.min(self.gauge.hi);
        }
    }

    /// `⟨self|other⟩`, in `O(n chi³)`.
    ///
    /// # Errors
    /// If the two have different numbers of qubits.
    pub fn overlap(&self, other: &Mps) -> Result<C64, Error> {
        self.check_length(other)?;
        let start = Array2::eye(1); // vL* vL
        let sites = self.sites.iter().zip(&other.sites);
        Ok(sites.fold(start, |env, (bra, ket)| transfer(&env, bra, ket))[[0, 0]])
    }

    /// `Σ c_k |ψ_k⟩`, its bonds the sums of the bonds, cut as `truncation` says.
    ///
    /// ```
    /// use circuit::C64;
    /// use tensornet::{Mps, Truncation};
    ///
    /// let [up, down] = [Mps::basis(&[false; 30]), Mps::basis(&[true; 30])];
    /// let terms = [(C64::from(0.6), &up), (C64::from(0.8), &down)];
    /// let cat = Mps::superposition(&terms, Truncation::EXACT)?;
    /// assert!((cat.norm() - 1.0).abs() < 1e-14);
    /// assert!((cat.overlap(&down)?.re - 0.8).abs() < 1e-14);
    /// # Ok::<(), tensornet::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no term, the states have no or different numbers of qubits, or the sum before the cuts
    /// exceeds [`MEMORY_LIMIT`](Self::MEMORY_LIMIT).
    pub fn superposition(terms: &[(C64, &Mps)], truncation: Truncation) -> Result<Self, Error> {
        let first = terms.first().map_or(0, |(_, state)| state.n_qubits());
        if first == 0 {
            return Err(Error::Qubits { n_qubits: 0, min: 1, max: usize::MAX });
        }
        terms.iter().try_for_each(|(_, state)| terms[0].1.check_length(state))?;
        let bond = |k: usize| terms.iter().map(|(_, state)| state.sites[k].dim().0 as u128).sum::<u128>();
        check_bytes(bytes((1..first).map(|k| 2 * bond(k) * bond(k)).sum()))?;
        let mut sum = Self::without_gauge((0..first).map(|k| side_by_side(terms, k)).collect());
        sum.compress(truncation);
        Ok(sum)
    }

    /// Cuts all bonds as `truncation` says, which also holds from here on; returns the weight discarded.
    pub fn compress(&mut self, truncation: Truncation) -> f64 {
        if self.sites.is_empty() {
            return 0.0;
        }
        self.truncation = truncation;
        let before = self.discarded_weight();
        self.cut_between(0, self.n_qubits() - 1);
        self.discarded_weight() - before
    }

    pub(crate) fn check_length(&self, other: &Mps) -> Result<(), Error> {
        let (got, expected) = (other.n_qubits(), self.n_qubits());
        if got == expected { Ok(()) } else { Err(Error::Length { what: "the other state", got, expected }) }
    }
}

fn length(site: &Array3<C64>) -> f64 {
    site.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt()
}

/// Site `k` of a sum: the sites of the terms as diagonal blocks, added up where a chain ends.
fn side_by_side(terms: &[(C64, &Mps)], k: usize) -> Array3<C64> {
    let last = k + 1 == terms[0].1.n_qubits();
    let dims = terms.iter().map(|(_, state)| state.sites[k].dim());
    let (left, right) = dims.fold((0, 0), |(left, right), (l, _, r)| (left + l, right + r));
    let mut sum = Array3::zeros((if k == 0 { 1 } else { left }, 2, if last { 1 } else { right }));
    let (mut row, mut column) = (0, 0);
    for (c, state) in terms {
        let site = &state.sites[k];
        let (l, _, r) = site.dim();
        let factor = if k == 0 { *c } else { C64::ONE };
        sum.slice_mut(s![row..row + l, .., column..column + r]).scaled_add(factor, site);
        row += if k == 0 { 0 } else { l };
        column += if last { 0 } else { r };
    }
    sum
}

fn check_shapes(sites: &[Array3<C64>]) -> Result<(), Error> {
    if sites.is_empty() {
        return Err(Error::Qubits { n_qubits: 0, min: 1, max: usize::MAX });
    }
    let mut left = 1;
    for (k, site) in sites.iter().enumerate() {
        let (l, d, r) = site.dim();
        if l != left || d != 2 || r == 0 || (k + 1 == sites.len() && r != 1) {
            return Err(Error::SiteShape { site: k, shape: [l, d, r], left });
        }
        left = r;
        check_finite(site.iter(), "an entry of a site")?;
    }
    Ok(())
}

fn check_finite<'a>(entries: impl Iterator<Item = &'a C64>, what: &'static str) -> Result<(), Error> {
    match entries.flat_map(|x| [x.re, x.im]).find(|x| !x.is_finite()) {
        Some(value) => Err(Error::NonFinite { what, value }),
        None => Ok(()),
    }
}
