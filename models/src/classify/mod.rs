//! Classification of images: a vision transformer with any attention operator, and the linear baseline.

mod batches;
mod config;
mod evaluate;
mod linear;
mod loss;
mod network;
mod problem;

pub use config::{Model, Strategy, TrainConfig};
pub use evaluate::{EvalReport, LayerReport};
pub use linear::Linear;
pub use network::Network;
pub use problem::Classification;
