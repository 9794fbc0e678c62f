//! Predictions of a time series over the truth, with their residuals.

use ndarray::{Array2, ArrayD, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Picture, Scale,
    axis::Axis,
    canvas::{About, Canvas, Point, Type, block_height, sheet},
    chart::{self, BELOW, Frame, LEFT, Legend, Look, NOTE, NUMBER, TITLE, look},
    check,
    colour::{FAINT_INK, INK, PALETTE, SHADE},
    stats::mean,
    text,
};

/// A time series, its predictions, and where the training part ends.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forecast {
    /// Title of the picture.
    pub title: String,
    /// The command or run that made it, for the description inside the SVG; may be empty.
    #[serde(default)]
    pub source: String,
    /// Name of the upper y axis, with its unit.
    pub y_label: String,
    /// The series, one value per time step.
    pub truth: Vec<f64>,
    /// Name and values of every prediction, each as long as the truth.
    pub predictions: Vec<(String, Vec<f64>)>,
    /// The first so many values were for training, the others are for the test.
    pub n_train: usize,
}

const LAYOUT: &str = "values [truth and then every prediction, time step]";
const WIDTH: f64 = 720.0;
const UPPER: f64 = 260.0;
const LOWER: f64 = 120.0;
const GAP: f64 = 22.0;
const MARGIN: f64 = 22.0;
const TRUTH: Look = Look { colour: FAINT_INK, dashed: false };
/// The palette without black, which is near the truth.
const MAX_PREDICTIONS: usize = PALETTE.len() - 1;

/// Draws predictions over the truth along time, and below them their residuals, prediction minus truth,
/// on the same x axis. The test part is shaded, a vertical line before its first value. The legend has
/// the mean squared error of every prediction on the test part.
///
/// The data is an array `[1 + predictions, n]`: the truth, then every prediction.
///
/// # Errors
/// Empty or unequal lengths, values that are not finite, `n_train` beyond the end, more than six
/// predictions.
///
/// ```
/// use viz::{Forecast, forecast};
///
/// let truth: Vec<f64> = (0..60).map(|t| (0.2 * t as f64).sin()).collect();
/// let shifted = truth.iter().map(|v| v + 0.1).collect();
/// let predictions = vec![("shifted".into(), shifted)];
/// let picture = forecast(&Forecast { y_label: "angle, rad".into(), truth, predictions, n_train: 40, ..Forecast::default() })?;
/// assert!(picture.svg.contains("shifted (MSE 0.01)"));
/// # Ok::<(), viz::Error>(())
/// ```
pub fn forecast(config: &Forecast) -> Result<Picture, Error> {
    check_config(config)?;
    let width = MARGIN + LEFT + WIDTH + MARGIN;
    let inner = width - 2.0 * MARGIN;
    let looks = config.predictions.iter().enumerate().map(|(k, p)| (named(config, p), look(k)));
    let legend = Legend::new([("truth".into(), TRUTH)].into_iter().chain(looks).collect(), inner);
    let caption = caption(config);
    let note = text::wrap(&caption, NOTE, inner);
    let titles = text::wrap(&config.title, TITLE, inner);
    let legend_top = MARGIN + block_height(&titles, TITLE) + 4.0;
    let top = legend_top + legend.height() + 32.0;
    let note_top = top + UPPER + GAP + LOWER + BELOW + 14.0;

    let about = About { title: &config.title, caption: &caption, source: &config.source, layout: LAYOUT };
    sheet((width, note_top + block_height(&note, NOTE) + 6.0), &about, data(config), |canvas| {
        canvas.lines(&titles, (MARGIN, MARGIN + 8.0), Type { bold: true, ..Type::left(TITLE) })?;
        legend.draw(canvas, (MARGIN, legend_top))?;
        let (upper, lower) = frames(config, (MARGIN + LEFT, top));
        draw_values(canvas, config, &upper)?;
        draw_residuals(canvas, config, &lower)?;
        canvas.lines(&note, (MARGIN, note_top), Type { colour: FAINT_INK, ..Type::left(NOTE) })
    })
}

fn check_config(config: &Forecast) -> Result<(), Error> {
    let n = config.truth.len();
    check::not_empty("truth", &[n])?;
    check::finite("truth", ArrayView1::from(&config.truth).into_dyn())?;
    check::not_empty("predictions", &[config.predictions.len()])?;
    check::at_most("predictions", config.predictions.len(), MAX_PREDICTIONS, "draw several pictures")?;
    for (label, values) in &config.predictions {
        let what = format!("prediction '{label}'");
        check::length(&what, values.len(), n, "(one per value of the truth)")?;
        check::finite(&what, ArrayView1::from(values).into_dyn())?;
    }
    if config.n_train > n {
        return Err(Error::OutOfRange {
            what: "n_train".into(),
            index: Vec::new(),
            value: config.n_train as f64,
            limit: format!("at most {n}, the length of the truth"),
            remedy: "count the values of the series that were for training".into(),
        });
    }
    Ok(())
}

fn data(config: &Forecast) -> ArrayD<f64> {
    let rows = [&config.truth].into_iter().chain(config.predictions.iter().map(|(_, values)| values));
    let shape = (1 + config.predictions.len(), config.truth.len());
    Array2::from_shape_vec(shape, rows.flatten().copied().collect()).expect("equal lengths").into_dyn()
}

fn residuals(config: &Forecast, values: &[f64]) -> Vec<f64> {
    values.iter().zip(&config.truth).map(|(value, truth)| value - truth).collect()
}

/// A prediction in the legend, with its mean squared error where there is a test part.
fn named(config: &Forecast, (label, values): &(String, Vec<f64>)) -> String {
    let squares: Vec<f64> = residuals(config, values).iter().skip(config.n_train).map(|r| r * r).collect();
    if squares.is_empty() { label.clone() } else { format!("{label} (MSE {})", text::number(mean(&squares))) }
}

fn caption(config: &Forecast) -> String {
    let (n, n_train) = (config.truth.len(), config.n_train);
    let mut parts = vec![match n - n_train {
        0 => format!("All {n} values were for training."),
        test => format!(
            "Training on the first {n_train} of {n} values; shaded: the {test} of the test, over which \
             the mean squared errors (MSE) go."
        ),
    }];
    parts.push("Residuals: prediction minus truth.".into());
    parts.join(" ")
}

/// The charts of values and of residuals, one below the other.
fn frames(config: &Forecast, at: Point) -> (Frame, Frame) {
    let steps: Vec<f64> = (0..config.truth.len()).map(|t| t as f64).collect();
    let values = config.predictions.iter().flat_map(|(_, values)| values).chain(&config.truth);
    let values: Vec<f64> = values.copied().collect();
    let errors = config.predictions.iter().flat_map(|(_, values)| residuals(config, values));
    let errors: Vec<f64> = errors.chain([0.0]).collect();
    let x = Axis::fit("time step", Scale::Linear, &steps);
    let mut bare = x.clone();
    bare.label.clear();
    bare.ticks.iter_mut().for_each(|(_, number)| number.clear());
    let (width, below) = (WIDTH - 10.0, at.1 + UPPER + GAP);
    let upper =
        Frame { at, size: (width, UPPER), x: bare, y: Axis::fit(&config.y_label, Scale::Linear, &values) };
    let y = Axis::fit("residual", Scale::Linear, &errors);
    (upper, Frame { at: (at.0, below), size: (width, LOWER), x, y })
}

fn draw_values(canvas: &Canvas, config: &Forecast, frame: &Frame) -> Result<(), Error> {
    shade(canvas, config, frame)?;
    frame.draw(canvas, "")?;
    let split = divide(canvas, config, frame)?;
    let above = frame.at.1 - 12.0;
    let kind = |kind: Type| Type { colour: FAINT_INK, ..kind };
    if config.n_train > 0 {
        canvas.text("training", (split - 8.0, above), kind(Type::right(NUMBER)))?;
    }
    if config.n_train < config.truth.len() {
        canvas.text("test", (split + 8.0, above), kind(Type::left(NUMBER)))?;
    }
    chart::line(canvas, &points(frame, &config.truth), TRUTH, 4.0)?;
    for (k, (_, values)) in config.predictions.iter().enumerate() {
        chart::line(canvas, &points(frame, values), look(k), 1.75)?;
    }
    Ok(())
}

fn draw_residuals(canvas: &Canvas, config: &Forecast, frame: &Frame) -> Result<(), Error> {
    shade(canvas, config, frame)?;
    frame.draw(canvas, "")?;
    divide(canvas, config, frame)?;
    let zero = frame.point(0.0, 0.0).1;
    canvas.path(&[(frame.at.0, zero), (frame.at.0 + frame.size.0, zero)], FAINT_INK, 1.25)?;
    for (k, (_, values)) in config.predictions.iter().enumerate() {
        chart::line(canvas, &points(frame, &residuals(config, values)), look(k), 1.5)?;
    }
    Ok(())
}

/// Half a step before the first value of the test.
fn split(config: &Forecast, frame: &Frame) -> f64 {
    let x = frame.point(config.n_train as f64 - 0.5, 0.0).0;
    x.clamp(frame.at.0, frame.at.0 + frame.size.0)
}

/// A pale ground behind the test part.
fn shade(canvas: &Canvas, config: &Forecast, frame: &Frame) -> Result<(), Error> {
    let (x, right) = (split(config, frame), frame.at.0 + frame.size.0);
    if config.n_train == config.truth.len() {
        return Ok(());
    }
    canvas.fill((x, frame.at.1), (right - x, frame.size.1), SHADE)
}

/// The line between the parts, where there are two; returns where it stands.
fn divide(canvas: &Canvas, config: &Forecast, frame: &Frame) -> Result<f64, Error> {
    let x = split(config, frame);
    if (1..config.truth.len()).contains(&config.n_train) {
        canvas.dashed_path(&[(x, frame.at.1), (x, frame.at.1 + frame.size.1)], INK, 1.5)?;
    }
    Ok(x)
}

fn points(frame: &Frame, values: &[f64]) -> Vec<Point> {
    values.iter().enumerate().map(|(t, value)| frame.point(t as f64, *value)).collect()
}
