//! Hamiltonians of spins on open chains and rectangular lattices, as Pauli sums.
//!
//! Couplings multiply Pauli operators, not spins: `S·S = (XX + YY + ZZ)/4`, so that energies are four times
//! those in units of `S·S`. There are no bonds across the edges of a lattice.

use serde::{Deserialize, Serialize};

use crate::{Error, Pauli, PauliString, PauliSum};

/// How the sites of a lattice are numbered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Row after row, each from left to right.
    #[default]
    RowMajor,
    /// Row after row, every second one from right to left: consecutive sites are always neighbours.
    Snake,
}

/// A rectangle of sites with open edges; a chain is one row.
///
/// ```
/// use circuit::hamiltonian::{Lattice, Order};
///
/// let lattice = Lattice::new(2, 3, Order::Snake)?;
/// assert_eq!([lattice.site(0, 2), lattice.site(1, 2), lattice.site(1, 0)], [2, 3, 5]);
/// assert_eq!(lattice.neighbours().len(), 7);
/// # Ok::<(), circuit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lattice {
    rows: usize,
    columns: usize,
    order: Order,
}

impl Lattice {
    /// A lattice of `rows` times `columns` sites.
    ///
    /// # Errors
    /// If it has more sites than [`PauliString::MAX_QUBITS`].
    pub fn new(rows: usize, columns: usize, order: Order) -> Result<Self, Error> {
        let (n_qubits, limit) = (rows.saturating_mul(columns), PauliString::MAX_QUBITS);
        match n_qubits <= limit {
            true => Ok(Self { rows, columns, order }),
            false => Err(Error::TooManyQubits { n_qubits, limit }),
        }
    }

    /// A chain of `length` sites.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn chain(length: usize) -> Result<Self, Error> {
        Self::new(1, length, Order::RowMajor)
    }

    /// Number of sites.
    pub fn n_qubits(&self) -> usize {
        self.rows * self.columns
    }

    /// The qubit of a site.
    pub fn site(&self, row: usize, column: usize) -> usize {
        let backward = self.order == Order::Snake && row % 2 == 1;
        row * self.columns + if backward { self.columns - 1 - column } else { column }
    }

    /// Pairs of sites next to each other in a row or a column, the lower qubit first, in ascending order.
    pub fn neighbours(&self) -> Vec<[usize; 2]> {
        self.pairs(&[(0, 1), (1, 0)])
    }

    /// Pairs of sites second nearest to each other: across the diagonals of squares; on a chain, two sites apart.
    pub fn second_neighbours(&self) -> Vec<[usize; 2]> {
        match (self.rows, self.columns) {
            (1, _) => self.pairs(&[(0, 2)]),
            (_, 1) => self.pairs(&[(2, 0)]),
            _ => self.pairs(&[(1, 1), (1, -1)]),
        }
    }

    /// Pairs that differ by one of the listed steps in row and column.
    fn pairs(&self, steps: &[(usize, isize)]) -> Vec<[usize; 2]> {
        let sites = (0..self.rows).flat_map(|r| (0..self.columns).map(move |c| (r, c)));
        let pair = |(r, c): (usize, usize), &(down, right): &(usize, isize)| {
            let (row, column) = (r + down, c.checked_add_signed(right)?);
            let inside = row < self.rows && column < self.columns;
            let [a, b] = [self.site(r, c), inside.then(|| self.site(row, column))?];
            Some([a.min(b), a.max(b)])
        };
        let mut pairs: Vec<_> =
            sites.flat_map(|at| steps.iter().filter_map(move |step| pair(at, step))).collect();
        pairs.sort_unstable();
        pairs
    }
}

/// Ising model in a transverse field, `-J Σ_<ab> Z_a Z_b - h Σ_a X_a`.
///
/// ```
/// use circuit::hamiltonian::{Lattice, tfim};
///
/// let chain = tfim(&Lattice::chain(3)?, 1.0, 0.5)?;
/// assert_eq!(chain, "-1*Z0*Z1 - 1*Z1*Z2 - 0.5*X0 - 0.5*X1 - 0.5*X2".parse()?);
/// # Ok::<(), circuit::Error>(())
/// ```
///
/// # Errors
/// If a coefficient is not finite.
pub fn tfim(lattice: &Lattice, coupling: f64, field: f64) -> Result<PauliSum, Error> {
    let bonds = bonds(&lattice.neighbours(), &[(Pauli::Z, -coupling)]);
    let fields = (0..lattice.n_qubits()).map(|q| (-field, PauliString::new(&[(q, Pauli::X)])));
    finite(bonds.into_iter().chain(fields))
}

/// Heisenberg model, `J Σ_<ab> (X_a X_b + Y_a Y_b + Z_a Z_b)`; antiferromagnetic for positive `J`.
///
/// # Errors
/// If the coupling is not finite.
pub fn heisenberg(lattice: &Lattice, coupling: f64) -> Result<PauliSum, Error> {
    xxz(lattice, coupling, 1.0)
}

/// XXZ model, `J Σ_<ab> (X_a X_b + Y_a Y_b + Δ Z_a Z_b)`.
///
/// # Errors
/// If a coefficient is not finite.
pub fn xxz(lattice: &Lattice, coupling: f64, anisotropy: f64) -> Result<PauliSum, Error> {
    let kinds = [(Pauli::X, coupling), (Pauli::Y, coupling), (Pauli::Z, coupling * anisotropy)];
    finite(bonds(&lattice.neighbours(), &kinds))
}

/// Frustrated Heisenberg model: `J1` between [neighbours](Lattice::neighbours) and `J2` between
/// [second neighbours](Lattice::second_neighbours).
///
/// # Errors
/// If a coupling is not finite.
///
/// Reference: Majumdar and Ghosh, J. Math. Phys. 10, 1388.
pub fn j1_j2(lattice: &Lattice, j1: f64, j2: f64) -> Result<PauliSum, Error> {
    let isotropic = |coupling| [Pauli::X, Pauli::Y, Pauli::Z].map(|kind| (kind, coupling));
    let first = bonds(&lattice.neighbours(), &isotropic(j1));
    finite(first.into_iter().chain(bonds(&lattice.second_neighbours(), &isotropic(j2))))
}

/// One term per pair and kind.
fn bonds(pairs: &[[usize; 2]], kinds: &[(Pauli, f64)]) -> Vec<(f64, PauliString)> {
    let term =
        |&[a, b]: &[usize; 2], &(kind, c): &(Pauli, f64)| (c, PauliString::new(&[(a, kind), (b, kind)]));
    pairs.iter().flat_map(|pair| kinds.iter().map(move |kind| term(pair, kind))).collect()
}

fn finite(terms: impl IntoIterator<Item = (f64, PauliString)>) -> Result<PauliSum, Error> {
    let term = |(c, string): (f64, PauliString)| match c.is_finite() {
        true => Ok((c, string)),
        false => Err(Error::NonFinite { what: "a coefficient", value: c }),
    };
    terms.into_iter().map(term).collect()
}
