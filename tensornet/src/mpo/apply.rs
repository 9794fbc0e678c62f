//! An operator applied to a state, its bonds cut on the way.

use circuit::C64;
use ndarray::{Array2, Array3, ArrayView2, Axis, s};

use super::{Mpo, MpoSite};
use crate::canonical::{cut, scale_columns};
use crate::linalg::Svd;
use crate::mps::{bytes, check_bytes, matrix, tensor};
use crate::{Error, Mps, Truncation};

/// During the way to the right, where the rest of the chain is no isometry, this much less is cut.
const CAUTION: f64 = 1e-3;

impl Mpo {
    /// `H|ψ⟩`, not normalised, with bonds cut as `truncation` says: sites are multiplied and cut from left to
    /// right with room to spare (twice the bond), then cut for good from right to left.
    ///
    /// As everywhere, the final cuts keep the norm. The discarded weight of the result adds up all cuts; those
    /// on the way are of parts of the chain, so it estimates the error and does not bound it.
    ///
    /// # Errors
    /// If the state has another number of qubits, or a product exceeds [`Mps::MEMORY_LIMIT`].
    ///
    /// Reference: Stoudenmire and White, arXiv:1002.1305 (the zip-up method).
    pub fn apply(&self, state: &Mps, truncation: Truncation) -> Result<Mps, Error> {
        self.check(state)?;
        let mut state = state.clone();
        state.move_centre(0);
        let room = Truncation {
            chi_max: truncation.chi_max.saturating_mul(2),
            cutoff: truncation.cutoff * CAUTION,
            floor: truncation.floor * CAUTION,
        };
        let last = state.n_qubits() - 1;
        let mut carry = Array3::from_elem((1, 1, 1), C64::ONE); // new wL vL
        let (mut sites, mut lost) = (Vec::with_capacity(last + 1), Vec::new());
        for (k, (site, ket)) in self.sites.iter().zip(state.sites()).enumerate() {
            let (left, right) = (carry.dim().0, site.right as u128 * ket.dim().2 as u128);
            check_bytes(bytes(4 * left as u128 * right))?;
            let joint = zip(&carry, site, ket); // [new s] [wR vR]
            if k == last {
                sites.push(tensor(joint, left));
                break;
            }
            let (Svd { u, s, vh }, discarded) = cut(joint.view(), &room);
            lost.push(discarded);
            let rest = scale_columns(vh.reversed_axes(), &s).reversed_axes(); // new [wR vR]
            let bonds = (s.len(), site.right, ket.dim().2);
            carry = rest.into_shape_clone(bonds).expect("the same number of entries"); // new wR vR
            sites.push(tensor(u, left));
        }
        let mut image = Mps::with_centre(sites, last).with_truncation(truncation);
        lost.into_iter().for_each(|discarded| image.record(discarded));
        image.cut_between(0, last);
        Ok(image)
    }
}

/// `carry`, legs `new wL vL`, times a site of the operator and one of the state: `[new s] [wR vR]`.
fn zip(carry: &Array3<C64>, site: &MpoSite, ket: &Array3<C64>) -> Array2<C64> {
    let (new, _, l) = carry.dim();
    let r = ket.dim().2;
    let mut joint = Array3::zeros((new, 2, site.right * r)); // new s [wR vR]
    let flat = matrix(ket, l, 2 * r); // vL [s vR]
    for from in 0..site.left {
        let half: Array2<C64> = carry.index_axis(Axis(1), from).dot(&flat); // new [s vR]
        let here = site.entries.iter().filter(|entry| entry.0 == from);
        here.for_each(|&(_, to, op)| add(&mut joint, half.view(), to, &op, r));
    }
    joint.into_shape_clone((new * 2, site.right * r)).expect("the same number of entries")
}

/// Adds the image of `half`, legs `new [s vR]`, under a 2 x 2 operator to the part of `joint` at bond `to`.
fn add(joint: &mut Array3<C64>, half: ArrayView2<C64>, to: usize, op: &[C64; 4], r: usize) {
    for (k, &x) in op.iter().enumerate().filter(|(_, x)| **x != C64::ZERO) {
        let from = half.slice(s![.., k % 2 * r..(k % 2 + 1) * r]);
        joint.slice_mut(s![.., k / 2, to * r..(to + 1) * r]).scaled_add(x, &from);
    }
}
