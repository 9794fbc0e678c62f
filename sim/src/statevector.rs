//! Amplitudes, side by side for several initial states.
//!
//! The buffer has shape `[2^n, lanes]`, row-major. A lane is an independent column: one lane is an
//! ordinary state, `2^n` lanes that start from the basis states are the unitary itself.

use std::collections::BTreeMap;

use circuit::{C64, Gate, Mat4, Matrix, PauliString, PauliSum, State};
use num_complex::Complex;

use crate::kernels::dense;
use crate::{Error, Real};

/// `lanes` state vectors side by side, in double precision unless said otherwise.
///
/// ```
/// use circuit::{Circuit, State, run};
/// use sim::StateVector;
///
/// let mut bell = Circuit::new(2)?;
/// bell.h(0)?.cx(0, 1)?;
/// let mut state = StateVector::<f64>::zero(2);
/// run(&bell, &[], &mut state);
/// assert!((state.expectation(&"Z0*Z1".parse()?) - 1.0).abs() < 1e-15);
/// # Ok::<(), circuit::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct StateVector<T = f64> {
    n_qubits: usize,
    lanes: usize,
    amps: Vec<Complex<T>>,
}

/// Which end of a bit string qubit 0 is, wherever a state becomes an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// Qubit 0 is the most significant bit, as everywhere in this library, PennyLane and Cirq.
    Big,
    /// Qubit 0 is the least significant bit, as in Qiskit and OpenQASM.
    Little,
}

impl<T: Real> StateVector<T> {
    /// One lane per entry of `columns`, each in that basis state.
    ///
    /// # Panics
    /// If a column is not below `2^n_qubits`, there is none, or the amplitudes outnumber a `usize`.
    pub fn basis(n_qubits: usize, columns: &[usize]) -> Self {
        let lanes = columns.len();
        assert!(lanes > 0, "a state needs at least one lane");
        assert!(n_qubits < usize::BITS as usize, "2^{n_qubits} amplitudes cannot be counted");
        let mut amps = vec![Complex { re: T::default(), im: T::default() }; lanes << n_qubits];
        for (lane, &basis) in columns.iter().enumerate() {
            assert!(basis < 1 << n_qubits, "basis state {basis} of {n_qubits} qubits");
            amps[basis * lanes + lane].re = T::from_f64(1.0);
        }
        Self { n_qubits, lanes, amps }
    }

    /// The identity: every basis state in a lane of its own.
    pub fn identity(n_qubits: usize) -> Self {
        Self::basis(n_qubits, &(0..1 << n_qubits).collect::<Vec<_>>())
    }

    /// One lane with the given amplitudes, shape `[2^n]`.
    ///
    /// # Errors
    /// If the length is not a power of two, or the norm differs from one by more than `1e-6`.
    pub fn from_amps(amps: &[Complex<T>], endian: Endian) -> Result<Self, Error> {
        let initial =
            |what, got: String, expected: &str| Error::Initial { what, got, expected: expected.into() };
        if !amps.len().is_power_of_two() {
            return Err(initial("length", amps.len().to_string(), "a power of two"));
        }
        let norm: f64 = amps.iter().map(|a| a.re.to_f64().powi(2) + a.im.to_f64().powi(2)).sum();
        if norm.is_nan() || (norm - 1.0).abs() > 1e-6 {
            return Err(initial("squared norm", norm.to_string(), "1 to within 1e-6"));
        }
        let n_qubits = amps.len().ilog2() as usize;
        let amps = (0..amps.len()).map(|i| amps[ordered(i, n_qubits, endian)]).collect();
        Ok(Self { n_qubits, lanes: 1, amps })
    }

    /// Amplitudes of one lane, shape `[2^n]`.
    ///
    /// # Panics
    /// If there is no such lane.
    pub fn amplitudes(&self, lane: usize, endian: Endian) -> Vec<Complex<T>> {
        assert!(lane < self.lanes, "lane {lane} of {}", self.lanes);
        let at = |i| self.amps[ordered(i, self.n_qubits, endian) * self.lanes + lane];
        (0..1 << self.n_qubits).map(at).collect()
    }

    /// Register size.
    pub fn n_qubits(&self) -> usize {
        self.n_qubits
    }

    /// Number of columns.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// The whole buffer, shape `[2^n, lanes]`, qubit 0 as the most significant bit.
    pub fn amps(&self) -> &[Complex<T>] {
        &self.amps
    }

    pub(crate) fn amps_mut(&mut self) -> &mut [Complex<T>] {
        &mut self.amps
    }

    /// All lanes of one basis state.
    pub(crate) fn row(&self, basis: usize) -> &[Complex<T>] {
        &self.amps[basis * self.lanes..][..self.lanes]
    }

    /// `Σ |ψ_i|²` of each lane.
    pub fn norms(&self) -> Vec<f64> {
        let identity = PauliString::default();
        self.pauli_inner(&identity, self).into_iter().map(|v| v.re).collect()
    }

    /// `⟨self|P|ket⟩` of each lane.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn pauli_inner(&self, pauli: &PauliString, ket: &StateVector<T>) -> Vec<C64> {
        assert_eq!((self.n_qubits, self.lanes), (ket.n_qubits, ket.lanes), "states of different shape");
        let (x, z) = pauli.basis_masks(self.n_qubits);
        let mut sums = vec![C64::ZERO; self.lanes];
        for i in 0..1 << self.n_qubits {
            let phase = PauliString::phase(x, z, i);
            for ((sum, b), k) in sums.iter_mut().zip(self.row(i ^ x)).zip(ket.row(i)) {
                *sum += phase * wide(*b).conj() * wide(*k);
            }
        }
        sums
    }

    /// Adds `weights[lane] * O|ket⟩` to `self`, a pass for all terms that flip the same qubits.
    pub(crate) fn add_image(&mut self, observable: &PauliSum, ket: &StateVector<T>, weights: &[f64]) {
        for flips in Flips::of(observable, self.n_qubits) {
            for i in 0..1 << self.n_qubits {
                let factor = flips.factor(i);
                let row = &mut self.amps[(i ^ flips.x) * self.lanes..][..self.lanes];
                for ((out, amp), w) in row.iter_mut().zip(ket.row(i)).zip(weights) {
                    let term = factor * wide(*amp) * w;
                    out.re += T::from_f64(term.re);
                    out.im += T::from_f64(term.im);
                }
            }
        }
    }

    /// `⟨ψ|O|ψ⟩` of each lane.
    pub fn expectations(&self, observable: &PauliSum) -> Vec<f64> {
        let mut sums = vec![0.0; self.lanes];
        for flips in Flips::of(observable, self.n_qubits) {
            for i in 0..1 << self.n_qubits {
                let factor = flips.factor(i);
                for ((sum, b), k) in sums.iter_mut().zip(self.row(i ^ flips.x)).zip(self.row(i)) {
                    *sum += (factor * wide(*b).conj() * wide(*k)).re;
                }
            }
        }
        sums
    }

    /// Applies a 4×4 matrix on two qubits, the first one as its high bit.
    pub(crate) fn apply_matrix(&mut self, matrix: &Mat4, qubits: &[usize]) {
        let strides = [self.stride(qubits[0]), self.stride(qubits[1])];
        dense::two_qubit(&mut self.amps, matrix, strides);
    }

    /// `X_ij = Σ_r ket_(ir) bra*_(jr)`, `i` and `j` over two qubits, `r` over the others and the lanes.
    pub(crate) fn cross(&self, bra: &StateVector<T>, qubits: &[usize]) -> Mat4 {
        dense::cross(&self.amps, &bra.amps, [self.stride(qubits[0]), self.stride(qubits[1])])
    }

    fn stride(&self, qubit: usize) -> usize {
        assert!(qubit < self.n_qubits, "qubit {qubit} of {}", self.n_qubits);
        self.lanes << (self.n_qubits - 1 - qubit)
    }
}

/// Fewer terms than this are summed on the way, more make a table.
const WORTH_A_TABLE: usize = 4;
/// Most entries of a table: 16 MiB.
const LARGEST_TABLE: usize = 1 << 20;

/// The terms of an observable that flip the same qubits: `X^x D`, `D` diagonal.
struct Flips {
    /// Mask over the basis index.
    x: usize,
    /// Phased bits and factor of each term.
    terms: Vec<(usize, C64)>,
    /// The diagonal, where it is worth its memory.
    table: Option<Vec<C64>>,
}

impl Flips {
    /// An observable in groups.
    fn of(observable: &PauliSum, n_qubits: usize) -> impl Iterator<Item = Self> {
        let mut groups: BTreeMap<usize, Vec<(usize, C64)>> = BTreeMap::new();
        for (coefficient, pauli) in &observable.terms {
            let (x, z) = pauli.basis_masks(n_qubits);
            groups.entry(x).or_default().push((z, PauliString::phase(x, z, 0) * *coefficient));
        }
        groups.into_iter().map(move |(x, terms)| {
            let is_worth = terms.len() >= WORTH_A_TABLE && 1 << n_qubits <= LARGEST_TABLE;
            let table = is_worth.then(|| diagonal(&terms, n_qubits));
            Self { x, terms, table }
        })
    }

    /// The entry `i` of the diagonal.
    fn factor(&self, i: usize) -> C64 {
        let signed =
            |&(z, factor): &(usize, C64)| if (z & i).count_ones() & 1 == 1 { -factor } else { factor };
        match &self.table {
            Some(table) => table[i],
            None => self.terms.iter().map(signed).sum(),
        }
    }
}

/// `D_i = Σ factor (-1)^(z·i)`, the Walsh-Hadamard transform of the factors.
fn diagonal(terms: &[(usize, C64)], n_qubits: usize) -> Vec<C64> {
    let mut diagonal = vec![C64::ZERO; 1 << n_qubits];
    terms.iter().for_each(|(z, factor)| diagonal[*z] += factor);
    let mut stride = 1;
    while stride < diagonal.len() {
        for block in diagonal.chunks_exact_mut(2 * stride) {
            let (low, high) = block.split_at_mut(stride);
            low.iter_mut().zip(high).for_each(|(a, b)| (*a, *b) = (*a + *b, *a - *b));
        }
        stride *= 2;
    }
    diagonal
}

pub(crate) fn wide<T: Real>(value: Complex<T>) -> C64 {
    C64::new(value.re.to_f64(), value.im.to_f64())
}

fn ordered(index: usize, n_qubits: usize, endian: Endian) -> usize {
    match endian {
        Endian::Big => index,
        Endian::Little if n_qubits == 0 => index,
        Endian::Little => index.reverse_bits() >> (usize::BITS as usize - n_qubits),
    }
}

impl<T: Real> State for StateVector<T> {
    fn zero(n_qubits: usize) -> Self {
        Self::basis(n_qubits, &[0])
    }

    fn apply_gate(&mut self, gate: &Gate, qubits: &[usize]) {
        match (gate.matrix(), qubits) {
            (Matrix::One(m), &[q]) => {
                let stride = self.stride(q);
                dense::one_qubit(&mut self.amps, &m, stride);
            }
            (Matrix::Two(m), &[a, b]) => {
                let strides = [self.stride(a), self.stride(b)];
                dense::two_qubit(&mut self.amps, &m, strides);
            }
            (Matrix::One(_) | Matrix::Two(_), _) => panic!("{gate:?} on {qubits:?}"),
        }
    }

    fn apply_rotation(&mut self, pauli: &PauliString, theta: f64) {
        let support = pauli.x | pauli.z;
        let lowest = support.trailing_zeros() as usize;
        if support.count_ones() == 1 {
            let stride = self.stride(lowest);
            let (sin, cos) = (theta / 2.0).sin_cos();
            let (x, z) = (usize::from(pauli.x != 0), usize::from(pauli.z != 0));
            let mut m = [C64::new(cos, 0.0), C64::ZERO, C64::ZERO, C64::new(cos, 0.0)];
            for column in 0..2 {
                m[(column ^ x) * 2 + column] += C64::new(0.0, -sin) * PauliString::phase(x, z, column);
            }
            return dense::one_qubit(&mut self.amps, &m, stride);
        }
        dense::pauli_rotation(&mut self.amps, pauli.basis_masks(self.n_qubits), theta, self.lanes);
    }

    /// `⟨ψ|O|ψ⟩`, summed over lanes.
    fn expectation(&self, observable: &PauliSum) -> f64 {
        self.expectations(observable).iter().sum()
    }
}

impl<T> std::fmt::Debug for StateVector<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StateVector({} qubits, {} lanes)", self.n_qubits, self.lanes)
    }
}
