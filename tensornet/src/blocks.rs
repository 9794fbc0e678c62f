//! Matrices by charge: what algorithms that sweep along a chain compute with.
//!
//! The charge of a bond index is the number of ones on its outer side, where that is conserved, and zero
//! otherwise; then there is one block, and all of this is plain matrix algebra. A bond joined with the qubit
//! inside of it is sorted by the joint charge, level 0 of the qubit first: `[s outer]` has the rows of charge
//! `m` of the bond, then those of charge `m - unit`, which the one on the qubit makes up for.

use std::collections::BTreeMap;

use faer::{Mat, MatRef};

use crate::Truncation;
use crate::linalg::{add_scaled, inner, orthogonal, product, scaled, singular};
use crate::scalar::Scalar;

/// A number of ones.
pub(crate) type Charge = i64;

/// Dimensions of a bond by charge; a one on a qubit adds `unit`, 1 or 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bond {
    pub(crate) unit: Charge,
    dims: BTreeMap<Charge, usize>,
}

/// A matrix that is block diagonal by the charge of its rows.
#[derive(Clone, Debug)]
pub(crate) struct Blocks<T>(pub(crate) BTreeMap<Charge, Mat<T>>);

/// A site as seen from one end of the chain, `[s outer] inner`, by the charge of `inner`.
#[derive(Clone, Debug)]
pub(crate) struct Site<T> {
    pub(crate) outer: Bond,
    pub(crate) blocks: Blocks<T>,
}

impl Bond {
    /// The bond beyond the end of a chain.
    pub(crate) fn edge(unit: Charge) -> Self {
        Self { unit, dims: BTreeMap::from([(0, 1)]) }
    }

    /// Dimension at a charge.
    pub(crate) fn dim(&self, charge: Charge) -> usize {
        self.dims.get(&charge).copied().unwrap_or(0)
    }

    /// Sum of all dimensions.
    pub(crate) fn total(&self) -> usize {
        self.dims.values().sum()
    }

    /// Charges with their dimensions, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Charge, usize)> {
        self.dims.iter().map(|(&charge, &dim)| (charge, dim))
    }

    /// The bond joined with a space of `levels` levels: 1, which changes nothing, or 2, a qubit.
    pub(crate) fn joined(&self, levels: usize) -> Self {
        let mut dims = BTreeMap::new();
        for (charge, dim) in
            (0..levels).flat_map(|s| self.iter().map(move |(q, dim)| (q + self.raise(s), dim)))
        {
            *dims.entry(charge).or_default() += dim;
        }
        Self { unit: self.unit, dims }
    }

    /// First row and number of rows of level `s` at joint charge `m`.
    pub(crate) fn part(&self, m: Charge, s: usize) -> (usize, usize) {
        (s * self.dim(m), self.dim(m - self.raise(s)))
    }

    /// What level `s` of a qubit adds to the charge.
    pub(crate) fn raise(&self, s: usize) -> Charge {
        self.unit * s as Charge
    }

    /// Position of the first index of each charge, where all are listed in ascending order.
    pub(crate) fn offsets(&self) -> BTreeMap<Charge, usize> {
        let mut next = 0;
        let offset = |(charge, dim): (Charge, usize)| {
            next += dim;
            (charge, next - dim)
        };
        self.iter().map(offset).collect()
    }
}

impl<T: Scalar> Blocks<T> {
    /// Zero, for all charges that rows `left` and columns `right`, seen from the other end, have in common.
    pub(crate) fn zeros(left: &Bond, right: &Bond, total: Charge) -> Self {
        let shared = left.iter().map(|(m, rows)| (m, rows, right.dim(total - m)));
        Self(shared.filter(|x| x.2 > 0).map(|(m, rows, columns)| (m, Mat::zeros(rows, columns))).collect())
    }

    /// The block of a charge.
    pub(crate) fn get(&self, charge: Charge) -> Option<MatRef<'_, T>> {
        self.0.get(&charge).map(Mat::as_ref)
    }

    /// `⟨self|other⟩`, the sum over all entries of `conj(a) b`.
    pub(crate) fn inner(&self, other: &Self) -> T {
        let shared = self.0.iter().filter_map(|(m, a)| other.0.get(m).map(|b| inner(a, b)));
        shared.fold(T::ZERO, |sum, x| sum + x)
    }

    /// Frobenius norm.
    pub(crate) fn norm(&self) -> f64 {
        self.inner(self).real_part().sqrt()
    }

    /// `self += factor other`, where both have a block.
    pub(crate) fn add(&mut self, factor: T, other: &Self) {
        for (m, a) in &mut self.0 {
            other.get(*m).into_iter().for_each(|b| add_scaled(a.as_mut(), factor, b));
        }
    }

    /// The same times a real number.
    pub(crate) fn scaled(self, factor: f64) -> Self {
        Self(self.0.into_iter().map(|(m, a)| (m, scaled(a, factor))).collect())
    }

    /// The bond of the columns.
    pub(crate) fn columns(&self, unit: Charge) -> Bond {
        Bond { unit, dims: self.0.iter().map(|(&m, a)| (m, a.ncols())).collect() }
    }
}

impl<T: Scalar> Site<T> {
    /// The bond on the inner side.
    pub(crate) fn inner(&self) -> Bond {
        self.blocks.columns(self.outer.unit)
    }

    /// The same site seen from the other end of a chain of charge `total`.
    pub(crate) fn turned(&self, total: Charge) -> Self {
        let inner = self.inner();
        let dims = inner.iter().map(|(m, dim)| (total - m, dim)).collect();
        let outer = Bond { unit: inner.unit, dims };
        let mut blocks = BTreeMap::new();
        for (a, dim) in self.outer.iter() {
            let charge = total - a; // of the site from the other end
            let mut block = Mat::zeros(outer.part(charge, 0).1 + outer.part(charge, 1).1, dim);
            for s in 0..2 {
                let m = a + outer.raise(s);
                if let Some(from) = self.blocks.get(m) {
                    let ((row, rows), (to, columns)) = (self.outer.part(m, s), outer.part(charge, s));
                    block.as_mut().subrows_mut(to, columns).copy_from(from.subrows(row, rows).transpose());
                }
            }
            blocks.insert(charge, block);
        }
        Self { outer, blocks: Blocks(blocks) }
    }

    /// The pair of this site and the next one, which is seen from the other end: `[s vL] [s' vR]`, by the charge
    /// of the bond between.
    pub(crate) fn joined(&self, next: &Self, total: Charge) -> Blocks<T> {
        let mut pair = Blocks::zeros(&self.outer.joined(2), &next.outer.joined(2), total);
        for (m, block) in &mut pair.0 {
            if let (Some(a), Some(b)) = (self.blocks.get(*m), next.blocks.get(total - *m)) {
                *block = product(a, b.transpose());
            }
        }
        pair
    }

    /// An isometry and what is left of it, `[s outer] new` and `new inner`.
    pub(crate) fn orthogonal(&self) -> (Self, Blocks<T>) {
        let (mut isometry, mut rest) = (BTreeMap::new(), BTreeMap::new());
        for (&m, block) in self.blocks.0.iter().filter(|(_, block)| block.nrows() > 0) {
            let (q, r) = orthogonal(block.clone());
            isometry.insert(m, q);
            rest.insert(m, r);
        }
        (Self { outer: self.outer.clone(), blocks: Blocks(isometry) }, Blocks(rest))
    }

    /// The site with its inner bond replaced: `[s vR] m` becomes `[s vR] new` by a matrix `new m`, whose charges, as
    /// well as those of the bond `new`, are seen from the other end.
    pub(crate) fn absorb(&self, carry: &Blocks<T>, new: &Bond, total: Charge) -> Self {
        let joint = self.outer.joined(2);
        let rows = new.iter().map(|(m, columns)| (m, joint.dim(total - m), columns));
        let block = |(m, rows, columns): (Charge, usize, usize)| {
            let known = self.blocks.get(total - m).zip(carry.get(m));
            let block = known.map(|(a, carry)| product(a, carry.transpose()));
            (total - m, block.unwrap_or_else(|| Mat::zeros(rows, columns)))
        };
        let blocks = rows.filter(|x| x.1 > 0).map(block).collect();
        Self { outer: self.outer.clone(), blocks: Blocks(blocks) }
    }
}

/// A pair cut in two: its left isometry `[s vL] new`, what remains on the right as `[s' vR] new`, and the share of
/// the weight discarded. The norm is restored.
pub(crate) fn split<T: Scalar>(
    pair: &Blocks<T>,
    [left, right]: [&Bond; 2],
    total: Charge,
    truncation: &Truncation,
) -> (Site<T>, Site<T>, f64) {
    let factors: Vec<_> = pair.0.iter().map(|(&m, block)| (m, singular(block.as_ref()))).collect();
    let (kept, discarded) = choose(factors.iter().map(|(_, (_, s, _))| s.as_slice()), truncation);
    let restore = (1.0 - discarded).sqrt().recip();
    let (mut isometry, mut rest) = (BTreeMap::new(), BTreeMap::new());
    for ((m, (u, s, v)), kept) in factors.into_iter().zip(kept).filter(|(_, kept)| *kept > 0) {
        isometry.insert(m, u.get(.., ..kept).to_owned());
        let weight = |j: usize| T::from_real(s[j] * restore);
        rest.insert(total - m, Mat::from_fn(v.nrows(), kept, |i, j| v[(i, j)].conjugate() * weight(j)));
    }
    let isometry = Site { outer: left.clone(), blocks: Blocks(isometry) };
    (isometry, Site { outer: right.clone(), blocks: Blocks(rest) }, discarded)
}

/// How many values of each descending list are kept if all are cut together, and the share of the weight that
/// goes with the others.
pub(crate) fn choose<'a>(
    lists: impl Iterator<Item = &'a [f64]> + Clone,
    truncation: &Truncation,
) -> (Vec<usize>, f64) {
    let mut kept = vec![0; lists.clone().count()];
    let indexed = lists.enumerate().flat_map(|(k, list)| list.iter().map(move |&value| (value, k)));
    let mut values: Vec<(f64, usize)> = indexed.collect();
    values.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (count, discarded) = truncation.kept(&values.iter().map(|x| x.0).collect::<Vec<_>>());
    values[..count].iter().for_each(|&(_, k)| kept[k] += 1);
    (kept, discarded)
}
