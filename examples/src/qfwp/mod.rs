//! The commands on forecasting: fast-weight programmers and what they are compared with.

mod compare;
mod eval;
mod learner;
mod plots;
mod settings;
mod train;

pub use compare::compare;
pub use eval::eval;
pub use plots::plot;
pub use train::train;
