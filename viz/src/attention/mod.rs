//! Attention matrices as heat maps with their row and column sums.

mod draw;
mod sums;

use ndarray::ArrayView4;
use serde::{Deserialize, Serialize};

use crate::{Error, Picture, cells::MAX_CELLS, check};

/// A grid of attention matrices.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AttentionMaps {
    /// Title of the picture.
    pub title: String,
    /// The command or run that made it, for the description inside the SVG; may be empty.
    #[serde(default)]
    pub source: String,
    /// Names of the rows of the grid (layers, operators or samples); empty for `layer 1`, `layer 2`, ..
    #[serde(default)]
    pub row_labels: Vec<String>,
    /// Names of the columns of the grid; empty for `head 1`, `head 2`, ..
    #[serde(default)]
    pub column_labels: Vec<String>,
}

const LAYOUT: &str = "weights [row of the grid, column of the grid, query, key]";
/// Rounding may leave entries this far below zero.
const BELOW_ZERO: f64 = -1e-6;

/// Draws attention matrices on one colour scale from 0 to the largest weight, with the sums of rows
/// (right of each matrix) and of columns (below it) as bars, a dashed line where a sum is 1, and the
/// largest deviations from 1 above each matrix and in the caption.
///
/// `weights` has the shape `[rows, columns, t, t]`: layers x heads, or operators or samples in place of
/// either; in each matrix rows are queries, columns are keys. The data of the picture is `weights`.
///
/// # Errors
/// Empty arrays, matrices that are not square, entries that are negative or not finite, labels that do
/// not match the grid, more than 160,000 cells.
///
/// ```
/// use ndarray::Array4;
/// use viz::{AttentionMaps, attention_maps};
///
/// let uniform = Array4::from_elem((1, 2, 4, 4), 0.25); // layers heads t t
/// let picture = attention_maps(uniform.view(), &AttentionMaps { title: "Uniform".into(), ..Default::default() })?;
/// assert!(picture.svg.contains("head 2") && picture.svg.contains("0.25"));
/// # Ok::<(), viz::Error>(())
/// ```
pub fn attention_maps<A: Copy + Into<f64>>(
    weights: ArrayView4<A>,
    config: &AttentionMaps,
) -> Result<Picture, Error> {
    let weights = weights.mapv(Into::<f64>::into); // rows columns t t
    let (rows, columns, queries, keys) = weights.dim();
    check::not_empty("weights", weights.shape())?;
    check::length("a row of the weights", keys, queries, "(one key per query)")?;
    check::at_most(
        "cells of the heat maps",
        weights.len(),
        MAX_CELLS,
        "draw fewer layers, heads or samples",
    )?;
    check::finite("weights", weights.view().into_dyn())?;
    if let Some((index, &value)) = weights.indexed_iter().find(|(_, value)| **value < BELOW_ZERO) {
        return Err(Error::OutOfRange {
            what: "weights".into(),
            index: vec![index.0, index.1, index.2, index.3],
            value,
            limit: "0 or greater".into(),
            remedy: "pass the weights after normalisation, not the scores".into(),
        });
    }
    let row_labels = check::labels("row labels", &config.row_labels, rows, "layer")?;
    let column_labels = check::labels("column labels", &config.column_labels, columns, "head")?;
    draw::grid(weights, config, &row_labels, &column_labels, LAYOUT)
}
