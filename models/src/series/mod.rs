//! Time series to forecast: generators, windows, and the linear predictions every report should show.
//!
//! A [`SeriesSource`] is what a user names, a task or a file. A [`Task`] names a series and its conventions;
//! [`Windows::cut`] makes windows and targets of a series, and [`LinearBaselines`] says what a mean, the last value
//! and a linear regression make of them. Nothing here is random. References for the tasks: S. Y.-C. Chen,
//! arXiv:2402.17760 and arXiv:2009.01783.

mod bessel;
mod generate;
mod linear;
mod narma;
mod pendulum;
mod source;
mod task;
mod windows;

pub use bessel::bessel_j;
pub use linear::LinearBaselines;
pub use narma::{narma, narma_input};
pub use source::{Driver, SeriesSource};
pub use task::{Series, Task};
pub use windows::{Scaling, WindowConfig, Windows};
