//! What tests share: a slow reference that is obviously right, and checks built on it.
//!
//! A development dependency only; nothing here is fast, and nothing here shares code with what it judges
//! beyond the description of circuits itself.

mod conformance;
mod data;
mod dense;
mod gradcheck;
pub mod matrix;
mod stream;

pub use conformance::{check_state, pauli_strings};
pub use data::data_dir;
pub use dense::{Dense, unitary};
pub use gradcheck::{GradientFault, central_difference, compare_gradients, gradcheck};
pub use stream::{Stream, random_circuit};
