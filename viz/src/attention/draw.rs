//! The drawing of a grid of attention matrices.

use ndarray::{Array4, ArrayView2, s};

use super::{
    AttentionMaps,
    sums::{SumErrors, sum_errors, sums},
};
use crate::{
    Error, Picture,
    axis::linear_numbers,
    canvas::{About, Canvas, Point, Type, block_height, sheet},
    cells,
    chart::{NAME, NOTE, NUMBER, TITLE},
    colour::{BAR, FAINT_INK, INK, heat},
    text,
};

const MARGIN: f64 = 22.0;
/// Distance of the bars from their matrix, their greatest length, and the room around a panel.
const BAR_GAP: f64 = 5.0;
const BAR_LENGTH: f64 = 34.0;
const ASIDE: f64 = 26.0;
const HEADER: f64 = 30.0;
const SCALE_ROOM: f64 = 104.0;
const ERRORS: f64 = 12.0;

/// Sizes that all panels share.
struct Layout {
    cell: f64,
    side: f64,
    origin: Point,
    step: (f64, f64),
    size: (f64, f64),
    max_weight: f64,
    max_sum: f64,
    note_top: f64,
}

pub(super) fn grid(
    weights: Array4<f64>,
    config: &AttentionMaps,
    row_labels: &[String],
    column_labels: &[String],
    layout: &'static str,
) -> Result<Picture, Error> {
    let (rows, columns, t, _) = weights.dim();
    let panel = |r: usize, c: usize| weights.slice(s![r, c, .., ..]);
    let panels: Vec<(usize, usize)> = (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))).collect();

    let max_weight = weights.fold(0.0, |a: f64, b| a.max(*b));
    let all_sums = panels.iter().map(|(r, c)| sums(panel(*r, *c)));
    let max_sum = all_sums.flat_map(|(a, b)| a.into_iter().chain(b)).fold(1.2, f64::max);
    let errors = panels.iter().map(|(r, c)| sum_errors(panel(*r, *c)));
    let worst = errors.fold(SumErrors::default(), |a, b| SumErrors {
        row: a.row.max(b.row),
        column: a.column.max(b.column),
    });
    let caption = caption(worst, max_weight, max_sum);

    let cell = cells::side(t, (1100.0 / columns as f64).clamp(180.0, 300.0));
    let side = cell * t as f64;
    let step = (side + BAR_GAP + BAR_LENGTH + ASIDE, HEADER + side + BAR_GAP + BAR_LENGTH + 12.0);
    let label_width = row_labels.iter().map(|label| text::width(label, NAME)).fold(0.0, f64::max);
    let left = MARGIN + label_width + 34.0;
    let width = left + columns as f64 * step.0 + SCALE_ROOM + MARGIN;
    let titles = text::wrap(&config.title, TITLE, width - 2.0 * MARGIN);
    let note = text::wrap(&caption, NOTE, width - 2.0 * MARGIN);
    let origin = (left, MARGIN + block_height(&titles, TITLE) + 30.0 + HEADER);
    let note_top = origin.1 + rows as f64 * step.1 + 18.0;
    let size = (width, note_top + block_height(&note, NOTE) + 8.0);
    let plan = Layout { cell, side, origin, step, size, max_weight, max_sum, note_top };

    let about = About { title: &config.title, caption: &caption, source: &config.source, layout };
    let data = weights.clone().into_dyn();
    sheet(plan.size, &about, data, |canvas| {
        canvas.lines(&titles, (MARGIN, MARGIN + 8.0), Type { bold: true, ..Type::left(TITLE) })?;
        labels(canvas, &plan, row_labels, column_labels)?;
        for (r, c) in &panels {
            let at = (plan.origin.0 + *c as f64 * step.0, plan.origin.1 + *r as f64 * step.1);
            draw_panel(canvas, &plan, panel(*r, *c), at)?;
        }
        colour_bar(canvas, &plan, rows)?;
        canvas.lines(&note, (MARGIN, plan.note_top), Type { colour: FAINT_INK, ..Type::left(NOTE) })
    })
}

fn caption(worst: SumErrors, max_weight: f64, max_sum: f64) -> String {
    format!(
        "Rows are queries, columns are keys; one colour scale for all panels, 0 to {}. Bars: sums of rows \
         (right) and columns (below), full length {}, dashed line at 1. Above each panel: its largest \
         |sum - 1|; over all panels: rows {}, columns {}.",
        text::number(max_weight),
        text::number(max_sum),
        text::error(worst.row),
        text::error(worst.column),
    )
}

/// Names of rows and columns of the grid, and of the axes of the matrices.
fn labels(canvas: &Canvas, plan: &Layout, rows: &[String], columns: &[String]) -> Result<(), Error> {
    let bold = |kind: Type| Type { bold: true, ..kind };
    let axis = Type { colour: FAINT_INK, ..Type::centre(NUMBER) };
    for (c, label) in columns.iter().enumerate() {
        let x = plan.origin.0 + c as f64 * plan.step.0 + plan.side / 2.0;
        canvas.text(label, (x, plan.origin.1 - HEADER - 10.0), bold(Type::centre(NAME)))?;
        canvas.text("key", (x, plan.note_top - 32.0), axis)?;
    }
    for (r, label) in rows.iter().enumerate() {
        let y = plan.origin.1 + r as f64 * plan.step.1 + plan.side / 2.0;
        canvas.text(label, (plan.origin.0 - 32.0, y), bold(Type::right(NAME)))?;
        canvas.text("query", (plan.origin.0 - 13.0, y), Type { upwards: true, ..axis })?;
    }
    Ok(())
}

fn draw_panel(canvas: &Canvas, plan: &Layout, weights: ArrayView2<f64>, at: Point) -> Result<(), Error> {
    let t = weights.nrows();
    let scale = if plan.max_weight > 0.0 { plan.max_weight } else { 1.0 };
    cells::draw(canvas, at, (t, t), (plan.cell, plan.cell), |r, c| heat(weights[[r, c]] / scale))?;
    canvas.frame(at, (plan.side, plan.side), INK, 0.75)?;
    let errors = sum_errors(weights);
    let line = format!("rows {}, columns {}", text::error(errors.row), text::error(errors.column));
    canvas.text(&line, (at.0, at.1 - 12.0), Type { colour: FAINT_INK, ..Type::left(ERRORS) })?;
    bars(canvas, plan, weights, at)
}

/// Sums of rows to the right of a matrix and of columns below it.
fn bars(canvas: &Canvas, plan: &Layout, weights: ArrayView2<f64>, at: Point) -> Result<(), Error> {
    let (rows, columns) = sums(weights);
    let length = |sum: f64| sum.max(0.0) / plan.max_sum * BAR_LENGTH;
    let (right, below) = (at.0 + plan.side + BAR_GAP, at.1 + plan.side + BAR_GAP);
    let (inset, thick) = (0.12 * plan.cell, 0.76 * plan.cell);
    for (r, sum) in rows.iter().enumerate() {
        canvas.fill((right, at.1 + r as f64 * plan.cell + inset), (length(*sum), thick), BAR)?;
    }
    for (c, sum) in columns.iter().enumerate() {
        canvas.fill((at.0 + c as f64 * plan.cell + inset, below), (thick, length(*sum)), BAR)?;
    }
    let one = length(1.0);
    canvas.dashed_path(&[(right + one, at.1), (right + one, at.1 + plan.side)], INK, 1.0)?;
    canvas.dashed_path(&[(at.0, below + one), (at.0 + plan.side, below + one)], INK, 1.0)?;
    let small = Type { colour: FAINT_INK, ..Type::centre(ERRORS - 1.0) };
    canvas.text("1", (right + one, at.1 - 7.0), small)?;
    canvas.text("1", (at.0 + plan.side + 8.0, below + one), small)
}

/// The colour scale, with the largest weight as its upper number.
fn colour_bar(canvas: &Canvas, plan: &Layout, rows: usize) -> Result<(), Error> {
    let grid = (rows - 1) as f64 * plan.step.1 + plan.side;
    let at = (plan.size.0 - MARGIN - SCALE_ROOM + 18.0, plan.origin.1);
    let share = |value: f64| value / plan.max_weight.max(f64::MIN_POSITIVE);
    let round = linear_numbers(0.0, plan.max_weight).into_iter().filter(|v| *v < 0.94 * plan.max_weight);
    let numbers: Vec<_> = round.chain([plan.max_weight]).map(|v| (share(v), text::number(v))).collect();
    cells::colour_bar(canvas, at, grid.min(420.0), "weight", &numbers, heat)
}
