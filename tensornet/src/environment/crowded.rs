//! Environments under an operator of wide bonds: all paths through a site as a few matrix products.
//!
//! Path by path, every entry of the operator adds one small matrix to another, and there are as many entries as the
//! square of its bond. Here channels of one flux stand side by side as the columns of one matrix, and the entries of
//! the operator are the matrix that combines them.

use std::collections::BTreeMap;

use faer::{Mat, MatRef};

use super::{Block, Channel};
use crate::blocks::{Blocks, Bond, Charge};
use crate::linalg::{add_scaled, product};
use crate::mpo::MpoSite;
use crate::scalar::Scalar;

/// Channels of one flux.
struct Group<T> {
    /// Position of a channel of the environment among these.
    column: BTreeMap<usize, usize>,
    /// Charges of the ket, with the first row, the number of rows and that of columns of their block.
    layout: Vec<(Charge, usize, usize, usize)>,
    /// Entries of all blocks, one column for each channel.
    data: Mat<T>,
}

/// Adds to `blocks` what the site makes of all channels that are matrices.
pub(super) fn add_dense<T: Scalar>(
    blocks: &mut [Block<T>],
    env: &[Channel<T>],
    site: &MpoSite<T>,
    bond: &Bond,
) {
    for (flux, group) in groups(env) {
        for k in 0..4 {
            let paths: Vec<(usize, usize, T)> = site
                .entries
                .iter()
                .filter(|(_, _, op)| op[k] != T::ZERO)
                .filter_map(|(from, to, op)| Some((*group.column.get(from)?, *to, op[k])))
                .collect();
            let mut targets: Vec<usize> = paths.iter().map(|path| path.1).collect();
            targets.sort_unstable();
            targets.dedup();
            let mut factors = Mat::zeros(group.column.len(), targets.len());
            for (column, to, factor) in paths {
                factors[(column, targets.binary_search(&to).expect("a target"))] = factor;
            }
            let images = product(group.data.as_ref(), factors.as_ref());
            for (to, image) in targets.into_iter().zip(images.col_iter()) {
                let image = image.try_as_col_major().expect("owned matrices have dense columns").as_slice();
                blocks[to].add_image(k, flux, &group.layout, image, bond);
            }
        }
    }
}

fn groups<T: Scalar>(env: &[Channel<T>]) -> BTreeMap<Charge, Group<T>> {
    let mut members: BTreeMap<Charge, Vec<(usize, &Blocks<T>)>> = BTreeMap::new();
    for (index, channel) in env.iter().enumerate() {
        if let Channel::Dense(flux, blocks) = channel {
            members.entry(*flux).or_default().push((index, blocks));
        }
    }
    members.into_iter().map(|(flux, members)| (flux, Group::new(&members))).collect()
}

impl<T: Scalar> Group<T> {
    fn new(members: &[(usize, &Blocks<T>)]) -> Self {
        let mut shapes: BTreeMap<Charge, (usize, usize)> = BTreeMap::new();
        for (&q, block) in members.iter().flat_map(|(_, blocks)| &blocks.0) {
            shapes.insert(q, block.shape());
        }
        let mut next = 0;
        let place = |(q, (rows, columns)): (Charge, (usize, usize))| {
            next += rows * columns;
            (q, next - rows * columns, rows, columns)
        };
        let layout: Vec<_> = shapes.into_iter().map(place).collect();
        let mut data = Mat::zeros(next, members.len());
        for (column, (_, blocks)) in members.iter().enumerate() {
            for &(q, first, rows, _) in &layout {
                for (j, from) in blocks.get(q).into_iter().flat_map(|block| block.col_iter()).enumerate() {
                    data.as_mut().col_mut(column).subrows_mut(first + j * rows, rows).copy_from(from);
                }
            }
        }
        let column = members.iter().enumerate().map(|(column, (index, _))| (*index, column)).collect();
        Self { column, layout, data }
    }
}

impl<T: Scalar> Block<T> {
    /// Adds one combination of channels of one flux, at entry `k` of the operator.
    fn add_image(
        &mut self,
        k: usize,
        flux: Charge,
        layout: &[(Charge, usize, usize, usize)],
        image: &[T],
        bond: &Bond,
    ) {
        self.flux = flux + bond.raise(k / 2) - bond.raise(k % 2);
        self.occupied[k] = true;
        for &(q, first, rows, columns) in layout {
            let from = MatRef::from_column_major_slice(&image[first..first + rows * columns], rows, columns);
            add_scaled(self.part_mut(k, q, bond), T::ONE, from);
        }
    }
}
