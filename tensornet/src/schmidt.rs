//! What one part of the chain knows of another: Schmidt values, entropies, reduced density matrices.

use circuit::C64;
use ndarray::{Array2, Axis};

use crate::expectation::{transfer, transfer_left};
use crate::linalg::svd;
use crate::mps::matrix;
use crate::{Error, Mps};

impl Mps {
    /// Schmidt values of the cut between qubits `bond` and `bond + 1`, in descending order; their squares
    /// add up to the squared norm.
    ///
    /// # Errors
    /// If there is no such bond.
    pub fn schmidt_values(&self, bond: usize) -> Result<Vec<f64>, Error> {
        if bond + 1 >= self.n_qubits() {
            let range = "less than the number of qubits minus 1";
            return Err(Error::Setting { name: "the bond", value: bond as f64, range });
        }
        let mut state = self.clone();
        state.move_centre(bond);
        Ok(state.values_right_of_centre())
    }

    /// Entanglement entropy `-Σ p ln p` in nats at each of the `n - 1` bonds, left to right, where `p` are the
    /// squared Schmidt values as shares of their sum.
    pub fn entropies(&self) -> Vec<f64> {
        let mut state = self.clone();
        let bonds = self.n_qubits().saturating_sub(1);
        let at = |bond: usize| {
            state.move_centre(bond);
            let weights: Vec<f64> = state.values_right_of_centre().iter().map(|s| s * s).collect();
            let total: f64 = weights.iter().sum();
            let shares = weights.iter().map(|w| w / total).filter(|&p| p > 0.0);
            -shares.map(|p| p * p.ln()).sum::<f64>()
        };
        (0..bonds).map(at).collect()
    }

    fn values_right_of_centre(&self) -> Vec<f64> {
        let site = &self.sites[self.centre()];
        let (l, d, r) = site.dim();
        svd(matrix(site, l * d, r).view()).s
    }

    /// The reduced density matrix of one or two qubits, shape `[2, 2]` or `[4, 4]`, the first of `qubits` as
    /// the high bit; its trace is the squared norm.
    ///
    /// # Errors
    /// If other than one or two distinct qubits of the chain are asked for.
    pub fn reduced_density(&self, qubits: &[usize]) -> Result<Array2<C64>, Error> {
        let n_qubits = self.n_qubits();
        if let Some(&qubit) = qubits.iter().find(|&&q| q >= n_qubits) {
            return Err(Error::TermQubit { qubit, n_qubits });
        }
        match *qubits {
            [q] => Ok(self.joint_density(q, q)),
            [a, b] if a < b => Ok(self.joint_density(a, b)),
            [a, b] if b < a => {
                let swapped = |k: usize| k % 2 * 2 + k / 2;
                let rho = self.joint_density(b, a);
                Ok(Array2::from_shape_fn((4, 4), |(i, j)| rho[[swapped(i), swapped(j)]]))
            }
            [qubit, _] => Err(Error::TermQubit { qubit, n_qubits }),
            _ => {
                let range = "1 or 2";
                Err(Error::Setting { name: "the number of qubits", value: qubits.len() as f64, range })
            }
        }
    }

    /// The density matrix of `a` and `b`, or of `a` alone if they are equal. Only sites from the centre to the two
    /// matter.
    fn joint_density(&self, a: usize, b: usize) -> Array2<C64> {
        let (first, last) = (a.min(self.gauge.lo), b.max(self.gauge.hi));
        let before = self.sites[first..a].iter();
        let left =
            before.fold(Array2::eye(self.sites[first].dim().0), |env, site| transfer(&env, site, site)); // vL* vL
        let after = self.sites[b + 1..=last].iter().rev();
        let right =
            after.fold(Array2::eye(self.sites[last].dim().2), |env, site| transfer_left(&env, site, site)); // vR* vR
        let level = |k: usize, s: usize| self.sites[k].index_axis(Axis(1), s); // vL vR
        let bra = |k: usize, s: usize| level(k, s).mapv(|x| x.conj());
        let close = |env: &Array2<C64>, u: usize, v: usize| {
            let ket = env.dot(&level(b, u)).dot(&right.t()); // vL* vR*
            bra(b, v).iter().zip(&ket).map(|(x, y)| x * y).sum::<C64>()
        };
        if a == b {
            return Array2::from_shape_fn((2, 2), |(s, t)| close(&left, s, t));
        }
        let mut joint = Array2::zeros((4, 4)); // [s u] [t v]
        for (s, t) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let start = bra(a, t).t().dot(&left).dot(&level(a, s)); // vR* vR
            let between = self.sites[a + 1..b].iter();
            let env = between.fold(start, |env, site| transfer(&env, site, site)); // vL* vL
            for (u, v) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                joint[[2 * s + u, 2 * t + v]] = close(&env, u, v);
            }
        }
        joint
    }
}
