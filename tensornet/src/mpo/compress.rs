//! Smaller bonds for an operator: merging of proportional rows, which keeps sites sparse, and singular
//! values in the basis of Pauli operators, where the norm of an operator is that of its coefficients and
//! long chains of identities do no harm.

use std::collections::BTreeMap;

use circuit::C64;
use faer::{Mat, MatRef};

use super::build::BASIS;
use super::{Local, Mpo, MpoSite};
use crate::linalg::{orthogonal, product, singular};
use crate::scalar::Scalar;

/// Singular values below this share of the largest are dropped.
const TOLERANCE: f64 = 1e-12;

/// Entries below this share of the largest of a site are rounding.
const ROUNDING: f64 = 1e-15;

/// Rows that differ by less are proportional.
const SAME: f64 = 1e-14;

/// A left bond index as what it multiplies: right index and position in the operator, with the value.
type Row = BTreeMap<(usize, usize), C64>;

impl Mpo {
    /// The same operator with proportional rows and columns merged, until nothing changes.
    pub(super) fn merged(mut self) -> Self {
        loop {
            let before = self.bond_dims();
            self.merge_rows();
            self.mirror();
            self.merge_rows();
            self.mirror();
            if self.bond_dims() == before {
                return self;
            }
        }
    }

    fn mirror(&mut self) {
        self.sites.reverse();
        self.sites.iter_mut().for_each(|site| *site = site.mirrored());
    }

    fn merge_rows(&mut self) {
        for k in (1..self.sites.len()).rev() {
            let (site, shares) = merge(&self.sites[k]);
            self.sites[k - 1] = redirect(&self.sites[k - 1], &shares, site.left);
            self.sites[k] = site;
        }
    }

    /// The same operator by singular values, if its bonds are smaller.
    pub(super) fn compressed(self) -> Self {
        let smaller = match self.is_real() {
            true => by_singular_values::<f64>(&self),
            false => by_singular_values::<C64>(&self),
        };
        let size = |operator: &Mpo| operator.bond_dims().iter().sum::<usize>();
        if size(&smaller) < size(&self) { smaller } else { self }
    }
}

/// A site with one row for each class of proportional ones, and for each old row its class and factor.
fn merge(site: &MpoSite) -> (MpoSite, Vec<Option<(usize, C64)>>) {
    let mut rows = vec![Row::new(); site.left];
    for &(from, to, op) in &site.entries {
        let values = op.iter().enumerate().filter(|(_, x)| **x != C64::ZERO);
        rows[from].extend(values.map(|(k, &x)| ((to, k), x)));
    }
    let mut kept: Vec<(Row, (usize, usize))> = Vec::new(); // row, position of its largest value
    let mut shares = Vec::with_capacity(site.left);
    for row in rows {
        let largest = row.iter().reduce(|a, b| if b.1.norm() > a.1.norm() { b } else { a });
        let Some((&pivot, &value)) = largest else {
            shares.push(None);
            continue;
        };
        let known = kept.iter().position(|(other, at)| proportional(&row, other, *at));
        shares.push(Some(match known {
            Some(class) => (class, row[&kept[class].1] / kept[class].0[&kept[class].1]),
            None => (kept.len(), C64::ONE),
        }));
        if known.is_none() && value != C64::ZERO {
            kept.push((row, pivot));
        }
    }
    let left = kept.len().max(1);
    (MpoSite { left, right: site.right, entries: entries(&kept) }, shares)
}

fn proportional(row: &Row, other: &Row, pivot: (usize, usize)) -> bool {
    let Some(factor) = row.get(&pivot).map(|x| x / other[&pivot]) else { return false };
    let same = |(a, b): (&C64, &C64)| (a - b * factor).norm() <= SAME * (other[&pivot] * factor).norm();
    row.len() == other.len() && row.keys().eq(other.keys()) && row.values().zip(other.values()).all(same)
}

fn entries(rows: &[(Row, (usize, usize))]) -> Vec<(usize, usize, Local<C64>)> {
    let mut table: BTreeMap<(usize, usize), Local<C64>> = BTreeMap::new();
    for (from, (row, _)) in rows.iter().enumerate() {
        for (&(to, k), &x) in row {
            table.entry((from, to)).or_insert([C64::ZERO; 4])[k] = x;
        }
    }
    table.into_iter().map(|((from, to), op)| (from, to, op)).collect()
}

/// A site whose right index leads to the classes of the next one.
fn redirect(site: &MpoSite, shares: &[Option<(usize, C64)>], right: usize) -> MpoSite {
    let mut table: BTreeMap<(usize, usize), Local<C64>> = BTreeMap::new();
    for &(from, to, op) in &site.entries {
        if let Some((class, factor)) = shares[to] {
            let sum = table.entry((from, class)).or_insert([C64::ZERO; 4]);
            sum.iter_mut().zip(op).for_each(|(x, y)| *x += factor * y);
        }
    }
    let entries = table.into_iter().map(|((from, to), op)| (from, to, op)).collect();
    MpoSite { left: site.left, right, entries }
}

/// QR from left to right, then singular values from right to left.
fn by_singular_values<T: Scalar>(operator: &Mpo) -> Mpo {
    let n = operator.n_qubits();
    let mut dense: Vec<Mat<T>> = operator.sites.iter().map(coefficients).collect(); // [p wL] wR
    for k in 1..n {
        let (q, r) = orthogonal(std::mem::replace(&mut dense[k - 1], Mat::new()));
        dense[k - 1] = q;
        dense[k] = on_left_bond(r.as_ref(), dense[k].as_ref());
    }
    for k in (1..n).rev() {
        let (u, s, v) = singular(beside(dense[k].as_ref()).as_ref()); // wL [p wR]
        let rank = s.iter().take_while(|&&x| x > TOLERANCE * s[0]).count().max(1);
        dense[k] = stacked(v.get(.., ..rank).adjoint().to_owned().as_ref());
        let carry = Mat::from_fn(u.nrows(), rank, |i, j| u[(i, j)] * T::from_real(s[j])); // wL new
        dense[k - 1] = product(dense[k - 1].as_ref(), carry.as_ref());
    }
    Mpo { sites: dense.iter().map(|site| from_coefficients(site.as_ref())).collect() }
}

/// A site as coefficients of the basis operators, `[p wL] wR`, in units where the basis is orthonormal.
fn coefficients<T: Scalar>(site: &MpoSite) -> Mat<T> {
    let mut dense = Mat::zeros(4 * site.left, site.right);
    for &(from, to, op) in &site.entries {
        for (p, basis) in BASIS.iter().enumerate() {
            let sum: C64 = op.iter().zip(basis).map(|(x, b)| x * (b / 2.0)).sum();
            dense[(p * site.left + from, to)] = T::narrow(sum);
        }
    }
    dense
}

fn from_coefficients<T: Scalar>(dense: MatRef<T>) -> MpoSite {
    let (left, right) = (dense.nrows() / 4, dense.ncols());
    let scale = (0..right).flat_map(|j| dense.col(j).iter()).map(|x| x.square().sqrt()).fold(0.0, f64::max);
    let value = |p: usize, i: usize, j: usize| {
        let x = dense[(p * left + i, j)].widen();
        if x.norm() > ROUNDING * scale { x } else { C64::ZERO }
    };
    let mut entries = Vec::new();
    for (i, j) in (0..left).flat_map(|i| (0..right).map(move |j| (i, j))) {
        let op: Local<C64> = std::array::from_fn(|k| (0..4).map(|p| value(p, i, j) * BASIS[p][k]).sum());
        if op != [C64::ZERO; 4] {
            entries.push((i, j, op));
        }
    }
    MpoSite { left, right, entries }
}

/// `[p wL] wR` with a matrix, `new wL`, on the left bond.
fn on_left_bond<T: Scalar>(m: MatRef<T>, site: MatRef<T>) -> Mat<T> {
    stacked(product(m, beside(site).as_ref()).as_ref())
}

/// `[p wL] wR` as `wL [p wR]`.
fn beside<T: Scalar>(site: MatRef<T>) -> Mat<T> {
    let (left, right) = (site.nrows() / 4, site.ncols());
    Mat::from_fn(left, 4 * right, |i, j| site[(j / right * left + i, j % right)])
}

/// `wL [p wR]` as `[p wL] wR`.
fn stacked<T: Scalar>(site: MatRef<T>) -> Mat<T> {
    let (left, right) = (site.nrows(), site.ncols() / 4);
    Mat::from_fn(4 * left, right, |i, j| site[(i % left, i / left * right + j)])
}
