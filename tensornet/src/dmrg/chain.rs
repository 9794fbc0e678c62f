//! The state during a sweep: a centre, and on each side a stack of isometries with their environments.
//!
//! A sweep takes sites off the right stack and puts them on the left one. The way back is the same sweep
//! after the two stacks change places, for sites are kept as seen from their own end: `[s outer] inner`.

use circuit::C64;
use faer::Mat;
use ndarray::Array3;

use super::effective::{Effective, on_bond, projected};
use super::lanczos::lowest;
use crate::environment::{Channel, blocks, edge, grow, joined, turned};
use crate::linalg::{dagger_product, singular};
use crate::mpo::MpoSite;
use crate::scalar::Scalar;
use crate::{Mpo, Mps, Truncation};

/// How a pair of sites is optimised and cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) truncation: Truncation,
    pub(super) krylov: usize,
    pub(super) tolerance: f64,
    pub(super) penalty: f64,
}

/// One side of the centre.
struct Side<T> {
    operator: Vec<MpoSite<T>>,
    /// Sites of the states to be avoided, `[s outer] inner`, from the end of this side to the other.
    avoided: Vec<Vec<Mat<T>>>,
    sites: Vec<Mat<T>>,
    environments: Vec<Vec<Channel<T>>>,
    /// For each number of sites, overlaps with the avoided states, `bra ket`.
    overlaps: Vec<Vec<Mat<T>>>,
}

/// A chain with its centre, `[s outer] inner` as seen from the left side.
pub(super) struct Chain<T> {
    left: Side<T>,
    right: Side<T>,
    centre: Mat<T>,
}

/// What a half sweep met.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HalfSweep {
    /// Ritz value of the last pair.
    pub(super) energy: f64,
    /// Largest weight discarded in one cut.
    pub(super) discarded: f64,
}

impl<T: Scalar> Side<T> {
    fn new(operator: Vec<MpoSite<T>>, avoided: Vec<Vec<Mat<T>>>) -> Self {
        let overlaps = vec![vec![Mat::identity(1, 1); avoided.len()]];
        Self { operator, avoided, sites: Vec::new(), environments: vec![edge()], overlaps }
    }

    fn push(&mut self, site: Mat<T>) {
        let k = self.sites.len();
        let around = blocks(&self.environments[k], &self.operator[k]);
        self.environments.push(grow(&around, site.as_ref(), site.as_ref(), true));
        let known = self.overlaps[k].iter().zip(&self.avoided);
        let overlap = |(m, other): (&Mat<T>, &Vec<Mat<T>>)| {
            dagger_product(site.as_ref(), on_bond(m.as_ref(), other[k].as_ref()).as_ref())
        };
        let next = known.map(overlap).collect();
        self.overlaps.push(next);
        self.sites.push(site);
    }

    fn pop(&mut self) -> Option<Mat<T>> {
        let site = self.sites.pop()?;
        self.environments.truncate(self.sites.len() + 1);
        self.overlaps.truncate(self.sites.len() + 1);
        Some(site)
    }
}

impl<T: Scalar> Chain<T> {
    /// `start`, and the states to be avoided, in numbers of type `T`; the centre goes to the first site.
    pub(super) fn new(operator: &Mpo, start: &Mps, avoided: &[Mps]) -> Self {
        let mut start = start.clone();
        start.move_centre(0);
        let [forward, backward] = operator.both_ways();
        let others: Vec<Vec<Mat<T>>> = avoided.iter().map(|state| matrices(state.sites())).collect();
        let mirror = |sites: &Vec<Mat<T>>| sites.iter().rev().map(|site| turned(site.as_ref())).collect();
        let mut right = Side::new(backward, others.iter().map(mirror).collect());
        let sites: Vec<Mat<T>> = matrices(start.sites());
        sites[1..].iter().rev().for_each(|site| right.push(turned(site.as_ref())));
        Self { left: Side::new(forward, others), right, centre: sites[0].clone() }
    }

    /// Optimises all pairs of neighbours once, moves the centre to the far end, and turns the chain round.
    pub(super) fn half_sweep(&mut self, step: &Step) -> HalfSweep {
        let mut report = HalfSweep::default();
        while let Some(neighbour) = self.right.pop() {
            let pair = joined(self.centre.as_ref(), neighbour.as_ref()); // [s vL] [s' vR]
            let effective = self.effective(step.penalty);
            let found = lowest(|x| effective.apply(x), pair, step.krylov, step.tolerance);
            report.energy = found.energy;
            report.discarded = report.discarded.max(self.split(&found.vector, &step.truncation));
        }
        std::mem::swap(&mut self.left, &mut self.right);
        self.centre = turned(self.centre.as_ref());
        report
    }

    fn effective(&self, penalty: f64) -> Effective<T> {
        let (i, j) = (self.left.sites.len(), self.right.sites.len());
        let left = blocks(&self.left.environments[i], &self.left.operator[i]);
        let right = blocks(&self.right.environments[j], &self.right.operator[j]);
        let sides = self.left.avoided.iter().zip(&self.right.avoided);
        let overlaps = self.left.overlaps[i].iter().zip(&self.right.overlaps[j]);
        let avoided = sides.zip(overlaps).map(|((a, b), (l, r))| {
            let pair = joined(a[i].as_ref(), b[j].as_ref());
            projected(l.as_ref(), pair.as_ref(), r.as_ref())
        });
        Effective::new(left, right, avoided.collect(), penalty)
    }

    /// Cuts a pair: its left factor joins the left side, the rest is the centre. Returns what was discarded.
    fn split(&mut self, pair: &Mat<T>, truncation: &Truncation) -> f64 {
        let (u, s, v) = singular(pair.as_ref());
        let (kept, discarded) = truncation.kept(&s);
        let restore = (1.0 - discarded).sqrt().recip();
        self.left.push(u.get(.., ..kept).to_owned());
        let weight = |j: usize| T::from_real(s[j] * restore);
        let rest = Mat::from_fn(v.nrows(), kept, |i, j| v[(i, j)].conjugate() * weight(j)); // [s' vR] new
        self.centre = turned(rest.as_ref());
        discarded
    }

    /// The state; the centre has to be at the first site.
    pub(super) fn into_mps(self) -> Mps {
        let right = self.right.sites.iter().rev().map(|site| turned(site.as_ref()));
        let sites = std::iter::once(self.centre.clone()).chain(right);
        Mps::with_centre(sites.map(|site| tensor(&site)).collect(), 0)
    }
}

/// Sites as matrices, `[s vL] vR`.
fn matrices<T: Scalar>(sites: &[Array3<C64>]) -> Vec<Mat<T>> {
    let matrix = |site: &Array3<C64>| {
        let (l, _, r) = site.dim();
        Mat::from_fn(2 * l, r, |i, j| T::narrow(site[[i % l, i / l, j]]))
    };
    sites.iter().map(matrix).collect()
}

fn tensor<T: Scalar>(site: &Mat<T>) -> Array3<C64> {
    let l = site.nrows() / 2;
    Array3::from_shape_fn((l, 2, site.ncols()), |(i, s, j)| site[(s * l + i, j)].widen()) // vL s vR
}
