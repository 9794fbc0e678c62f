//! Operators that conserve the number of ones, in a form where every bond index changes it by one amount.
//!
//! Each bond index is divided by what the operators to its left add to the charge. Paths that end at another
//! charge than they began with have to cancel; what is left is the same operator.

use std::collections::BTreeMap;

use circuit::C64;

use super::graded::Graded;
use super::{Entry, Local, Mpo, MpoSite};
use crate::blocks::Charge;
use crate::scalar::Scalar;

/// Largest share of the squared norm that may break the law: products of rounding errors.
const BROKEN: f64 = 1e-20;

impl Mpo {
    /// The same operator by charge, or none if it does not conserve charge: with proportional indices merged, which
    /// keeps sites sparse, or by singular values, if its bonds are smaller then or a site is full anyway.
    pub(crate) fn conserving(&self) -> Option<Mpo> {
        let (sites, charges) = self.divided();
        let compressed = match self.is_real() {
            true => conserved::<f64>(&sites, &charges),
            false => conserved::<C64>(&sites, &charges),
        }?;
        if compressed.sites.iter().any(MpoSite::is_crowded) {
            return Some(compressed);
        }
        let merged = ending_at_zero(sites, &charges).merged();
        let size = |operator: &Mpo| operator.bond_dims().iter().sum::<usize>();
        Some(if size(&compressed) < size(&merged) { compressed } else { merged })
    }

    /// Sites with bond indices divided by charge, and the charges of the indices of each bond, ends included.
    fn divided(&self) -> (Vec<MpoSite>, Vec<Vec<Charge>>) {
        let mut states = BTreeMap::from([((0, 0), 0)]); // bond index and charge so far: new bond index
        let (mut sites, mut charges) = (Vec::with_capacity(self.n_qubits()), vec![vec![0]]);
        for site in &self.sites {
            let mut next: BTreeMap<(usize, Charge), usize> = BTreeMap::new();
            let mut entries: Vec<Entry<C64>> = Vec::new();
            for (&(old, charge), &from) in &states {
                let first = site.entries.partition_point(|entry| entry.0 < old);
                for (_, to, op) in site.entries[first..].iter().take_while(|entry| entry.0 == old) {
                    for (change, part) in parts(op) {
                        let index = next.len();
                        let to = *next.entry((*to, charge + change)).or_insert(index);
                        entries.push((from, to, part));
                    }
                }
            }
            entries.sort_by_key(|&(from, to, _)| (from, to));
            sites.push(MpoSite { left: states.len(), right: next.len(), entries });
            let mut known = vec![0; next.len()];
            next.iter().for_each(|(&(_, charge), &index)| known[index] = charge);
            charges.push(known);
            states = next;
        }
        (sites, charges)
    }
}

/// The chain by singular values, or none if the operator does not conserve charge.
fn conserved<T: Scalar>(sites: &[MpoSite], charges: &[Vec<Charge>]) -> Option<Mpo> {
    let graded = Graded::<T>::new(sites, charges);
    let [kept, broken] = graded.weights();
    (broken <= BROKEN * kept).then(|| graded.compressed())
}

/// The paths that end at charge zero.
fn ending_at_zero(mut sites: Vec<MpoSite>, charges: &[Vec<Charge>]) -> Mpo {
    let ends = charges.last().expect("the bond behind the last site");
    let last = sites.last_mut().expect("an operator has a site");
    let entries = std::mem::take(&mut last.entries).into_iter();
    last.entries = joined(entries.filter(|entry| ends[entry.1] == 0));
    last.right = 1;
    Mpo { sites }
}

/// The parts of an operator that lower, keep and raise the number of ones, where they are not zero.
fn parts(op: &Local<C64>) -> impl Iterator<Item = (Charge, Local<C64>)> {
    let [a, b, c, d] = *op;
    let zero = C64::ZERO;
    let all = [(-1, [zero, b, zero, zero]), (0, [a, zero, zero, d]), (1, [zero, zero, c, zero])];
    all.into_iter().filter(|(_, part)| part.iter().any(|x| *x != C64::ZERO))
}

/// Entries that all lead to the one end of the chain.
fn joined(entries: impl Iterator<Item = Entry<C64>>) -> Vec<Entry<C64>> {
    let mut sums: BTreeMap<usize, Local<C64>> = BTreeMap::new();
    for (from, _, op) in entries {
        let sum = sums.entry(from).or_insert([C64::ZERO; 4]);
        sum.iter_mut().zip(op).for_each(|(x, y)| *x += y);
    }
    sums.into_iter().map(|(from, op)| (from, 0, op)).collect()
}

#[cfg(test)]
mod tests {
    use super::Mpo;
    use circuit::{Pauli, PauliSum};
    use ndarray::Array2;
    use testkit::Stream;

    fn operator(text: &str, n: usize) -> Mpo {
        Mpo::from_sum(&text.parse::<PauliSum>().expect("a sum"), n).expect("a sum on the chain")
    }

    fn dense(operator: &Mpo) -> Array2<circuit::C64> {
        let n = operator.n_qubits();
        let entry = |row: usize, column: usize| {
            let bit = |k: usize, q: usize| k >> (n - 1 - q) & 1;
            let level =
                |q: usize| operator.site(q).slice_move(ndarray::s![.., .., bit(row, q), bit(column, q)]);
            (0..n).fold(Array2::eye(1), |product, q| product.dot(&level(q)))[[0, 0]]
        };
        Array2::from_shape_fn((1 << n, 1 << n), |(row, column)| entry(row, column))
    }

    fn distance(a: &Mpo, b: &Mpo) -> f64 {
        (dense(a) - dense(b)).iter().map(|x| x.norm()).fold(0.0, f64::max)
    }

    #[test]
    fn operators_that_conserve_charge_stay_themselves() {
        let table = [
            "X0*X1 + Y0*Y1 + Z0*Z1 + X1*X2 + Y1*Y2 + Z1*Z2 + X2*X3 + Y2*Y3 + Z2*Z3",
            "X0*X3 + Y0*Y3 + 0.3*Z1 - Z0*Z2 + 2",
            "X0*Y2 - Y0*X2 + 0.5*Z1*X0*Y2 - 0.5*Z1*Y0*X2",
            "3*X0*X1*X2*X3 + 3*Y0*Y1*Y2*Y3 + X0*X1*Y2*Y3 + Y0*Y1*X2*X3 + X0*Y1*X2*Y3 + Y0*X1*Y2*X3 + X0*Y1*Y2*X3 + Y0*X1*X2*Y3",
        ];
        for text in table {
            let plain = operator(text, 4);
            let by_charge = plain.conserving().expect(text);
            assert!(distance(&plain, &by_charge) < 1e-13, "{text}");
            for site in &by_charge.sites {
                let definite = site.entries.iter().all(|(_, _, op)| super::parts(op).count() == 1);
                assert!(definite, "{text}: {:?}", site.entries);
            }
        }
        let chain = operator(table[0], 4);
        assert_eq!(chain.conserving().expect("by charge").bond_dims(), chain.bond_dims());
    }

    #[test]
    fn a_random_sum_that_is_its_average_over_rotations_conserves_charge() {
        for seed in 0..5 {
            let mut stream = Stream(seed);
            let mut terms = Vec::new();
            for _ in 0..6 {
                let q = stream.distinct(3, 5);
                let c = stream.next().unwrap_or(1.0);
                for (a, b) in [(Pauli::X, Pauli::X), (Pauli::Y, Pauli::Y)] {
                    terms.push((c, vec![(q[0], a), (q[1], b), (q[2], Pauli::Z)]));
                }
            }
            let plain = Mpo::from_terms(&terms, 5).expect("terms on the chain");
            let by_charge = plain.conserving().expect("each pair conserves it");
            assert!(distance(&plain, &by_charge) < 1e-13, "seed {seed}");
            terms[3].0 += 1e-6;
            let broken = Mpo::from_terms(&terms, 5).expect("terms on the chain");
            assert!(broken.conserving().is_none(), "seed {seed}");
        }
        for text in ["X0", "X0*X1", "X0*X1 + 0.99*Y0*Y1", "Z0 + X0*X1 - Y0*Y1", "Y0*Y1 + X0*X2"] {
            assert!(operator(text, 3).conserving().is_none(), "{text}");
        }
    }
}
