//! Analytic layers of logarithmic depth: pairs of sites are renormalised to one, until one is left.
//!
//! Of a pair of qubits the two states of largest weight are kept, as one qubit; the gate that does so backward hands
//! a qubit on to two. The pairs of one level act at the same time, so that a register of `n` qubits takes `⌈log2 n⌉`
//! time steps, where a staircase takes `n - 1`. States whose pairs have rank two, such as cats and W states, come out
//! exactly; others lose what the levels discard.
//!
//! Reference: Malz et al., arXiv:2307.01696; Sugawara et al., arXiv:2501.18856.

use circuit::C64;
use ndarray::{Array2, Axis, s};

use super::chain::Chain;
use super::staircase::mix;
use super::unitary::{U4, canonical_rows, complete};
use super::{Completion, PairGate};
use crate::linalg::svd;
use crate::mps::matrix;
use crate::{Mps, Truncation};

/// One level: neighbours of `active` paired, and the qubits that are left.
fn level(active: &[usize]) -> (Vec<[usize; 2]>, Vec<usize>) {
    let pairs = active.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    (pairs, active.iter().copied().step_by(2).collect())
}

/// The pairs of a tree on `n_qubits`, the root first.
pub(super) fn tree_pairs(n_qubits: usize) -> Vec<[usize; 2]> {
    let mut active: Vec<usize> = (0..n_qubits).collect();
    let mut levels = Vec::new();
    while active.len() > 1 {
        let (pairs, rest) = level(&active);
        levels.push(pairs);
        active = rest;
    }
    levels.into_iter().rev().flatten().collect()
}

/// One layer of two-qubit gates on [`tree_pairs`].
pub(super) fn tree_layer(chain: &Chain, completion: Completion) -> Vec<PairGate> {
    let sites = chain.sites.iter().map(|site| site.as_ref().clone()).collect();
    let mut state = Mps::without_gauge(sites).with_truncation(Truncation::EXACT);
    let mut active: Vec<usize> = (0..state.n_qubits()).collect();
    let mut levels = Vec::new();
    while active.len() > 1 {
        let (pairs, rest) = level(&active);
        let gate = |(site, pair): (usize, &[usize; 2])| {
            let kept = renormalise(&mut state, site);
            PairGate::from_unitary(*pair, &gate(&kept, pair[0], completion))
        };
        levels.push(pairs.iter().enumerate().map(gate).collect::<Vec<_>>());
        active = rest;
    }
    levels.into_iter().rev().flatten().collect()
}

/// Replaces the sites `site` and `site + 1` by one, of the two states that weigh most; or, where nothing else is left,
/// of the one there is. The states are the rows of the result, `kept [s s']`.
fn renormalise(state: &mut Mps, site: usize) -> Array2<C64> {
    state.move_centre(site);
    let (l, _, bond) = state.sites[site].dim();
    let r = state.sites[site + 1].dim().2;
    let joint = matrix(&state.sites[site], l * 2, bond).dot(&matrix(&state.sites[site + 1], bond, 2 * r));
    let joint = joint.into_shape_clone((l, 4, r)).expect("the same number of entries"); // vL [s s'] vR
    let flat = joint.view().permuted_axes([0, 2, 1]);
    let flat = flat.to_shape((l * r, 4)).expect("the same number of entries"); // [vL vR] [s s']
    let factors = svd(flat.view());
    let states = canonical_rows(&factors.s, &factors.vh);
    let kept = states.slice_move(s![..states_kept(state, factors.s.len()), ..]);
    let small = flat.dot(&kept.t().mapv(|x| x.conj())); // [vL vR] kept
    let mut merged = ndarray::Array3::zeros((l, 2, r));
    for (k, column) in small.columns().into_iter().enumerate() {
        let part = column.to_shape((l, r)).expect("the same number of entries");
        merged.index_axis_mut(Axis(1), k).assign(&part);
    }
    state.sites[site] = merged;
    state.sites.remove(site + 1);
    state.gauge = crate::mps::Gauge { lo: site, hi: site };
    state.normalize();
    kept
}

fn states_kept(state: &Mps, available: usize) -> usize {
    available.min(if state.n_qubits() == 2 { 1 } else { 2 })
}

/// The gate that makes the kept states of the first qubit where the second is zero.
fn gate(kept: &Array2<C64>, seed: usize, completion: Completion) -> U4 {
    let mut columns = vec![None; 4];
    for (k, row) in kept.rows().into_iter().enumerate() {
        columns[2 * k] = Some(row.to_vec());
    }
    let free: Vec<usize> = (0..4).filter(|&column| columns[column].is_none()).collect();
    let mut matrix = complete(columns);
    if completion == Completion::Mixed {
        mix(&mut matrix, &free, seed);
    }
    U4::from_fn(|i, j| matrix[[i, j]])
}
