//! What the benches share: interleaved timing, goals, and the peak of the machine as a yardstick.
//!
//! A [`Suite`] runs its cases in turn, A B C A B C .., so that whatever else the machine does hits all of them
//! alike, and compares medians of one run with each other, never times of different runs.

mod clock;
pub mod peak;
mod results;
mod suite;

pub use results::{Goal, Key, Results, Timing};
pub use suite::{Case, Suite};

/// As in the command line, so that benches measure what users run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
