//! Matrix product operators: sums of Pauli strings as chains.
//!
//! A site is a sparse matrix of 2 x 2 operators, one for each pair of a left and a right bond index. The
//! products along all paths from the single left end to the single right end add up to the operator.

mod apply;
mod build;
mod charge;
mod compress;
mod graded;
mod measure;

use circuit::{C64, PauliSum};
use ndarray::Array4;

use crate::Error;
use crate::scalar::Scalar;

/// A 2 x 2 operator on one qubit, row-major.
pub(crate) type Local<T> = [T; 4];

/// One term of a site: from a left bond index, to a right one, the operator.
pub(crate) type Entry<T> = (usize, usize, Local<T>);

/// One tensor of an operator; entries are sorted by left, then right index, and no pair appears twice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MpoSite<T = C64> {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) entries: Vec<Entry<T>>,
}

/// An operator `Σ W0[1 b0] ⊗ W1[b0 b1] ⊗ .. ⊗ W(n-1)[b(n-2) 1]` on a chain of qubits.
///
/// ```
/// use circuit::{PauliSum, State};
/// use tensornet::{Mpo, Mps};
///
/// let ising: PauliSum = "-1*Z0*Z1 - 1*Z1*Z2 - 0.5*X0 - 0.5*X1 - 0.5*X2".parse()?;
/// let operator = Mpo::from_sum(&ising, 3)?;
/// assert_eq!(operator.bond_dims(), [3, 3]);
/// assert!((operator.expectation(&Mps::zero(3))? + 2.0).abs() < 1e-14);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Reference: Schollwöck, arXiv:1008.3477.
#[derive(Clone, Debug, PartialEq)]
pub struct Mpo {
    pub(crate) sites: Vec<MpoSite>,
}

impl Mpo {
    /// The chain of smallest bonds for a sum of Pauli strings: prefixes that lead on in the same way are
    /// merged, then suffixes, and a singular value decomposition at relative tolerance 1e-12 replaces the
    /// result where its bonds are smaller still.
    ///
    /// # Errors
    /// If the sum acts beyond `n_qubits`, `n_qubits` is 0, or a coefficient is not finite.
    pub fn from_sum(sum: &PauliSum, n_qubits: usize) -> Result<Self, Error> {
        if sum.n_qubits() > n_qubits {
            return Err(Error::Length { what: "the Pauli sum", got: sum.n_qubits(), expected: n_qubits });
        }
        let terms: Vec<_> = sum.terms.iter().map(|(c, string)| (*c, string.factors())).collect();
        Self::from_terms(&terms, n_qubits)
    }

    /// Number of qubits.
    pub fn n_qubits(&self) -> usize {
        self.sites.len()
    }

    /// Dimensions of the `n - 1` bonds, left to right.
    pub fn bond_dims(&self) -> Vec<usize> {
        self.sites.iter().skip(1).map(|site| site.left).collect()
    }

    /// Whether all entries are real.
    pub fn is_real(&self) -> bool {
        let mut entries = self.sites.iter().flat_map(|site| &site.entries);
        entries.all(|(_, _, op)| op.iter().all(|x| x.im == 0.0))
    }

    /// Whether every basis state becomes a superposition of basis states with as many ones: whether the operator
    /// commutes with the total `Z`.
    ///
    /// ```
    /// use tensornet::Mpo;
    ///
    /// let conserves = |text: &str| -> Result<bool, Box<dyn std::error::Error>> {
    ///     Ok(Mpo::from_sum(&text.parse()?, 3)?.conserves_ones())
    /// };
    /// assert!(conserves("X0*X2 + Y0*Y2 + Z1")?);
    /// assert!(!conserves("X0*X2 + Z1")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn conserves_ones(&self) -> bool {
        self.conserving().is_some()
    }

    /// The tensor of one qubit, legs `wL wR s s*`: the operator maps `s*` to `s`.
    ///
    /// # Panics
    /// If `qubit` is outside the chain.
    pub fn site(&self, qubit: usize) -> Array4<C64> {
        let site = &self.sites[qubit];
        let mut tensor = Array4::zeros((site.left, site.right, 2, 2));
        for &(from, to, op) in &site.entries {
            op.iter().enumerate().for_each(|(k, &x)| tensor[[from, to, k / 2, k % 2]] = x);
        }
        tensor
    }

    /// The product `self other`; bonds multiply, then are merged where that loses nothing.
    ///
    /// # Errors
    /// If the two act on different numbers of qubits.
    pub fn times(&self, other: &Mpo) -> Result<Mpo, Error> {
        let (got, expected) = (other.n_qubits(), self.n_qubits());
        if got != expected {
            return Err(Error::Length { what: "the second operator", got, expected });
        }
        let sites = self.sites.iter().zip(&other.sites).map(|(a, b)| a.times(b)).collect();
        Ok(Mpo { sites }.merged())
    }
}

impl MpoSite {
    fn times(&self, other: &MpoSite) -> MpoSite {
        let mut entries = Vec::with_capacity(self.entries.len() * other.entries.len());
        for &(a, b, p) in &self.entries {
            for &(c, d, q) in &other.entries {
                let row = |s: usize, t: usize| p[2 * s] * q[t] + p[2 * s + 1] * q[2 + t];
                let op = [row(0, 0), row(0, 1), row(1, 0), row(1, 1)];
                entries.push((a * other.left + c, b * other.right + d, op));
            }
        }
        entries.sort_by_key(|&(from, to, _)| (from, to));
        MpoSite { left: self.left * other.left, right: self.right * other.right, entries }
    }
}

impl<T: Scalar> MpoSite<T> {
    /// Whether there are so many paths that the site is better taken as full.
    pub(crate) fn is_crowded(&self) -> bool {
        const CROWDED: usize = 4; // paths per bond index
        self.entries.len() > CROWDED * (self.left + self.right)
    }

    /// The same site read from right to left.
    pub(crate) fn mirrored(&self) -> Self {
        let mut entries: Vec<_> = self.entries.iter().map(|&(from, to, op)| (to, from, op)).collect();
        entries.sort_by_key(|&(from, to, _)| (from, to));
        Self { left: self.right, right: self.left, entries }
    }

    /// The same site in other numbers.
    pub(crate) fn convert<S: Scalar>(&self) -> MpoSite<S> {
        let entry = |&(from, to, op): &Entry<T>| (from, to, op.map(|x| S::narrow(x.widen())));
        MpoSite { left: self.left, right: self.right, entries: self.entries.iter().map(entry).collect() }
    }
}
