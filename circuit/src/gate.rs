//! Constant gates, their matrices and their names.

use std::f64::consts::FRAC_1_SQRT_2;

use num_complex::Complex64;
use serde::{Deserialize, Serialize};

/// Double-precision complex amplitude.
pub type C64 = Complex64;
/// Row-major 2×2 matrix.
pub type Mat2 = [C64; 4];
/// Row-major 4×4 matrix; the first listed qubit is the high bit.
pub type Mat4 = [C64; 16];

/// A gate without parameters, named as in OpenQASM 3.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Gate {
    /// Hadamard, `(X + Z)/√2`.
    H,
    /// Pauli X.
    X,
    /// Pauli Y.
    Y,
    /// Pauli Z.
    Z,
    /// `diag(1, i)`.
    S,
    /// `diag(1, -i)`.
    Sdg,
    /// `diag(1, e^{iπ/4})`.
    T,
    /// `diag(1, e^{-iπ/4})`.
    Tdg,
    /// Square root of X.
    Sx,
    /// Inverse square root of X.
    Sxdg,
    /// Controlled X; the first qubit is the control.
    Cx,
    /// Controlled Y; the first qubit is the control.
    Cy,
    /// Controlled Z.
    Cz,
    /// Exchange of two qubits.
    Swap,
    /// A literal one-qubit unitary.
    Unitary1(Mat2),
    /// A literal two-qubit unitary.
    Unitary2(Box<Mat4>),
}

/// The dense form of a gate.
#[derive(Clone, Debug, PartialEq)]
pub enum Matrix {
    /// One-qubit.
    One(Mat2),
    /// Two-qubit.
    Two(Mat4),
}

impl Matrix {
    /// The entries, row-major.
    pub fn entries(&self) -> &[C64] {
        match self {
            Matrix::One(m) => m,
            Matrix::Two(m) => m,
        }
    }
}

impl Gate {
    /// Every named gate, so that a test can quantify over the table.
    pub const NAMED: [Gate; 14] = [
        Gate::H,
        Gate::X,
        Gate::Y,
        Gate::Z,
        Gate::S,
        Gate::Sdg,
        Gate::T,
        Gate::Tdg,
        Gate::Sx,
        Gate::Sxdg,
        Gate::Cx,
        Gate::Cy,
        Gate::Cz,
        Gate::Swap,
    ];

    /// Lower-case OpenQASM name; literal unitaries are `unitary`.
    pub fn name(&self) -> &'static str {
        match self {
            Gate::H => "h",
            Gate::X => "x",
            Gate::Y => "y",
            Gate::Z => "z",
            Gate::S => "s",
            Gate::Sdg => "sdg",
            Gate::T => "t",
            Gate::Tdg => "tdg",
            Gate::Sx => "sx",
            Gate::Sxdg => "sxdg",
            Gate::Cx => "cx",
            Gate::Cy => "cy",
            Gate::Cz => "cz",
            Gate::Swap => "swap",
            Gate::Unitary1(_) | Gate::Unitary2(_) => "unitary",
        }
    }

    /// Number of qubits the gate acts on.
    pub fn arity(&self) -> usize {
        self.matrix().entries().len().ilog2() as usize / 2
    }

    /// The unitary matrix of this gate.
    pub fn matrix(&self) -> Matrix {
        let [o, l, i] = [C64::ZERO, C64::ONE, C64::I];
        let r = C64::from(FRAC_1_SQRT_2);
        let t = C64::new(FRAC_1_SQRT_2, FRAC_1_SQRT_2);
        let (p, m) = (C64::new(0.5, 0.5), C64::new(0.5, -0.5));
        match self {
            Gate::H => Matrix::One([r, r, r, -r]),
            Gate::X => Matrix::One([o, l, l, o]),
            Gate::Y => Matrix::One([o, -i, i, o]),
            Gate::Z => Matrix::One([l, o, o, -l]),
            Gate::S => Matrix::One([l, o, o, i]),
            Gate::Sdg => Matrix::One([l, o, o, -i]),
            Gate::T => Matrix::One([l, o, o, t]),
            Gate::Tdg => Matrix::One([l, o, o, t.conj()]),
            Gate::Sx => Matrix::One([p, m, m, p]),
            Gate::Sxdg => Matrix::One([m, p, p, m]),
            Gate::Cx => Matrix::Two([l, o, o, o, o, l, o, o, o, o, o, l, o, o, l, o]),
            Gate::Cy => Matrix::Two([l, o, o, o, o, l, o, o, o, o, o, -i, o, o, i, o]),
            Gate::Cz => Matrix::Two([l, o, o, o, o, l, o, o, o, o, l, o, o, o, o, -l]),
            Gate::Swap => Matrix::Two([l, o, o, o, o, o, l, o, o, l, o, o, o, o, o, l]),
            Gate::Unitary1(m) => Matrix::One(*m),
            Gate::Unitary2(m) => Matrix::Two(**m),
        }
    }

    /// The conjugate transpose.
    pub fn dagger(&self) -> Gate {
        match self {
            Gate::S => Gate::Sdg,
            Gate::Sdg => Gate::S,
            Gate::T => Gate::Tdg,
            Gate::Tdg => Gate::T,
            Gate::Sx => Gate::Sxdg,
            Gate::Sxdg => Gate::Sx,
            Gate::Unitary1(_) | Gate::Unitary2(_) => self.transpose().conjugate(),
            Gate::H | Gate::X | Gate::Y | Gate::Z | Gate::Cx | Gate::Cy | Gate::Cz | Gate::Swap => {
                self.clone()
            }
        }
    }

    /// The transpose; every named gate but those with a Y is symmetric.
    pub fn transpose(&self) -> Gate {
        match self {
            Gate::Y | Gate::Cy | Gate::Unitary1(_) | Gate::Unitary2(_) => match self.matrix() {
                Matrix::One(m) => Gate::Unitary1(std::array::from_fn(|k| m[(k % 2) * 2 + k / 2])),
                Matrix::Two(m) => Gate::Unitary2(Box::new(std::array::from_fn(|k| m[(k % 4) * 4 + k / 4]))),
            },
            Gate::H
            | Gate::X
            | Gate::Z
            | Gate::S
            | Gate::Sdg
            | Gate::T
            | Gate::Tdg
            | Gate::Sx
            | Gate::Sxdg
            | Gate::Cx
            | Gate::Cz
            | Gate::Swap => self.clone(),
        }
    }

    fn conjugate(&self) -> Gate {
        match self.matrix() {
            Matrix::One(m) => Gate::Unitary1(m.map(|v| v.conj())),
            Matrix::Two(m) => Gate::Unitary2(Box::new(m.map(|v| v.conj()))),
        }
    }

    /// Largest entry of `|U†U - 1|`; not a number if an entry is none.
    pub fn unitarity_error(&self) -> f64 {
        let matrix = self.matrix();
        let (m, d) = (matrix.entries(), 1 << self.arity());
        let entry = |r: usize, c: usize| (0..d).map(|k| m[k * d + r].conj() * m[k * d + c]).sum::<C64>();
        (0..d * d)
            .map(|k| (entry(k / d, k % d) - f64::from(u8::from(k / d == k % d))).norm())
            .fold(0.0, |worst, d| if d > worst || d.is_nan() { d } else { worst })
    }
}
