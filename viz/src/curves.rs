//! Series over a run: losses, accuracies, errors, with bands over seeds.

use plotters::style::RGBColor;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Picture, Scale, Series, Spread,
    axis::Axis,
    canvas::{About, Canvas, Point, Type, block_height, sheet},
    chart::{self, BELOW, Frame, LEFT, Legend, MAX_SERIES, NOTE, TITLE, look},
    check,
    colour::FAINT_INK,
    series::table,
    stats::MIN_SEEDS,
    text,
};

/// One chart of a picture of curves.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Panel {
    /// Title above the chart.
    pub title: String,
    /// Name of the x axis: `epoch`, `step`, `circuit evaluations`, `seconds`.
    pub x_label: String,
    /// How the x axis is divided.
    #[serde(default)]
    pub x_scale: Scale,
    /// Name of the y axis.
    pub y_label: String,
    /// How the y axis is divided.
    #[serde(default)]
    pub y_scale: Scale,
    /// What is drawn.
    pub series: Vec<Series>,
}

/// A row of charts that share one legend.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Curves {
    /// Title of the picture.
    pub title: String,
    /// The command or run that made it, for the description inside the SVG; may be empty.
    #[serde(default)]
    pub source: String,
    /// Charts, from left to right.
    pub panels: Vec<Panel>,
    /// How the seeds of a series are summed up.
    #[serde(default)]
    pub spread: Spread,
}

const LAYOUT: &str = "table [point, 5]: panel, series, seed, x, y (indices from 0)";
const PANEL: (f64, f64) = (470.0, 320.0);
const MARGIN: f64 = 22.0;
/// Floor of the axis of doubly-stochastic errors: below the rounding of any sum near 1.
const FLOOR: f64 = 1e-17;

/// Draws charts side by side: thin lines for single seeds, a thick line for their mean, and from five
/// seeds on a band, the 95 % bootstrap interval of the mean. With [`Spread::MedianQuartiles`] the thick
/// line is the median of the seeds and the band lies between their quartiles.
///
/// The data is a table with one row per point: panel, series, seed, x, y.
///
/// # Errors
/// Empty or unequal lengths, values that are not finite, `x` that does not grow, values of 0 or less on
/// a log axis, more than fourteen different names.
///
/// ```
/// use viz::{Curves, Panel, Series, curves};
///
/// let loss = Series::single("softmax", vec![1.0, 2.0, 3.0], vec![2.1, 1.4, 1.1]);
/// let panel = Panel { x_label: "epoch".into(), y_label: "loss".into(), series: vec![loss], ..Panel::default() };
/// let picture = curves(&Curves { title: "Training".into(), panels: vec![panel], ..Curves::default() })?;
/// assert!(picture.svg.starts_with("<svg"));
/// assert_eq!(picture.data.shape(), [3, 5]);
/// # Ok::<(), viz::Error>(())
/// ```
pub fn curves(config: &Curves) -> Result<Picture, Error> {
    check::not_empty("panels", &[config.panels.len()])?;
    config.panels.iter().try_for_each(check_panel)?;
    let names = names(&config.panels);
    check::at_most("series", names.len(), MAX_SERIES, "draw several pictures of fewer series")?;

    let width = MARGIN + config.panels.len() as f64 * (LEFT + PANEL.0) + MARGIN;
    let inner = width - 2.0 * MARGIN;
    let entries = names.iter().map(|name| with_seeds(name, &config.panels)).enumerate();
    let legend = Legend::new(entries.map(|(k, name)| (name, look(k))).collect(), inner);
    let caption = caption(config);
    let note = text::wrap(&caption, NOTE, inner);
    let titles = text::wrap(&config.title, TITLE, inner);
    let legend_top = MARGIN + block_height(&titles, TITLE) + 4.0;
    let top = legend_top + legend.height() + 38.0;
    let note_top = top + PANEL.1 + BELOW + 14.0;

    let about = About { title: &config.title, caption: &caption, source: &config.source, layout: LAYOUT };
    let groups = config.panels.iter().enumerate();
    let data =
        table(groups.flat_map(|(p, panel)| panel.series.iter().enumerate().map(move |(s, v)| (p, s, v))));
    sheet((width, note_top + block_height(&note, NOTE) + 6.0), &about, data, |canvas| {
        let title = Type { bold: true, ..Type::left(TITLE) };
        canvas.lines(&titles, (MARGIN, MARGIN + 8.0), title)?;
        legend.draw(canvas, (MARGIN, legend_top))?;
        for (k, panel) in config.panels.iter().enumerate() {
            let at = (MARGIN + LEFT + k as f64 * (LEFT + PANEL.0), top);
            draw_panel(canvas, panel, config.spread, at, &names)?;
        }
        canvas.lines(&note, (MARGIN, note_top), Type { colour: FAINT_INK, ..Type::left(NOTE) })
    })
}

/// Draws how far matrices are from doubly stochastic, on a log axis whose floor of 1e-17 is marked:
/// smaller values, 0 included, lie on it. One series per layer, or per operator.
///
/// The data is that of [`curves`].
///
/// # Errors
/// Those of [`curves`]; negative errors.
///
/// ```
/// use viz::{Series, stochastic_error};
///
/// let layer = Series::single("layer 1", vec![1.0, 2.0], vec![3e-16, 0.0]);
/// assert!(stochastic_error("Certificate", "epoch", &[layer], "")?.svg.contains("1e-17"));
/// # Ok::<(), viz::Error>(())
/// ```
pub fn stochastic_error(
    title: &str,
    x_label: &str,
    series: &[Series],
    source: &str,
) -> Result<Picture, Error> {
    let panel = Panel {
        title: String::new(),
        x_label: x_label.into(),
        x_scale: Scale::Linear,
        y_label: "largest |row or column sum - 1|".into(),
        y_scale: Scale::Log10Floor(FLOOR),
        series: series.to_vec(),
    };
    curves(&Curves { title: title.into(), source: source.into(), panels: vec![panel], ..Curves::default() })
}

fn check_panel(panel: &Panel) -> Result<(), Error> {
    check::not_empty(&format!("panel '{}', series", panel.title), &[panel.series.len()])?;
    for series in &panel.series {
        series.check()?;
        panel.x_scale.check(&format!("series '{}', x", series.label), &series.x)?;
        for (seed, line) in series.lines.iter().enumerate() {
            panel.y_scale.check(&format!("series '{}', line {seed}", series.label), line)?;
        }
    }
    Ok(())
}

/// The names of all series, in order of appearance.
fn names(panels: &[Panel]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for series in panels.iter().flat_map(|panel| &panel.series) {
        if !names.contains(&series.label) {
            names.push(series.label.clone());
        }
    }
    names
}

/// The fewest and the most seeds of some series.
fn seeds<'a>(series: impl Iterator<Item = &'a Series>) -> (usize, usize) {
    series.map(|s| s.lines.len()).fold((usize::MAX, 0), |(a, b), n| (a.min(n), b.max(n)))
}

/// A name in the legend, with its number of seeds where there are several.
fn with_seeds(name: &str, panels: &[Panel]) -> String {
    match seeds(panels.iter().flat_map(|p| &p.series).filter(|s| s.label == name)) {
        (1, 1) => name.into(),
        (fewest, most) if fewest == most => format!("{name} ({most} seeds)"),
        (fewest, most) => format!("{name} ({fewest} to {most} seeds)"),
    }
}

fn caption(config: &Curves) -> String {
    let (fewest, most) = seeds(config.panels.iter().flat_map(|p| &p.series));
    let (centre, band) = match config.spread {
        Spread::MeanInterval => ("mean", "95 % bootstrap interval of the mean"),
        Spread::MedianQuartiles => ("median", "from the lower to the upper quartile of the seeds"),
    };
    let mut parts = Vec::new();
    if most > 1 {
        parts.push(format!("Thin lines: single seeds; thick lines: their {centre}."));
    } else {
        parts.push("One run per series.".into());
    }
    if most >= MIN_SEEDS {
        parts.push(format!("Bands: {band}."));
    }
    if most > 1 && fewest < MIN_SEEDS {
        parts.push(format!("No band below {MIN_SEEDS} seeds."));
    }
    if let Some(floor) = config.panels.iter().find_map(|p| p.y_scale.floor()) {
        parts.push(format!("Values below {}, 0 included, lie on the dashed floor.", text::number(floor)));
    }
    parts.join(" ")
}

fn draw_panel(
    canvas: &Canvas,
    panel: &Panel,
    spread: Spread,
    at: Point,
    names: &[String],
) -> Result<(), Error> {
    let xs: Vec<f64> = panel.series.iter().flat_map(|s| s.x.iter().copied()).collect();
    let ys: Vec<f64> = panel.series.iter().flat_map(|s| s.lines.iter().flatten().copied()).collect();
    let frame = Frame {
        at,
        size: (PANEL.0 - 10.0, PANEL.1),
        x: Axis::fit(&panel.x_label, panel.x_scale, &xs),
        y: Axis::fit(&panel.y_label, panel.y_scale, &ys),
    };
    frame.draw(canvas, &panel.title)?;
    if let Some(floor) = panel.y_scale.floor() {
        chart::level(canvas, &frame, floor, FAINT_INK)?;
    }
    let look = |series: &Series| look(index(names, series));
    for series in &panel.series {
        draw_seeds(canvas, &frame, series, spread, look(series).colour)?;
    }
    for series in &panel.series {
        let points = points(&frame, &series.x, &series.centres(spread));
        chart::marked_line(canvas, &points, look(series))?;
    }
    Ok(())
}

/// What lies behind the thick line: the band and the single seeds.
fn draw_seeds(
    canvas: &Canvas,
    frame: &Frame,
    series: &Series,
    spread: Spread,
    colour: RGBColor,
) -> Result<(), Error> {
    if let Some((low, high)) = series.band(spread) {
        let mut outline = points(frame, &series.x, &low);
        outline.extend(points(frame, &series.x, &high).into_iter().rev());
        canvas.polygon(&outline, colour, 0.22)?;
    }
    if series.lines.len() > 1 {
        for line in &series.lines {
            canvas.faint_path(&points(frame, &series.x, line), colour, 0.75, 0.55)?;
        }
    }
    Ok(())
}

fn points(frame: &Frame, x: &[f64], y: &[f64]) -> Vec<Point> {
    x.iter().zip(y).map(|(x, y)| frame.point(*x, *y)).collect()
}

fn index(names: &[String], series: &Series) -> usize {
    names.iter().position(|name| *name == series.label).unwrap_or(0)
}
