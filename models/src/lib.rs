//! Networks with quantum circuits inside.
//!
//! | module | what it holds |
//! |---|---|
//! | [`attention`] | attention operators: softmax and its doubly stochastic rivals, classical and quantum |
//! | [`vit`] | the vision transformer they sit in |
//! | [`data`] | images from files, and images drawn by the library itself |
//! | [`train`] | optimisers, schedules, the training loop |
//! | [`env`] | environments for reinforcement learning: grid worlds, cart and pole, acrobot |
//! | [`series`] | time series to forecast, windows, linear predictions |
//! | [`rng`] | named random streams |

pub mod attention;
pub mod data;
pub mod env;
mod error;
pub mod rng;
pub mod series;
pub mod train;
pub mod vit;

pub use error::Error;
