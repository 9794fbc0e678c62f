//! Hybrid quantum-classical learning: circuits, simulators, tensor networks and models in one crate.
//!
//! | module | what it holds |
//! |---|---|
//! | [`circuit`] | gates, Pauli strings and sums, circuits, ansaetze: what is to be done |
//! | [`sim`] | state vectors and their gradients: circuits as differentiable functions |
//! | [`tensornet`] | matrix product states: a second simulator, for many qubits and little entanglement |
//! | [`models`] | attention operators, vision transformers, data, training |
//! | [`viz`] | pictures of what was trained |
//! | [`pretrain`] | networks first, circuits after: one circuit from several starts |
//! | [`start`] | first angles of attention and of fast weights, from networks |
//! | [`plateau`] | how steep a loss is where training starts |
//! | [`optimise`] | minimisers, with gradients and without |
//!
//! A chain of four spins in a transverse field is brought to its ground state by gradient descent, and the
//! result is checked on the other simulator and against the exact energy:
//!
//! ```
//! use ketwork::circuit::{PauliSum, State, ansatz, run};
//! use ketwork::sim::{QNode, Readout};
//! use ketwork::tensornet::Mps;
//!
//! let text = "-1.0*Z0*Z1 - Z1*Z2 - Z2*Z3 - 0.7*X0 - 0.7*X1 - 0.7*X2 - 0.7*X3";
//! let energy: PauliSum = text.parse()?;
//! let circuit = ansatz::hardware_efficient(4, 4)?;
//! let node: QNode = QNode::new(circuit, Readout::Expectations(vec![energy.clone()]))?;
//!
//! let mut params = vec![0.3; node.circuit().n_params()];
//! for _ in 0..1000 {
//!     let gradient = node.vjp(&params, &[1.0]); // one reverse sweep, whatever the number of parameters
//!     params.iter_mut().zip(&gradient).for_each(|(p, g)| *p -= 0.1 * g);
//! }
//! let found = node.forward(&params)[0];
//!
//! let mut chain = Mps::zero(4);
//! run(node.circuit(), &params, &mut chain);
//! assert!((chain.expectation(&energy) - found).abs() < 1e-12);
//! assert!((found + 3.872_983_346).abs() < 1e-9); // the exact ground energy
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod divergence;
mod error;
pub mod optimise;
pub mod plateau;
pub mod pretrain;
pub mod start;

pub use circuit;
pub use models;
pub use sim;
pub use tensornet;
pub use viz;

pub use error::Error;

/// The examples of the README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
