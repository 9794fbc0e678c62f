//! Matrices of coloured cells.

use plotters::style::RGBColor;

use crate::{
    Error,
    canvas::{Canvas, Point, QUARTER, Type},
    chart::NUMBER,
    colour::INK,
};

/// Width of a colour bar, and the fields it has.
const BAR_WIDTH: f64 = 18.0;
const BAR_STEPS: usize = 120;

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

/// A colour scale at most `room` high: the colour of a share of it, from 0 below to 1 above, and the
/// numbers at their shares. The name stands above it.
pub(crate) fn colour_bar(
    canvas: &Canvas,
    at: Point,
    room: f64,
    name: &str,
    numbers: &[(f64, String)],
    colour: impl Fn(f64) -> RGBColor,
) -> Result<(), Error> {
    let step = side(BAR_STEPS, room);
    let height = step * BAR_STEPS as f64;
    draw(canvas, at, (BAR_STEPS, 1), (BAR_WIDTH, step), |k, _| {
        colour(1.0 - k as f64 / (BAR_STEPS - 1) as f64)
    })?;
    canvas.frame(at, (BAR_WIDTH, height), INK, 0.75)?;
    canvas.text(name, (at.0, at.1 - 16.0), Type::left(NUMBER))?;
    for (share, number) in numbers {
        let y = at.1 + height * (1.0 - share);
        canvas.path(&[(at.0 + BAR_WIDTH, y), (at.0 + BAR_WIDTH + 4.0, y)], INK, 0.75)?;
        canvas.text(number, (at.0 + BAR_WIDTH + 8.0, y), Type::left(NUMBER))?;
    }
    Ok(())
}
