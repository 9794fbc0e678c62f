//! Reinforcement learning: actor-critics on any sequence model, trained by A3C or PPO.
//!
//! An [`Agent`] is a sequence model with a policy and a value behind it. [`Training`] drives workers that act and change
//! the shared agent, episode by episode: under A3C each looks back over a few steps, in turn; under PPO all collect
//! longer stretches that are gone over several times. [`train_in_threads`] is A3C with a thread for every worker.

mod a3c;
mod agent;
mod config;
mod episode;
mod ppo;
mod returns;
mod segment;
mod shared;
mod snapshot;
mod threads;
mod training;
mod worker;

pub use agent::{Agent, AgentConfig, Decision};
pub use config::{Algorithm, MemoryInLoss, PpoConfig, RlConfig, Truncation};
pub use episode::{Episode, Play, play};
pub use returns::{advantages, discounted};
pub use threads::train_in_threads;
pub use training::Training;
