//! A state as all its amplitudes: exact, for registers of up to some 14 qubits.

use circuit::C64;

use super::chain::Chain;
use super::ket::Ket;
use super::unitary::{U4, from_rows, to_rows};

/// Amplitudes, shape `[2^n]`, qubit 0 as the high bit.
#[derive(Clone)]
pub(super) struct Amps {
    n_qubits: usize,
    amps: Vec<C64>,
}

impl Amps {
    /// The state with the given amplitudes, of norm one.
    pub(super) fn new(n_qubits: usize, amps: Vec<C64>) -> Self {
        Self { n_qubits, amps }
    }

    /// Positions of the four amplitudes of a pair, for every setting of the other qubits.
    fn quartets(&self, [a, b]: [usize; 2]) -> impl Iterator<Item = [usize; 4]> + use<> {
        let [high, low] = [a, b].map(|q| 1 << (self.n_qubits - 1 - q));
        let (small, large) = (high.min(low), high.max(low));
        (0..self.amps.len() / 4).map(move |rest| {
            let lower = rest & (small - 1) | (rest & !(small - 1)) << 1; // room for the lower bit
            let base = lower & (large - 1) | (lower & !(large - 1)) << 1;
            [base, base | low, base | high, base | high | low]
        })
    }
}

impl Ket for Amps {
    type Cache = ();

    fn vacuum(&self) -> Self {
        let mut amps = vec![C64::ZERO; self.amps.len()];
        amps[0] = C64::ONE;
        Self { amps, ..*self }
    }

    fn apply(&mut self, gate: &U4, pair: [usize; 2]) {
        let g = to_rows(gate);
        for at in self.quartets(pair) {
            let [a, b, c, d] = at.map(|k| self.amps[k]);
            for (k, row) in at.into_iter().zip(g.chunks_exact(4)) {
                self.amps[k] = row[0] * a + row[1] * b + row[2] * c + row[3] * d;
            }
        }
    }

    fn environment(&self, ket: &Self, pair: [usize; 2], (): &mut ()) -> U4 {
        let mut sum = [C64::ZERO; 16];
        for at in self.quartets(pair) {
            let [a, b, c, d] = at.map(|k| ket.amps[k].conj());
            for (k, row) in at.into_iter().zip(sum.chunks_exact_mut(4)) {
                let left = self.amps[k];
                row[0] += left * a;
                row[1] += left * b;
                row[2] += left * c;
                row[3] += left * d;
            }
        }
        from_rows(&sum)
    }

    fn overlap(&self, ket: &Self) -> C64 {
        self.amps.iter().zip(&ket.amps).map(|(a, b)| a.conj() * b).sum()
    }

    fn chain(&self) -> Chain {
        Chain::from_amps(self.n_qubits, &self.amps)
    }

    fn discarded_weight(&self) -> f64 {
        0.0
    }
}
