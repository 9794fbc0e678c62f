//! Operators that conserve the number of ones, in a form where every bond index changes it by one amount.
//!
//! Each bond index is divided by what the operators to its left add to the charge. Paths that end at another
//! charge than they began with have to cancel; what is left is the same operator.

use std::collections::BTreeMap;

use circuit::C64;

use super::{Entry, Local, Mpo, MpoSite};

/// Largest share of the squared norm that may break the law: products of rounding errors.
const BROKEN: f64 = 1e-20;

impl Mpo {
    /// The same operator by charge, or none if it does not conserve charge.
    pub(crate) fn conserving(&self) -> Option<Mpo> {
        let mut states = BTreeMap::from([((0, 0), 0)]); // bond index and charge so far: new bond index
        let mut sites = Vec::with_capacity(self.n_qubits());
        for site in &self.sites {
            let mut next: BTreeMap<(usize, i64), usize> = BTreeMap::new();
            let mut entries: Vec<Entry<C64>> = Vec::new();
            for (&(old, charge), &from) in &states {
                for (_, to, op) in site.entries.iter().filter(|entry| entry.0 == old) {
                    for (change, part) in parts(op) {
                        let index = next.len();
                        let to = *next.entry((*to, charge + change)).or_insert(index);
                        entries.push((from, to, part));
                    }
                }
            }
            entries.sort_by_key(|&(from, to, _)| (from, to));
            sites.push(MpoSite { left: states.len(), right: next.len(), entries });
            states = next;
        }
        let ends_at = |kept: &dyn Fn(i64) -> bool| {
            let mut sites = sites.clone();
            let last = sites.last_mut().expect("an operator has a site");
            let ends: Vec<usize> = states.iter().filter(|((_, q), _)| kept(*q)).map(|(_, &k)| k).collect();
            let entries = std::mem::take(&mut last.entries).into_iter();
            last.entries = joined(entries.filter(|entry| ends.contains(&entry.1)));
            last.right = 1;
            Mpo { sites }.merged()
        };
        let (kept, broken) = (ends_at(&|q| q == 0), ends_at(&|q| q != 0));
        (broken.weight() <= BROKEN * kept.weight()).then_some(kept)
    }

    /// Squared Frobenius norm over `2^n`.
    fn weight(&self) -> f64 {
        let mut env = BTreeMap::from([((0, 0), C64::ONE)]);
        for site in &self.sites {
            let mut next: BTreeMap<(usize, usize), C64> = BTreeMap::new();
            let from = |index: usize| {
                let first = site.entries.partition_point(|entry| entry.0 < index);
                site.entries[first..].iter().take_while(move |entry| entry.0 == index)
            };
            for ((a, c), known) in env {
                for (_, b, op) in from(a) {
                    for (_, d, other) in from(c) {
                        let product: C64 = op.iter().zip(other).map(|(x, y)| x.conj() * y).sum();
                        *next.entry((*b, *d)).or_default() += known * product / 2.0;
                    }
                }
            }
            env = next;
        }
        env.get(&(0, 0)).map_or(0.0, |x| x.re)
    }
}

/// The parts of an operator that lower, keep and raise the number of ones, where they are not zero.
fn parts(op: &Local<C64>) -> impl Iterator<Item = (i64, Local<C64>)> {
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
