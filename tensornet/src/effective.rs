//! The operator as it acts on the centre, everything else contracted.
//!
//! `H = Σ_b L_b ⊗ R_b` over the bond `b` between the two halves: two sites, one site and a bond, or two bonds.
//! Where both factors leave their bond alone they belong to one 4 x 4 matrix; where one is a multiple of the
//! identity the other is one product. For a Heisenberg chain two products of `2 chi` remain, against `2 D`
//! when environments and operators are applied one after the other. Where many are left, they are stacked.

use faer::{Mat, MatMut, MatRef};

use crate::blocks::{Blocks, Bond, Charge, Site};
use crate::environment::Block;
use crate::linalg::{add_product, add_scaled};
use crate::scalar::Scalar;
use crate::stack::{Stack, stacked};

/// `Σ_b L_b ⊗ R_b + penalty Σ |v⟩⟨v|` on matrices `[s vL] [s' vR]`, either of which may have no qubit.
pub(crate) struct Effective<T> {
    bonds: [Bond; 2],
    total: Charge,
    pair: [[T; 4]; 4], // [s* s] [s'* s']
    products: Vec<(Block<T>, Block<T>)>,
    stacks: Vec<Stack<T>>,
    penalised: Vec<Blocks<T>>,
    penalty: f64,
}

impl<T: Scalar> Effective<T> {
    /// From the blocks of the two sides, one for each index of the bond between.
    pub(crate) fn new([left, right]: [Vec<Block<T>>; 2], bonds: [Bond; 2], total: Charge) -> Self {
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
        let (stacks, products) = stacked(products, &bonds, total);
        Self { bonds, total, pair, products, stacks, penalised: Vec::new(), penalty: 0.0 }
    }

    /// From an operator on the two qubits alone.
    pub(crate) fn local(pair: [[T; 4]; 4], bonds: [Bond; 2], total: Charge) -> Self {
        Self {
            bonds,
            total,
            pair,
            products: Vec::new(),
            stacks: Vec::new(),
            penalised: Vec::new(),
            penalty: 0.0,
        }
    }

    /// The same with a penalty on vectors to be avoided.
    pub(crate) fn avoiding(self, penalised: Vec<Blocks<T>>, penalty: f64) -> Self {
        Self { penalised, penalty, ..self }
    }

    /// The image of `x`.
    pub(crate) fn apply(&self, x: &Blocks<T>) -> Blocks<T> {
        let mut y = x.clone();
        y.0.values_mut().for_each(|block| block.fill(T::ZERO));
        for (l, r) in &self.products {
            match (l.multiple_of_identity(), r.multiple_of_identity()) {
                (Some(factor), _) => self.add_right(r, &mut y, factor, x, 0),
                (None, Some(factor)) => self.add_left(l, &mut y, factor, x),
                (None, None) => {
                    self.add_right(r, &mut y, T::ONE, &l.apply(x, &self.bonds[0]), l.flux);
                }
            }
        }
        self.stacks.iter().for_each(|stack| stack.add(&mut y, x));
        for (&m, block) in &x.0 {
            self.apply_pair(&mut y, m, block.as_ref());
        }
        for vector in &self.penalised {
            let share = vector.inner(x);
            y.add(T::from_real(self.penalty) * share, vector);
        }
        y
    }

    fn add_left(&self, l: &Block<T>, y: &mut Blocks<T>, factor: T, x: &Blocks<T>) {
        for (&m, x) in &x.0 {
            if let Some(y) = y.0.get_mut(&(m + l.flux)) {
                l.apply_at(m, y.as_mut(), factor, x.as_ref(), &self.bonds[0]);
            }
        }
    }

    /// `x` holds rows of charge `m` and columns that belong to `m - shift`.
    fn add_right(&self, r: &Block<T>, y: &mut Blocks<T>, factor: T, x: &Blocks<T>, shift: Charge) {
        for (&m, x) in &x.0 {
            let seen = self.total - m + shift; // charge of the columns, from the right
            if let Some(y) = y.0.get_mut(&m) {
                r.apply_at(seen, y.as_mut().transpose_mut(), factor, x.transpose(), &self.bonds[1]);
            }
        }
    }

    fn apply_pair(&self, y: &mut Blocks<T>, m: Charge, x: MatRef<T>) {
        let [left, right] = &self.bonds;
        for (a, row) in self.pair.iter().enumerate() {
            for (b, &factor) in row.iter().enumerate().filter(|(_, x)| **x != T::ZERO) {
                let image = m + left.raise(a / 2) - left.raise(a % 2);
                let parts = |m: Charge, s: usize, t: usize| (left.part(m, s), right.part(self.total - m, t));
                let ((i, rows), (j, columns)) = parts(m, a % 2, b % 2);
                let from = x.submatrix(i, j, rows, columns);
                let ((i, rows), (j, columns)) = parts(image, a / 2, b / 2);
                if let Some(y) = y.0.get_mut(&image).filter(|_| rows * columns > 0) {
                    let to: MatMut<T> = y.as_mut().submatrix_mut(i, j, rows, columns);
                    add_scaled(to, factor, from);
                }
            }
        }
    }
}

/// A pair of sites of another state, seen from the two bonds of this one: `(1 ⊗ left) x (1 ⊗ right)ᵀ`. The sites
/// are seen from their own ends; `left` and `right` are overlaps, `this other`.
pub(crate) fn projected<T: Scalar>(
    sites: [&Site<T>; 2],
    overlaps: [&Blocks<T>; 2],
    bonds: &[Bond; 2],
    total: Charge,
) -> Blocks<T> {
    let [left, right] = [0, 1].map(|k| on_bond(overlaps[k], sites[k], &bonds[k]));
    left.joined(&right, total)
}

/// `1 ⊗ m` on rows `[s other]`: `[s this]`, where `bond` is that of this state.
pub(crate) fn on_bond<T: Scalar>(m: &Blocks<T>, site: &Site<T>, bond: &Bond) -> Site<T> {
    let joint = bond.joined(2);
    let image = |(&charge, x): (&Charge, &Mat<T>)| {
        let mut y = Mat::zeros(joint.dim(charge), x.ncols());
        for s in 0..2 {
            if let Some(m) = m.get(charge - bond.raise(s)) {
                let ((i, rows), (j, columns)) = (bond.part(charge, s), site.outer.part(charge, s));
                let to = y.as_mut().subrows_mut(i, rows);
                add_product(to, T::ONE, m, x.subrows(j, columns));
            }
        }
        (charge, y)
    };
    let known = site.blocks.0.iter().filter(|(charge, _)| joint.dim(**charge) > 0);
    Site { outer: bond.clone(), blocks: Blocks(known.map(image).collect()) }
}
