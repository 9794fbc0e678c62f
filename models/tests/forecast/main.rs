//! Forecasting: models, their parts, and the published numbers.

mod counts;
mod golden;
mod identities;
mod restarts;
mod support;
