//! What is to be learned: a distribution over bit strings, or a ground state.

use circuit::hamiltonian::{self, Lattice, Order};
use circuit::{Pauli, PauliString, PauliSum};
use serde::Deserialize;
use tensornet::BitStrings;

use crate::Error;

const REMEDY: &str = "give bas:ROWSxCOLUMNS, cardinality:N,K, or with SIZE as N or ROWSxCOLUMNS tfim:SIZE[,H], \
                      heisenberg:SIZE, xxz:SIZE,DELTA, j1j2:SIZE,J2; or a file of bit strings or of a molecule";

/// A problem that a matrix product state can be trained on, and then a circuit.
#[derive(Clone, Debug)]
pub enum Problem {
    /// A distribution to draw from.
    Generative {
        /// Its name.
        name: String,
        /// Strings and their probabilities.
        data: BitStrings,
    },
    /// A state of least energy.
    Ground {
        /// Its name.
        name: String,
        /// The energy; in Pauli matrices, not spins.
        hamiltonian: PauliSum,
        /// Size of the register.
        n_qubits: usize,
        /// The least energy, where it is known.
        reference: Option<f64>,
    },
}

impl Problem {
    /// A named problem: `bas:4x3`, `cardinality:12,6`, or a spin model on a chain or a lattice, `tfim:12`, `tfim:4x3,0.5`
    /// (field), `heisenberg:12`, `xxz:12,0.5` (anisotropy), `j1j2:4x3,0.5` (second neighbours); `lattice:4x3` is short
    /// for `heisenberg:4x3`. Lattices are numbered in snake order.
    ///
    /// ```
    /// use ketwork::pretrain::Problem;
    ///
    /// assert_eq!(Problem::parse("bas:4x3")?.n_qubits(), 12);
    /// assert!(Problem::parse("bas:4").is_err());
    /// # Ok::<(), ketwork::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the text names no problem, or its sizes are out of range.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |why: String| Error::Problem { text: text.to_owned(), why, remedy: REMEDY };
        let (kind, rest) = text.split_once(':').ok_or_else(|| wrong("a colon is missing".into()))?;
        let (size, more) = rest.split_once(',').map_or((rest, None), |(size, more)| (size, Some(more)));
        let whole = |part: &str| {
            let number = part.trim().parse::<usize>().ok().filter(|&n| n > 0);
            number.ok_or_else(|| wrong(format!("'{part}' is no whole number above zero")))
        };
        let sides = |size: &str| -> Result<(usize, usize), Error> {
            match size.split_once('x') {
                Some((rows, columns)) => Ok((whole(rows)?, whole(columns)?)),
                None => Ok((1, whole(size)?)),
            }
        };
        let (name, (rows, columns)) = (text.to_owned(), sides(size)?);
        let data = match (kind, more) {
            ("bas", None) if size.contains('x') => Some(BitStrings::bars_and_stripes(rows, columns)?),
            ("cardinality", Some(ones)) if rows == 1 => {
                let ones =
                    ones.trim().parse().map_err(|_| wrong(format!("'{ones}' is no number of ones")))?;
                Some(BitStrings::cardinality(columns, ones)?)
            }
            _ => None,
        };
        if let Some(data) = data {
            return Ok(Self::Generative { name, data });
        }
        let lattice = Lattice::new(rows, columns, Order::Snake)?;
        let extra = more.map(|part| {
            let number = part.trim().parse::<f64>().ok();
            number.ok_or_else(|| wrong(format!("'{part}' is no number")))
        });
        let extra = extra.transpose()?;
        let hamiltonian = match (kind, extra) {
            ("tfim", field) => hamiltonian::tfim(&lattice, 1.0, field.unwrap_or(1.0))?,
            ("heisenberg" | "lattice", None) => hamiltonian::heisenberg(&lattice, 1.0)?,
            ("xxz", Some(anisotropy)) => hamiltonian::xxz(&lattice, 1.0, anisotropy)?,
            ("j1j2", Some(second)) => hamiltonian::j1_j2(&lattice, 1.0, second)?,
            _ => return Err(wrong(format!("there is no '{kind}' of that form"))),
        };
        Ok(Self::Ground { name, hamiltonian, n_qubits: lattice.n_qubits(), reference: None })
    }

    /// A distribution from text: one string of digits 0 and 1 a line, after which a count may follow.
    ///
    /// # Errors
    /// If the text holds anything else.
    pub fn from_bit_strings(name: &str, text: &str) -> Result<Self, Error> {
        Ok(Self::Generative { name: name.to_owned(), data: text.parse()? })
    }

    /// A molecule from JSON: `n_qubits`, `terms` as pairs of a string like `"XIYZ"` (position `i` is qubit `i`) and a
    /// coefficient, and the least energy as `fci_energy` or `ground_energy_sector_ed` where it is known.
    ///
    /// # Errors
    /// If the text is not that.
    pub fn from_molecule(name: &str, text: &str) -> Result<Self, Error> {
        let remedy = "give n_qubits, and terms as pairs of a Pauli string and a coefficient";
        let wrong = |why: String| Error::Problem { text: name.to_owned(), why, remedy };
        let molecule: Molecule = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let n_qubits = molecule.n_qubits;
        let limit = PauliString::MAX_QUBITS;
        if n_qubits > limit {
            return Err(circuit::Error::TooManyQubits { n_qubits, limit }.into());
        }
        let mut terms = Vec::with_capacity(molecule.terms.len());
        for (word, coefficient) in &molecule.terms {
            if word.len() != n_qubits || !coefficient.is_finite() {
                return Err(wrong(format!("the term {word} {coefficient} does not fit {n_qubits} qubits")));
            }
            let mut factors = Vec::new();
            for (qubit, letter) in word.chars().enumerate() {
                match letter {
                    'I' => {}
                    'X' => factors.push((qubit, Pauli::X)),
                    'Y' => factors.push((qubit, Pauli::Y)),
                    'Z' => factors.push((qubit, Pauli::Z)),
                    _ => return Err(wrong(format!("the term {word} has the letter '{letter}'"))),
                }
            }
            terms.push((*coefficient, PauliString::new(&factors)));
        }
        let reference = molecule.ground_energy_sector_ed.or(molecule.fci_energy);
        Ok(Self::Ground { name: name.to_owned(), hamiltonian: PauliSum { terms }, n_qubits, reference })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Generative { name, .. } | Self::Ground { name, .. } => name,
        }
    }

    /// Size of the register.
    pub fn n_qubits(&self) -> usize {
        match self {
            Self::Generative { data, .. } => data.n_qubits(),
            Self::Ground { n_qubits, .. } => *n_qubits,
        }
    }
}

/// The fields of a file that matter.
#[derive(Deserialize)]
struct Molecule {
    n_qubits: usize,
    terms: Vec<(String, f64)>,
    fci_energy: Option<f64>,
    ground_energy_sector_ed: Option<f64>,
}
