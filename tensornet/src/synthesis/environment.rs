//! What surrounds a pair of qubits between two chains, with the parts that did not change kept.
//!
//! An environment has the legs `bra ket`: `L = sum B conj(K)` over the sites to the left of a bond,
//! likewise `R`. Chains share their tensors, so that a part is still valid exactly if it was made of the
//! same tensors; moving by one gate through a staircase adds one site to it.

use std::sync::Arc;

use circuit::C64;
use ndarray::{Array2, Array3, Axis};

use super::chain::Site;
use super::unitary::U4;
use crate::mps::matrix;

/// The environments of the last pair, site by site from both ends.
#[derive(Default)]
pub(super) struct Cache {
    left: Vec<Link>,
    right: Vec<Link>,
}

/// The two tensors of one site and the environment that includes them.
struct Link {
    bra: Site,
    ket: Site,
    environment: Array2<C64>, // bra ket
}

/// `tr_rest |bra><ket|` on the sites `a < b`, shape `[s s', t t']`.
pub(super) fn pair_environment(bra: &[Site], ket: &[Site], a: usize, b: usize, cache: &mut Cache) -> U4 {
    let n = bra.len();
    let left = walk((0..a).map(|k| (&bra[k], &ket[k])), &mut cache.left, extend_left);
    let right = walk((b + 1..n).rev().map(|k| (&bra[k], &ket[k])), &mut cache.right, extend_right);
    let slice = |site: &Site, s: usize| site.index_axis(Axis(1), s).to_owned(); // vL vR
    let dagger = |m: Array2<C64>| m.t().mapv(|x| x.conj());
    let mut sum = U4::zeros();
    for t in 0..2 {
        let half = left.dot(&slice(&ket[a], t).mapv(|x| x.conj())); // bra vL, ket vR
        for s in 0..2 {
            let open = slice(&bra[a], s).t().dot(&half); // bra ket
            let open = (a + 1..b).fold(open, |env, k| extend_left(&env, &bra[k], &ket[k]));
            for v in 0..2 {
                let close = right.dot(&dagger(slice(&ket[b], v))); // bra vR, ket vL
                for u in 0..2 {
                    let closed = slice(&bra[b], u).dot(&close); // bra ket
                    sum[(2 * s + u, 2 * t + v)] = open.iter().zip(&closed).map(|(x, y)| x * y).sum();
                }
            }
        }
    }
    sum
}

/// The environment of `path`, from the end of the chain inward, of which `links` holds what is still valid.
fn walk<'a>(
    path: impl Iterator<Item = (&'a Site, &'a Site)>,
    links: &mut Vec<Link>,
    extend: impl Fn(&Array2<C64>, &Array3<C64>, &Array3<C64>) -> Array2<C64>,
) -> Array2<C64> {
    let end = Array2::from_elem((1, 1), C64::ONE); // bra ket
    let mut length = 0;
    for (bra, ket) in path {
        let same = |link: &Link| Arc::ptr_eq(&link.bra, bra) && Arc::ptr_eq(&link.ket, ket);
        if !links.get(length).is_some_and(same) {
            links.truncate(length);
            let environment = extend(links.last().map_or(&end, |link| &link.environment), bra, ket);
            links.push(Link { bra: bra.clone(), ket: ket.clone(), environment });
        }
        length += 1;
    }
    length.checked_sub(1).map_or(end, |last| links[last].environment.clone())
}

/// `env` and one more site on its right.
pub(super) fn extend_left(env: &Array2<C64>, bra: &Array3<C64>, ket: &Array3<C64>) -> Array2<C64> {
    let ((l, d, r), (m, _, k)) = (bra.dim(), ket.dim());
    let half = env.t().dot(&matrix(bra, l, d * r)); // ket vL, bra [s vR]
    let half = half.into_shape_clone((m * d, r)).expect("the same number of entries"); // [vL s] bra vR
    half.t().dot(&matrix(ket, m * d, k).mapv(|x| x.conj())) // bra vR, ket vR
}

/// `env` and one more site on its left.
fn extend_right(env: &Array2<C64>, bra: &Array3<C64>, ket: &Array3<C64>) -> Array2<C64> {
    let ((l, d, r), (m, _, k)) = (bra.dim(), ket.dim());
    let half = matrix(bra, l * d, r).dot(env); // [bra vL s] ket vR
    let half = half.into_shape_clone((l, d * k)).expect("the same number of entries"); // bra vL [s ket vR]
    half.dot(&matrix(ket, m, d * k).t().mapv(|x| x.conj())) // bra vL, ket vL
}
