//! The operator as it acts on two sites, everything else contracted.
//!
//! `H = Σ_b L_b ⊗ R_b` over the bond `b` between the two sites. Where both factors leave their bond alone
//! they belong to one 4 x 4 matrix; where one is a multiple of the identity the other is one product. For a
//! Heisenberg chain two products of `2 chi` remain, against `2 D` when environments and operators are
//! applied one after the other.

use faer::{Mat, MatMut, MatRef};

use crate::environment::{Block, accumulate};
use crate::linalg::{add_product, inner};
use crate::scalar::Scalar;

/// `Σ_b L_b ⊗ R_b + penalty Σ |v⟩⟨v|` on matrices `[s vL] [s' vR]`.
pub(super) struct Effective<T> {
    pair: [[T; 4]; 4], // [s* s] [s'* s']
    products: Vec<(Block<T>, Block<T>)>,
    penalised: Vec<Mat<T>>,
    penalty: f64,
}

impl<T: Scalar> Effective<T> {
    /// From the blocks of the two sides, one for each index of the bond between.
    pub(super) fn new(
        left: Vec<Block<T>>,
        right: Vec<Block<T>>,
        penalised: Vec<Mat<T>>,
        penalty: f64,
    ) -> Self {
        let mut pair = [[T::ZERO; 4]; 4];
        let mut products = Vec::new();
        for (l, r) in left.into_iter().zip(right) {
            if l.is_local() && r.is_local() {
                for (row, &x) in pair.iter_mut().zip(&l.local) {
                    row.iter_mut().zip(&r.local).for_each(|(sum, &y)| *sum += x * y);
                }
            } else if !l.is_zero() && !r.is_zero() {
                products.push((l, r));
            }
        }
        Self { pair, products, penalised, penalty }
    }

    /// The image of `x`.
    pub(super) fn apply(&self, x: &Mat<T>) -> Mat<T> {
        let mut y = Mat::zeros(x.nrows(), x.ncols());
        for (l, r) in &self.products {
            match (l.multiple_of_identity(), r.multiple_of_identity()) {
                (Some(factor), _) => r.apply_add(y.as_mut().transpose_mut(), factor, x.transpose()),
                (None, Some(factor)) => l.apply_add(y.as_mut(), factor, x.as_ref()),
                (None, None) => {
                    r.apply_add(y.as_mut().transpose_mut(), T::ONE, l.apply(x.as_ref()).transpose());
                }
            }
        }
        self.apply_pair(y.as_mut(), x.as_ref());
        for vector in &self.penalised {
            let share = inner(vector, x);
            accumulate(y.as_mut(), T::from_real(self.penalty) * share, vector.as_ref());
        }
        y
    }

    fn apply_pair(&self, mut y: MatMut<T>, x: MatRef<T>) {
        let (rows, columns) = (x.nrows() / 2, x.ncols() / 2);
        for (a, row) in self.pair.iter().enumerate() {
            for (b, &factor) in row.iter().enumerate().filter(|(_, x)| **x != T::ZERO) {
                let from = x.submatrix(a % 2 * rows, b % 2 * columns, rows, columns);
                let to = y.as_mut().submatrix_mut(a / 2 * rows, b / 2 * columns, rows, columns);
                accumulate(to, factor, from);
            }
        }
    }
}

/// A pair of sites of another state, seen from the two bonds of this one: `(1 ⊗ left) x (1 ⊗ right)ᵀ`.
pub(super) fn projected<T: Scalar>(left: MatRef<T>, x: MatRef<T>, right: MatRef<T>) -> Mat<T> {
    let half = on_bond(left, x);
    on_bond(right, half.transpose()).transpose().to_owned()
}

/// `1 ⊗ m` on rows `[s bond]`.
pub(super) fn on_bond<T: Scalar>(m: MatRef<T>, x: MatRef<T>) -> Mat<T> {
    let (from, to) = (m.ncols(), m.nrows());
    let mut y = Mat::zeros(2 * to, x.ncols());
    for s in 0..2 {
        add_product(y.as_mut().subrows_mut(s * to, to), T::ONE, m, x.subrows(s * from, from));
    }
    y
}
