//! Quantum circuits as plain data: what is to be done, never how.
//!
//! A [`Circuit`] is a list of [`Op`]s. An op is either a constant [`Gate`] or a Pauli rotation
//! `exp(-i θ/2 P)`, the only differentiable operation there is. An observable is a sum of the same
//! Pauli strings. Anything that can absorb ops implements [`State`].
//!
//! Conventions, stated here and nowhere else:
//! * qubit 0 is the most significant bit of a basis index, `|q0 q1 … q(n-1)⟩`, so a state vector
//!   is the row-major tensor of shape `[2; n]`;
//! * angles are in radians, `R_P(θ) = exp(-i θ/2 P)`;
//! * matrices are row-major; a two-qubit matrix has its first listed qubit as the high bit.

pub mod ansatz;
mod circuit;
mod differentiable;
mod error;
mod gate;
pub mod hamiltonian;
mod pauli;
pub mod qasm;
pub mod qontot;
mod state;
mod unchecked;

pub use circuit::{Angle, Circuit, Op};
pub use differentiable::{Diff, Differentiable, finite_difference, parameter_shift};
pub use error::Error;
pub use gate::{C64, Gate, Mat2, Mat4, Matrix};
pub use pauli::{Pauli, PauliString, PauliSum};
pub use state::{State, run};
