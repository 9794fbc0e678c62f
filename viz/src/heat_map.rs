//! A matrix of signed values over time, such as the angles of a circuit during training.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Picture,
    axis::linear_numbers,
    canvas::{About, Canvas, Point, Type, block_height, sheet},
    cells::{self, MAX_CELLS},
    chart::{NAME, NOTE, NUMBER, TITLE},
    check,
    colour::{FAINT_INK, INK, paler, signed},
    text,
};

/// A matrix with one row per quantity and one column per time step.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeatMap {
    /// Title of the picture.
    pub title: String,
    /// The command or run that made it, for the description inside the SVG; may be empty.
    #[serde(default)]
    pub source: String,
    /// What is shown.
    pub values: Array2<f64>, // row time
    /// Names of the rows; empty for `row 1`, `row 2`, ..
    #[serde(default)]
    pub row_labels: Vec<String>,
    /// Name of the x axis, whose numbers count the columns from 0.
    pub x_label: String,
    /// Name of the values with their unit, such as `angle, rad`.
    pub value_label: String,
    /// Which rows have no influence: they are hatched and pale. Empty for none.
    #[serde(default)]
    pub dead_rows: Vec<bool>,
}

const LAYOUT: &str = "values [row, column]";
const MARGIN: f64 = 22.0;
/// Room for the columns and for the rows, and their largest cell.
const ROOM: (f64, f64) = (640.0, 480.0);
const LARGEST: (f64, f64) = (60.0, 24.0);
const MAX_COLUMNS: usize = 4000;
const MAX_ROWS: usize = 400;
/// Least distance of two row labels.
const LABEL_STEP: f64 = 13.0;
const SCALE_ROOM: f64 = 86.0;
const SCALE_GAP: f64 = 18.0;
/// Least and greatest height of the colour bar.
const MIN_BAR: f64 = 120.0;
const MAX_BAR: f64 = 360.0;
/// How much of the colour a dead row loses, and the distance of its strokes.
const PALENESS: f64 = 0.55;
const HATCH: f64 = 8.0;

/// Sizes on the sheet.
struct Plan {
    at: Point,
    cell: (f64, f64),
    size: (f64, f64),
    largest: f64,
    scale: f64, // left edge of the colour bar
}

/// Draws a matrix as coloured cells around zero: blue below, white at zero, vermilion above, with equal
/// shares for equal sizes. Dead rows are pale, hatched, and have a grey label.
///
/// The data of the picture is `values`.
///
/// # Errors
/// Empty matrices, entries that are not finite, labels or marks that do not match the rows, more than
/// 400 rows, 4000 columns or 160,000 cells.
///
/// ```
/// use ndarray::Array2;
/// use viz::{HeatMap, heat_map};
///
/// let values = Array2::from_shape_fn((3, 50), |(row, step)| (row as f64 - 1.0) * step as f64 / 50.0); // row time
/// let config = HeatMap { values, value_label: "angle, rad".into(), dead_rows: vec![false, true, false], ..HeatMap::default() };
/// assert!(heat_map(&config)?.svg.contains("1 of 3 rows"));
/// # Ok::<(), viz::Error>(())
/// ```
pub fn heat_map(config: &HeatMap) -> Result<Picture, Error> {
    let labels = check_config(config)?;
    let (rows, columns) = config.values.dim();
    let largest = config.values.fold(0.0, |a: f64, v| a.max(v.abs()));
    let side = |n: usize, room: f64, most: f64| cells::side(n, room).min(most);
    let cell = (side(columns, ROOM.0, LARGEST.0), side(rows, ROOM.1, LARGEST.1).max(2.0));
    let size = (cell.0 * columns as f64, cell.1 * rows as f64);
    // By how much the name of the axis is wider than the cells, on either side.
    let beyond = (text::width(&config.x_label, NAME) - size.0).max(0.0) / 2.0;
    let left = MARGIN + labels.iter().map(|l| text::width(l, NUMBER) + 12.0).fold(beyond, f64::max);
    let scale = left + size.0 + beyond + SCALE_GAP;
    let width = (scale + SCALE_ROOM.max(text::width(&config.value_label, NUMBER)) + MARGIN).max(420.0);
    let caption = caption(config, largest);
    let note = text::wrap(&caption, NOTE, width - 2.0 * MARGIN);
    let titles = text::wrap(&config.title, TITLE, width - 2.0 * MARGIN);
    let plan = Plan { at: (left, MARGIN + block_height(&titles, TITLE) + 30.0), cell, size, largest, scale };
    let bottom = plan.at.1 + size.1.max(MIN_BAR);
    let note_top = bottom + 68.0;

    let about = About { title: &config.title, caption: &caption, source: &config.source, layout: LAYOUT };
    let data = config.values.clone().into_dyn();
    sheet((width, note_top + block_height(&note, NOTE) + 8.0), &about, data, |canvas| {
        canvas.lines(&titles, (MARGIN, MARGIN + 8.0), Type { bold: true, ..Type::left(TITLE) })?;
        draw_cells(canvas, config, &plan)?;
        draw_names(canvas, config, &plan, &labels)?;
        draw_scale(canvas, config, &plan)?;
        canvas.lines(&note, (MARGIN, note_top), Type { colour: FAINT_INK, ..Type::left(NOTE) })
    })
}

/// Checks the data and names the rows.
fn check_config(config: &HeatMap) -> Result<Vec<String>, Error> {
    let (rows, columns) = config.values.dim();
    check::not_empty("values", config.values.shape())?;
    check::at_most("rows of the heat map", rows, MAX_ROWS, "draw several pictures of fewer rows")?;
    check::at_most("columns of the heat map", columns, MAX_COLUMNS, "keep every k-th step")?;
    check::at_most("cells of the heat map", rows * columns, MAX_CELLS, "keep every k-th step")?;
    check::finite("values", config.values.view().into_dyn())?;
    if !config.dead_rows.is_empty() {
        check::length("dead rows", config.dead_rows.len(), rows, "(one mark per row, or none at all)")?;
    }
    check::labels("row labels", &config.row_labels, rows, "row")
}

fn is_dead(config: &HeatMap, row: usize) -> bool {
    config.dead_rows.get(row).copied().unwrap_or(false)
}

fn caption(config: &HeatMap, largest: f64) -> String {
    let scale = format!("One colour scale from -{0} to {0}, white at 0.", text::number(largest));
    match config.dead_rows.iter().filter(|dead| **dead).count() {
        0 => scale,
        n => format!("{scale} {n} of {} rows have no influence: pale and hatched.", config.values.nrows()),
    }
}

fn draw_cells(canvas: &Canvas, config: &HeatMap, plan: &Plan) -> Result<(), Error> {
    let share = |value: f64| if plan.largest > 0.0 { value / plan.largest } else { 0.0 };
    cells::draw(canvas, plan.at, config.values.dim(), plan.cell, |r, c| {
        paler(signed(share(config.values[[r, c]])), if is_dead(config, r) { PALENESS } else { 0.0 })
    })?;
    for row in (0..config.values.nrows()).filter(|row| is_dead(config, *row)) {
        hatch(canvas, (plan.at.0, plan.at.1 + row as f64 * plan.cell.1), (plan.size.0, plan.cell.1))?;
    }
    canvas.frame(plan.at, plan.size, INK, 0.75)
}

/// Rising strokes across a rectangle.
fn hatch(canvas: &Canvas, at: Point, (width, height): (f64, f64)) -> Result<(), Error> {
    let reach = height.min(width);
    for k in 0..=((width - reach) / HATCH) as usize {
        let x = at.0 + k as f64 * HATCH;
        canvas.faint_path(&[(x, at.1 + reach), (x + reach, at.1)], FAINT_INK, 0.75, 0.7)?;
    }
    Ok(())
}

/// The names of the rows, the numbers of the columns and the name of the axis.
fn draw_names(canvas: &Canvas, config: &HeatMap, plan: &Plan, labels: &[String]) -> Result<(), Error> {
    let every = (LABEL_STEP / plan.cell.1).ceil().max(1.0) as usize;
    for (row, label) in labels.iter().enumerate().step_by(every) {
        let colour = if is_dead(config, row) { FAINT_INK } else { INK };
        let y = plan.at.1 + (row as f64 + 0.5) * plan.cell.1;
        canvas.text(label, (plan.at.0 - 8.0, y), Type { colour, ..Type::right(NUMBER) })?;
    }
    let bottom = plan.at.1 + plan.size.1;
    for column in column_numbers(config.values.ncols()) {
        let x = plan.at.0 + (column as f64 + 0.5) * plan.cell.0;
        canvas.path(&[(x, bottom), (x, bottom + 5.0)], INK, 1.0)?;
        canvas.text(&column.to_string(), (x, bottom + 15.0), Type::centre(NUMBER))?;
    }
    canvas.text(&config.x_label, (plan.at.0 + plan.size.0 / 2.0, bottom + 38.0), Type::centre(NAME))
}

/// Round column indices.
fn column_numbers(columns: usize) -> Vec<usize> {
    if columns == 1 {
        return vec![0];
    }
    let round = linear_numbers(0.0, (columns - 1) as f64).into_iter();
    round.filter(|v| v.fract() == 0.0).map(|v| v as usize).collect()
}

fn draw_scale(canvas: &Canvas, config: &HeatMap, plan: &Plan) -> Result<(), Error> {
    let largest = if plan.largest > 0.0 { plan.largest } else { 1.0 };
    let round = linear_numbers(-largest, largest).into_iter();
    let numbers: Vec<_> = round.map(|v| ((v / largest + 1.0) / 2.0, text::number(v))).collect();
    let at = (plan.scale, plan.at.1);
    let room = plan.size.1.clamp(MIN_BAR, MAX_BAR);
    cells::colour_bar(canvas, at, room, &config.value_label, &numbers, |share| signed(2.0 * share - 1.0))
}
