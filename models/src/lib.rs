//! Networks with quantum circuits inside.
//!
//! | module | what it holds |
//! |---|---|
//! | [`attention`] | attention operators: softmax and its doubly stochastic rivals, classical and quantum |
//! | [`vit`] | the vision transformer they sit in |
//! | [`data`] | images from files, and images drawn by the library itself |
//! | [`bridge`] | how operators in plain Rust become nodes of burn's graph |
//! | [`classify`] | classification of images with it |
//! | [`train`] | optimisers, schedules, the training loop |
//! | [`vqc`] | layered circuits as layers |
//! | [`fwp`], [`recurrent`], [`sequence`] | fast-weight programmers, recurrent cells, and what they have in common |
//! | [`qkan`] | layers of single-qubit activations |
//! | [`env`](mod@env), [`rl`] | environments, and agents that learn in them |
//! | [`forecast`] | forecasting of time series with them |
//! | [`series`] | time series to forecast, windows, linear predictions |
//! | [`rng`], [`torch_rng`], [`init`] | named random streams; the random numbers of PyTorch; initial weights |

pub mod attention;
pub mod bridge;
pub mod classify;
pub mod data;
pub mod env;
mod error;
pub mod forecast;
pub mod fwp;
pub mod init;
mod names;
pub mod qkan;
pub mod recurrent;
pub mod rl;
pub mod rng;
pub mod sequence;
pub mod series;
pub mod torch_rng;
pub mod train;
pub mod vit;
pub mod vqc;

pub use error::Error;
