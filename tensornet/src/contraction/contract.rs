//! Contraction of a network, pair by pair, as products of matrices.

use circuit::C64;
use faer::{MatMut, MatRef};

use super::network::Tensor;
use crate::linalg::add_product;

/// The number that a network without open legs is.
pub(super) fn contract(tensors: Vec<Tensor>, pairs: &[[usize; 2]]) -> C64 {
    let mut pool: Vec<Option<Tensor>> = tensors.into_iter().map(Some).collect();
    for pair in pairs {
        let [a, b] = pair.map(|k| pool[k].take().expect("every tensor is used once"));
        pool.push(Some(join(&a, &b)));
    }
    pool.into_iter().flatten().fold(C64::ONE, |product, tensor| product * tensor.data[0])
}

/// Sums over the legs two tensors share; the legs of the first that are left come first.
fn join(a: &Tensor, b: &Tensor) -> Tensor {
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
    Tensor { legs: [left, right].concat(), data, place: a.place }
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
