//! Matrices of coloured cells.

use plotters::style::RGBColor;

use crate::{
    Error,
    canvas::{Canvas, Point, QUARTER},
};

/// Most cells in one picture; each takes about 100 bytes of the document.
pub(crate) const MAX_CELLS: usize = 160_000;

/// The largest side of a cell, in quarters of a pixel, with which `n` cells fit into `room` pixels.
pub(crate) fn side(n: usize, room: f64) -> f64 {
    (room / QUARTER / n as f64).floor().max(1.0) * QUARTER
}

/// Draws `rows` x `columns` cells of a size. Neighbours of one colour become one rectangle, and every
/// rectangle reaches under the next ones, so that no seams show at any magnification.
pub(crate) fn draw(
    canvas: &Canvas,
    at: Point,
    (rows, columns): (usize, usize),
    (width, height): (f64, f64),
    colour: impl Fn(usize, usize) -> RGBColor,
) -> Result<(), Error> {
    for row in 0..rows {
        let mut start = 0;
        while start < columns {
            let this = colour(row, start);
            let end = (start + 1..columns).find(|c| colour(row, *c) != this).unwrap_or(columns);
            let (right, bottom) = ((end + 1).min(columns), (row + 2).min(rows));
            let corner = (at.0 + start as f64 * width, at.1 + row as f64 * height);
            canvas.fill(corner, ((right - start) as f64 * width, (bottom - row) as f64 * height), this)?;
            start = end;
        }
    }
    Ok(())
}
