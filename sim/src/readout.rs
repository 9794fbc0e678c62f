//! What is measured at the end of a circuit.
//!
//! A readout is a function `ψ ↦ y` and its pull-back: given the cotangent `w = ∂L/∂y` it returns the
//! bra `λ` with `dL = 2 Re⟨λ|dψ⟩`. All readouts are quadratic forms, `y_k = ⟨ψ|O_k|ψ⟩`, so that
//! `λ = Σ_k w_k O_k ψ`.

use circuit::{C64, PauliSum};

use crate::statevector::wide;
use crate::{Error, Real, StateVector};

/// A measurement of the final state of every lane.
#[derive(Clone, Debug)]
pub enum Readout<T = f64> {
    /// Expectation of each observable; shape `[observables, lanes]`.
    Expectations(Vec<PauliSum>),
    /// Probability of each basis state; shape `[2^n, lanes]`.
    Probabilities,
    /// Probability of each value of the listed qubits, first one as high bit; shape `[2^k, lanes]`.
    Marginal(Vec<usize>),
    /// For `2^n` lanes that start from the basis states: transition probabilities between the values of
    /// the listed qubits, `P_ij = (1/s) Σ |ψ_(iα),(jβ)|²`; shape `[2^k, 2^k]`.
    Transitions(Vec<usize>),
    /// `|⟨φ|ψ⟩|²` with a state of one lane; shape `[lanes]`.
    Overlap(StateVector<T>),
}

impl<T: Real> Readout<T> {
    /// Refuses readouts that do not fit a register of `n_qubits`.
    pub(crate) fn check(&self, n_qubits: usize) -> Result<(), Error> {
        match self {
            Readout::Expectations(list) => match list.iter().map(PauliSum::n_qubits).max() {
                Some(observable) if observable > n_qubits => Err(Error::Observable { observable, n_qubits }),
                _ => Ok(()),
            },
            Readout::Marginal(qubits) | Readout::Transitions(qubits) => {
                for (k, &qubit) in qubits.iter().enumerate() {
                    if qubit >= n_qubits || qubits[..k].contains(&qubit) {
                        return Err(Error::DataQubit { qubit, n_qubits });
                    }
                }
                Ok(())
            }
            Readout::Overlap(target) if target.n_qubits() != n_qubits || target.lanes() != 1 => {
                Err(Error::Initial {
                    what: "shape",
                    got: format!("{} qubits, {} lanes", target.n_qubits(), target.lanes()),
                    expected: format!("{n_qubits} qubits, one lane"),
                })
            }
            Readout::Probabilities | Readout::Overlap(_) => Ok(()),
        }
    }

    /// Mask of the qubits that are read out; bit `q` is qubit `q`.
    pub(crate) fn support(&self, n_qubits: usize) -> u128 {
        let mask = |qubits: &[usize]| qubits.iter().fold(0, |mask, q| mask | 1 << q);
        match self {
            Readout::Expectations(list) => {
                list.iter().flat_map(|sum| &sum.terms).fold(0, |mask, (_, p)| mask | p.x | p.z)
            }
            Readout::Marginal(qubits) | Readout::Transitions(qubits) => mask(qubits),
            Readout::Probabilities | Readout::Overlap(_) => mask(&(0..n_qubits).collect::<Vec<_>>()),
        }
    }

    /// Number of values for a ket of this shape.
    pub fn n_values(&self, n_qubits: usize, lanes: usize) -> usize {
        match self {
            Readout::Expectations(list) => list.len() * lanes,
            Readout::Probabilities => lanes << n_qubits,
            Readout::Marginal(qubits) => lanes << qubits.len(),
            Readout::Transitions(qubits) => 1 << (2 * qubits.len()),
            Readout::Overlap(_) => lanes,
        }
    }

    /// The measured values.
    pub fn values(&self, ket: &StateVector<T>) -> Vec<f64> {
        match self {
            Readout::Expectations(list) => list.iter().flat_map(|o| ket.expectations(o)).collect(),
            Readout::Overlap(target) => inner(target, ket).into_iter().map(|v| v.norm_sqr()).collect(),
            Readout::Probabilities | Readout::Marginal(_) | Readout::Transitions(_) => {
                let mut sums = vec![0.0; self.n_values(ket.n_qubits(), ket.lanes())];
                for (k, amp) in ket.amps().iter().enumerate() {
                    let (value, share) = self.bin(ket, k);
                    sums[value] += share * wide(*amp).norm_sqr();
                }
                sums
            }
        }
    }

    /// The bra that carries `cotangent` back into the circuit; shape of `cotangent` as of the values.
    ///
    /// # Panics
    /// If the cotangent has another length than the values.
    pub fn pull_back(&self, ket: &StateVector<T>, cotangent: &[f64]) -> StateVector<T> {
        let expected = self.n_values(ket.n_qubits(), ket.lanes());
        assert_eq!(cotangent.len(), expected, "one cotangent per measured value");
        let mut bra = ket.clone();
        match self {
            Readout::Expectations(list) => {
                bra.amps_mut().fill(Default::default());
                for (observable, weights) in list.iter().zip(cotangent.chunks(ket.lanes())) {
                    for (coefficient, pauli) in &observable.terms {
                        let weights: Vec<f64> = weights.iter().map(|w| w * coefficient).collect();
                        bra.add_pauli(pauli, ket, &weights);
                    }
                }
            }
            Readout::Overlap(target) => {
                let overlaps = inner(target, ket);
                let lanes = ket.lanes();
                for (k, amp) in bra.amps_mut().iter_mut().enumerate() {
                    let value = wide(target.amps()[k / lanes]) * overlaps[k % lanes] * cotangent[k % lanes];
                    (amp.re, amp.im) = (T::from_f64(value.re), T::from_f64(value.im));
                }
            }
            Readout::Probabilities | Readout::Marginal(_) | Readout::Transitions(_) => {
                for (k, amp) in bra.amps_mut().iter_mut().enumerate() {
                    let (value, share) = self.bin(ket, k);
                    let factor = T::from_f64(share * cotangent[value]);
                    (amp.re, amp.im) = (amp.re * factor, amp.im * factor);
                }
            }
        }
        bra
    }

    /// To which value amplitude `k` contributes its squared modulus, and with which weight.
    fn bin(&self, ket: &StateVector<T>, k: usize) -> (usize, f64) {
        let (n, lanes) = (ket.n_qubits(), ket.lanes());
        let bits = |index: usize, qubits: &[usize]| {
            qubits.iter().fold(0, |acc, &q| acc << 1 | (index >> (n - 1 - q) & 1))
        };
        match self {
            Readout::Marginal(qubits) => (bits(k / lanes, qubits) * lanes + k % lanes, 1.0),
            Readout::Transitions(qubits) => {
                let tokens = 1usize << qubits.len();
                let share = tokens as f64 / (1usize << n) as f64;
                (bits(k / lanes, qubits) * tokens + bits(k % lanes, qubits), share)
            }
            Readout::Probabilities | Readout::Expectations(_) | Readout::Overlap(_) => (k, 1.0),
        }
    }
}

/// `⟨target|ket⟩` of each lane of `ket`.
fn inner<T: Real>(target: &StateVector<T>, ket: &StateVector<T>) -> Vec<C64> {
    let mut sums = vec![C64::ZERO; ket.lanes()];
    for (i, amp) in target.amps().iter().enumerate() {
        for (sum, k) in sums.iter_mut().zip(ket.row(i)) {
            *sum += wide(*amp).conj() * wide(*k);
        }
    }
    sums
}
