//! Recurrent cells whose gates are circuits or linear maps: LSTM, GRU and the simple cell, quantum or classical.
//!
//! A cell says how gates make the next memory; what a gate is, is a field of the configuration. So QLSTM and LSTM are
//! one code, and so are QGRU and GRU.

mod cell;
mod config;
mod gates;

pub use cell::Recurrent;
pub use config::{Cell, Gates, RecurrentConfig};
