//! Networks with quantum circuits inside.
//!
//! | module | what it holds |
//! |---|---|
//! | [`attention`] | attention operators: softmax and its doubly stochastic rivals, classical and quantum |
//! | [`vit`] | the vision transformer they sit in |
//! | [`data`] | images from files, and images drawn by the library itself |
//! | [`train`] | optimisers, schedules, the training loop |
//! | [`series`] | time series to forecast, windows, linear predictions |
//! | [`rng`] | named random streams |
//! | [`torch_rng`] | the random numbers of PyTorch, to start from the weights of published scripts |

pub mod attention;
pub mod data;
mod error;
pub mod rng;
pub mod series;
pub mod torch_rng;
pub mod train;
pub mod vit;

pub use error::Error;
