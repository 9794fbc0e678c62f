//! The gauge of a chain: isometries towards the centre, and cuts at it.

use circuit::C64;
use ndarray::{Array2, ArrayView2, s};

use crate::linalg::{Svd, qr, svd};
use crate::mps::{Gauge, matrix, tensor};
use crate::{Mps, Truncation};

impl Mps {
    /// Moves the orthogonality centre; the state does not change.
    ///
    /// # Panics
    /// If `to` is not a qubit.
    pub fn move_centre(&mut self, to: usize) {
        assert!(to < self.n_qubits(), "site {to} of a chain of {}", self.n_qubits());
        self.narrow(to, to);
        self.gauge = Gauge { lo: to, hi: to };
    }

    /// Makes isometries of all sites before `first` and all after `last`.
    pub(crate) fn narrow(&mut self, first: usize, last: usize) {
        while self.gauge.lo < first {
            self.step_right(self.gauge.lo);
        }
        while self.gauge.hi > last {
            self.step_left(self.gauge.hi);
        }
    }

    /// Site `k`, before which all are isometries, becomes one; the rest goes to the next site.
    fn step_right(&mut self, k: usize) {
        let (l, d, r) = self.sites[k].dim();
        let (q, rest) = qr(matrix(&self.sites[k], l * d, r).view()); // [vL s] new, new vR
        let (_, d, r) = self.sites[k + 1].dim();
        let next = rest.dot(&matrix(&self.sites[k + 1], rest.ncols(), d * r)); // new [s vR]
        self.sites[k] = tensor(q, l);
        self.sites[k + 1] = tensor(next, rest.nrows());
        self.gauge = Gauge { lo: k + 1, hi: self.gauge.hi.max(k + 1) };
    }

    /// Site `k`, after which all are isometries, becomes one; the rest goes to the site before.
    fn step_left(&mut self, k: usize) {
        let (l, d, r) = self.sites[k].dim();
        let (q, rest) = qr(matrix(&self.sites[k], l, d * r).t()); // [s vR] new, new vL
        self.hand_left(k, &rest.t(), q.t().to_owned());
    }

    /// Cuts all bonds between the sites `first` and `last`, outside of which all are isometries.
    pub(crate) fn cut_between(&mut self, first: usize, last: usize) {
        self.move_centre(last);
        for k in (first + 1..=last).rev() {
            let (l, d, r) = self.sites[k].dim();
            let flat = matrix(&self.sites[k], l, d * r).to_owned(); // vL [s vR]
            let (u, s, vh) = self.cut(flat.view());
            self.hand_left(k, &scale_columns(u, &s).view(), vh);
        }
    }

    fn hand_left(&mut self, k: usize, carry: &ArrayView2<C64>, isometry: Array2<C64>) {
        let (l, d, r) = self.sites[k - 1].dim(); // carry: vL new; isometry: new [s vR]
        let previous = matrix(&self.sites[k - 1], l * d, r).dot(carry); // [vL s] new
        self.sites[k - 1] = tensor(previous, l);
        self.sites[k] = tensor(isometry, carry.ncols());
        self.gauge = Gauge { lo: self.gauge.lo.min(k - 1), hi: k - 1 };
    }

    /// Puts a joint tensor, shape `[vL s, s' vR]`, in place of the sites `left` and `left + 1`, outside of which
    /// all are isometries; the right one is the centre afterwards.
    pub(crate) fn put_pair(&mut self, pair: ArrayView2<C64>, left: usize) {
        let (u, s, vh) = self.cut(pair);
        let rest = scale_columns(vh.reversed_axes(), &s).reversed_axes(); // new [s' vR]
        self.sites[left] = tensor(u, pair.nrows() / 2);
        self.sites[left + 1] = tensor(rest, s.len());
        self.gauge = Gauge { lo: left + 1, hi: left + 1 };
    }

    /// Singular values and vectors, cut and brought back to the norm of `a`; the cut is accounted for.
    fn cut(&mut self, a: ArrayView2<C64>) -> (Array2<C64>, Vec<f64>, Array2<C64>) {
        let (Svd { u, s, vh }, discarded) = cut(a, &self.truncation);
        self.record(discarded);
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

pub(crate) fn scale_columns(mut a: Array2<C64>, factors: &[f64]) -> Array2<C64> {
    for (mut column, &factor) in a.columns_mut().into_iter().zip(factors) {
        column *= C64::from(factor);
    }
    a
}
