//! Environments: what an operator between two states makes of everything on one side of a bond.
//!
//! An environment has one channel for each bond index of the operator: a matrix, rows on the bra, columns
//! on the ket. Much of it is trivial, and is kept so: an identity that only passes along isometries stays a
//! number, an operator that acts on the next qubit alone stays 2 x 2. Both sides of a chain use this one
//! code, the right side as the left side of the mirrored chain.

use faer::{Mat, MatMut, MatRef, unzip, zip};

use crate::linalg::{add_product, dagger_product, product};
use crate::mpo::{Local, MpoSite};
use crate::scalar::Scalar;

/// One channel of an environment, a matrix `bra ket`.
#[derive(Clone, Debug)]
pub(crate) enum Channel<T> {
    /// No path leads here.
    Zero,
    /// A multiple of the identity.
    Scaled(T),
    /// Anything else.
    Dense(Mat<T>),
}

/// An operator on a bond and the qubit next to it, `[s* bra] [s ket]`: `1 ⊗ local`, and a matrix of which
/// only the `occupied` of the four blocks (by `s*`, `s`) are not zero.
#[derive(Clone, Debug)]
pub(crate) struct Block<T> {
    pub(crate) local: Local<T>,
    matrix: Option<(Mat<T>, [bool; 4])>,
}

/// The environment beyond the end of a chain.
pub(crate) fn edge<T: Scalar>() -> Vec<Channel<T>> {
    vec![Channel::Scaled(T::ONE)]
}

/// The environment with the next site: what a site of the operator makes of `env`, as one block for each of
/// its right bond indices.
pub(crate) fn blocks<T: Scalar>(env: &[Channel<T>], site: &MpoSite<T>) -> Vec<Block<T>> {
    let mut blocks = vec![Block { local: [T::ZERO; 4], matrix: None }; site.right];
    for (from, to, op) in &site.entries {
        blocks[*to].add(&env[*from], op);
    }
    blocks
}

/// The environment behind a site with tensor `[s bond] new` in the ket and `bra` in the bra. `isometric`
/// says that the two are one isometry, so that multiples of the identity remain such.
pub(crate) fn grow<T: Scalar>(
    blocks: &[Block<T>],
    bra: MatRef<T>,
    ket: MatRef<T>,
    isometric: bool,
) -> Vec<Channel<T>> {
    let channel = |block: &Block<T>| match (block.is_zero(), block.multiple_of_identity()) {
        (true, _) => Channel::Zero,
        (false, Some(factor)) if isometric => Channel::Scaled(factor),
        (false, _) => Channel::Dense(dagger_product(bra, block.apply(ket).as_ref())),
    };
    blocks.iter().map(channel).collect()
}

impl<T: Scalar> Block<T> {
    fn add(&mut self, channel: &Channel<T>, op: &Local<T>) {
        match channel {
            Channel::Zero => {}
            Channel::Scaled(c) => self.local.iter_mut().zip(op).for_each(|(x, &y)| *x += *c * y),
            Channel::Dense(m) => self.add_matrix(m, op),
        }
    }

    fn add_matrix(&mut self, m: &Mat<T>, op: &Local<T>) {
        let (rows, columns) = m.shape();
        let empty = || (Mat::zeros(2 * rows, 2 * columns), [false; 4]);
        let (matrix, occupied) = self.matrix.get_or_insert_with(empty);
        for (k, &factor) in op.iter().enumerate().filter(|(_, x)| **x != T::ZERO) {
            let part = matrix.as_mut().submatrix_mut(k / 2 * rows, k % 2 * columns, rows, columns);
            accumulate(part, factor, m.as_ref());
            occupied[k] = true;
        }
    }

    /// Whether this is the zero operator.
    pub(crate) fn is_zero(&self) -> bool {
        self.matrix.is_none() && self.local.iter().all(|x| *x == T::ZERO)
    }

    /// Whether the bond is left as it is.
    pub(crate) fn is_local(&self) -> bool {
        self.matrix.is_none()
    }

    /// The number of which this is a multiple of the identity.
    pub(crate) fn multiple_of_identity(&self) -> Option<T> {
        let [a, b, c, d] = self.local;
        (self.is_local() && a == d && b == T::ZERO && c == T::ZERO).then_some(a)
    }

    /// The image of `x`, rows `[s ket]`.
    pub(crate) fn apply(&self, x: MatRef<T>) -> Mat<T> {
        let rows = self.matrix.as_ref().map_or(x.nrows(), |(matrix, _)| matrix.nrows());
        let mut y = Mat::zeros(rows, x.ncols());
        self.apply_add(y.as_mut(), T::ONE, x);
        y
    }

    /// Adds `factor` times the image of `x` to `y`.
    pub(crate) fn apply_add(&self, mut y: MatMut<T>, factor: T, x: MatRef<T>) {
        if let Some((matrix, occupied)) = &self.matrix {
            if occupied.iter().all(|&block| block) {
                add_product(y.as_mut(), factor, matrix.as_ref(), x);
            } else {
                let (rows, columns) = (matrix.nrows() / 2, matrix.ncols() / 2);
                for k in (0..4).filter(|&k| occupied[k]) {
                    let (i, j) = (k / 2 * rows, k % 2 * columns);
                    let part = matrix.submatrix(i, j, rows, columns);
                    add_product(y.as_mut().subrows_mut(i, rows), factor, part, x.subrows(j, columns));
                }
            }
        }
        let half = x.nrows() / 2;
        for (k, &value) in self.local.iter().enumerate().filter(|(_, x)| **x != T::ZERO) {
            let to = y.as_mut().subrows_mut(k / 2 * half, half);
            accumulate(to, factor * value, x.subrows(k % 2 * half, half));
        }
    }
}

/// `y += factor x`.
pub(crate) fn accumulate<T: Scalar>(y: MatMut<T>, factor: T, x: MatRef<T>) {
    zip!(y, x).for_each(|unzip!(y, x)| *y += factor * *x);
}

/// `[s a] b` as `[s b] a`: the same site, or the same pair of sites, seen from the other end.
pub(crate) fn turned<T: Scalar>(site: MatRef<T>) -> Mat<T> {
    let (a, b) = (site.nrows() / 2, site.ncols());
    let mut image = Mat::zeros(2 * b, a);
    for s in 0..2 {
        image.as_mut().subrows_mut(s * b, b).copy_from(site.subrows(s * a, a).transpose());
    }
    image
}

/// Two neighbouring sites as one matrix: `[s vL] m` with the right one as seen from its end, `[s' vR] m`.
pub(crate) fn joined<T: Scalar>(left: MatRef<T>, right: MatRef<T>) -> Mat<T> {
    product(left, right.transpose())
}
