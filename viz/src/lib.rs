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
//! | [`forecast`] | predictions of a time series over the truth, with their residuals |
//! | [`bars`] | the runs of several models: single values, quartiles, medians |
//! | [`heat_map`] | a matrix of signed values over time, such as the angles of a circuit |
//! | [`film`] | an episode in a grid world, frame by frame |
//! | [`gallery`] | images with their true and predicted labels |
//!
//! Colours are safe for colour-blind readers: Okabe and Ito's palette for series, viridis for heat, blue and
//! vermilion around zero.
//! An interval is drawn only where five seeds or more support it. Text is placed by anchors, so no
//! font is needed to build a picture.

mod attention;
mod axis;
mod bars;
mod canvas;
mod cells;
mod chart;
mod check;
mod colour;
mod curves;
mod depth;
mod error;
mod film;
mod forecast;
mod gallery;
mod heat_map;
mod picture;
mod series;
mod stats;
mod text;

pub use attention::{AttentionMaps, attention_maps};
pub use axis::Scale;
pub use bars::{BarGroup, Bars, bars};
pub use colour::{diverging, viridis};
pub use curves::{Curves, Panel, curves, stochastic_error};
pub use depth::{AccuracyByDepth, Baseline, accuracy_by_depth};
pub use error::Error;
pub use film::{Cell, Film, Frame, film};
pub use forecast::{Forecast, forecast};
pub use gallery::{Gallery, ImageLabel, gallery};
pub use heat_map::{HeatMap, heat_map};
pub use picture::Picture;
pub use series::Series;
pub use stats::{Interval, MIN_SEEDS, Quartiles, Spread, mean_interval, quartiles};
