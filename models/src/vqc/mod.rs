//! Variational circuits as layers: inputs and weights become angles, expectation values come out.
//!
//! [`VqcConfig`] describes the family of circuits that fast-weight programmers, quantum recurrent cells and
//! quantum policies share; [`Vqc`] binds one to a number of inputs and applies it to burn's tensors.

mod config;
mod layer;
mod op;

pub(crate) use config::subsets;
pub use config::{Encoding, Entangler, Measure, Rotation, VqcConfig};
pub use layer::Vqc;
pub use op::Gradient;
