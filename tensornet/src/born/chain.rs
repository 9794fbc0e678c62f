//! The model during a sweep: a centre, and on each side a stack of isometries with what every row makes of
//! them.
//!
//! As in the search for ground states, a side keeps its sites as seen from its own end, `[s outer] inner`,
//! so that the way back is the same sweep after the two sides change places.

use circuit::C64;
use faer::{Mat, MatRef};
use ndarray::Array3;

use super::BitStrings;
use super::objective::{Block, Objective};
use crate::Mps;
use crate::linalg::{inner, orthogonal, product, singular};

/// Steps of conjugate gradients at a single site.
const POLISH: usize = 5;

/// How a pair of sites is improved and cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) chi_max: usize,
    pub(super) min_bond: usize,
    pub(super) cutoff: f64,
    pub(super) steps: usize,
    pub(super) longest: f64,
}

/// One side of the centre.
struct Side {
    /// For each site from the end of this side to the other, the rows with bit 0 there and those with bit 1.
    rows: Vec<[Vec<usize>; 2]>,
    sites: Vec<Mat<f64>>,
    /// For each number of sites, their product along every row, of norm one, `bond row`.
    products: Vec<Mat<f64>>,
    /// For each number of sites, the logarithms of the norms divided out.
    norms: Vec<Vec<f64>>,
}

/// A chain with its centre, `[s outer] inner` as seen from the left side.
pub(super) struct Chain {
    left: Side,
    right: Side,
    centre: Mat<f64>,
    weights: Vec<f64>,
}

impl Side {
    fn new(rows: Vec<[Vec<usize>; 2]>, n_rows: usize) -> Self {
        let start = Mat::from_fn(1, n_rows, |_, _| 1.0);
        Self { rows, sites: Vec::new(), products: vec![start], norms: vec![vec![0.0; n_rows]] }
    }

    fn push(&mut self, site: Mat<f64>) {
        let k = self.sites.len();
        let outer = site.nrows() / 2;
        let mut next = Mat::zeros(site.ncols(), self.products[k].ncols());
        let mut norms = self.norms[k].clone();
        for (s, rows) in self.rows[k].iter().enumerate() {
            let from = columns(&self.products[k], rows);
            let image = product(site.subrows(s * outer, outer).transpose(), from.as_ref()); // inner row
            for (&row, column) in rows.iter().zip(image.col_iter()) {
                let norm = column.norm_l2();
                let scale = if norm > 0.0 { 1.0 / norm } else { 0.0 };
                norms[row] += norm.ln();
                next.col_mut(row).copy_from(faer::Scale(scale) * column);
            }
        }
        self.products.push(next);
        self.norms.push(norms);
        self.sites.push(site);
    }

    fn pop(&mut self) -> Option<Mat<f64>> {
        let site = self.sites.pop()?;
        self.products.truncate(self.sites.len() + 1);
        self.norms.truncate(self.sites.len() + 1);
        Some(site)
    }

    /// Products of the sites so far along the rows that are chosen, `bond row`.
    fn products(&self, rows: &[usize]) -> Mat<f64> {
        columns(&self.products[self.sites.len()], rows)
    }

    fn bond(&self) -> usize {
        self.products[self.sites.len()].nrows()
    }
}

impl Chain {
    pub(super) fn new(data: &BitStrings, mut start: Mps) -> Self {
        start.move_centre(0);
        let (n, n_rows) = (data.n_qubits(), data.rows().len());
        let with = |k: usize, bit: bool| (0..n_rows).filter(|&row| data.rows()[row][k] == bit).collect();
        let split = |k: usize| [with(k, false), with(k, true)];
        let mut right = Side::new((0..n).rev().map(split).collect(), n_rows);
        let mut sites: Vec<Mat<f64>> = start.sites().iter().map(flat).collect();
        sites.drain(1..).rev().for_each(|site| right.push(turned(site.as_ref())));
        let left = Side::new((0..n).map(split).collect(), n_rows);
        Self { left, right, centre: sites.remove(0), weights: data.weights().to_vec() }
    }

    /// Improves all pairs of neighbours, moves the centre to the far end, and turns the chain round. Returns
    /// the largest weight discarded in one cut.
    pub(super) fn pairs(&mut self, step: &Step) -> f64 {
        let mut discarded = 0.0_f64;
        while let Some(neighbour) = self.right.pop() {
            let pair = product(self.centre.as_ref(), neighbour.transpose()); // [s vL] [s' vR]
            let pair = self.pair_objective().descend(pair, step.steps, step.longest);
            discarded = discarded.max(self.split(&pair, step));
        }
        self.turn();
        discarded
    }

    /// Improves all single sites, moves the centre to the far end, and turns the chain round.
    pub(super) fn singles(&mut self) {
        loop {
            let centre = std::mem::replace(&mut self.centre, Mat::new());
            let centre = self.single_objective().descend(centre, POLISH, f64::INFINITY); // [s vL] vR
            let Some(neighbour) = self.right.pop() else {
                self.centre = centre;
                return self.turn();
            };
            let (site, rest) = orthogonal(centre);
            self.left.push(site);
            self.centre = turned(product(neighbour.as_ref(), rest.transpose()).as_ref());
        }
    }

    /// Negative log-likelihood; the centre has to be at the first site.
    pub(super) fn nll(&self) -> f64 {
        let log = |row: usize, s: usize| {
            let right = self.right.products[self.right.sites.len()].col(row);
            let amplitude: f64 = right.iter().zip(self.centre.row(s).iter()).map(|(x, y)| x * y).sum();
            amplitude.abs().ln() + self.right.norms[self.right.sites.len()][row]
        };
        let rows = self.left.rows[0].iter().enumerate();
        let all = rows.flat_map(|(s, rows)| rows.iter().map(move |&row| (row, s)));
        all.map(|(row, s)| -2.0 * self.weights[row] * log(row, s)).sum()
    }

    /// The state; the centre has to be at the first site.
    pub(super) fn into_mps(self) -> Mps {
        let right = self.right.sites.iter().rev().map(|site| turned(site.as_ref()));
        let sites = std::iter::once(self.centre).chain(right);
        Mps::with_centre(sites.map(|site| tensor(&site)).collect(), 0)
    }

    fn turn(&mut self) {
        std::mem::swap(&mut self.left, &mut self.right);
        self.centre = turned(self.centre.as_ref());
    }

    fn pair_objective(&self) -> Objective {
        let (l, r) = (self.left.bond(), self.right.bond());
        let [here, there] =
            [&self.left.rows[self.left.sites.len()], &self.right.rows[self.right.sites.len()]];
        let block = |s: usize, t: usize| {
            let rows: Vec<usize> =
                here[s].iter().copied().filter(|row| there[t].binary_search(row).is_ok()).collect();
            self.block((s * l, t * r), &rows)
        };
        Objective([(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().map(|(s, t)| block(s, t)).collect())
    }

    fn single_objective(&self) -> Objective {
        let l = self.left.bond();
        let rows = self.left.rows[self.left.sites.len()].iter().enumerate();
        Objective(rows.map(|(s, rows)| self.block((s * l, 0), rows)).collect())
    }

    fn block(&self, at: (usize, usize), rows: &[usize]) -> Block {
        let weights = rows.iter().map(|&row| self.weights[row]).collect();
        Block { at, left: self.left.products(rows), right: self.right.products(rows), weights }
    }

    /// Cuts a pair: its left factor joins the left side, the rest, of norm one, is the centre.
    fn split(&mut self, pair: &Mat<f64>, step: &Step) -> f64 {
        let (u, s, v) = singular(pair.as_ref());
        let large = s.iter().take_while(|&&value| value > step.cutoff * s[0]).count();
        let kept = large.max(step.min_bond).min(step.chi_max).min(s.len());
        let rest = Mat::from_fn(v.nrows(), kept, |i, j| v[(i, j)] * s[j]); // [s' vR] new
        let weight = inner(&rest, &rest);
        self.left.push(u.get(.., ..kept).to_owned());
        self.centre = turned((rest * faer::Scale(weight.sqrt().recip())).as_ref());
        1.0 - weight
    }
}

/// `[s a] b` as `[s b] a`: the same site seen from the other end.
fn turned(site: MatRef<f64>) -> Mat<f64> {
    let (a, b) = (site.nrows() / 2, site.ncols());
    Mat::from_fn(2 * b, a, |i, j| site[(i / b * a + j, i % b)])
}

fn columns(m: &Mat<f64>, chosen: &[usize]) -> Mat<f64> {
    Mat::from_fn(m.nrows(), chosen.len(), |i, k| m[(i, chosen[k])])
}

fn flat(site: &Array3<C64>) -> Mat<f64> {
    let (l, _, r) = site.dim();
    Mat::from_fn(2 * l, r, |i, j| site[[i % l, i / l, j]].re) // [s vL] vR
}

fn tensor(site: &Mat<f64>) -> Array3<C64> {
    let l = site.nrows() / 2;
    Array3::from_shape_fn((l, 2, site.ncols()), |(i, s, j)| C64::from(site[(s * l + i, j)])) // vL s vR
}
