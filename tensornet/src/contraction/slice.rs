//! Which legs are held fixed so that a contraction fits into memory, and what it then costs.
//!
//! A network is the sum over the values of any of its legs of the network with that leg fixed. Every fixed leg halves
//! the tensors that have it and doubles the number of slices; what has none of them is made once. Legs are taken one
//! by one from the largest tensors, each time the one that adds the fewest multiply-adds, until a slice fits.
//!
//! Reference: Gray and Kourtis, arXiv:2002.01935; Chen et al., arXiv:1805.01450.

use circuit::C64;

use super::tree::{Legs, Tree};

/// Most legs held fixed: slices are counted in 64 bits.
const MOST: usize = 62;

/// What a contraction may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) bytes: u64,
    pub(super) multiply_adds: f64,
}

impl Limits {
    /// Most legs of a tensor: two like it and a copy are to fit.
    pub(super) fn width(self) -> usize {
        let entries = self.bytes / (4 * size_of::<C64>() as u64);
        entries.max(1).ilog2() as usize
    }
}

/// An order with the legs held fixed.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) tree: Tree,
    /// Legs held fixed.
    pub(super) fixed: Vec<usize>,
    pub(super) cost: Cost,
    /// Bytes above the limit.
    excess: u128,
}

/// What a plan takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cost {
    /// Most legs of a tensor on the way.
    pub(super) width: usize,
    /// Complex multiply-adds of all slices.
    pub(super) multiply_adds: f64,
    /// Bytes of what all slices share.
    pub(super) shared: u128,
    /// Most bytes at one time, of which one slice takes the part above `shared`.
    pub(super) bytes: u128,
}

impl Plan {
    /// The tree with no leg fixed.
    pub(super) fn whole(tree: &Tree) -> Self {
        let tree = tree.ordered();
        let cost = cost(&tree, &tree.no_legs());
        Self { tree, fixed: Vec::new(), cost, excess: 0 }
    }

    /// The tree with as many legs fixed as it takes to fit; fixing ends early where the work exceeds its limit. After each
    /// leg `improve` may arrange what is left of the tree in another way.
    pub(super) fn new(tree: &Tree, limits: Limits, mut improve: impl FnMut(&Tree) -> Option<Tree>) -> Self {
        let mut tree = tree.ordered();
        let (mut set, mut fixed) = (tree.no_legs(), Vec::new());
        let mut now = cost(&tree, &set);
        let fits = |cost: &Cost| cost.bytes <= u128::from(limits.bytes);
        while !fits(&now) && now.multiply_adds <= limits.multiply_adds && fixed.len() < MOST {
            let Some((leg, next)) = cheapest(&tree, &set, now.width) else { break };
            set.insert(leg);
            fixed.push(leg);
            now = next;
            if let Some(other) = improve(&tree.without(&set)) {
                tree = other.ordered().with_leaves(&tree);
                now = cost(&tree, &set);
            }
        }
        Self { tree, fixed, cost: now, excess: now.bytes.saturating_sub(limits.bytes.into()) }
    }

    /// Whether it takes less: a plan that fits, then the one of fewer multiply-adds, then the one of fewer bytes.
    pub(super) fn is_better(&self, other: &Self) -> bool {
        let [own, others] = [self, other].map(|plan| (plan.excess, plan.cost.multiply_adds, plan.cost.bytes));
        own < others
    }

    /// Number of slices.
    pub(super) fn slices(&self) -> u64 {
        1 << self.fixed.len()
    }

    /// How many slices memory permits at one time, and threads can use.
    pub(super) fn lanes(&self, limit: u64) -> u64 {
        let slice = (self.cost.bytes - self.cost.shared).max(1);
        let fitting = u128::from(limit).saturating_sub(self.cost.shared) / slice;
        fitting.clamp(1, rayon::current_num_threads() as u128) as u64
    }

    /// Whether each node has tensors with a fixed leg among its own.
    pub(super) fn varying(&self) -> Vec<bool> {
        let mut set = self.tree.no_legs();
        self.fixed.iter().for_each(|&leg| set.insert(leg));
        varying(&self.tree, &set)
    }
}

/// The leg of the largest tensors that adds the fewest multiply-adds, and the cost with it; of equals the first.
fn cheapest(tree: &Tree, set: &Legs, width: usize) -> Option<(usize, Cost)> {
    let left = tree.legs.iter().map(|legs| legs.without(set));
    let candidates = left.filter(|legs| legs.len() == width).fold(tree.no_legs(), |all, legs| all.or(&legs));
    let costed = candidates.iter().map(|leg| {
        let mut with = set.clone();
        with.insert(leg);
        (leg, cost(tree, &with))
    });
    costed.min_by(|(_, a), (_, b)| a.multiply_adds.total_cmp(&b.multiply_adds))
}

fn varying(tree: &Tree, set: &Legs) -> Vec<bool> {
    let mut varying: Vec<bool> = tree.legs[..tree.n_leaves].iter().map(|legs| legs.meets(set)).collect();
    for &[a, b] in &tree.children {
        varying.push(varying[a] || varying[b]);
    }
    varying
}

/// What a tree costs with these legs fixed; children come before parents.
fn cost(tree: &Tree, set: &Legs) -> Cost {
    let varying = varying(tree, set);
    let left: Vec<Legs> = tree.legs.iter().map(|legs| legs.without(set)).collect();
    let slices = (set.len() as f64).exp2();
    let leaves = 0..tree.n_leaves;
    let whole = leaves.clone().fold(0_u128, |sum, k| sum.saturating_add(bytes(tree.legs[k].len())));
    let width = left.iter().map(Legs::len).max().unwrap_or(0);
    let mut found = Cost { width, multiply_adds: 0.0, shared: whole, bytes: whole };
    for phase in [false, true] {
        // Tensors with fixed legs are copied for a slice, everything else is read where it is.
        let copied = leaves.clone().filter(|&k| phase && varying[k]);
        let mut held = copied.fold(found.shared, |sum, k| sum.saturating_add(bytes(left[k].len())));
        for (k, pair) in tree.children.iter().enumerate().filter(|(k, _)| varying[tree.n_leaves + k] == phase)
        {
            let comes = bytes(left[tree.n_leaves + k].len());
            let [copies, goes] = [true, false].map(|all| {
                let used = pair.iter().filter(|&&child| all || varying[child] == phase);
                used.fold(0_u128, |sum, &child| sum.saturating_add(bytes(left[child].len())))
            });
            found.bytes = found.bytes.max(held.saturating_add(copies).saturating_add(comes)); // legs in another order
            held = held.saturating_add(comes).saturating_sub(goes);
            let times = if phase { slices } else { 1.0 };
            found.multiply_adds += times * (left[pair[0]].joint(&left[pair[1]]) as f64).exp2();
        }
        if !phase {
            found.shared = held;
        }
    }
    found
}

/// Bytes of a tensor.
fn bytes(legs: usize) -> u128 {
    1_u128.checked_shl(legs as u32).unwrap_or(u128::MAX).saturating_mul(size_of::<C64>() as u128)
}
