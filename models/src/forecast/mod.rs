//! Forecasting of time series with any sequence model.

mod config;
mod forecaster;
mod problem;

pub use config::{ForecastConfig, Restart};
pub use forecaster::Forecaster;
pub use problem::{ForecastReport, Forecasting};
