//! How likely bit strings are under a state.

use circuit::C64;
use ndarray::{Array1, Axis};

use super::BitStrings;
use crate::{Error, Mps};

impl Mps {
    /// `-Σ w_x ln (|⟨x|ψ⟩|² / ⟨ψ|ψ⟩)` in nats, infinite where a row has no amplitude. Rows share the products of
    /// their common prefixes; norms are divided out on the way, so that long chains do not underflow.
    ///
    /// # Errors
    /// If the strings have another length than the chain, or the state is zero.
    pub fn nll(&self, data: &BitStrings) -> Result<f64, Error> {
        let (got, expected) = (data.n_qubits(), self.n_qubits());
        if got != expected {
            return Err(Error::Length { what: "the bit strings", got, expected });
        }
        let norm = self.norm();
        if norm == 0.0 {
            return Err(Error::ZeroState);
        }
        let mut stack = vec![(Array1::from_elem(1, C64::ONE), -norm.ln())]; // vL, logarithm of what was divided out
        let (mut before, mut nll): (&[bool], f64) = (&[], 0.0);
        for (row, weight) in data.rows().iter().zip(data.weights()) {
            let common = row.iter().zip(before).take_while(|(a, b)| a == b).count();
            stack.truncate(common + 1);
            for (site, &bit) in self.sites().iter().zip(row).skip(common) {
                let (vector, log) = &stack[stack.len() - 1];
                let next = vector.dot(&site.index_axis(Axis(1), usize::from(bit))); // vR
                let size = next.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt();
                let scale = if size > 0.0 { 1.0 / size } else { 0.0 };
                let log = log + size.ln();
                stack.push((next.mapv(|x| x * scale), log));
            }
            nll -= 2.0 * weight * stack[expected].1;
            before = row;
        }
        Ok(nll)
    }

    /// Relative entropy `Σ w_x ln (w_x / p_x)` of the strings to the state, [`nll`](Self::nll) minus their entropy:
    /// zero where the outcomes of the state are these strings with these weights.
    ///
    /// # Errors
    /// As [`nll`](Self::nll).
    pub fn kl(&self, data: &BitStrings) -> Result<f64, Error> {
        Ok(self.nll(data)? - data.entropy())
    }
}
