//! Accuracy against the number of circuit layers.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Picture, Scale, Series, Spread,
    axis::Axis,
    canvas::{About, Canvas, Point, Type, block_height, sheet},
    chart::{self, BELOW, Frame, LEFT, Legend, Look, NOTE, TITLE, look},
    check,
    colour::{FAINT_INK, PALETTE},
    series::table,
    stats::{MIN_SEEDS, mean, mean_interval},
    text,
};

/// An operator without circuit layers, drawn as a horizontal line.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Baseline {
    /// Name in the legend.
    pub label: String,
    /// One value per seed.
    pub values: Vec<f64>,
}

/// A chart of accuracies over circuit depth.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AccuracyByDepth {
    /// Title of the picture.
    pub title: String,
    /// The command or run that made it, for the description inside the SVG; may be empty.
    #[serde(default)]
    pub source: String,
    /// Name of the y axis, such as `test accuracy`.
    pub y_label: String,
    /// One series per circuit; `x` is the number of layers, at least 1.
    pub series: Vec<Series>,
    /// Operators to compare with.
    #[serde(default)]
    pub baselines: Vec<Baseline>,
}

const LAYOUT: &str =
    "table [point, 5]: 0 for circuits and 1 for baselines, series, seed, layers (0 for baselines), accuracy";
const SIZE: (f64, f64) = (640.0, 380.0);
const MARGIN: f64 = 22.0;
/// Distance between the bars of neighbouring series at one depth.
const STEP_ASIDE: f64 = 9.0;

/// Draws the mean accuracy against the number of circuit layers (axis in powers of two), a point per
/// seed, and an error bar: the 95 % bootstrap interval of the mean from five seeds on, the range of the
/// seeds below. Baselines are dashed lines at their mean, their seeds at the right edge.
///
/// The data is a table with one row per measurement: 0 for circuits and 1 for baselines, series, seed,
/// layers (0 for baselines), accuracy.
///
/// # Errors
/// Empty or unequal lengths, values that are not finite, depths below 1 or not growing, more than seven
/// series and baselines in all.
///
/// ```
/// use viz::{AccuracyByDepth, Series, accuracy_by_depth};
///
/// let series = vec![Series { label: "parted".into(), x: vec![1.0, 4.0, 16.0], lines: vec![vec![0.81, 0.86, 0.88]] }];
/// let config = AccuracyByDepth { title: "Depth".into(), y_label: "test accuracy".into(), series, ..Default::default() };
/// assert_eq!(accuracy_by_depth(&config)?.data.shape(), [3, 5]);
/// # Ok::<(), viz::Error>(())
/// ```
pub fn accuracy_by_depth(config: &AccuracyByDepth) -> Result<Picture, Error> {
    check_config(config)?;
    let width = MARGIN + LEFT + SIZE.0 + MARGIN;
    let inner = width - 2.0 * MARGIN;
    let circuits = config.series.iter().map(|s| s.label.clone()).enumerate().map(|(k, n)| (n, look(k)));
    let others =
        config.baselines.iter().enumerate().map(|(k, b)| (b.label.clone(), baseline_look(config, k)));
    let legend = Legend::new(circuits.chain(others).collect(), inner);
    let caption = caption(config);
    let note = text::wrap(&caption, NOTE, inner);
    let titles = text::wrap(&config.title, TITLE, inner);
    let legend_top = MARGIN + block_height(&titles, TITLE) + 4.0;
    let top = legend_top + legend.height() + 22.0;
    let note_top = top + SIZE.1 + BELOW + 14.0;

    let about = About { title: &config.title, caption: &caption, source: &config.source, layout: LAYOUT };
    let flat = baselines_as_series(config);
    let circuits = config.series.iter().enumerate().map(|(k, s)| (0, k, s));
    let data = table(circuits.chain(flat.iter().enumerate().map(|(k, s)| (1, k, s))));
    sheet((width, note_top + block_height(&note, NOTE) + 6.0), &about, data, |canvas| {
        canvas.lines(&titles, (MARGIN, MARGIN + 8.0), Type { bold: true, ..Type::left(TITLE) })?;
        legend.draw(canvas, (MARGIN, legend_top))?;
        draw(canvas, config, (MARGIN + LEFT, top))?;
        canvas.lines(&note, (MARGIN, note_top), Type { colour: FAINT_INK, ..Type::left(NOTE) })
    })
}

fn check_config(config: &AccuracyByDepth) -> Result<(), Error> {
    check::not_empty("series", &[config.series.len()])?;
    let n = config.series.len() + config.baselines.len();
    check::at_most("series and baselines", n, PALETTE.len(), "draw several pictures of fewer operators")?;
    for series in &config.series {
        series.check()?;
        if let Some(i) = series.x.iter().position(|depth| *depth < 1.0) {
            return Err(Error::OutOfRange {
                what: format!("series '{}', x", series.label),
                index: vec![i],
                value: series.x[i],
                limit: "1 or more circuit layers".into(),
                remedy: "give operators without a circuit as baselines".into(),
            });
        }
    }
    for baseline in &config.baselines {
        let what = format!("baseline '{}'", baseline.label);
        check::not_empty(&what, &[baseline.values.len()])?;
        check::finite(&what, ArrayView1::from(&baseline.values).into_dyn())?;
    }
    Ok(())
}

fn baselines_as_series(config: &AccuracyByDepth) -> Vec<Series> {
    let lines = |b: &Baseline| b.values.iter().map(|v| vec![*v]).collect();
    config
        .baselines
        .iter()
        .map(|b| Series { label: b.label.clone(), x: vec![0.0], lines: lines(b) })
        .collect()
}

fn baseline_look(config: &AccuracyByDepth, k: usize) -> Look {
    Look { dashed: true, ..look(config.series.len() + k) }
}

fn caption(config: &AccuracyByDepth) -> String {
    let circuits = config.series.iter().map(|s| s.lines.len());
    let counts = || circuits.clone().chain(config.baselines.iter().map(|b| b.values.len()));
    let (fewest, most) = (counts().min().unwrap_or(1), counts().max().unwrap_or(1));
    let seeds = if fewest == most { format!("{most}") } else { format!("{fewest} to {most}") };
    let mut parts = vec![format!("Seeds per point: {seeds}; small dots are single seeds, large ones means.")];
    let bars = || circuits.clone().filter(|n| *n > 1);
    if bars().any(|n| n < MIN_SEEDS) {
        parts.push(format!("Bars below {MIN_SEEDS} seeds: range of the seeds."));
    }
    if bars().any(|n| n >= MIN_SEEDS) {
        parts.push(format!("Bars from {MIN_SEEDS} seeds on: 95 % bootstrap interval of the mean."));
    }
    if !config.baselines.is_empty() {
        parts
            .push("Dashed: means of operators without circuit layers, their seeds at the right edge.".into());
    }
    parts.join(" ")
}

fn draw(canvas: &Canvas, config: &AccuracyByDepth, at: Point) -> Result<(), Error> {
    let xs: Vec<f64> = config.series.iter().flat_map(|s| s.x.iter().copied()).collect();
    let circuits = config.series.iter().flat_map(|s| s.lines.iter().flatten());
    let ys: Vec<f64> = circuits.chain(config.baselines.iter().flat_map(|b| &b.values)).copied().collect();
    let frame = Frame {
        at,
        size: (SIZE.0 - 10.0, SIZE.1),
        x: Axis::fit("circuit layers", Scale::Log2, &xs),
        y: Axis::fit(&config.y_label, Scale::Linear, &ys),
    };
    frame.draw(canvas, "")?;
    for (k, baseline) in config.baselines.iter().enumerate() {
        let colour = baseline_look(config, k).colour;
        chart::level(canvas, &frame, mean(&baseline.values), colour)?;
        for value in &baseline.values {
            let (_, y) = frame.point(1.0, *value);
            canvas.disc((at.0 + frame.size.0, y), 2.25, colour, 0.6)?;
        }
    }
    let middle = (config.series.len() - 1) as f64 / 2.0;
    for (k, series) in config.series.iter().enumerate() {
        draw_series(canvas, &frame, series, look(k), (k as f64 - middle) * STEP_ASIDE)?;
    }
    Ok(())
}

fn draw_series(canvas: &Canvas, frame: &Frame, series: &Series, look: Look, aside: f64) -> Result<(), Error> {
    let place = |x: f64, y: f64| {
        let (px, py) = frame.point(x, y);
        (px + aside, py)
    };
    for (i, x) in series.x.iter().enumerate() {
        let values = series.at(i);
        let (low, high) = bar(&values);
        if low < high {
            let (from, to) = (place(*x, low), place(*x, high));
            canvas.path(&[from, to], look.colour, 1.5)?;
            for end in [from, to] {
                canvas.path(&[(end.0 - 4.0, end.1), (end.0 + 4.0, end.1)], look.colour, 1.5)?;
            }
        }
        for value in values {
            canvas.disc(place(*x, value), 2.25, look.colour, 0.6)?;
        }
    }
    let means: Vec<Point> =
        series.x.iter().zip(series.centres(Spread::MeanInterval)).map(|(x, y)| place(*x, y)).collect();
    chart::marked_line(canvas, &means, look)
}

/// The ends of an error bar.
fn bar(values: &[f64]) -> (f64, f64) {
    match mean_interval(values) {
        Some(interval) => (interval.low, interval.high),
        None => values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v))),
    }
}
