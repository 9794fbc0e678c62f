//! Contraction of a network, pair by pair as products of matrices, and slice by slice.

use circuit::C64;
use faer::{MatMut, MatRef};
use rayon::prelude::*;

use super::network::Tensor;
use super::slice::Plan;
use crate::linalg::add_product;

/// The number that a network without open legs is, and the complex multiply-adds that took. At most `lanes` slices are
/// held at one time; they are added up in their order.
pub(super) fn contract(tensors: Vec<Tensor>, plan: &Plan, lanes: u64) -> (C64, f64) {
    let (varying, n) = (plan.varying(), tensors.len());
    let mut shared: Vec<Option<Tensor>> = tensors.into_iter().map(Some).collect();
    shared.resize_with(n + plan.tree.children.len(), || None);
    let mut count = 0.0;
    let (once, each): (Vec<usize>, Vec<usize>) = (n..shared.len()).partition(|&node| !varying[node]);
    for node in once {
        let [a, b] =
            plan.tree.children[node - n].map(|k| shared[k].take().expect("every tensor is used once"));
        let (product, work) = join(&a, &b);
        (shared[node], count) = (Some(product), count + work);
    }
    let slice = |index: u64| -> (C64, f64) {
        let cut = |k: usize| shared[k].as_ref().map(|tensor| fixed(tensor, &plan.fixed, index));
        let mut own: Vec<Option<Tensor>> = (0..n).map(|k| if varying[k] { cut(k) } else { None }).collect();
        own.resize_with(shared.len(), || None);
        let mut count = 0.0;
        for &node in &each {
            let [a, b] = plan.tree.children[node - n].map(|k| (own[k].take(), shared[k].as_ref()));
            let [a, b] = [&a, &b].map(|(own, shared)| own.as_ref().or(*shared).expect("children come first"));
            let (product, work) = join(a, b);
            (own[node], count) = (Some(product), count + work);
        }
        let root = own.pop().flatten();
        (
            root.as_ref().or(shared.last().and_then(Option::as_ref)).map_or(C64::ONE, |root| root.data[0]),
            count,
        )
    };
    let mut sum = C64::ZERO;
    for start in (0..plan.slices()).step_by(lanes as usize) {
        let batch = start..plan.slices().min(start + lanes);
        let values: Vec<(C64, f64)> = batch.into_par_iter().map(slice).collect();
        values.into_iter().for_each(|(value, work)| (sum, count) = (sum + value, count + work));
    }
    (sum, count)
}

/// The part of a tensor at which each fixed leg has its bit of the index of the slice.
fn fixed(tensor: &Tensor, legs: &[usize], index: u64) -> Tensor {
    let bit = |leg: &usize| legs.iter().position(|other| other == leg).map(|k| index >> k & 1);
    let n = tensor.legs.len();
    let chosen = |at: usize| {
        let mut places = tensor.legs.iter().enumerate();
        places.all(|(k, leg)| bit(leg).is_none_or(|bit| bit == (at >> (n - 1 - k) & 1) as u64))
    };
    let data = (0..tensor.data.len()).filter(|&at| chosen(at)).map(|at| tensor.data[at]).collect();
    Tensor {
        legs: tensor.legs.iter().copied().filter(|leg| bit(leg).is_none()).collect(),
        data,
        place: tensor.place,
    }
}

/// Sums over the legs two tensors share, with the multiply-adds that takes; the legs of the first that are left come
/// first.
fn join(a: &Tensor, b: &Tensor) -> (Tensor, f64) {
    let split = |of: &Tensor, other: &Tensor| -> (Vec<usize>, Vec<usize>) {
        of.legs.iter().partition(|leg| !other.legs.contains(leg))
    };
    let ((left, shared), (right, _)) = (split(a, b), split(b, a));
    let [m, k, n] = [left.len(), shared.len(), right.len()].map(|legs| 1_usize << legs);
    let a_data = arranged(a, &[left.as_slice(), &shared].concat());
    let b_data = arranged(b, &[shared.as_slice(), &right].concat());
    let mut data = vec![C64::ZERO; m * n];
    add_product(
        MatMut::from_row_major_slice_mut(&mut data, m, n),
        C64::ONE,
        MatRef::from_row_major_slice(&a_data, m, k),
        MatRef::from_row_major_slice(&b_data, k, n),
    );
    (Tensor { legs: [left, right].concat(), data, place: a.place }, (m * k * n) as f64)
}

/// The entries with the legs in another order.
fn arranged(tensor: &Tensor, legs: &[usize]) -> Vec<C64> {
    if tensor.legs == legs {
        return tensor.data.clone();
    }
    let n = legs.len();
    let bit = |leg: &usize| n - 1 - tensor.legs.iter().position(|other| other == leg).expect("the same legs");
    let bits: Vec<usize> = legs.iter().rev().map(bit).collect(); // where each bit of the new index comes from
    let table = |bits: &[usize]| -> Vec<usize> {
        let from = |k: usize| bits.iter().enumerate().fold(0, |at, (i, to)| at | (k >> i & 1) << to);
        (0..1 << bits.len()).map(from).collect()
    };
    let (low, high) = bits.split_at(n / 2);
    let (low, high) = (table(low), table(high));
    high.iter().flat_map(|h| low.iter().map(move |l| tensor.data[h | l])).collect()
}
