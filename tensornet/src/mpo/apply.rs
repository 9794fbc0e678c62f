//! An operator applied to a state, its bonds cut on the way.
//!
//! What a cut on the way drops is a part of a chain whose rest is no isometry. How much of the image it is follows from
//! the overlaps of everything behind the cut, which one pass from the right gives.

use circuit::C64;
use ndarray::{Array2, Array3, ArrayView2, Axis, s};

use super::{Mpo, MpoSite};
use crate::canonical::scale_columns;
use crate::linalg::{Svd, svd};
use crate::mps::{bytes, check_bytes, matrix, tensor};
use crate::{Error, Mps, Truncation};

/// During the way to the right, where the rest of the chain is no isometry, this much less is cut.
const CAUTION: f64 = 1e-3;

/// Sites of an image, cut on the way to the right; the last is the centre.
struct Zipped {
    sites: Vec<Array3<C64>>,
    /// Share of the weight each cut discarded.
    lost: Vec<f64>,
    /// What each cut dropped, `dropped [wR vR]`.
    dropped: Vec<Array2<C64>>,
}

impl Mpo {
    /// `H|ψ⟩`, not normalised, with bonds cut as `truncation` says: sites are multiplied and cut from left to
    /// right with room to spare (twice the bond), then cut for good from right to left.
    ///
    /// As everywhere, the final cuts keep the norm. The discarded weight of the result adds up all cuts, those on the
    /// way as shares of parts of the chain; [`Mps::infidelity_bound`] counts them by what they cost the image.
    ///
    /// # Errors
    /// If the state has another number of qubits, or a product exceeds [`Mps::MEMORY_LIMIT`].
    ///
    /// Reference: Stoudenmire and White, arXiv:1002.1305 (the zip-up method).
    pub fn apply(&self, state: &Mps, truncation: Truncation) -> Result<Mps, Error> {
        Ok(self.image(state, truncation)?.0)
    }

    /// As [`apply`](Self::apply), with a bound on the distance from `H|ψ⟩`.
    pub(crate) fn image(&self, state: &Mps, truncation: Truncation) -> Result<(Mps, f64), Error> {
        let mut state = state.clone();
        let zipped = self.zip_up(&mut state, truncation)?;
        let on_way = self.distance(&state, &zipped.dropped)?;
        let mut image = Mps::with_centre(zipped.sites, state.n_qubits() - 1).with_truncation(truncation);
        let norm = image.norm();
        image.cut_between(0, state.n_qubits() - 1);
        let distance = on_way + norm * image.cuts.distance_bound();
        if norm > 0.0 {
            image.cuts.angle += (on_way / norm).min(1.0).asin();
        }
        zipped.lost.into_iter().for_each(|discarded| image.cuts.estimate(discarded));
        Ok((image, distance))
    }

    /// `‖H|ψ⟩‖`, of which nothing is cut but rounding.
    pub(crate) fn image_norm(&self, state: &Mps) -> Result<f64, Error> {
        let zipped = self.zip_up(&mut state.clone(), Truncation::EXACT)?;
        Ok(Mps::with_centre(zipped.sites, state.n_qubits() - 1).norm())
    }

    /// The way to the right; `state` gets its centre to the first site.
    fn zip_up(&self, state: &mut Mps, truncation: Truncation) -> Result<Zipped, Error> {
        self.check(state)?;
        state.move_centre(0);
        let room = Truncation {
            chi_max: truncation.chi_max.saturating_mul(2),
            cutoff: truncation.cutoff * CAUTION,
            floor: truncation.floor * CAUTION,
        };
        let last = state.n_qubits() - 1;
        let mut carry = Array3::from_elem((1, 1, 1), C64::ONE); // new wL vL
        let mut zipped =
            Zipped { sites: Vec::with_capacity(last + 1), lost: Vec::new(), dropped: Vec::new() };
        for (k, (site, ket)) in self.sites.iter().zip(state.sites()).enumerate() {
            let (left, right) = (carry.dim().0, site.right as u128 * ket.dim().2 as u128);
            check_bytes(bytes(4 * left as u128 * right))?;
            let joint = zip(&carry, site, ket); // [new s] [wR vR]
            if k == last {
                zipped.sites.push(tensor(joint, left));
                break;
            }
            let Svd { u, s, vh } = svd(joint.view());
            let (kept, discarded) = room.kept(&s);
            let rest = scale_columns(vh.reversed_axes(), &s).reversed_axes(); // new [wR vR]
            zipped.lost.push(discarded);
            zipped.dropped.push(rest.slice(s![kept.., ..]).to_owned());
            let bonds = (kept, site.right, ket.dim().2);
            let rest = rest.slice(s![..kept, ..]).to_owned();
            carry = rest.into_shape_clone(bonds).expect("the same number of entries"); // new wR vR
            zipped.sites.push(tensor(u.slice_move(s![.., ..kept]), left));
        }
        Ok(zipped)
    }

    /// Sum of the norms of what was dropped behind each site but the last: with `r` the vectors that the part of the
    /// image behind a bond makes of its indices, `‖x r‖² = x G x†` for `G = r r†`.
    fn distance(&self, state: &Mps, dropped: &[Array2<C64>]) -> Result<f64, Error> {
        let mut gram = Array2::eye(1); // [wL vL] [wL vL]
        let mut sum = 0.0;
        for (k, dropped) in dropped.iter().enumerate().rev() {
            let (site, ket) = (&self.sites[k + 1], &state.sites()[k + 1]);
            let side = site.left as u128 * ket.dim().0 as u128;
            check_bytes(bytes(side * side))?;
            let before = |s: usize, x: &Array2<C64>| behind(site, ket, s, x);
            let both = |s: usize| before(s, &before(s, &gram).t().mapv(|x| x.conj()));
            gram = both(0) + both(1);
            let image = dropped.dot(&gram);
            let squared: f64 = image.iter().zip(dropped).map(|(x, y)| (x * y.conj()).re).sum();
            sum += squared.max(0.0).sqrt();
        }
        Ok(sum)
    }
}

/// A site of the image at one level of its qubit, `[wL vL] [wR vR]`, times a matrix.
fn behind(site: &MpoSite, ket: &Array3<C64>, level: usize, x: &Array2<C64>) -> Array2<C64> {
    let ((l, _, r), columns) = (ket.dim(), x.ncols());
    let mut image = Array2::zeros((site.left * l, columns));
    for t in 0..2 {
        let ket = ket.index_axis(Axis(1), t); // vL vR
        let moved: Vec<Array2<C64>> =
            (0..site.right).map(|to| ket.dot(&x.slice(s![to * r..(to + 1) * r, ..]))).collect();
        for (from, to, op) in site.entries.iter().filter(|(_, _, op)| op[2 * level + t] != C64::ZERO) {
            let mut part = image.slice_mut(s![from * l..(from + 1) * l, ..]);
            part.scaled_add(op[2 * level + t], &moved[*to]);
        }
    }
    image
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
