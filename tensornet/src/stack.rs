//! Many products `Σ_b L_b x R_bᵀ` as two: the factors of each side stand side by side.
//!
//! Operators of wide bonds have as many products as their bond, each of them on small matrices. With the `R_b` side by
//! side, the index `b` running fastest, one product gives all `x R_bᵀ` in such an order that the same numbers, read as
//! a matrix with more rows, are what the `L_b` side by side are to be multiplied by.

use std::collections::BTreeMap;

use faer::{Mat, MatMut, MatRef};

use crate::blocks::{Blocks, Bond, Charge};
use crate::environment::Block;
use crate::linalg::{add_product, set_product};
use crate::scalar::Scalar;

/// Fewest products that are worth it.
pub(crate) const FEWEST: usize = 8;

/// Most entries between the two products, if that leaves more than the fewest.
const ROOM: usize = 1 << 18;

/// A product `L x Rᵀ` by its factors.
type Factors<T> = (Block<T>, Block<T>);

/// Products whose left factors change the charge by one amount.
pub(crate) struct Stack<T> {
    flux: Charge,
    count: usize,
    /// By the charge of the rows they act on: `m* [b m]`, the index of `m` fastest.
    left: BTreeMap<Charge, Mat<T>>,
    /// By the same charge: `c [c* b]`, the index `b` fastest.
    right: BTreeMap<Charge, Mat<T>>,
}

/// The products as stacks of one flux each; what is too little for a stack comes back.
pub(crate) fn stacked<T: Scalar>(
    products: Vec<Factors<T>>,
    bonds: &[Bond; 2],
    total: Charge,
) -> (Vec<Stack<T>>, Vec<Factors<T>>) {
    let mut groups: BTreeMap<Charge, Vec<Factors<T>>> = BTreeMap::new();
    let mut rest = Vec::new();
    for (l, r) in products {
        match l.multiple_of_identity().is_some() || r.multiple_of_identity().is_some() {
            true => rest.push((l, r)),
            false => groups.entry(l.flux).or_default().push((l, r)),
        }
    }
    let entries = 4 * bonds[0].total() * bonds[1].total();
    let most = (ROOM / entries.max(1)).max(FEWEST);
    let mut stacks = Vec::new();
    for (_, group) in groups {
        match group.len() < FEWEST {
            true => rest.extend(group),
            false => stacks.extend(group.chunks(most).map(|part| Stack::new(part, bonds, total))),
        }
    }
    (stacks, rest)
}

impl<T: Scalar> Stack<T> {
    fn new(products: &[Factors<T>], [left, right]: &[Bond; 2], total: Charge) -> Self {
        let (first, count) = (&products[0], products.len());
        let flux = first.0.flux;
        let (rows, columns) = (left.joined(first.0.levels), right.joined(first.1.levels));
        let mut stack = Self { flux, count, left: BTreeMap::new(), right: BTreeMap::new() };
        for (m, ket) in rows.iter() {
            let (bra, seen) = (rows.dim(m + flux), total - m); // `seen` is the charge of the columns, from the right
            let (from, to) = (columns.dim(seen), columns.dim(seen - flux));
            if [bra, from, to].contains(&0) {
                continue;
            }
            let (mut lefts, mut rights) = (Mat::zeros(bra, count * ket), Mat::zeros(from, to * count));
            for (b, (l, r)) in products.iter().enumerate() {
                l.add_to(m, lefts.as_mut().subcols_mut(b * ket, ket), left);
                let image = r.matrix_at(seen, to, from, right);
                for i in 0..to {
                    rights.as_mut().col_mut(i * count + b).copy_from(image.row(i).transpose());
                }
            }
            stack.left.insert(m, lefts);
            stack.right.insert(m, rights);
        }
        stack
    }

    /// Adds the products with `x` to `y`.
    pub(crate) fn add(&self, y: &mut Blocks<T>, x: &Blocks<T>) {
        let mut between = Vec::new();
        for (m, x) in &x.0 {
            let sides = self.left.get(m).zip(self.right.get(m));
            if let (Some((left, right)), Some(y)) = (sides, y.0.get_mut(&(m + self.flux))) {
                between.resize(x.nrows() * right.ncols(), T::ZERO);
                let narrow = MatMut::from_column_major_slice_mut(&mut between, x.nrows(), right.ncols());
                set_product(narrow, x.as_ref(), right.as_ref());
                let (rows, columns) = (left.ncols(), right.ncols() / self.count);
                let tall = MatRef::from_column_major_slice(&between, rows, columns);
                add_product(y.as_mut(), T::ONE, left.as_ref(), tall);
            }
        }
    }
}
