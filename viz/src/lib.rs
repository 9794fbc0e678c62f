//! Pictures of training runs, as SVG text with the plotted numbers beside them.
//!
//! Every picture is a plain settings struct given to a free function, which returns a [`Picture`]:
//! the SVG document and the array behind it, ready to be written next to each other. Nothing here
//! opens a file. Equal input gives equal bytes, so pictures can be compared by hash.
//!
//! | function | shows |
//! |---|---|
//! | [`attention_maps`] | a grid of attention matrices, with row and column sums at the margins |
//! | [`curves`] | losses, accuracies and other series over a run, with bands over seeds |
//! | [`stochastic_error`] | how far matrices are from doubly stochastic, on a log axis |
//! | [`accuracy_by_depth`] | accuracy against circuit depth, with baselines |
//! | [`gallery`] | images with their true and predicted labels |
//!
//! Colours are safe for colour-blind readers: Okabe and Ito's palette for series, viridis for heat.
//! An interval is drawn only where five seeds or more support it. Text is placed by anchors, so no
//! font is needed to build a picture.

mod attention;
mod axis;
mod canvas;
mod cells;
mod chart;
mod check;
mod colour;
mod curves;
mod depth;
mod error;
mod gallery;
mod picture;
mod series;
mod stats;
mod text;

pub use attention::{AttentionMaps, attention_maps};
pub use axis::Scale;
pub use colour::viridis;
pub use curves::{Curves, Panel, curves, stochastic_error};
pub use depth::{AccuracyByDepth, Baseline, accuracy_by_depth};
pub use error::Error;
pub use gallery::{Gallery, ImageLabel, gallery};
pub use picture::Picture;
pub use series::Series;
pub use stats::{Interval, MIN_SEEDS, mean_interval};
