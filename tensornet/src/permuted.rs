//! A chain whose sites change places: gates on distant qubits move them together and leave them there.
//!
//! [`Mps`] brings swapped qubits back after every gate, which costs as much again and cuts as often. Here the
//! order of the sites is part of the state, and whatever is asked or told in terms of qubits is translated.

use circuit::{C64, Gate, Matrix, PauliString, PauliSum, State};
use ndarray::Array2;
use rand::Rng;

use crate::ops::exchanged;
use crate::{Error, Mps, Truncation};

/// A matrix product state in which site `k` holds qubit `qubit_at()[k]`.
///
/// ```
/// use circuit::{Circuit, State, run};
/// use tensornet::{Mps, PermutedMps};
///
/// let mut far = Circuit::new(40)?;
/// far.h(0)?.cx(0, 39)?.cx(39, 0)?;
/// let mut state = PermutedMps::zero(40);
/// run(&far, &[], &mut state);
/// assert_eq!(state.qubit_at()[38..], [0, 39]);
/// let sorted: Mps = state.into_mps();
/// assert!((sorted.expectation(&"Z0".parse()?) - 1.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PermutedMps {
    chain: Mps,
    qubit_at: Vec<usize>,
    site_of: Vec<usize>,
}

impl From<Mps> for PermutedMps {
    fn from(chain: Mps) -> Self {
        let order: Vec<usize> = (0..chain.n_qubits()).collect();
        Self { chain, qubit_at: order.clone(), site_of: order }
    }
}

impl State for PermutedMps {
    fn zero(n_qubits: usize) -> Self {
        Mps::zero(n_qubits).into()
    }

    fn apply_gate(&mut self, gate: &Gate, qubits: &[usize]) {
        match (gate.matrix(), qubits) {
            (Matrix::Two(m), &[a, b]) if a != b => {
                self.bring_together(a, b);
                let (i, j) = (self.site_of[a], self.site_of[b]);
                let m = if i < j { m } else { exchanged(&m) };
                self.chain.apply_pair(&m, i.min(j)).unwrap_or_else(|error| panic!("{error}"));
            }
            _ => {
                let sites: Vec<usize> = qubits.iter().map(|&q| self.site_of[q]).collect();
                self.chain.apply_gate(gate, &sites);
            }
        }
    }

    fn apply_rotation(&mut self, pauli: &PauliString, theta: f64) {
        self.chain.apply_rotation(&self.on_sites(pauli), theta);
    }

    fn expectation(&self, observable: &PauliSum) -> f64 {
        let terms = observable.terms.iter().map(|(c, pauli)| (*c, self.on_sites(pauli)));
        self.chain.expectation(&terms.collect())
    }
}

impl PermutedMps {
    /// The same state with another setting for the cuts to come.
    pub fn with_truncation(self, truncation: Truncation) -> Self {
        Self { chain: self.chain.with_truncation(truncation), ..self }
    }

    /// The chain in its own order; bonds and what was cut are to be read here.
    pub fn chain(&self) -> &Mps {
        &self.chain
    }

    /// The qubit at each site.
    pub fn qubit_at(&self) -> &[usize] {
        &self.qubit_at
    }

    /// The state with its qubits in order, sorted by swaps of neighbours, which cut as all others do.
    ///
    /// # Panics
    /// If the chain outgrows [`Mps::MEMORY_LIMIT`] on the way.
    pub fn into_mps(mut self) -> Mps {
        for k in 0..self.qubit_at.len() {
            (k..self.site_of[k]).rev().for_each(|left| self.swap(left));
        }
        self.chain
    }

    /// As [`Mps::amplitude`].
    ///
    /// # Panics
    /// If there are more or fewer bits than qubits.
    pub fn amplitude(&self, bits: &[bool]) -> C64 {
        assert_eq!(bits.len(), self.qubit_at.len(), "one bit per qubit");
        self.chain.amplitude(&self.qubit_at.iter().map(|&q| bits[q]).collect::<Vec<_>>())
    }

    /// As [`Mps::amps`].
    ///
    /// # Panics
    /// If they exceed [`Mps::MEMORY_LIMIT`].
    pub fn amps(&self) -> Vec<C64> {
        let (amps, n) = (self.chain.amps(), self.qubit_at.len());
        let bit = |k: usize, q: usize| k >> (n - 1 - q) & 1;
        let moved = |k: usize| self.qubit_at.iter().fold(0, |index, &q| index << 1 | bit(k, q));
        (0..amps.len()).map(|k| amps[moved(k)]).collect()
    }

    /// As [`Mps::sample`].
    ///
    /// # Errors
    /// If the state is zero.
    pub fn sample(&self, shots: usize, generator: &mut impl Rng) -> Result<Vec<Vec<bool>>, Error> {
        let shots = self.chain.sample(shots, generator)?;
        Ok(shots.iter().map(|shot| self.site_of.iter().map(|&site| shot[site]).collect()).collect())
    }

    /// As [`Mps::reduced_density`].
    ///
    /// # Errors
    /// If other than one or two distinct qubits of the chain are asked for.
    pub fn reduced_density(&self, qubits: &[usize]) -> Result<Array2<C64>, Error> {
        let n_qubits = self.qubit_at.len();
        let site =
            |&qubit: &usize| self.site_of.get(qubit).copied().ok_or(Error::TermQubit { qubit, n_qubits });
        self.chain.reduced_density(&qubits.iter().map(site).collect::<Result<Vec<_>, _>>()?)
    }

    fn on_sites(&self, pauli: &PauliString) -> PauliString {
        pauli.relabel(|qubit| self.site_of[qubit])
    }

    /// Makes neighbours of two qubits: the one nearer to the centre walks, and takes the centre along.
    fn bring_together(&mut self, a: usize, b: usize) {
        let (i, j) = (self.site_of[a].min(self.site_of[b]), self.site_of[a].max(self.site_of[b]));
        let centre = self.chain.centre();
        if centre.abs_diff(i) <= centre.abs_diff(j) {
            (i..j - 1).for_each(|left| self.swap(left));
        } else {
            (i + 1..j).rev().for_each(|left| self.swap(left));
        }
    }

    fn swap(&mut self, left: usize) {
        let Matrix::Two(swap) = Gate::Swap.matrix() else { unreachable!("swap acts on two qubits") };
        self.chain.apply_pair(&swap, left).unwrap_or_else(|error| panic!("{error}"));
        self.qubit_at.swap(left, left + 1);
        (left..left + 2).for_each(|site| self.site_of[self.qubit_at[site]] = site);
    }
}
