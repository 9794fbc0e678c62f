//! The circuit: an ordered list of operations over one flat parameter vector.

use serde::{Deserialize, Serialize};

use crate::{Error, Gate, Pauli, PauliString};

/// A rotation angle: a constant, or a multiple of one entry of the parameter vector.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Angle {
    /// A fixed number of radians.
    Const(f64),
    /// `scale * params[index]`; several ops may share an index.
    Param {
        /// Position in the parameter vector.
        index: usize,
        /// Factor, ±1/2 in the decomposition of a controlled rotation.
        scale: f64,
    },
}

/// One step of a circuit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    /// A constant gate on the listed qubits.
    Gate(Gate, Vec<usize>),
    /// `exp(-i θ/2 P)`.
    Rotation(PauliString, Angle),
}

/// A circuit on `n_qubits` qubits with `n_params` parameters.
///
/// ```
/// use circuit::Circuit;
///
/// let mut bell = Circuit::new(2)?;
/// let theta = bell.param();
/// bell.h(0)?.cx(0, 1)?.rz(1, theta)?;
/// assert_eq!((bell.n_params(), bell.depth()), (1, 3));
/// assert!(bell.cx(0, 2).is_err());
/// # Ok::<(), circuit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "crate::unchecked::Unchecked")]
pub struct Circuit {
    n_qubits: usize,
    n_params: usize,
    ops: Vec<Op>,
}

impl Angle {
    /// The value in radians.
    pub fn value(&self, params: &[f64]) -> f64 {
        match *self {
            Angle::Const(theta) => theta,
            Angle::Param { index, scale } => scale * params[index],
        }
    }

    /// This angle times `factor`.
    pub fn scaled(self, factor: f64) -> Self {
        match self {
            Angle::Const(theta) => Angle::Const(theta * factor),
            Angle::Param { index, scale } => Angle::Param { index, scale: scale * factor },
        }
    }

    fn shifted(self, by: usize) -> Self {
        match self {
            Angle::Const(_) => self,
            Angle::Param { index, scale } => Angle::Param { index: index + by, scale },
        }
    }
}

impl From<f64> for Angle {
    fn from(theta: f64) -> Self {
        Angle::Const(theta)
    }
}

macro_rules! named_gates {
    ($($(#[$doc:meta])* $method:ident($($qubit:ident),+) = $gate:expr;)+) => {
        /// Builders of named gates, after OpenQASM. Each returns an error for a qubit outside the
        /// register or given twice, and leaves the circuit unchanged then.
        impl Circuit {
            $($(#[$doc])*
            pub fn $method(&mut self, $($qubit: usize),+) -> Result<&mut Self, Error> {
                self.gate($gate, &[$($qubit),+])
            })+
        }
    };
}

named_gates! {
    /// Hadamard.
    h(qubit) = Gate::H;
    /// Pauli X.
    x(qubit) = Gate::X;
    /// Pauli Y.
    y(qubit) = Gate::Y;
    /// Pauli Z.
    z(qubit) = Gate::Z;
    /// Phase gate `diag(1, i)`.
    s(qubit) = Gate::S;
    /// `diag(1, e^{iπ/4})`.
    t(qubit) = Gate::T;
    /// Square root of X.
    sx(qubit) = Gate::Sx;
    /// Controlled X.
    cx(control, target) = Gate::Cx;
    /// Controlled Y.
    cy(control, target) = Gate::Cy;
    /// Controlled Z.
    cz(control, target) = Gate::Cz;
    /// Exchange of two qubits.
    swap(a, b) = Gate::Swap;
}

macro_rules! named_rotations {
    ($($(#[$doc:meta])* $method:ident($($qubit:ident: $pauli:ident),+);)+) => {
        /// Builders of Pauli rotations `exp(-i θ/2 P)`, after OpenQASM. Each returns an error for a
        /// qubit outside the register or given twice, and for an angle that is not finite.
        impl Circuit {
            $($(#[$doc])*
            pub fn $method(&mut self, $($qubit: usize,)+ angle: impl Into<Angle>) -> Result<&mut Self, Error> {
                self.rotation(&[$(($qubit, Pauli::$pauli)),+], angle)
            })+
        }
    };
}

named_rotations! {
    /// `exp(-i θ/2 X)`.
    rx(qubit: X);
    /// `exp(-i θ/2 Y)`.
    ry(qubit: Y);
    /// `exp(-i θ/2 Z)`.
    rz(qubit: Z);
    /// `exp(-i θ/2 X⊗X)`.
    rxx(a: X, b: X);
    /// `exp(-i θ/2 Y⊗Y)`.
    ryy(a: Y, b: Y);
    /// `exp(-i θ/2 Z⊗Z)`.
    rzz(a: Z, b: Z);
}

impl Circuit {
    /// An empty circuit.
    ///
    /// # Errors
    /// If `n_qubits` exceeds [`PauliString::MAX_QUBITS`].
    pub fn new(n_qubits: usize) -> Result<Self, Error> {
        let limit = PauliString::MAX_QUBITS;
        match n_qubits <= limit {
            true => Ok(Self { n_qubits, n_params: 0, ops: Vec::new() }),
            false => Err(Error::TooManyQubits { n_qubits, limit }),
        }
    }

    /// An empty circuit over parameters that are not used yet.
    pub(crate) fn with_params(n_qubits: usize, n_params: usize) -> Result<Self, Error> {
        Ok(Self { n_params, ..Self::new(n_qubits)? })
    }

    /// Register size.
    pub fn n_qubits(&self) -> usize {
        self.n_qubits
    }

    /// Length of the parameter vector.
    pub fn n_params(&self) -> usize {
        self.n_params
    }

    /// Steps, first to last.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// Allocates a parameter and returns it as an angle, ready for one or several rotations.
    pub fn param(&mut self) -> Angle {
        self.n_params += 1;
        Angle::Param { index: self.n_params - 1, scale: 1.0 }
    }

    /// Appends a constant gate.
    ///
    /// # Errors
    /// For a wrong number of qubits, one outside the register or given twice, and for a literal matrix
    /// that is not unitary.
    pub fn gate(&mut self, gate: Gate, qubits: &[usize]) -> Result<&mut Self, Error> {
        if gate.arity() != qubits.len() {
            return Err(Error::Arity { gate: gate.name(), expected: gate.arity(), got: qubits.len() });
        }
        self.check_qubits(qubits)?;
        let deviation = gate.unitarity_error();
        if deviation.is_nan() || deviation > 1e-10 {
            return Err(Error::NotUnitary { deviation });
        }
        self.ops.push(Op::Gate(gate, qubits.to_vec()));
        Ok(self)
    }

    /// Appends `exp(-i θ/2 P)` for the product `P` of the listed factors.
    ///
    /// # Errors
    /// For a qubit outside the register or given twice, an angle that is not finite, and a parameter
    /// that was not allocated by [`param`](Self::param).
    pub fn rotation(
        &mut self,
        factors: &[(usize, Pauli)],
        angle: impl Into<Angle>,
    ) -> Result<&mut Self, Error> {
        let qubits: Vec<usize> = factors.iter().map(|f| f.0).collect();
        self.check_qubits(&qubits)?;
        let angle = self.check_angle(angle.into())?;
        self.ops.push(Op::Rotation(PauliString::new(factors), angle));
        Ok(self)
    }

    /// Appends a controlled rotation as two commuting Pauli rotations that share the angle:
    /// `C-R_P(θ) = R_P(θ/2) R_{Z P}(-θ/2)`, so that the two-term shift rule stays exact.
    ///
    /// # Errors
    /// As [`rotation`](Self::rotation).
    pub fn controlled_rotation(
        &mut self,
        control: usize,
        target: usize,
        pauli: Pauli,
        angle: impl Into<Angle>,
    ) -> Result<&mut Self, Error> {
        let angle = angle.into();
        self.check_qubits(&[control, target])?;
        self.rotation(&[(target, pauli)], angle.scaled(0.5))?;
        self.rotation(&[(control, Pauli::Z), (target, pauli)], angle.scaled(-0.5))
    }

    /// This circuit, then `next` with its parameters moved behind these.
    ///
    /// # Errors
    /// If the registers differ.
    pub fn then(mut self, next: &Circuit) -> Result<Circuit, Error> {
        if self.n_qubits != next.n_qubits {
            return Err(Error::RegisterMismatch { left: self.n_qubits, right: next.n_qubits });
        }
        let shift = self.n_params;
        self.ops.extend(next.ops.iter().cloned().map(|op| match op {
            Op::Rotation(pauli, angle) => Op::Rotation(pauli, angle.shifted(shift)),
            Op::Gate(..) => op,
        }));
        self.n_params += next.n_params;
        Ok(self)
    }

    /// The same circuit on a register of `n_qubits`, qubit `q` moved to `first + q`.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn embed(&self, n_qubits: usize, first: usize) -> Result<Circuit, Error> {
        let end = first.saturating_add(self.n_qubits);
        if end > n_qubits {
            return Err(Error::QubitRange { qubit: end - 1, n_qubits });
        }
        self.relabel(n_qubits, |qubit| first + qubit)
    }

    /// The same circuit on a register of `n_qubits`, qubit `q` moved to `position(q)`.
    ///
    /// ```
    /// let mut circuit = circuit::Circuit::new(2)?;
    /// circuit.cx(0, 1)?;
    /// let mut expected = circuit::Circuit::new(3)?;
    /// expected.cx(2, 0)?;
    /// assert_eq!(circuit.relabel(3, |qubit| 2 - 2 * qubit)?, expected);
    /// # Ok::<(), circuit::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the register is too large, or an op would leave it or act on one qubit twice.
    pub fn relabel(&self, n_qubits: usize, position: impl Fn(usize) -> usize) -> Result<Circuit, Error> {
        let mut moved = Circuit::with_params(n_qubits, self.n_params)?;
        for op in &self.ops {
            let qubits: Vec<usize> = op.qubits().into_iter().map(&position).collect();
            moved.check_qubits(&qubits)?;
            moved.ops.push(match op {
                Op::Rotation(pauli, angle) => Op::Rotation(pauli.relabel(&position), *angle),
                Op::Gate(gate, _) => Op::Gate(gate.clone(), qubits),
            });
        }
        Ok(moved)
    }

    /// The conjugate transpose over the same parameters: ops reversed, angles negated.
    pub fn dagger(&self) -> Circuit {
        self.reversed(Gate::dagger, |_| -1.0)
    }

    /// The transpose over the same parameters: ops reversed, `Y` rotations negated.
    pub fn transpose(&self) -> Circuit {
        self.reversed(Gate::transpose, |pauli| {
            if (pauli.x & pauli.z).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }
        })
    }

    /// Number of constant gates and rotations on exactly `arity` qubits.
    pub fn count(&self, arity: usize) -> usize {
        self.ops.iter().filter(|op| op.qubits().len() == arity).count()
    }

    /// Number of time steps when every op starts as early as its qubits allow.
    pub fn depth(&self) -> usize {
        let mut busy_until = vec![0; self.n_qubits];
        for op in &self.ops {
            let qubits = op.qubits();
            let start = qubits.iter().map(|&q| busy_until[q]).max().unwrap_or(0);
            qubits.iter().for_each(|&q| busy_until[q] = start + 1);
        }
        busy_until.into_iter().max().unwrap_or(0)
    }

    fn reversed(&self, gate_map: impl Fn(&Gate) -> Gate, factor: impl Fn(&PauliString) -> f64) -> Circuit {
        let flip = |op: &Op| match op {
            Op::Gate(gate, qubits) => Op::Gate(gate_map(gate), qubits.clone()),
            Op::Rotation(pauli, angle) => Op::Rotation(*pauli, angle.scaled(factor(pauli))),
        };
        Circuit { ops: self.ops.iter().rev().map(flip).collect(), ..*self }
    }

    fn check_qubits(&self, qubits: &[usize]) -> Result<(), Error> {
        for (k, &qubit) in qubits.iter().enumerate() {
            if qubit >= self.n_qubits {
                return Err(Error::QubitRange { qubit, n_qubits: self.n_qubits });
            }
            if qubits[..k].contains(&qubit) {
                return Err(Error::DuplicateQubit { qubit, qubits: qubits.to_vec() });
            }
        }
        Ok(())
    }

    fn check_angle(&self, angle: Angle) -> Result<Angle, Error> {
        match angle {
            Angle::Const(value) if !value.is_finite() => Err(Error::NonFinite { what: "an angle", value }),
            Angle::Param { scale, .. } if !scale.is_finite() => {
                Err(Error::NonFinite { what: "a scale", value: scale })
            }
            Angle::Param { index, .. } if index >= self.n_params => {
                Err(Error::ParamRange { index, n_params: self.n_params })
            }
            Angle::Const(_) | Angle::Param { .. } => Ok(angle),
        }
    }
}

impl Op {
    /// The qubits the op acts on.
    pub fn qubits(&self) -> Vec<usize> {
        match self {
            Op::Gate(_, qubits) => qubits.clone(),
            Op::Rotation(pauli, _) => pauli.support(),
        }
    }
}
