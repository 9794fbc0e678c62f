//! Images with their true and predicted labels.

use ndarray::{ArrayView3, ArrayView4, Axis};
use plotters::style::RGBColor;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Picture,
    canvas::{About, Canvas, Point, Type, block_height, sheet},
    cells::{self, MAX_CELLS},
    chart::{NOTE, NUMBER, TITLE},
    check,
    colour::{FAINT_INK, INK, WRONG},
    text,
};

/// What is written below an image.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImageLabel {
    /// Name of the true class.
    pub truth: String,
    /// Name of the predicted class, if there is a prediction.
    #[serde(default)]
    pub predicted: Option<String>,
}

/// A grid of images.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Gallery {
    /// Title of the picture.
    pub title: String,
    /// The command or run that made it, for the description inside the SVG; may be empty.
    #[serde(default)]
    pub source: String,
    /// Images in a row; 0 chooses a grid about as wide as high.
    #[serde(default)]
    pub columns: usize,
}

const LAYOUT: &str = "pixels [image, channel, row, column], 0 to 255";
const SIDE: f64 = 112.0;
const MARGIN: f64 = 22.0;

/// Draws images in a grid with their labels; wrong predictions have a thick frame and bold text.
///
/// `pixels` has the shape `[n, channels, height, width]` with 1 channel (grey) or 3 (red, green, blue).
/// The data of the picture is `pixels`.
///
/// # Errors
/// Empty arrays, channels other than 1 or 3, a number of labels other than that of images, more than
/// 160,000 image points in all.
///
/// ```
/// use ndarray::Array4;
/// use viz::{Gallery, ImageLabel, gallery};
///
/// let pixels = Array4::from_shape_fn((1, 1, 8, 8), |(_, _, r, c)| (30 * (r ^ c)) as u8); // n c h w
/// let label = ImageLabel { truth: "boot".into(), predicted: Some("bag".into()) };
/// let picture = gallery(pixels.view(), &[label], &Gallery { title: "Test images".into(), ..Default::default() })?;
/// assert!(picture.svg.contains("0 of 1 right"));
/// # Ok::<(), viz::Error>(())
/// ```
pub fn gallery(pixels: ArrayView4<u8>, labels: &[ImageLabel], config: &Gallery) -> Result<Picture, Error> {
    let (n, channels, height, width) = pixels.dim();
    check::not_empty("pixels", pixels.shape())?;
    if channels != 1 {
        check::length("the channels of the pixels", channels, 3, "(or 1 for grey images)")?;
    }
    check::length("labels", labels.len(), n, "(one per image)")?;
    check::at_most("image points", n * height * width, MAX_CELLS, "show fewer images")?;

    let columns =
        if config.columns == 0 { (n as f64 * 1.5).sqrt().ceil() as usize } else { config.columns }.min(n);
    let rows = n.div_ceil(columns);
    let cell = cells::side(height.max(width), SIDE);
    let image = (cell * width as f64, cell * height as f64);
    let widest = labels.iter().flat_map(lines).map(|l| text::width(&l, NUMBER)).fold(image.0, f64::max);
    let step = (widest + 16.0, image.1 + 54.0);
    let caption = caption(labels);
    let sheet_width = (2.0 * MARGIN + columns as f64 * step.0).max(420.0);
    let titles = text::wrap(&config.title, TITLE, sheet_width - 2.0 * MARGIN);
    let note = text::wrap(&caption, NOTE, sheet_width - 2.0 * MARGIN);
    let top = MARGIN + block_height(&titles, TITLE) + 10.0;
    let note_top = top + rows as f64 * step.1 + 8.0;

    let about = About { title: &config.title, caption: &caption, source: &config.source, layout: LAYOUT };
    let size = (sheet_width, note_top + block_height(&note, NOTE) + 8.0);
    sheet(size, &about, pixels.mapv(f64::from).into_dyn(), |canvas| {
        canvas.lines(&titles, (MARGIN, MARGIN + 8.0), Type { bold: true, ..Type::left(TITLE) })?;
        for (k, (points, label)) in pixels.axis_iter(Axis(0)).zip(labels).enumerate() {
            let corner = (MARGIN + (k % columns) as f64 * step.0, top + (k / columns) as f64 * step.1);
            draw_image(canvas, points, label, (corner.0 + (step.0 - image.0) / 2.0, corner.1), cell)?;
        }
        canvas.lines(&note, (MARGIN, note_top), Type { colour: FAINT_INK, ..Type::left(NOTE) })
    })
}

fn is_wrong(label: &ImageLabel) -> bool {
    label.predicted.as_ref().is_some_and(|predicted| *predicted != label.truth)
}

fn lines(label: &ImageLabel) -> Vec<String> {
    let truth = format!("true: {}", label.truth);
    let predicted = label.predicted.as_ref().map(|predicted| format!("predicted: {predicted}"));
    [Some(truth), predicted].into_iter().flatten().collect()
}

fn caption(labels: &[ImageLabel]) -> String {
    let predicted = labels.iter().filter(|label| label.predicted.is_some()).count();
    let wrong = labels.iter().filter(|label| is_wrong(label)).count();
    match predicted {
        0 => format!("{} images.", labels.len()),
        n => format!("{} of {n} right; wrong predictions are framed.", n - wrong),
    }
}

fn draw_image(
    canvas: &Canvas,
    points: ArrayView3<u8>, // c h w
    label: &ImageLabel,
    at: Point,
    cell: f64,
) -> Result<(), Error> {
    let (channels, height, width) = points.dim();
    let channel = |k: usize| k.min(channels - 1);
    let size = (cell * width as f64, cell * height as f64);
    cells::draw(canvas, at, (height, width), (cell, cell), |r, c| {
        RGBColor(points[[channel(0), r, c]], points[[channel(1), r, c]], points[[channel(2), r, c]])
    })?;
    let (colour, stroke) = if is_wrong(label) { (WRONG, 3.0) } else { (FAINT_INK, 0.75) };
    canvas.frame(at, size, colour, stroke)?;
    for (k, line) in lines(label).iter().enumerate() {
        let wrong_line = is_wrong(label) && k == 1;
        let colour = if wrong_line { WRONG } else { INK };
        let kind = Type { bold: wrong_line, colour, ..Type::centre(NUMBER) };
        canvas.text(line, (at.0 + size.0 / 2.0, at.1 + size.1 + 15.0 + 17.0 * k as f64), kind)?;
    }
    Ok(())
}
