//! Training: a loop that is driven step by step and can stop, be saved and go on at any batch.
//!
//! A [`Trainer`] owns a [`Problem`] (a network with its data and its loss), the optimiser and its place in the data; it
//! reads no files and no clocks and prints nothing. Its only randomness is in named streams of the seed, so that a run
//! depends on nothing but its configuration and data: [`Trainer::snapshot`] and [`Trainer::restore`] continue it bit
//! for bit, whatever the number of threads. Images are [`crate::classify`], time series [`crate::forecast`].

mod archive;
mod gradients;
mod optimiser;
mod parameters;
mod plan;
mod problem;
mod schedule;
mod search;
mod snapshot;
mod trainer;

pub(crate) use archive::{fingerprint, load, parameters as archived, save, unusable};
pub(crate) use gradients::{clip, sum_of_squares};
pub(crate) use optimiser::Optimiser;
pub use optimiser::{OptimiserConfig, OptimiserKind};
pub(crate) use parameters::{Named, angles, gradients, n_trained, rewrite, values, with_angles};
pub(crate) use plan::at_least_one;
pub use plan::{NonFinite, Plan, Precision};
pub use problem::{Batch, Problem, Renewal};
pub use schedule::Schedule;
pub(crate) use schedule::positive;
pub use search::one_plus_one;
pub use trainer::{StepReport, Trainer};
