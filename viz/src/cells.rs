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

/// Draws `rows` x `columns` cells. Neighbours of one colour become one rectangle, and every rectangle
/// reaches a little under the next ones, so that no seams show when the picture is scaled.
pub(crate) fn draw(
    canvas: &Canvas,
    at: Point,
    (rows, columns): (usize, usize),
    side: f64,
    colour: impl Fn(usize, usize) -> RGBColor,
) -> Result<(), Error> {
    for row in 0..rows {
        let mut start = 0;
        while start < columns {
            let this = colour(row, start);
            let end = (start + 1..columns).find(|c| colour(row, *c) != this).unwrap_or(columns);
            let under = |last: bool| if last { 0.0 } else { QUARTER };
            let corner = (at.0 + start as f64 * side, at.1 + row as f64 * side);
            let size = ((end - start) as f64 * side + under(end == columns), side + under(row + 1 == rows));
            canvas.fill(corner, size, this)?;
            start = end;
        }
    }
    Ok(())
}
