//! A state vector for tests, each op straight from its definition on the amplitudes.

use circuit::{C64, Gate, Pauli, PauliString, PauliSum, State};

/// All amplitudes, qubit 0 as the high bit; fit for some 14 qubits.
#[derive(Clone)]
pub struct Vector {
    pub n_qubits: usize,
    pub amps: Vec<C64>,
}

impl Vector {
    fn mask(&self, qubit: usize) -> usize {
        1 << (self.n_qubits - 1 - qubit)
    }

    fn bit(&self, basis: usize, qubit: usize) -> usize {
        usize::from(basis & self.mask(qubit) != 0)
    }

    /// A matrix on some qubits, the first as the high bit.
    fn apply(&mut self, m: &[C64], qubits: &[usize]) {
        let dim = 1 << qubits.len();
        let local = |basis: usize| qubits.iter().fold(0, |acc, &q| acc << 1 | self.bit(basis, q));
        let with = |basis: usize, level: usize| {
            qubits.iter().rev().enumerate().fold(basis, |basis, (k, &q)| match level >> k & 1 {
                1 => basis | self.mask(q),
                _ => basis & !self.mask(q),
            })
        };
        let entry = |i: usize| (0..dim).map(|j| m[local(i) * dim + j] * self.amps[with(i, j)]).sum();
        self.amps = (0..self.amps.len()).map(entry).collect();
    }

    /// A Pauli string, factor by factor.
    fn string(&self, string: &PauliString) -> Self {
        let [o, l, i] = [C64::ZERO, C64::ONE, C64::I];
        let mut image = self.clone();
        for (q, factor) in string.factors() {
            let m = match factor {
                Pauli::X => [o, l, l, o],
                Pauli::Y => [o, -i, i, o],
                Pauli::Z => [l, o, o, -l],
            };
            image.apply(&m, &[q]);
        }
        image
    }
}

impl State for Vector {
    fn zero(n_qubits: usize) -> Self {
        let mut amps = vec![C64::ZERO; 1 << n_qubits];
        amps[0] = C64::ONE;
        Self { n_qubits, amps }
    }

    fn apply_gate(&mut self, gate: &Gate, qubits: &[usize]) {
        self.apply(gate.matrix().entries(), qubits);
    }

    fn apply_rotation(&mut self, string: &PauliString, theta: f64) {
        let (sin, cos) = (theta / 2.0).sin_cos();
        let image = self.string(string).amps;
        self.amps.iter_mut().zip(image).for_each(|(x, y)| *x = *x * cos - C64::I * sin * y);
    }

    fn expectation(&self, observable: &PauliSum) -> f64 {
        let term = |(c, string): &(f64, PauliString)| {
            let image = self.string(string).amps;
            c * self.amps.iter().zip(image).map(|(x, y)| (x.conj() * y).re).sum::<f64>()
        };
        observable.terms.iter().map(term).sum()
    }
}
