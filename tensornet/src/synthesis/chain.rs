//! A state as a chain of shared tensors: copies are cheap, and a gate replaces only the sites it touches.

use std::sync::Arc;

use circuit::C64;
use ndarray::{Array2, Array3, Axis, s};

use super::environment::{Cache, extend_left, pair_environment};
use super::ket::Ket;
use super::unitary::{U4, canonical_rows, exchanged};
use crate::linalg::{qr, svd};
use crate::mps::{matrix, tensor};
use crate::{Mps, Truncation};

/// A tensor of the chain, legs `vL s vR`.
pub(super) type Site = Arc<Array3<C64>>;

/// A matrix product state of norm one with an orthogonality centre; see [`Mps`] for the conventions.
#[derive(Clone)]
pub(super) struct Chain {
    pub(super) sites: Vec<Site>, // vL s vR
    centre: usize,
    truncation: Truncation,
    discarded_weight: f64,
}

impl Chain {
    /// The state of `mps` brought to norm one, and that norm; cuts to come obey `truncation`.
    pub(super) fn from_mps(mps: &Mps, truncation: Truncation) -> (Self, f64) {
        let sites = mps.sites().iter().map(|site| Arc::new(site.clone())).collect();
        let mut chain = Self { sites, centre: 0, truncation, discarded_weight: 0.0 };
        let last = mps.n_qubits() - 1;
        (0..last).for_each(|_| chain.step_right());
        let norm = chain.sites[last].iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt();
        Arc::make_mut(&mut chain.sites[last]).mapv_inplace(|x| x / norm);
        (chain, norm)
    }

    /// The state with the given amplitudes, of norm one; nothing is cut, the centre is the last site.
    pub(super) fn from_amps(n_qubits: usize, amps: &[C64]) -> Self {
        let mut rest = Array2::from_shape_vec((1, amps.len()), amps.to_vec()).expect("one row");
        let mut sites = Vec::with_capacity(n_qubits);
        for _ in 1..n_qubits {
            let (l, columns) = rest.dim();
            let joint = rest.into_shape_clone((l * 2, columns / 2)).expect("the same number of entries");
            let (q, r) = qr(joint.view()); // [vL s] vR, vR [s..]
            sites.push(Arc::new(tensor(q, l)));
            rest = r;
        }
        let l = rest.nrows();
        sites.push(Arc::new(tensor(rest, l)));
        let discarded_weight = 0.0;
        Self { sites, centre: n_qubits - 1, truncation: Truncation::EXACT, discarded_weight }
    }

    /// All amplitudes, shape `[2^n]`.
    pub(super) fn amps(&self) -> Vec<C64> {
        let start = Array2::from_elem((1, 1), C64::ONE); // [s..] vL
        let all = self.sites.iter().fold(start, |all, site| {
            let (l, d, r) = site.dim();
            let joined = all.dot(&matrix(site, l, d * r)); // [s..] [s vR]
            joined.into_shape_clone((all.nrows() * d, r)).expect("the same number of entries") // [s.. s] vR
        });
        all.into_raw_vec_and_offset().0
    }

    /// The best chain of bonds up to `chi`, of norm one: sites after the first are isometries from the
    /// right.
    ///
    /// Singular vectors carry no arbitrary phases and multiplets no arbitrary bases, so that a tie at
    /// the cut is always broken the same way.
    pub(super) fn right_canonical(mut self, chi: usize) -> Vec<Array3<C64>> {
        let n = self.sites.len();
        self.move_centre(n - 1);
        let mut sites = Vec::with_capacity(n);
        let mut centre = self.sites[n - 1].as_ref().clone(); // vL s vR
        for site in self.sites[..n - 1].iter().rev() {
            let (l, d, r) = centre.dim();
            let flat = matrix(&centre, l, d * r).to_owned(); // vL [s vR]
            let factors = svd(flat.view());
            let limits = Truncation { chi_max: chi, ..Truncation::EXACT };
            let (kept, _) = limits.kept(&factors.s);
            let rows = canonical_rows(&factors.s, &factors.vh).slice_move(s![..kept, ..]); // new [s vR]
            let carry = flat.dot(&rows.t().mapv(|x| x.conj())); // vL new
            let (l, d, r) = site.dim();
            centre = tensor(matrix(site, l * d, r).dot(&carry), l);
            sites.push(tensor(rows, kept));
        }
        let norm = centre.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt();
        sites.push(centre.mapv(|x| x / norm));
        sites.reverse();
        sites
    }

    fn move_centre(&mut self, to: usize) {
        while self.centre < to {
            self.step_right();
        }
        while self.centre > to {
            self.step_left();
        }
    }

    fn step_right(&mut self) {
        let k = self.centre;
        let (l, d, r) = self.sites[k].dim();
        let (q, rest) = qr(matrix(&self.sites[k], l * d, r).view()); // [vL s] new, new vR
        let (_, d, r) = self.sites[k + 1].dim();
        let next = rest.dot(&matrix(&self.sites[k + 1], rest.ncols(), d * r)); // new [s vR]
        self.sites[k] = Arc::new(tensor(q, l));
        self.sites[k + 1] = Arc::new(tensor(next, rest.nrows()));
        self.centre = k + 1;
    }

    fn step_left(&mut self) {
        let k = self.centre;
        let (l, d, r) = self.sites[k].dim();
        let (q, rest) = qr(matrix(&self.sites[k], l, d * r).t()); // [s vR] new, new vL
        let (left, d, r) = self.sites[k - 1].dim();
        let previous = matrix(&self.sites[k - 1], left * d, r).dot(&rest.t()); // [vL s] new
        let new = q.ncols();
        self.sites[k - 1] = Arc::new(tensor(previous, left));
        self.sites[k] = Arc::new(tensor(q.t().to_owned(), new));
        self.centre = k - 1;
    }

    /// A gate on the neighbours `left` and `left + 1`; the bond between them is cut.
    fn apply_neighbours(&mut self, gate: &U4, left: usize) {
        self.move_centre(self.centre.clamp(left, left + 1));
        let [a, b] = [&self.sites[left], &self.sites[left + 1]];
        let ((l, _, bond), (_, _, r)) = (a.dim(), b.dim());
        let joint = matrix(a, l * 2, bond).dot(&matrix(b, bond, 2 * r)); // [vL s] [s' vR]
        let joint = joint.into_shape_clone((l, 4, r)).expect("the same number of entries"); // vL [s s'] vR
        let entries = Array2::from_shape_fn((4, 4), |(i, j)| gate[(i, j)]);
        let mut moved = Array3::zeros((l, 4, r));
        for (from, mut to) in joint.axis_iter(Axis(0)).zip(moved.axis_iter_mut(Axis(0))) {
            to.assign(&entries.dot(&from)); // [s s'] vR
        }
        let factors = svd(matrix(&moved, l * 2, 2 * r).view());
        let (kept, discarded) = self.truncation.kept(&factors.s);
        self.discarded_weight += discarded;
        let restore = (1.0 - discarded).sqrt().recip();
        let mut rest = factors.vh.slice_move(s![..kept, ..]);
        for (mut row, &value) in rest.rows_mut().into_iter().zip(&factors.s) {
            row *= C64::from(value * restore);
        }
        self.sites[left] = Arc::new(tensor(factors.u.slice_move(s![.., ..kept]), l));
        self.sites[left + 1] = Arc::new(tensor(rest, kept));
        self.centre = left + 1;
    }
}

impl Ket for Chain {
    type Cache = Cache;

    fn vacuum(&self) -> Self {
        let zero = |s: usize| if s == 0 { C64::ONE } else { C64::ZERO };
        let site = Arc::new(Array3::from_shape_fn((1, 2, 1), |(_, s, _)| zero(s)));
        let sites = vec![site; self.sites.len()];
        Self { sites, centre: 0, truncation: self.truncation, discarded_weight: 0.0 }
    }

    /// Distant qubits are swapped together and back.
    fn apply(&mut self, gate: &U4, [a, b]: [usize; 2]) {
        let (first, last) = (a.min(b), a.max(b));
        let gate = if a < b { *gate } else { exchanged(gate) };
        let swap = U4::from_fn(|i, j| C64::from(f64::from(u8::from(j == (i & 1) << 1 | i >> 1))));
        (first + 1..last).rev().for_each(|q| self.apply_neighbours(&swap, q));
        self.apply_neighbours(&gate, first);
        (first + 1..last).for_each(|q| self.apply_neighbours(&swap, q));
    }

    fn environment(&self, ket: &Self, [a, b]: [usize; 2], cache: &mut Cache) -> U4 {
        let sum = pair_environment(&self.sites, &ket.sites, a.min(b), a.max(b), cache);
        if a < b { sum } else { exchanged(&sum) }
    }

    fn overlap(&self, ket: &Self) -> C64 {
        let start = Array2::from_elem((1, 1), C64::ONE); // bra ket
        let pairs = self.sites.iter().zip(&ket.sites);
        pairs.fold(start, |env, (bra, ket)| extend_left(&env, bra, ket))[[0, 0]].conj()
    }

    fn chain(&self) -> Chain {
        self.clone()
    }

    fn discarded_weight(&self) -> f64 {
        self.discarded_weight
    }
}
