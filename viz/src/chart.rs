//! The frame of a line chart: axes, grid, numbers, names and legend.

use plotters::style::RGBColor;

use crate::{
    Error,
    axis::Axis,
    canvas::{Canvas, Point, Type},
    colour::{GRID, INK, PALETTE},
    text,
};

pub(crate) const TITLE: f64 = 19.0;
pub(crate) const NAME: f64 = 15.0;
pub(crate) const NUMBER: f64 = 13.0;
pub(crate) const NOTE: f64 = 13.0;
/// Room left of a frame for the numbers and the name of the axis, and below it.
pub(crate) const LEFT: f64 = 92.0;
pub(crate) const BELOW: f64 = 56.0;
/// Most series a legend can tell apart: every colour as a full and as a dashed line.
pub(crate) const MAX_SERIES: usize = 2 * PALETTE.len();

/// Lines of more points than this have no marks.
const MAX_MARKED: usize = 24;

/// Two axes on a rectangle of the sheet.
pub(crate) struct Frame {
    pub at: Point,
    pub size: (f64, f64),
    pub x: Axis,
    pub y: Axis,
}

impl Frame {
    /// Where a value lies on the sheet.
    pub fn point(&self, x: f64, y: f64) -> Point {
        (self.at.0 + self.size.0 * self.x.share(x), self.height_of(self.y.share(y)))
    }

    fn height_of(&self, share: f64) -> f64 {
        self.at.1 + self.size.1 * (1.0 - share)
    }

    /// Grid, numbers, names and the title of the panel.
    pub fn draw(&self, canvas: &Canvas, title: &str) -> Result<(), Error> {
        let ((left, top), (width, height)) = (self.at, self.size);
        let (right, bottom) = (left + width, top + height);
        for (share, number) in &self.x.ticks {
            let x = left + width * share;
            canvas.path(&[(x, top), (x, bottom)], GRID, 1.0)?;
            canvas.path(&[(x, bottom), (x, bottom + 5.0)], INK, 1.0)?;
            canvas.text(number, (x, bottom + 15.0), Type::centre(NUMBER))?;
        }
        for (share, number) in &self.y.ticks {
            let y = self.height_of(*share);
            canvas.path(&[(left, y), (right, y)], GRID, 1.0)?;
            canvas.path(&[(left - 5.0, y), (left, y)], INK, 1.0)?;
            canvas.text(number, (left - 9.0, y), Type::right(NUMBER))?;
        }
        canvas.path(&[(left, top), (left, bottom), (right, bottom)], INK, 1.25)?;
        canvas.text(&self.x.label, (left + width / 2.0, bottom + 40.0), Type::centre(NAME))?;
        let name = Type { upwards: true, ..Type::centre(NAME) };
        canvas.text(&self.y.label, (left - 74.0, top + height / 2.0), name)?;
        canvas.text(title, (left + width / 2.0, top - 16.0), Type { bold: true, ..Type::centre(NAME) })
    }
}

/// How a series is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub colour: RGBColor,
    pub dashed: bool,
}

/// The look of series number `index`.
pub(crate) fn look(index: usize) -> Look {
    Look { colour: PALETTE[index % PALETTE.len()], dashed: index >= PALETTE.len() }
}

/// A line in the look of its series.
pub(crate) fn line(canvas: &Canvas, points: &[Point], look: Look, stroke: f64) -> Result<(), Error> {
    if !look.dashed {
        return canvas.path(points, look.colour, stroke);
    }
    canvas.dashed_path(points, look.colour, stroke)
}

/// Names with their looks, set in rows that fit a width.
pub(crate) struct Legend {
    rows: Vec<Vec<(f64, String, Look)>>,
}

const SWATCH: f64 = 30.0;
const ROW: f64 = 24.0;

impl Legend {
    /// Sets the names into rows no wider than `width`.
    pub fn new(names: Vec<(String, Look)>, width: f64) -> Self {
        let mut rows: Vec<Vec<(f64, String, Look)>> = Vec::new();
        let mut end = f64::INFINITY;
        for (name, look) in names {
            let room = SWATCH + 8.0 + text::width(&name, NAME);
            if end + room > width {
                rows.push(Vec::new());
                end = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((end, name, look));
            }
            end += room + 22.0;
        }
        Self { rows }
    }

    /// The height it takes.
    pub fn height(&self) -> f64 {
        self.rows.len() as f64 * ROW
    }

    /// Draws it, the upper left corner at `at`.
    pub fn draw(&self, canvas: &Canvas, at: Point) -> Result<(), Error> {
        for (k, row) in self.rows.iter().enumerate() {
            let y = at.1 + (k as f64 + 0.5) * ROW;
            for (start, name, look) in row {
                let x = at.0 + start;
                line(canvas, &[(x, y), (x + SWATCH, y)], *look, 3.0)?;
                canvas.text(name, (x + SWATCH + 8.0, y), Type::left(NAME))?;
            }
        }
        Ok(())
    }
}

/// A thick line with its points marked where there are few.
pub(crate) fn marked_line(canvas: &Canvas, points: &[Point], look: Look) -> Result<(), Error> {
    if points.len() > 1 {
        line(canvas, points, look, 2.25)?;
    }
    if points.len() > MAX_MARKED {
        return Ok(());
    }
    points.iter().try_for_each(|at| canvas.disc(*at, 3.5, look.colour, 1.0))
}

/// A dashed horizontal line across the frame at height `y`.
pub(crate) fn level(canvas: &Canvas, frame: &Frame, y: f64, colour: RGBColor) -> Result<(), Error> {
    let height = frame.height_of(frame.y.share(y));
    canvas.dashed_path(&[(frame.at.0, height), (frame.at.0 + frame.size.0, height)], colour, 1.5)
}
