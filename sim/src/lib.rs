//! State-vector simulation of circuits, with gradients.
//!
//! | item | what it is |
//! |---|---|
//! | [`TransitionMap`] | a circuit as a map from angles to a doubly stochastic matrix, in batches |

mod error;
mod kernels;
mod transition;

pub use error::Error;
pub use kernels::Real;
pub use transition::{TransitionMap, Transitions};
