//! An operator as blocks by charge, and its smallest chain: singular values, one charge at a time.
//!
//! A block belongs to one of the four entries of a 2 x 2 operator and to the charge of its right index; the entry
//! says by how much the charges of the two indices differ. Divided by the root of 2 the entries are an orthonormal
//! basis of operators, as in the compression without charge.

use std::collections::BTreeMap;

use circuit::C64;
use faer::{Mat, MatRef};

use super::{Entry, Local, Mpo, MpoSite};
use crate::blocks::Charge;
use crate::linalg::{inner, orthogonal, product, singular};
use crate::scalar::Scalar;

/// Singular values below this share of the largest of a bond are dropped.
const TOLERANCE: f64 = 1e-12;

/// Values below this share of the largest of a site are rounding.
const ROUNDING: f64 = 1e-15;

/// What each entry of a 2 x 2 operator adds to the number of ones.
pub(super) const CHANGES: [Charge; 4] = [0, -1, 1, 0];

/// The charge of the right index and the entry of the operator.
type Key = (Charge, usize);

/// Blocks `wL wR` of a site.
type Blocks<T> = BTreeMap<Key, Mat<T>>;

/// A chain whose sites are isometries from the left, apart from the last.
pub(super) struct Graded<T> {
    sites: Vec<Blocks<T>>,
}

impl<T: Scalar> Graded<T> {
    /// From sites of which every index of every bond has one charge, those before the first site first.
    pub(super) fn new(sites: &[MpoSite], charges: &[Vec<Charge>]) -> Self {
        let mut carry = BTreeMap::from([(0, Mat::identity(1, 1))]);
        let mut graded = Vec::with_capacity(sites.len());
        for (k, site) in sites.iter().enumerate() {
            let mut blocks = BTreeMap::new();
            for ((q, entry), block) in blocks_of::<T>(site, &charges[k], &charges[k + 1]) {
                if let Some(carry) = carry.get(&(q - CHANGES[entry])) {
                    blocks.insert((q, entry), product(Mat::as_ref(carry), block.as_ref()));
                }
            }
            if k + 1 < sites.len() {
                (blocks, carry) = isometry(&blocks);
            }
            graded.push(blocks);
        }
        Self { sites: graded }
    }

    /// Squared Frobenius norms over `2^n` of the part that ends at charge zero, and of the rest.
    pub(super) fn weights(&self) -> [f64; 2] {
        let mut weights = [0.0; 2];
        for ((q, _), block) in self.sites.last().into_iter().flatten() {
            weights[usize::from(*q != 0)] += inner(block, block).real_part();
        }
        weights
    }

    /// The part that ends at charge zero, by singular values from right to left.
    pub(super) fn compressed(mut self) -> Mpo {
        let last = self.sites.len() - 1;
        self.sites[last].retain(|(q, _), _| *q == 0);
        for k in (1..=last).rev() {
            let (blocks, carry) = cut(&self.sites[k]);
            self.sites[k] = blocks;
            let before = std::mem::take(&mut self.sites[k - 1]).into_iter();
            let image = |((q, entry), block): (Key, Mat<T>)| {
                Some(((q, entry), product(block.as_ref(), carry.get(&q)?.as_ref())))
            };
            self.sites[k - 1] = before.filter_map(image).collect();
        }
        Mpo { sites: self.sites.iter().map(sparse).collect() }
    }
}

/// A site with dense blocks, in units where the entries are an orthonormal basis.
fn blocks_of<T: Scalar>(site: &MpoSite, left: &[Charge], right: &[Charge]) -> Blocks<T> {
    let [(from, rows), (to, columns)] = [positions(left), positions(right)];
    let mut blocks: Blocks<T> = BTreeMap::new();
    for (a, b, op) in &site.entries {
        for (entry, x) in op.iter().enumerate().filter(|(_, x)| **x != C64::ZERO) {
            let size = || Mat::zeros(rows[&left[*a]], columns[&right[*b]]);
            let block = blocks.entry((right[*b], entry)).or_insert_with(size);
            block[(from[*a], to[*b])] = T::narrow(x / 2f64.sqrt());
        }
    }
    blocks
}

/// The position of each index among those of its charge, and how many there are of each.
fn positions(charges: &[Charge]) -> (Vec<usize>, BTreeMap<Charge, usize>) {
    let mut counts = BTreeMap::new();
    let mut next = |charge: &Charge| {
        let count = counts.entry(*charge).or_insert(0);
        *count += 1;
        *count - 1
    };
    let positions = charges.iter().map(&mut next).collect();
    (positions, counts)
}

/// Blocks that are an isometry from the left, and what is left of each charge, `new wR`.
fn isometry<T: Scalar>(blocks: &Blocks<T>) -> (Blocks<T>, BTreeMap<Charge, Mat<T>>) {
    let (mut isometry, mut carry) = (BTreeMap::new(), BTreeMap::new());
    let mut charges: Vec<Charge> = blocks.keys().map(|key| key.0).collect();
    charges.dedup();
    for q in charges {
        let parts: Vec<(usize, MatRef<T>)> =
            blocks.range((q, 0)..(q, 4)).map(|((_, entry), block)| (*entry, block.as_ref())).collect();
        let rows = parts.iter().map(|(_, part)| part.nrows()).sum();
        let mut joint = Mat::zeros(rows, parts[0].1.ncols()); // [k wL] wR
        each_part(&parts, |_, part, first| joint.as_mut().subrows_mut(first, part.nrows()).copy_from(part));
        let (unitary, rest) = orthogonal(joint);
        each_part(&parts, |entry, part, first| {
            isometry.insert((q, entry), unitary.subrows(first, part.nrows()).to_owned());
        });
        carry.insert(q, rest);
    }
    (isometry, carry)
}

/// Calls `f` with each part and the number of rows of those before it.
fn each_part<'a, T: Scalar>(
    parts: &[(usize, MatRef<'a, T>)],
    mut f: impl FnMut(usize, MatRef<'a, T>, usize),
) {
    let mut first = 0;
    for (entry, part) in parts {
        f(*entry, *part, first);
        first += part.nrows();
    }
}

/// Blocks that are an isometry from the right, and what is left of each charge of the left index, `wL new`.
fn cut<T: Scalar>(blocks: &Blocks<T>) -> (Blocks<T>, BTreeMap<Charge, Mat<T>>) {
    let mut groups: BTreeMap<Charge, Vec<(Key, &Mat<T>)>> = BTreeMap::new();
    for (&(q, entry), block) in blocks {
        groups.entry(q - CHANGES[entry]).or_default().push(((q, entry), block));
    }
    let factors = groups.iter().map(|(&p, parts)| {
        let columns = parts.iter().map(|(_, part)| part.ncols()).sum();
        let mut joint = Mat::zeros(parts[0].1.nrows(), columns); // wL [k wR]
        let mut first = 0;
        for (_, part) in parts {
            joint.as_mut().subcols_mut(first, part.ncols()).copy_from(part.as_ref());
            first += part.ncols();
        }
        (p, singular(joint.as_ref()))
    });
    let factors: Vec<_> = factors.collect();
    let largest = factors.iter().filter_map(|(_, (_, s, _))| s.first()).fold(0.0, |a: f64, &b| a.max(b));
    let (mut isometry, mut carry) = (BTreeMap::new(), BTreeMap::new());
    for (p, (u, s, v)) in factors {
        let rank = s.iter().take_while(|&&value| value > TOLERANCE * largest).count();
        if rank == 0 {
            continue;
        }
        let mut first = 0;
        for (key, part) in &groups[&p] {
            isometry.insert(*key, v.get(first..first + part.ncols(), ..rank).adjoint().to_owned());
            first += part.ncols();
        }
        carry.insert(p, Mat::from_fn(u.nrows(), rank, |i, j| u[(i, j)] * T::from_real(s[j])));
    }
    (isometry, carry)
}

/// The site with its indices in ascending order of charge.
fn sparse<T: Scalar>(blocks: &Blocks<T>) -> MpoSite {
    let (mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new());
    for (&(q, entry), block) in blocks {
        rows.insert(q - CHANGES[entry], block.nrows());
        columns.insert(q, block.ncols());
    }
    let [(from, left), (to, right)] = [offsets(&rows), offsets(&columns)];
    let entries_of = |block: &Mat<T>| block.col_iter().flat_map(|column| column.iter().copied()).collect();
    let all = blocks.values().flat_map(|block| -> Vec<T> { entries_of(block) });
    let scale = all.map(|x| x.square().sqrt()).fold(0.0, f64::max);
    let mut table: BTreeMap<(usize, usize), Local<C64>> = BTreeMap::new();
    for (&(q, entry), block) in blocks {
        let (first, second) = (from[&(q - CHANGES[entry])], to[&q]);
        for (i, j) in (0..block.nrows()).flat_map(|i| (0..block.ncols()).map(move |j| (i, j))) {
            let x = block[(i, j)].widen();
            if x.norm() > ROUNDING * scale {
                table.entry((first + i, second + j)).or_insert([C64::ZERO; 4])[entry] = x * 2f64.sqrt();
            }
        }
    }
    let entries: Vec<Entry<C64>> = table.into_iter().map(|((a, b), op)| (a, b, op)).collect();
    MpoSite { left: left.max(1), right: right.max(1), entries }
}

/// Where the indices of each charge begin, and how many there are in all.
fn offsets(dims: &BTreeMap<Charge, usize>) -> (BTreeMap<Charge, usize>, usize) {
    let mut next = 0;
    let mut begin = BTreeMap::new();
    for (&charge, &dim) in dims {
        begin.insert(charge, next);
        next += dim;
    }
    (begin, next)
}
