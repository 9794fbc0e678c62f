//! Better trees by simulated annealing.
//!
//! A move turns `((a b) c)` into `((a c) b)` or `((b c) a)`: one tensor and two products change, and nothing else. Its
//! objective is the logarithm of what the two products cost, plus what the tensor is wider than memory allows: every
//! such leg has to be fixed, which at worst doubles the work. The temperature falls from sweep to sweep.
//!
//! Reference: Kalachev, Panteleev and Yung, arXiv:2108.05665.

use rand::{Rng, RngExt};

use super::tree::Tree;

/// Inverse temperatures of the first and the last sweep, per factor of two of the work.
const BETA: [f64; 2] = [0.5, 15.0];

/// The best tree met in this many sweeps over all products, and the tree itself if none is better. Tensors of more than
/// `width` legs are avoided.
pub(super) fn anneal(tree: &Tree, width: usize, sweeps: usize, rng: &mut impl Rng) -> Tree {
    let mut walk = Walk { free: free(tree), tree: tree.clone(), width };
    let (mut best, mut least) = (tree.clone(), walk.score());
    for sweep in 0..sweeps {
        let [hot, cold] = BETA;
        let share = sweep as f64 / (sweeps - 1).max(1) as f64;
        let beta = hot + (cold - hot) * share;
        for node in tree.n_leaves..tree.legs.len() {
            if walk.free[node] {
                walk.step(node, beta, rng);
            }
        }
        let score = walk.score();
        if score < least {
            (best, least) = (walk.tree.clone(), score);
        }
    }
    best
}

/// Products that moves may change: not those that merely take small tensors into their neighbours.
fn free(tree: &Tree) -> Vec<bool> {
    let mut free = vec![false; tree.n_leaves];
    for (k, &[a, b]) in tree.children.iter().enumerate() {
        let wider = tree.legs[tree.n_leaves + k].len() > tree.legs[a].len().max(tree.legs[b].len());
        free.push(wider || free[a] || free[b]);
    }
    free
}

struct Walk {
    tree: Tree,
    free: Vec<bool>,
    width: usize,
}

impl Walk {
    /// Tries one move at a product `p = q c` with `q = a b`.
    fn step(&mut self, p: usize, beta: f64, rng: &mut impl Rng) {
        let (n, draw) = (self.tree.n_leaves, rng.random::<u32>() as usize);
        let [q, c] = swapped(self.tree.children[p - n], draw & 1 == 1);
        if q < n || !self.free[q] {
            return;
        }
        let [a, b] = swapped(self.tree.children[q - n], draw & 2 == 2);
        let legs = &self.tree.legs;
        let before = self.cost(legs[a].joint(&legs[b]), legs[q].joint(&legs[c]), legs[q].len());
        let after = legs[a].xor(&legs[c]);
        let change = self.cost(legs[a].joint(&legs[c]), after.joint(&legs[b]), after.len()) - before;
        if change <= 0.0 || rng.random::<f64>() < (-beta * change).exp() {
            self.tree.legs[q] = after;
            self.tree.children[q - n] = [a, c];
            self.tree.children[p - n] = [q, b];
        }
    }

    /// Of two products of these numbers of legs, the first of which makes a tensor of `made` legs.
    fn cost(&self, first: usize, second: usize, made: usize) -> f64 {
        let (more, less) = (first.max(second) as f64, first.min(second) as f64);
        more + (less - more).exp2().ln_1p() / std::f64::consts::LN_2 + self.excess(made)
    }

    fn excess(&self, legs: usize) -> f64 {
        legs.saturating_sub(self.width) as f64
    }

    /// The objective of the whole tree.
    fn score(&self) -> f64 {
        let Tree { n_leaves, children, legs } = &self.tree;
        let products = children.iter().map(|&[a, b]| (legs[a].joint(&legs[b]) as f64).exp2());
        let widest = legs[*n_leaves..].iter().map(super::tree::Legs::len).max().unwrap_or(0);
        products.sum::<f64>().max(1.0).log2() + self.excess(widest)
    }
}

fn swapped([a, b]: [usize; 2], swap: bool) -> [usize; 2] {
    if swap { [b, a] } else { [a, b] }
}
