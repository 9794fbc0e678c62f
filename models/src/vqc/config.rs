//! The family of layered circuits: what is encoded, how qubits are entangled and rotated, what is measured.

use circuit::ansatz::bricks;
use circuit::{Angle, Circuit, Pauli, PauliString, PauliSum};
use serde::{Deserialize, Serialize};

use crate::Error;

/// Settings of a layered circuit; the defaults are those of arXiv:2402.17760 for time series.
///
/// Qubits start in `|0>`, pass a Hadamard each if wanted, then the encoding, then layers of entangler and rotations.
///
/// ```
/// use models::vqc::VqcConfig;
///
/// let (circuit, n_encoding) = VqcConfig::default().circuit(1)?;
/// assert_eq!((circuit.n_qubits(), circuit.n_params(), n_encoding), (8, 1 + 16, 1));
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VqcConfig {
    /// Register size n.
    pub qubits: usize,
    /// Layers of entangler and rotations, L.
    pub layers: usize,
    /// How inputs enter.
    pub encoding: Encoding,
    /// Two-qubit gates of a layer.
    pub entangler: Entangler,
    /// One-qubit gates of a layer.
    pub rotation: Rotation,
    /// Whether every qubit begins with a Hadamard gate.
    pub hadamard: bool,
    /// What is measured.
    pub measure: Measure,
}

/// How inputs `x_k` enter, one per qubit from qubit 0 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// `RY(x_k)`.
    Ry,
    /// `RY(atan x_k)`, then `RZ(atan x_k^2)`. Reference: arXiv:2009.01783.
    Arctan,
    /// `RY(x_k)`, then `RZ(x_k)`, again at the end of every layer. Reference: QFWP-ANO.
    Reupload,
}

/// Two-qubit gates of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entangler {
    /// `CX` on (0,1), (2,3), .. then on (1,2), (3,4), ..: an open chain.
    Brick,
    /// `CX(i, i+1 mod n)` in order of i.
    Ring,
    /// The ring, then `CX(i, i+2 mod n)`. Reference: arXiv:2009.01783.
    RingSkip,
}

/// One-qubit gates of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// `RY` after the entangler: one angle.
    Ry,
    /// `RZ`, `RY`, `RZ` after the entangler: three angles.
    Euler,
    /// `RZ`, `RY` before the entangler: two angles.
    RzRy,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Measure {
    /// `<Z>` of the first qubits, all where no number is given.
    Z {
        /// How many.
        qubits: Option<usize>,
    },
    /// Every Pauli string but the identity on every set of `weight` qubits, for observables that are put together later:
    /// set by set in lexicographic order, strings in the order I, X, Y, Z of the last qubit first.
    Local {
        /// Qubits of a set.
        weight: usize,
    },
}

impl Default for VqcConfig {
    fn default() -> Self {
        Self {
            qubits: 8,
            layers: 2,
            encoding: Encoding::Ry,
            entangler: Entangler::Brick,
            rotation: Rotation::Ry,
            hadamard: true,
            measure: Measure::Z { qubits: Some(4) },
        }
    }
}

impl VqcConfig {
    /// The circuit for `inputs` inputs, and how many of its parameters encode them; these come first, then the weights
    /// layer by layer, qubit by qubit.
    ///
    /// # Errors
    /// [`Error::Invalid`] for sizes that do not fit together; [`Error::Circuit`] for a register that is too large.
    pub fn circuit(&self, inputs: usize) -> Result<(Circuit, usize), Error> {
        self.check(inputs)?;
        let mut circuit = Circuit::new(self.qubits)?;
        let encoding: Vec<Angle> = (0..self.encoding.angles() * inputs).map(|_| circuit.param()).collect();
        if self.hadamard {
            (0..self.qubits).try_for_each(|q| circuit.h(q).map(|_| ()))?;
        }
        self.encode(&mut circuit, &encoding)?;
        for _ in 0..self.layers {
            if self.rotation == Rotation::RzRy {
                self.rotate(&mut circuit)?;
                self.entangle(&mut circuit)?;
            } else {
                self.entangle(&mut circuit)?;
                self.rotate(&mut circuit)?;
            }
            if self.encoding == Encoding::Reupload {
                self.encode(&mut circuit, &encoding)?;
            }
        }
        Ok((circuit, encoding.len()))
    }

    /// Weights of a layer, per qubit.
    pub fn angles_per_qubit(&self) -> usize {
        match self.rotation {
            Rotation::Ry => 1,
            Rotation::Euler => 3,
            Rotation::RzRy => 2,
        }
    }

    /// Weights of the whole circuit.
    pub fn n_weights(&self) -> usize {
        self.layers * self.qubits * self.angles_per_qubit()
    }

    /// What is measured, one observable per value.
    pub fn observables(&self) -> Vec<PauliSum> {
        let string = |factors: &[(usize, Pauli)]| PauliSum { terms: vec![(1.0, PauliString::new(factors))] };
        match self.measure {
            Measure::Z { qubits } => {
                (0..qubits.unwrap_or(self.qubits)).map(|q| string(&[(q, Pauli::Z)])).collect()
            }
            Measure::Local { weight } => {
                let sets = subsets(self.qubits, weight);
                sets.iter().flat_map(|set| pauli_strings(set)).map(|factors| string(&factors)).collect()
            }
        }
    }

    fn check(&self, inputs: usize) -> Result<(), Error> {
        let n = self.qubits;
        let fault = |what: &str, got: usize, expected: String, remedy: &str| {
            Err(Error::invalid(what, got, expected, remedy))
        };
        if n == 0 {
            return fault("the number of qubits", n, "at least 1".into(), "use 8");
        }
        if self.layers == 0 {
            return fault("the number of circuit layers", 0, "at least 1".into(), "use 2");
        }
        if inputs > n {
            let expected = format!("at most the number of qubits, {n}");
            return fault("the number of inputs of the circuit", inputs, expected, "add qubits");
        }
        let (what, measured) = match self.measure {
            Measure::Z { qubits } => ("the number of measured qubits", qubits.unwrap_or(n)),
            Measure::Local { weight } => ("the weight of the observables", weight),
        };
        if measured == 0 || measured > n {
            return fault(what, measured, format!("1 to {n}"), "measure fewer, or add qubits");
        }
        Ok(())
    }

    fn encode(&self, circuit: &mut Circuit, angles: &[Angle]) -> Result<(), Error> {
        match self.encoding {
            Encoding::Ry => {
                for (q, &y) in angles.iter().enumerate() {
                    circuit.ry(q, y)?;
                }
            }
            Encoding::Arctan | Encoding::Reupload => {
                for (q, pair) in angles.chunks_exact(2).enumerate() {
                    circuit.ry(q, pair[0])?.rz(q, pair[1])?;
                }
            }
        }
        Ok(())
    }

    fn entangle(&self, circuit: &mut Circuit) -> Result<(), Error> {
        let n = self.qubits;
        let ring = |circuit: &mut Circuit, range: usize| -> Result<(), Error> {
            if n > range {
                (0..n).try_for_each(|q| circuit.cx(q, (q + range) % n).map(|_| ()))?;
            }
            Ok(())
        };
        match self.entangler {
            Entangler::Brick => {
                for q in bricks(n) {
                    circuit.cx(q, q + 1)?;
                }
                Ok(())
            }
            Entangler::Ring => ring(circuit, 1),
            Entangler::RingSkip => {
                ring(circuit, 1)?;
                ring(circuit, 2)
            }
        }
    }

    fn rotate(&self, circuit: &mut Circuit) -> Result<(), Error> {
        for q in 0..self.qubits {
            match self.rotation {
                Rotation::Ry => {
                    let y = circuit.param();
                    circuit.ry(q, y)?;
                }
                Rotation::Euler => circuit::ansatz::euler(circuit, q)?,
                Rotation::RzRy => {
                    let (z, y) = (circuit.param(), circuit.param());
                    circuit.rz(q, z)?.ry(q, y)?;
                }
            }
        }
        Ok(())
    }
}

impl Encoding {
    /// Angles of one input.
    pub fn angles(self) -> usize {
        match self {
            Self::Ry => 1,
            Self::Arctan | Self::Reupload => 2,
        }
    }

    /// The angles of the input `x`.
    pub fn of(self, x: f64) -> Vec<f64> {
        match self {
            Self::Ry => vec![x],
            Self::Arctan => vec![x.atan(), (x * x).atan()],
            Self::Reupload => vec![x, x],
        }
    }
}

/// The sets of `size` numbers below `n`, each ascending, in lexicographic order.
pub(crate) fn subsets(n: usize, size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in subsets(n, size - 1) {
        let first = shorter.last().map_or(0, |last| last + 1);
        all.extend((first..n).map(|next| [shorter.as_slice(), &[next]].concat()));
    }
    all
}

/// All Pauli strings on `set` but the identity.
fn pauli_strings(set: &[usize]) -> Vec<Vec<(usize, Pauli)>> {
    let letters = [None, Some(Pauli::X), Some(Pauli::Y), Some(Pauli::Z)];
    let letter = |code: usize, k: usize| letters[code >> (2 * (set.len() - 1 - k)) & 3];
    let string =
        |code| set.iter().enumerate().filter_map(move |(k, &q)| Some((q, letter(code, k)?))).collect();
    (1..1 << (2 * set.len())).map(string).collect()
}
