//! Matrix product states: a second simulator of circuits, whose cost grows with entanglement instead of
//! with the number of qubits.
//!
//! A state of `n` qubits is a chain of `n` tensors with legs `vL s vR` (left bond, qubit, right bond), read
//! from qubit 0, the most significant bit, to the last. One site is the orthogonality centre: everything to
//! its left is an isometry from the left, everything to its right one from the right, so that what is cut
//! at the centre is cut optimally.
//!
//! ```
//! use circuit::{Circuit, State, run};
//! use tensornet::Mps;
//!
//! let mut cat = Circuit::new(50)?;
//! cat.h(0)?;
//! for q in 0..49 {
//!     cat.cx(q, q + 1)?;
//! }
//! let mut state = Mps::zero(50);
//! run(&cat, &[], &mut state);
//! assert!((state.expectation(&"Z0*Z49".parse()?) - 1.0).abs() < 1e-12);
//! assert!(state.bond_dims().iter().all(|&chi| chi == 2));
//! # Ok::<(), circuit::Error>(())
//! ```
//!
//! Reference: Schollwöck, arXiv:1008.3477.

mod algebra;
mod blocks;
pub mod born;
mod canonical;
mod chain;
pub mod contraction;
mod cuts;
mod dmrg;
mod effective;
mod environment;
mod error;
mod expectation;
mod gradient;
mod krylov;
mod linalg;
mod mpo;
mod mps;
mod ones;
mod ops;
mod permuted;
mod sample;
mod scalar;
mod schmidt;
mod sector;
mod stack;
pub mod synthesis;
mod tdvp;
mod tebd;
mod truncation;
mod variational;

pub use born::{BitStrings, BornConfig, BornReport, born_machine};
pub use dmrg::{DmrgConfig, DmrgReport, Sites, dmrg, dmrg_above, ground_ones};
pub use error::Error;
pub use gradient::{GradientReport, MpsGradient, MpsNode, MpsReadout, identity_gate_gradients};
pub use mpo::Mpo;
pub use mps::Mps;
pub use permuted::PermutedMps;
pub use sector::Conserve;
pub use tdvp::{TdvpConfig, TdvpReport, TdvpSites, tdvp};
pub use tebd::{Evolution, TebdConfig, TebdReport, TrotterOrder, tebd};
pub use truncation::Truncation;
pub use variational::{FitConfig, FitReport, fit};
