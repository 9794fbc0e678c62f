//! Training: a loop that is driven step by step and can stop, be saved and go on at any batch.
//!
//! A [`Trainer`] owns a network, its optimiser and its place in the data; it reads no files and no clocks
//! and prints nothing. Its only randomness is in named streams of the seed, so that a run depends on
//! nothing but its configuration and data: [`Trainer::snapshot`] and [`Trainer::restore`] continue it bit
//! for bit, whatever the number of threads.

mod adam;
mod batches;
mod config;
mod evaluate;
mod gradients;
mod linear;
mod loss;
mod network;
mod parameters;
mod schedule;
mod search;
mod snapshot;
mod trainer;

pub use adam::{OptimiserConfig, OptimiserKind};
pub use config::{Model, NonFinite, Precision, Strategy, TrainConfig};
pub use evaluate::{EvalReport, LayerReport};
pub use linear::Linear;
pub use network::Network;
pub use schedule::Schedule;
pub use search::one_plus_one;
pub use trainer::{StepReport, Trainer};
