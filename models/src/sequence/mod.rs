//! Sequence models: fast-weight programmers, recurrent cells and feed-forward networks behind one interface.
//!
//! A [`SequenceModel`] maps a sequence `[b t s]` to values `[b t m]` and carries a memory `[b k]` from call to call.
//! Forecasting and reinforcement learning know nothing else of what they train.

mod config;
mod feed_forward;
mod model;

pub use config::ModelConfig;
pub use feed_forward::{FeedForward, FeedForwardConfig, Hidden};
pub use model::{Run, SequenceModel, Steps};
