//! Runs of several models side by side: single values, quartiles and median of each.

use ndarray::{Array2, ArrayD, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Picture, Scale, Spread,
    axis::Axis,
    canvas::{About, Canvas, Point, Type, block_height, sheet},
    chart::{BELOW, Frame, NAME, NOTE, NUMBER, TITLE},
    check,
    colour::{FAINT_INK, INK, PALETTE},
    stats::MIN_SEEDS,
    text,
};

/// The runs of one model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BarGroup {
    /// Name of the model.
    pub label: String,
    /// One value per run.
    pub values: Vec<f64>,
    /// Which runs are stuck, such as those that never learned; drawn hollow. Empty for none.
    #[serde(default)]
    pub stuck: Vec<bool>,
}

/// A chart of models, one row each.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bars {
    /// Title of the picture.
    pub title: String,
    /// The command or run that made it, for the description inside the SVG; may be empty.
    #[serde(default)]
    pub source: String,
    /// Name of the values, such as `test MSE`.
    pub value_label: String,
    /// How the axis of values is divided.
    #[serde(default)]
    pub scale: Scale,
    /// Models, from top to bottom.
    pub groups: Vec<BarGroup>,
}

const LAYOUT: &str = "table [run, 4]: group, run (indices from 0), value, 1 for a stuck run and 0 otherwise";
const WIDTH: f64 = 520.0;
const ROW: f64 = 46.0;
const MARGIN: f64 = 22.0;
const MAX_GROUPS: usize = 40;
/// Half the height of a bar, of the stroke of a median, and of the field that the runs are spread over.
const BAR: f64 = 11.0;
const MEDIAN: f64 = 16.0;
const FIELD: f64 = 9.0;
const RADIUS: f64 = 4.0;

/// Draws a row per model: a dot per run, hollow where it is stuck, a stroke at the median of all runs,
/// and from five runs on a bar between their quartiles. The median stands at the right.
///
/// The data is a table with one row per run: group, run, value, 1 for a stuck run and 0 otherwise.
///
/// # Errors
/// Empty groups, values that are not finite or that the scale cannot show, marks that do not match the
/// values, more than forty groups.
///
/// ```
/// use viz::{BarGroup, Bars, Scale, bars};
///
/// let stuck = vec![false, false, true];
/// let group = BarGroup { label: "recurrent circuit".into(), values: vec![1e-3, 2e-3, 0.4], stuck };
/// let config = Bars { value_label: "test MSE".into(), scale: Scale::Log10, groups: vec![group], ..Bars::default() };
/// assert!(bars(&config)?.svg.contains("0.002"));
/// # Ok::<(), viz::Error>(())
/// ```
pub fn bars(config: &Bars) -> Result<Picture, Error> {
    check_config(config)?;
    let widest = |texts: Vec<String>| texts.iter().map(|t| text::width(t, NAME)).fold(0.0, f64::max);
    let left = MARGIN + widest(config.groups.iter().map(|g| g.label.clone()).collect()) + 14.0;
    let notes: Vec<String> = config.groups.iter().map(beside).collect();
    let right = left + WIDTH;
    let width = right + 14.0 + widest(notes.clone()).max(text::width("median", NAME)) + MARGIN;
    let inner = width - 2.0 * MARGIN;
    let titles = text::wrap(&config.title, TITLE, inner);
    let caption = caption(config);
    let note = text::wrap(&caption, NOTE, inner);
    let top = MARGIN + block_height(&titles, TITLE) + 30.0;
    let frame = frame(config, (left, top));
    let note_top = top + frame.size.1 + BELOW + 14.0;

    let about = About { title: &config.title, caption: &caption, source: &config.source, layout: LAYOUT };
    sheet((width, note_top + block_height(&note, NOTE) + 8.0), &about, table(config), |canvas| {
        canvas.lines(&titles, (MARGIN, MARGIN + 8.0), Type { bold: true, ..Type::left(TITLE) })?;
        frame.draw(canvas, "")?;
        let head = Type { colour: FAINT_INK, ..Type::left(NUMBER) };
        canvas.text("median", (right + 14.0, top - 12.0), head)?;
        for (k, group) in config.groups.iter().enumerate() {
            draw_group(canvas, &frame, k, group)?;
            let middle = frame.point(group.values[0], -(k as f64)).1;
            canvas.text(&notes[k], (right + 14.0, middle), Type::left(NUMBER))?;
        }
        canvas.lines(&note, (MARGIN, note_top), Type { colour: FAINT_INK, ..Type::left(NOTE) })
    })
}

fn check_config(config: &Bars) -> Result<(), Error> {
    check::not_empty("groups", &[config.groups.len()])?;
    check::at_most("groups", config.groups.len(), MAX_GROUPS, "draw several pictures of fewer groups")?;
    for group in &config.groups {
        let what = format!("group '{}'", group.label);
        check::not_empty(&what, &[group.values.len()])?;
        check::finite(&what, ArrayView1::from(&group.values).into_dyn())?;
        config.scale.check(&what, &group.values)?;
        if !group.stuck.is_empty() {
            let why = "(one mark per run, or none at all)";
            check::length(&format!("{what}, stuck"), group.stuck.len(), group.values.len(), why)?;
        }
    }
    Ok(())
}

fn is_stuck(group: &BarGroup, run: usize) -> bool {
    group.stuck.get(run).copied().unwrap_or(false)
}

fn stuck(group: &BarGroup) -> usize {
    group.stuck.iter().filter(|stuck| **stuck).count()
}

fn median(group: &BarGroup) -> f64 {
    Spread::MedianQuartiles.centre(&group.values)
}

/// What stands at the right of a row.
fn beside(group: &BarGroup) -> String {
    let median = text::number(median(group));
    match stuck(group) {
        0 => median,
        n => format!("{median} ({n} of {} stuck)", group.values.len()),
    }
}

fn table(config: &Bars) -> ArrayD<f64> {
    let mut rows = Vec::new();
    for (g, group) in config.groups.iter().enumerate() {
        for (run, value) in group.values.iter().enumerate() {
            rows.extend([g as f64, run as f64, *value, f64::from(is_stuck(group, run))]);
        }
    }
    Array2::from_shape_vec((rows.len() / 4, 4), rows).expect("four columns per row").into_dyn()
}

fn caption(config: &Bars) -> String {
    let counts = || config.groups.iter().map(|g| g.values.len());
    let (fewest, most) = (counts().min().unwrap_or(1), counts().max().unwrap_or(1));
    let runs = if fewest == most { format!("{most}") } else { format!("{fewest} to {most}") };
    let mut parts = vec![format!("Dots: single runs, {runs} per row; strokes: their median.")];
    if most >= MIN_SEEDS {
        parts.push("Bars: from the lower to the upper quartile of the runs.".into());
    }
    if fewest < MIN_SEEDS {
        parts.push(format!("No bar below {MIN_SEEDS} runs."));
    }
    if config.groups.iter().any(|g| stuck(g) > 0) {
        parts.push("Hollow: stuck runs, which count for median and quartiles.".into());
    }
    if let Some(floor) = config.scale.floor() {
        parts.push(format!("Values below {}, 0 included, lie on the floor.", text::number(floor)));
    }
    parts.join(" ")
}

/// Values along x; row `k` lies at `y = -k`, its name in the place of a number.
fn frame(config: &Bars, at: Point) -> Frame {
    let values: Vec<f64> = config.groups.iter().flat_map(|g| g.values.iter().copied()).collect();
    let rows = config.groups.len() as f64;
    let mut y = Axis::fit("", Scale::Linear, &[0.6 - rows, 0.4]);
    y.ticks = (0..config.groups.len())
        .map(|k| (y.share(-(k as f64)), config.groups[k].label.clone()))
        .rev()
        .collect();
    let x = Axis::fit(&config.value_label, config.scale, &values);
    Frame { at, size: (WIDTH, ROW * rows), x, y }
}

fn draw_group(canvas: &Canvas, frame: &Frame, k: usize, group: &BarGroup) -> Result<(), Error> {
    let colour = PALETTE[k % PALETTE.len()];
    let at = |value: f64| frame.point(value, -(k as f64));
    if let Some((low, high)) = Spread::MedianQuartiles.band(&group.values) {
        let ((left, y), (right, _)) = (at(low), at(high));
        let corners = [(left, y - BAR), (right, y - BAR), (right, y + BAR), (left, y + BAR)];
        canvas.polygon(&corners, colour, 0.3)?;
    }
    for (run, value) in group.values.iter().enumerate() {
        let (x, y) = at(*value);
        let place = (x, y + FIELD * aside(run));
        if is_stuck(group, run) {
            canvas.ring(place, RADIUS, colour, 1.75)?;
        } else {
            canvas.disc(place, RADIUS, colour, 0.8)?;
        }
    }
    let (x, y) = at(median(group));
    canvas.path(&[(x, y - MEDIAN), (x, y + MEDIAN)], INK, 2.5)
}

/// Places between -1 and 1 that keep the dots of neighbouring runs apart: multiples of the golden ratio.
fn aside(run: usize) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    2.0 * (0.5 + run as f64 * GOLDEN).fract() - 1.0
}
