//! Pauli strings: the generators of rotations and the terms of observables.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{C64, Error};

/// A single-qubit Pauli operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pauli {
    /// Bit flip.
    X,
    /// Bit and phase flip.
    Y,
    /// Phase flip.
    Z,
}

/// A tensor product of Pauli operators: bit `q` of `x` (`z`) says that qubit `q` carries X (Z).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PauliString {
    /// Qubits that are flipped.
    pub x: u128,
    /// Qubits that are phased.
    pub z: u128,
}

/// A real linear combination of Pauli strings, `Σ_k c_k P_k`: a Hermitian observable.
///
/// ```
/// let energy: circuit::PauliSum = "0.5*X0*X1 - 1.5*Z2 + 2".parse()?;
/// assert_eq!(energy.terms.len(), 3);
/// assert_eq!(energy.to_string().parse::<circuit::PauliSum>()?, energy);
/// # Ok::<(), circuit::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PauliSum {
    /// Coefficient and string of each term.
    pub terms: Vec<(f64, PauliString)>,
}

/// The powers of `i`.
const QUARTERS: [C64; 4] = [C64::ONE, C64::I, C64::new(-1.0, 0.0), C64::new(0.0, -1.0)];

impl PauliString {
    /// Most qubits a string can act on.
    pub const MAX_QUBITS: usize = 128;

    /// The product of the listed single-qubit factors, one per qubit.
    ///
    /// # Panics
    /// If a qubit is above 127.
    pub fn new(factors: &[(usize, Pauli)]) -> Self {
        let mut string = Self::default();
        for &(q, pauli) in factors {
            assert!(q < Self::MAX_QUBITS, "qubit {q} of a Pauli string; the limit is 127");
            string.x |= u128::from(pauli != Pauli::Z) << q;
            string.z |= u128::from(pauli != Pauli::X) << q;
        }
        string
    }

    /// `Z` on one qubit.
    pub fn z(qubit: usize) -> Self {
        Self::new(&[(qubit, Pauli::Z)])
    }

    /// The factor on `qubit`, if any.
    pub fn factor(&self, qubit: usize) -> Option<Pauli> {
        match (self.x >> qubit & 1, self.z >> qubit & 1) {
            (0, 0) => None,
            (1, 0) => Some(Pauli::X),
            (0, _) => Some(Pauli::Z),
            _ => Some(Pauli::Y),
        }
    }

    /// Qubits on which the string acts, in ascending order.
    pub fn support(&self) -> Vec<usize> {
        let mut rest = self.x | self.z;
        let mut qubits = Vec::with_capacity(rest.count_ones() as usize);
        while rest != 0 {
            qubits.push(rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
        qubits
    }

    /// The factors, one per qubit of the [support](Self::support), in ascending order.
    pub fn factors(&self) -> Vec<(usize, Pauli)> {
        self.support().into_iter().filter_map(|q| self.factor(q).map(|pauli| (q, pauli))).collect()
    }

    /// The string with qubit `q` moved to `position(q)`.
    pub fn relabel(&self, position: impl Fn(usize) -> usize) -> Self {
        Self::new(&self.factors().into_iter().map(|(q, pauli)| (position(q), pauli)).collect::<Vec<_>>())
    }

    /// True if the two strings commute as operators.
    pub fn commutes_with(&self, other: &PauliString) -> bool {
        ((self.x & other.z).count_ones() + (self.z & other.x).count_ones()).is_multiple_of(2)
    }

    /// `self · other = phase · string`, the phase one of `±1, ±i`.
    ///
    /// ```
    /// use circuit::{C64, PauliString};
    ///
    /// let [x, y, z]: [PauliString; 3] = ["X0".parse()?, "Y0".parse()?, "Z0".parse()?];
    /// assert_eq!(x.times(&y), (C64::I, z));
    /// # Ok::<(), circuit::Error>(())
    /// ```
    pub fn times(&self, other: &PauliString) -> (C64, PauliString) {
        let string = PauliString { x: self.x ^ other.x, z: self.z ^ other.z };
        let n_y = |p: &PauliString| (p.x & p.z).count_ones();
        let power = n_y(self) + n_y(other) + 3 * n_y(&string) + 2 * (self.z & other.x).count_ones();
        (QUARTERS[power as usize % 4], string)
    }

    /// The same string as masks over the basis index of an `n_qubits` register, which has to fit a `usize`.
    pub fn basis_masks(&self, n_qubits: usize) -> (usize, usize) {
        let unused = (Self::MAX_QUBITS - n_qubits) as u32;
        let flip = |mask: u128| mask.reverse_bits().checked_shr(unused).unwrap_or(0) as usize;
        (flip(self.x), flip(self.z))
    }

    /// `P|i⟩ = phase(i) |i ^ x⟩`, for masks over the basis index.
    pub fn phase(x: usize, z: usize, i: usize) -> C64 {
        let power = (x & z).count_ones() + 2 * (z & i).count_ones();
        QUARTERS[power as usize % 4]
    }

    /// `exp(-i θ/2 P)` restricted to `qubits`, row-major of size `2^k x 2^k`, first qubit as high bit.
    pub fn rotation_matrix(&self, theta: f64, qubits: &[usize]) -> Vec<C64> {
        let local = |mask: u128| qubits.iter().fold(0, |acc, &q| acc << 1 | (mask >> q & 1) as usize);
        let (x, z, dim) = (local(self.x), local(self.z), 1 << qubits.len());
        let (sin, cos) = (theta / 2.0).sin_cos();
        let mut m = vec![C64::ZERO; dim * dim];
        for col in 0..dim {
            m[col * dim + col] += cos;
            m[(col ^ x) * dim + col] += C64::new(0.0, -sin) * Self::phase(x, z, col);
        }
        m
    }
}

impl PauliSum {
    /// The observable `Z` on one qubit.
    pub fn z(qubit: usize) -> Self {
        Self { terms: vec![(1.0, PauliString::z(qubit))] }
    }

    /// Number of qubits it needs: one more than the highest it acts on.
    pub fn n_qubits(&self) -> usize {
        self.terms.iter().map(|(_, p)| (u128::BITS - (p.x | p.z).leading_zeros()) as usize).max().unwrap_or(0)
    }
}

impl FromIterator<(f64, PauliString)> for PauliSum {
    fn from_iter<I: IntoIterator<Item = (f64, PauliString)>>(terms: I) -> Self {
        Self { terms: terms.into_iter().collect() }
    }
}

impl fmt::Display for PauliString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let factors: Vec<String> = self.factors().iter().map(|(q, p)| format!("{p:?}{q}")).collect();
        write!(f, "{}", if factors.is_empty() { "1".into() } else { factors.join("*") })
    }
}

impl fmt::Display for PauliSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return write!(f, "0");
        }
        for (k, (coefficient, string)) in self.terms.iter().enumerate() {
            let joint = if k == 0 { "" } else { " + " };
            write!(f, "{joint}{coefficient:?}*{string}")?;
        }
        Ok(())
    }
}

impl FromStr for PauliString {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |piece: &str| Error::PauliText { text: piece.into() };
        let mut factors: Vec<(usize, Pauli)> = Vec::new();
        for piece in text.split('*').map(str::trim).filter(|&p| p != "1") {
            let pauli = match piece.chars().next() {
                Some('X') => Pauli::X,
                Some('Y') => Pauli::Y,
                Some('Z') => Pauli::Z,
                _ => return Err(wrong(piece)),
            };
            let qubit: usize = piece[1..].parse().map_err(|_| wrong(piece))?;
            if piece.contains('+') || qubit >= Self::MAX_QUBITS || factors.iter().any(|&(q, _)| q == qubit) {
                return Err(wrong(piece));
            }
            factors.push((qubit, pauli));
        }
        Ok(Self::new(&factors))
    }
}

impl FromStr for PauliSum {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.trim() == "0" {
            return Ok(Self::default());
        }
        let spaced = text.replace(" - ", " + -");
        spaced.split(" + ").map(|term| parse_term(term.trim())).collect()
    }
}

fn parse_term(term: &str) -> Result<(f64, PauliString), Error> {
    let (head, tail) = term.split_once('*').unwrap_or((term, "1"));
    if let Ok(value) = head.trim().parse::<f64>() {
        return match value.is_finite() {
            true => Ok((value, tail.parse()?)),
            false => Err(Error::NonFinite { what: "a coefficient", value }),
        };
    }
    match term.strip_prefix('-') {
        Some(rest) => Ok((-1.0, rest.parse()?)),
        None => Ok((1.0, term.parse()?)),
    }
}
