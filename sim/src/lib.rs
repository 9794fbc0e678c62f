//! State-vector simulation of circuits, with gradients.
//!
//! | item | what it is |
//! |---|---|
//! | [`StateVector`] | amplitudes, for one or many initial states side by side |
//! | [`Readout`] | what is measured: values forward, a bra backward |
//! | [`QNode`] | circuit, initial state and readout as one differentiable function, in batches |
//! | [`adjoint`] | one reverse sweep: gradient of any readout |
//! | [`TransitionMap`] | a circuit as a map from angles to a doubly stochastic matrix, the fast way |

pub mod adjoint;
mod blocks;
mod error;
mod kernels;
mod lanes;
mod qnode;
mod readout;
mod statevector;
mod tangents;
mod transition;

pub use circuit::Diff;
pub use error::Error;
pub use kernels::Real;
pub use qnode::QNode;
pub use readout::Readout;
pub use statevector::{Endian, StateVector};
pub use transition::{TransitionMap, Transitions};
