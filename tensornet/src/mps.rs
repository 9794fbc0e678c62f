//! The matrix product state: its tensors, its centre, and how a bond is cut.

use circuit::C64;
use ndarray::{Array2, Array3, ArrayView2, Axis, CowArray, Ix2, s};

use crate::Truncation;
use crate::linalg::{Svd, qr, svd};

/// `ψ(s0 .. s(n-1)) = B0[s0] .. B(n-1)[s(n-1)]` with open ends and a tracked orthogonality centre.
///
/// Every cut obeys the [`Truncation`] of this object and keeps the norm; what it discards is added up in
/// [`discarded_weight`](Self::discarded_weight).
#[derive(Clone, Debug)]
pub struct Mps {
    pub(crate) sites: Vec<Array3<C64>>, // vL s vR
    pub(crate) centre: usize,
    truncation: Truncation,
    discarded_weight: f64,
}

impl Mps {
    /// The product state of the given bits, qubit 0 first, without truncation.
    pub fn basis(bits: &[bool]) -> Self {
        let one = |s: usize, bit: bool| if (s == 1) == bit { C64::ONE } else { C64::ZERO };
        let site = |&bit| Array3::from_shape_fn((1, 2, 1), |(_, s, _)| one(s, bit));
        Self::with_centre(bits.iter().map(site).collect(), 0)
    }

    /// Sites of which all but the one at `centre` are isometries towards it.
    pub(crate) fn with_centre(sites: Vec<Array3<C64>>, centre: usize) -> Self {
        Self { sites, centre, truncation: Truncation::EXACT, discarded_weight: 0.0 }
    }

    /// The same state with another setting for the cuts to come.
    pub fn with_truncation(self, truncation: Truncation) -> Self {
        Self { truncation, ..self }
    }

    pub(crate) fn set_truncation(&mut self, truncation: Truncation) {
        self.truncation = truncation;
    }

    pub(crate) fn add_discarded(&mut self, share: f64) {
        self.discarded_weight += share;
    }

    /// Number of qubits.
    pub fn n_qubits(&self) -> usize {
        self.sites.len()
    }

    /// One tensor per qubit, legs `vL s vR`.
    pub fn sites(&self) -> &[Array3<C64>] {
        &self.sites
    }

    /// Position of the orthogonality centre.
    pub fn centre(&self) -> usize {
        self.centre
    }

    /// Dimensions of the `n - 1` bonds, left to right.
    pub fn bond_dims(&self) -> Vec<usize> {
        self.sites.iter().skip(1).map(|site| site.dim().0).collect()
    }

    /// Sum over all cuts so far of the share of weight each discarded.
    pub fn discarded_weight(&self) -> f64 {
        self.discarded_weight
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
    pub fn amps(&self) -> Vec<C64> {
        let start = Array2::from_elem((1, 1), C64::ONE); // [s..] vL
        let all = self.sites.iter().fold(start, |acc, site| {
            let (l, d, r) = site.dim();
            let joined = acc.dot(&matrix(site, l, d * r)); // [s..] [s vR]
            joined.into_shape_clone((acc.nrows() * d, r)).expect("the same number of entries") // [s.. s] vR
        });
        all.into_raw_vec_and_offset().0
    }

    /// Moves the orthogonality centre; the state does not change.
    ///
    /// # Panics
    /// If `to` is not a qubit.
    pub fn move_centre(&mut self, to: usize) {
        assert!(to < self.n_qubits(), "site {to} of a chain of {}", self.n_qubits());
        while self.centre < to {
            self.step_right();
        }
        while self.centre > to {
            self.step_left();
        }
    }

    /// The centre becomes an isometry from the left; the rest goes to the next site, the new centre.
    pub(crate) fn step_right(&mut self) {
        let k = self.centre;
        let (l, d, r) = self.sites[k].dim();
        let (q, rest) = qr(matrix(&self.sites[k], l * d, r).view()); // [vL s] new, new vR
        let (_, d, r) = self.sites[k + 1].dim();
        let next = rest.dot(&matrix(&self.sites[k + 1], rest.ncols(), d * r)); // new [s vR]
        self.sites[k] = tensor(q, l);
        self.sites[k + 1] = tensor(next, rest.nrows());
        self.centre = k + 1;
    }

    /// The centre becomes an isometry from the right; the rest goes to the site before, the new centre.
    fn step_left(&mut self) {
        let (l, d, r) = self.sites[self.centre].dim();
        let (q, rest) = qr(matrix(&self.sites[self.centre], l, d * r).t()); // [s vR] new, new vL
        self.hand_left(&rest.t(), q.t().to_owned());
    }

    /// As a step to the left, with the bond cut.
    pub(crate) fn cut_left(&mut self) {
        let (l, d, r) = self.sites[self.centre].dim();
        let flat = matrix(&self.sites[self.centre], l, d * r).to_owned(); // vL [s vR]
        let (u, s, vh) = self.cut(flat.view());
        self.hand_left(&scale_columns(u, &s).view(), vh);
    }

    fn hand_left(&mut self, carry: &ArrayView2<C64>, isometry: Array2<C64>) {
        let k = self.centre; // carry: vL new; isometry: new [s vR]
        let (l, d, r) = self.sites[k - 1].dim();
        let previous = matrix(&self.sites[k - 1], l * d, r).dot(carry); // [vL s] new
        self.sites[k - 1] = tensor(previous, l);
        self.sites[k] = tensor(isometry, carry.ncols());
        self.centre = k - 1;
    }

    /// Puts a joint tensor, shape `[vL s, s' vR]`, in place of the sites `left` and `left + 1`, one of which
    /// is the centre; the right one is the centre afterwards.
    pub(crate) fn put_pair(&mut self, pair: ArrayView2<C64>, left: usize) {
        let (u, s, vh) = self.cut(pair);
        let rest = scale_columns(vh.reversed_axes(), &s).reversed_axes(); // new [s' vR]
        self.sites[left] = tensor(u, pair.nrows() / 2);
        self.sites[left + 1] = tensor(rest, s.len());
        self.centre = left + 1;
    }

    /// Singular values and vectors, cut and brought back to the norm of `a`; the cut is accounted for.
    fn cut(&mut self, a: ArrayView2<C64>) -> (Array2<C64>, Vec<f64>, Array2<C64>) {
        let (Svd { u, s, vh }, discarded) = cut(a, &self.truncation);
        self.discarded_weight += discarded;
        let restore = (1.0 - discarded).sqrt().recip();
        (u, s.iter().map(|value| value * restore).collect(), vh)
    }
}

/// The singular values and vectors that are kept, and the share of the weight that is not.
pub(crate) fn cut(a: ArrayView2<C64>, truncation: &Truncation) -> (Svd, f64) {
    let Svd { u, mut s, vh } = svd(a);
    let (kept, discarded) = truncation.kept(&s);
    s.truncate(kept);
    (Svd { u: u.slice_move(s![.., ..kept]), s, vh: vh.slice_move(s![..kept, ..]) }, discarded)
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

pub(crate) fn scale_columns(mut a: Array2<C64>, factors: &[f64]) -> Array2<C64> {
    for (mut column, &factor) in a.columns_mut().into_iter().zip(factors) {
        column *= C64::from(factor);
    }
    a
}
