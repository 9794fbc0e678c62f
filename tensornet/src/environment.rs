//! Environments: what an operator between two states makes of everything on one side of a bond.
//!
//! An environment has one channel for each bond index of the operator: a matrix, rows on the bra, columns
//! on the ket. Much of it is trivial, and is kept so: an identity that only passes along isometries stays a
//! number, an operator that acts on the next qubit alone stays 2 x 2. Where charge is conserved, a channel
//! changes it by one amount, its flux. Both sides of a chain use this one code, the right side as the left
//! side of the mirrored chain.

mod crowded;

use std::collections::BTreeMap;

use faer::{Mat, MatMut, MatRef};

use crate::blocks::{Blocks, Bond, Charge, Site};
use crate::linalg::{add_product, add_scaled, dagger_product};
use crate::mpo::{Local, MpoSite};
use crate::scalar::Scalar;

/// One channel of an environment, a matrix `bra ket`.
#[derive(Clone, Debug)]
pub(crate) enum Channel<T> {
    /// No path leads here.
    Zero,
    /// A multiple of the identity.
    Scaled(T),
    /// Anything else, as charge of the bra minus that of the ket, and blocks by the charge of the ket.
    Dense(Charge, Blocks<T>),
}

/// An operator on a bond joined with `levels` levels, `[s* bra] [s ket]`: `1 ⊗ local`, and matrices by the charge
/// of the ket of which only the `occupied` of the four parts (by `s*`, `s`) are not zero.
#[derive(Clone, Debug)]
pub(crate) struct Block<T> {
    pub(crate) levels: usize,
    pub(crate) flux: Charge,
    pub(crate) local: Local<T>,
    occupied: [bool; 4],
    matrix: BTreeMap<Charge, Mat<T>>,
}

/// The environment beyond the end of a chain.
pub(crate) fn edge<T: Scalar>() -> Vec<Channel<T>> {
    vec![Channel::Scaled(T::ONE)]
}

/// The environment with the next site: what a site of the operator makes of `env`, as one block for each of
/// its right bond indices. `bond` is the bond of the environment.
pub(crate) fn blocks<T: Scalar>(env: &[Channel<T>], site: &MpoSite<T>, bond: &Bond) -> Vec<Block<T>> {
    let mut blocks = vec![Block::zero(2); site.right];
    let together = site.is_crowded();
    for (from, to, op) in &site.entries {
        if !together || !matches!(env[*from], Channel::Dense(..)) {
            blocks[*to].add(&env[*from], op, bond);
        }
    }
    if together {
        crowded::add_dense(&mut blocks, env, site, bond);
    }
    blocks
}

/// The environment alone, as operators on its bond.
pub(crate) fn bare<T: Scalar>(env: &[Channel<T>]) -> Vec<Block<T>> {
    let block = |channel: &Channel<T>| match channel {
        Channel::Zero => Block::zero(1),
        Channel::Scaled(c) => Block { local: [*c, T::ZERO, T::ZERO, T::ZERO], ..Block::zero(1) },
        Channel::Dense(flux, blocks) => {
            let occupied = [true, false, false, false];
            Block { flux: *flux, occupied, matrix: blocks.0.clone(), ..Block::zero(1) }
        }
    };
    env.iter().map(block).collect()
}

/// The environment behind a site, where `blocks` are those of the environment before it.
pub(crate) fn grow<T: Scalar>(blocks: &[Block<T>], site: &Site<T>, isometric: bool) -> Vec<Channel<T>> {
    let channel = |block: &Block<T>| match (block.is_zero(), block.multiple_of_identity()) {
        (true, _) => Channel::Zero,
        (false, Some(factor)) if isometric => Channel::Scaled(factor),
        (false, _) => {
            let image = block.apply(&site.blocks, &site.outer);
            let bra = |(m, ket): (Charge, Mat<T>)| {
                let bra = site.blocks.get(m)?;
                Some((m - block.flux, dagger_product(bra, ket.as_ref())))
            };
            Channel::Dense(block.flux, Blocks(image.0.into_iter().filter_map(bra).collect()))
        }
    };
    blocks.iter().map(channel).collect()
}

impl<T: Scalar> Block<T> {
    fn zero(levels: usize) -> Self {
        let local = [T::ZERO; 4];
        Self { levels, flux: 0, local, occupied: [false; 4], matrix: BTreeMap::new() }
    }

    fn add(&mut self, channel: &Channel<T>, op: &Local<T>, bond: &Bond) {
        for (k, &factor) in op.iter().enumerate().filter(|(_, x)| **x != T::ZERO) {
            let change = bond.raise(k / 2) - bond.raise(k % 2);
            match channel {
                Channel::Zero => {}
                Channel::Scaled(c) => {
                    self.flux = change;
                    self.local[k] += *c * factor;
                }
                Channel::Dense(flux, blocks) => {
                    self.flux = flux + change;
                    self.occupied[k] = true;
                    for (&q, m) in &blocks.0 {
                        add_scaled(self.part_mut(k, q, bond), factor, m.as_ref());
                    }
                }
            }
        }
    }

    /// The place of a channel's block, at charge `q` of the ket, in entry `k`.
    fn part_mut(&mut self, k: usize, q: Charge, bond: &Bond) -> MatMut<'_, T> {
        let ket = q + bond.raise(k % 2);
        let bra = ket + self.flux;
        let size = |charge: Charge| bond.part(charge, 0).1 + bond.part(charge, 1).1;
        let matrix = self.matrix.entry(ket).or_insert_with(|| Mat::zeros(size(bra), size(ket)));
        let ((i, rows), (j, columns)) = (bond.part(bra, k / 2), bond.part(ket, k % 2));
        matrix.as_mut().submatrix_mut(i, j, rows, columns)
    }

    /// Whether this is the zero operator.
    pub(crate) fn is_zero(&self) -> bool {
        self.is_local() && self.local.iter().all(|x| *x == T::ZERO)
    }

    /// Whether the bond is left as it is.
    pub(crate) fn is_local(&self) -> bool {
        self.occupied == [false; 4]
    }

    /// The number of which this is a multiple of the identity.
    pub(crate) fn multiple_of_identity(&self) -> Option<T> {
        let [a, b, c, d] = self.local;
        let same = self.levels == 1 || (a == d && b == T::ZERO && c == T::ZERO);
        (self.is_local() && same).then_some(a)
    }

    /// The image of `x`, rows `[s ket]`, by the charge of its rows.
    pub(crate) fn apply(&self, x: &Blocks<T>, bond: &Bond) -> Blocks<T> {
        let joint = bond.joined(self.levels);
        let image = x.0.iter().map(|(m, x)| (m + self.flux, x.ncols()));
        let image = image.filter(|(m, _)| joint.dim(*m) > 0);
        let mut y = Blocks(image.map(|(m, columns)| (m, Mat::zeros(joint.dim(m), columns))).collect());
        for (&m, x) in &x.0 {
            if let Some(y) = y.0.get_mut(&(m + self.flux)) {
                self.apply_at(m, y.as_mut(), T::ONE, x.as_ref(), bond);
            }
        }
        y
    }

    /// As one matrix `[s* bra] [s ket]` on what has charge `m`.
    pub(crate) fn matrix_at(&self, m: Charge, rows: usize, columns: usize, bond: &Bond) -> Mat<T> {
        let mut whole = Mat::zeros(rows, columns);
        self.add_to(m, whole.as_mut(), bond);
        whole
    }

    /// Adds the matrix on what has charge `m` to `whole`.
    pub(crate) fn add_to(&self, m: Charge, mut whole: MatMut<T>, bond: &Bond) {
        if let Some(matrix) = self.matrix.get(&m) {
            add_scaled(whole.as_mut(), T::ONE, matrix.as_ref());
        }
        let levels = |k: usize| self.levels == 2 || k == 0;
        for (k, &value) in self.local.iter().enumerate().filter(|(k, x)| levels(*k) && **x != T::ZERO) {
            let ((i, rows), (j, _)) = (bond.part(m + self.flux, k / 2), bond.part(m, k % 2));
            (0..rows).for_each(|d| whole[(i + d, j + d)] += value);
        }
    }

    /// Adds `factor` times the image of `x`, of charge `m`, to `y`, of charge `m + flux`.
    pub(crate) fn apply_at(&self, m: Charge, mut y: MatMut<T>, factor: T, x: MatRef<T>, bond: &Bond) {
        let parts = |k: usize| (bond.part(m + self.flux, k / 2), bond.part(m, k % 2));
        if let Some(matrix) = self.matrix.get(&m) {
            if self.levels == 1 || self.occupied == [true; 4] {
                add_product(y.as_mut(), factor, matrix.as_ref(), x);
            } else {
                for k in (0..4).filter(|&k| self.occupied[k]) {
                    let ((i, rows), (j, columns)) = parts(k);
                    let part = matrix.submatrix(i, j, rows, columns);
                    add_product(y.as_mut().subrows_mut(i, rows), factor, part, x.subrows(j, columns));
                }
            }
        }
        for (k, &value) in self.local.iter().enumerate().filter(|(_, x)| **x != T::ZERO) {
            let ((i, rows), (j, columns)) = parts(k);
            add_scaled(y.as_mut().subrows_mut(i, rows), factor * value, x.subrows(j, columns));
        }
    }
}
