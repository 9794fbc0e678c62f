//! The commands on vision transformers with (quantum) doubly stochastic attention.

mod compare;
mod eval;
mod learner;
mod plots;
mod settings;
mod table;
mod train;

pub use compare::compare;
pub use eval::eval;
pub use plots::plot;
pub use train::train;
