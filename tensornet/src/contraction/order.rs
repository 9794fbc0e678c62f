//! In which order a network is contracted.
//!
//! Candidates are greedy orders, which contract the pair that shrinks the network most (by different weights of what
//! goes and what comes), and the order of the qubits, which is good for deep circuits on few of them. The one of smallest
//! width is taken, then the one of fewest multiply-adds. All are made by fixed rules, so that equal networks give equal bits.
//!
//! Reference: Gray and Kourtis, arXiv:2002.01935.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::network::Tensor;
use super::slice::{Limits, Plan};
use super::tree::Tree;

/// Weights of the tensors that go, against the one that comes.
const WEIGHTS: [f64; 4] = [0.0, 0.5, 1.0, 2.0];

/// The best plan found.
pub(super) fn best_plan(tensors: &[Tensor], limits: Limits) -> Plan {
    let legs: Vec<&[usize]> = tensors.iter().map(|tensor| tensor.legs.as_slice()).collect();
    let mut qubitwise: Vec<usize> = (0..tensors.len()).collect();
    qubitwise.sort_by_key(|&k| tensors[k].place);
    let candidates = WEIGHTS.iter().map(|&weight| greedy(&legs, weight)).chain([in_line(&qubitwise)]);
    let whole = candidates.map(|pairs| Plan::whole(&Tree::new(&legs, &pairs)));
    let better = |a: &Plan, b: &Plan| {
        a.cost.width.cmp(&b.cost.width).then(a.cost.multiply_adds.total_cmp(&b.cost.multiply_adds))
    };
    let best = whole.min_by(better).expect("one candidate or more");
    Plan::new(&best.tree, limits, |_| None)
}

/// Each tensor after the other into one.
fn in_line(order: &[usize]) -> Vec<[usize; 2]> {
    let n = order.len();
    let joined = |k: usize| if k == 0 { order[0] } else { n + k - 1 };
    (1..n).map(|k| [joined(k - 1), order[k]]).collect()
}

/// A pair that could be contracted.
#[derive(PartialEq)]
struct Candidate {
    cost: f64,
    pair: [usize; 2],
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    /// The cheapest is the largest, of equals the first pair.
    fn cmp(&self, other: &Self) -> Ordering {
        other.cost.total_cmp(&self.cost).then(other.pair.cmp(&self.pair))
    }
}

/// Contracts the pair of neighbours of lowest cost, again and again; what is left unconnected is multiplied at the end.
fn greedy(tensors: &[&[usize]], weight: f64) -> Vec<[usize; 2]> {
    let mut legs: Vec<BTreeSet<usize>> = tensors.iter().map(|legs| legs.iter().copied().collect()).collect();
    let mut alive = vec![true; legs.len()];
    let mut holders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (k, own) in legs.iter().enumerate() {
        own.iter().for_each(|&leg| holders.entry(leg).or_default().push(k));
    }
    let candidate = |legs: &[BTreeSet<usize>], pair: [usize; 2]| {
        let size = |n: usize| (n as f64).exp2();
        let [a, b] = pair.map(|k| &legs[k]);
        let comes = a.symmetric_difference(b).count();
        Candidate { cost: size(comes) - weight * (size(a.len()) + size(b.len())), pair }
    };
    let neighbours = holders.values().filter(|pair| pair.len() == 2).map(|pair| [pair[0], pair[1]]);
    let mut heap: BinaryHeap<Candidate> = neighbours.map(|pair| candidate(&legs, pair)).collect();
    let mut pairs = Vec::with_capacity(legs.len().saturating_sub(1));
    while let Some(Candidate { pair: [a, b], .. }) = heap.pop() {
        if !(alive[a] && alive[b]) {
            continue;
        }
        let new = legs.len();
        let joint: BTreeSet<usize> = legs[a].symmetric_difference(&legs[b]).copied().collect();
        (alive[a], alive[b]) = (false, false);
        alive.push(true);
        pairs.push([a, b]);
        let mut near = BTreeSet::new();
        for leg in &joint {
            let held = holders.get_mut(leg).expect("a leg of the network");
            held.iter_mut().filter(|k| **k == a || **k == b).for_each(|k| *k = new);
            near.extend(held.iter().copied().filter(|&k| k != new));
        }
        legs.push(joint);
        heap.extend(near.into_iter().map(|other| candidate(&legs, [other, new])));
    }
    let rest: Vec<usize> = (0..legs.len()).filter(|&k| alive[k]).collect();
    let mut last = rest.first().copied();
    for (&k, next) in rest.iter().skip(1).zip(legs.len()..) {
        pairs.extend(last.map(|before| [before, k]));
        last = Some(next);
    }
    pairs
}
