//! The reverse sweep: a ket that goes back through what it was, a bra that is pulled back, and between them the
//! surroundings of one block after the other.
//!
//! No derivative is taken of a cut. Kets before each block come from the way forward, so that the error of the
//! gradient is that of the ket and that of the bra, each of which its cuts report.

use circuit::{C64, Circuit};
use ndarray::{Array2, Array3, Axis};

use super::block::{Angles, Block, Support};
use super::readout::Bra;
use crate::Mps;
use crate::cuts::Cuts;
use crate::expectation::{transfer, transfer_left};
use crate::mps::Gauge;
use crate::ops::pauli_on_site;

/// A circuit with its angles, in blocks.
pub(super) struct Program<'a> {
    pub(super) circuit: &'a Circuit,
    pub(super) blocks: &'a [Block],
    pub(super) angles: Angles<'a>,
}

/// The way forward: the final ket, kets at regular intervals, and bounds on the distance of kets from the exact ones.
pub(super) struct Forward {
    pub(super) ket: Mps,
    kept: Vec<Mps>,
    stride: usize,
    /// For the ket before each block, and the final one.
    pub(super) errors: Vec<f64>,
    /// Largest bond on the way.
    pub(super) chi: usize,
}

/// What a sweep found.
pub(super) struct Backward {
    pub(super) gradient: Vec<f64>,
    pub(super) discarded_weight: f64,
    pub(super) chi: usize,
    pub(super) error_bound: f64,
}

impl Program<'_> {
    /// The final ket alone.
    pub(super) fn run(&self, mut ket: Mps) -> Mps {
        self.blocks.iter().for_each(|block| self.apply(block, &mut ket, false));
        ket
    }

    /// Runs the circuit and keeps what the way back needs: one ket in `√m` of the `m` blocks.
    pub(super) fn forward(&self, mut ket: Mps) -> Forward {
        let stride = self.blocks.len().isqrt().max(1);
        let (mut kept, mut errors, mut chi) = (Vec::new(), vec![0.0], widest(&ket));
        for (k, block) in self.blocks.iter().enumerate() {
            if k % stride == 0 {
                kept.push(ket.clone());
            }
            self.apply(block, &mut ket, false);
            errors.push(ket.norm() * ket.cuts.distance_bound());
            chi = chi.max(widest(&ket));
        }
        Forward { ket, kept, stride, errors, chi }
    }

    /// Goes back through the blocks with the bra of the readout.
    pub(super) fn backward(&self, forward: &Forward, bra: Bra) -> Backward {
        let Bra { state: mut bra, distance, operator_norm } = bra;
        let mut surroundings = Surroundings::new(bra.n_qubits());
        let mut found = Backward {
            gradient: vec![0.0; self.circuit.n_params()],
            discarded_weight: bra.discarded_weight(),
            chi: widest(&bra),
            error_bound: 0.0,
        };
        let mut bounds = vec![0.0; found.gradient.len()];
        let mut shrunk = 1.0; // cuts keep the norm of a state, but a bra is a linear function
        let mut bra_error = operator_norm * forward.errors[self.blocks.len()] + distance;
        for (segment, start) in forward.kept.iter().enumerate().rev() {
            let first = segment * forward.stride;
            let blocks = &self.blocks[first..self.blocks.len().min(first + forward.stride)];
            let (mut ket, mut patches) = (start.clone(), Vec::with_capacity(blocks.len()));
            for block in blocks {
                patches.push(Patch::of(&ket, block));
                self.apply(block, &mut ket, false);
            }
            for ((at, block), patch) in blocks.iter().enumerate().zip(patches).rev() {
                surroundings.touch(patch.range());
                patch.restore(&mut ket);
                let mut part = vec![0.0; found.gradient.len()];
                self.derivatives(block, &bra, &ket, &mut surroundings, &mut part);
                found.gradient.iter_mut().zip(part).for_each(|(total, x)| *total += shrunk * x);
                let error = shrunk * bra.norm() * forward.errors[first + at] + bra_error * ket.norm();
                block.scales(self.circuit).for_each(|(index, scale)| bounds[index] += scale.abs() * error);
                surroundings.touch(Patch::of(&bra, block).range());
                bra.cuts = Cuts::NONE;
                self.apply(block, &mut bra, true);
                bra_error += shrunk * bra.norm() * bra.cuts.angle; // a projection moves by less than it turns
                shrunk *= bra.cuts.fidelity.max(0.0).sqrt();
                found.discarded_weight += bra.cuts.weight;
                found.chi = found.chi.max(widest(&bra));
            }
        }
        found.error_bound = bounds.into_iter().fold(0.0, f64::max);
        found
    }

    fn apply(&self, block: &Block, state: &mut Mps, inverse: bool) {
        block.apply(self.circuit, &self.angles, state, inverse);
    }

    fn derivatives(
        &self,
        block: &Block,
        bra: &Mps,
        ket: &Mps,
        surroundings: &mut Surroundings,
        gradient: &mut [f64],
    ) {
        let [first, last] = block.ends();
        let (left, right) = surroundings.of(bra, ket, first, last);
        let environment = match block.support {
            Support::One(q) => one(left, &bra.sites[q], &ket.sites[q], right),
            Support::Two([a, b]) => two(left, &bra.sites[a..=b], &ket.sites[a..=b], right),
            Support::Wide(string) => {
                let inner = |image: &dyn Fn(usize) -> Array3<C64>| {
                    let sites = first..=last;
                    let end = sites.fold(left.clone(), |env, q| transfer(&env, &bra.sites[q], &image(q)));
                    end.iter().zip(right).map(|(x, y)| x * y).sum()
                };
                vec![inner(&|q| ket.sites[q].clone()), inner(&|q| pauli_on_site(&ket.sites[q], &string, q))]
            }
        };
        block.derivatives(self.circuit, &self.angles, &environment, gradient);
    }
}

fn widest(state: &Mps) -> usize {
    state.bond_dims().into_iter().max().unwrap_or(1)
}

/// The part of a chain that a block changes, as it was.
struct Patch {
    first: usize,
    gauge: Gauge,
    sites: Vec<Array3<C64>>,
}

impl Patch {
    /// A block on several qubits brings the gauge to itself, so that all sites between count.
    fn of(state: &Mps, block: &Block) -> Self {
        let [a, b] = block.ends();
        let [first, last] = match block.support {
            Support::One(_) => [a, b],
            Support::Two(_) | Support::Wide(_) => [a.min(state.gauge.lo), b.max(state.gauge.hi)],
        };
        Self { first, gauge: state.gauge, sites: state.sites[first..=last].to_vec() }
    }

    fn range(&self) -> [usize; 2] {
        [self.first, self.first + self.sites.len() - 1]
    }

    fn restore(self, state: &mut Mps) {
        for (k, site) in self.sites.into_iter().enumerate() {
            state.sites[self.first + k] = site;
        }
        state.gauge = self.gauge;
    }
}

/// Contractions of bra and ket from both ends inward, as far as they are still valid.
struct Surroundings {
    left: Vec<Array2<C64>>,  // vL* vL; entry k is of the sites before k
    right: Vec<Array2<C64>>, // vR* vR; entry k is of the last k sites
    n_qubits: usize,
}

impl Surroundings {
    fn new(n_qubits: usize) -> Self {
        let end = || vec![Array2::from_elem((1, 1), C64::ONE)];
        Self { left: end(), right: end(), n_qubits }
    }

    /// Forgets what contains one of the sites from first to last.
    fn touch(&mut self, [first, last]: [usize; 2]) {
        self.left.truncate(first + 1);
        self.right.truncate(self.n_qubits - last);
    }

    /// Everything to the left of `first` and to the right of `last`.
    fn of(&mut self, bra: &Mps, ket: &Mps, first: usize, last: usize) -> (&Array2<C64>, &Array2<C64>) {
        while self.left.len() <= first {
            let k = self.left.len() - 1;
            self.left.push(transfer(&self.left[k], &bra.sites[k], &ket.sites[k]));
        }
        let beyond = self.n_qubits - 1 - last;
        while self.right.len() <= beyond {
            let k = self.n_qubits - self.right.len();
            self.right.push(transfer_left(&self.right[self.right.len() - 1], &bra.sites[k], &ket.sites[k]));
        }
        (&self.left[first], &self.right[beyond])
    }
}

/// `E[s, t] = ⟨bra| |s⟩⟨t| |ket⟩` on one qubit.
fn one(left: &Array2<C64>, bra: &Array3<C64>, ket: &Array3<C64>, right: &Array2<C64>) -> Vec<C64> {
    let inside = |s: usize, t: usize| opened(left, bra, ket, s, t); // vR* vR
    let entry = |k: usize| inside(k / 2, k % 2).iter().zip(right).map(|(x, y)| x * y).sum();
    (0..4).map(entry).collect()
}

/// `E[s s', t t']` on the first and the last of a run of sites.
fn two(left: &Array2<C64>, bra: &[Array3<C64>], ket: &[Array3<C64>], right: &Array2<C64>) -> Vec<C64> {
    let last = bra.len() - 1;
    let closed: Vec<Array2<C64>> = (0..4)
        .map(|k| {
            let [b, a] = [level(&bra[last], k / 2), level(&ket[last], k % 2)]; // vL vR
            b.mapv(|x| x.conj()).dot(right).dot(&a.t()) // vL* vL
        })
        .collect();
    let mut sum = vec![C64::ZERO; 16];
    for (s, t) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let start = opened(left, &bra[0], &ket[0], s, t); // vR* vR
        let carried = (1..last).fold(start, |env, k| transfer(&env, &bra[k], &ket[k]));
        for (k, close) in closed.iter().enumerate() {
            let (u, v) = (k / 2, k % 2);
            sum[(2 * s + u) * 4 + 2 * t + v] = carried.iter().zip(close).map(|(x, y)| x * y).sum();
        }
    }
    sum
}

/// One level of a qubit in the bra and one in the ket, behind the left part: `vR* vR`.
fn opened(left: &Array2<C64>, bra: &Array3<C64>, ket: &Array3<C64>, s: usize, t: usize) -> Array2<C64> {
    level(bra, s).t().mapv(|x| x.conj()).dot(&left.dot(&level(ket, t)))
}

/// A site with its qubit fixed, `vL vR`.
fn level(site: &Array3<C64>, s: usize) -> ndarray::ArrayView2<'_, C64> {
    site.index_axis(Axis(1), s)
}
